#!/bin/sh
# Kills a browser at work ROUNDS times, as make test does among others.
. "$(dirname "$0")/lib.sh"

install() {
	need chromium chromium
	need node nodejs
	need npm npm
	npm_ci e2e
}

crash() {
	cd e2e && ROUNDS=${ROUNDS:-50} node --test crash.test.mjs
}

step "install" install
step "build" site
step "crash" crash
