#!/bin/sh
# Everything there is to test. Needs Go; installs the rest where it may.
. "$(dirname "$0")/lib.sh"

# install brings what the browser's tests need.
install() {
	need chromium chromium
	need firefox-esr firefox-esr
	need WebKitWebDriver webkit2gtk-driver
	need Xvfb xvfb
	need matchbox-window-manager matchbox-window-manager
	need node nodejs
	need npm npm
	need age age
	npm_ci e2e
	npm_ci wasm/edge
}

# browser_packages lists the packages with tests that only a browser can run:
# those whose test files differ between the two platforms.
browser_packages() {
	format='{{.ImportPath}} {{.TestGoFiles}} {{.XTestGoFiles}}'
	go list -f "$format" ./... >bin/tests.native
	GOOS=js GOARCH=wasm go list -f "$format" ./... | grep -vxFf bin/tests.native | grep '_test.go' | cut -d' ' -f1
}

browser_tests() {
	packages=$(browser_packages)
	# A Go program in wasm takes few KiB of environment: it gets what go needs alone.
	settings=$(for name in GOCACHE GOFLAGS GOMODCACHE GOPROXY GOSUMDB GOTOOLCHAIN; do echo "$name=$(go env $name)"; done)
	# shellcheck disable=SC2086
	env -i PATH="$PATH" HOME="$HOME" $settings GOOS=js GOARCH=wasm go test -exec "$PWD/bin/wasmbrowsertest" $packages
}

# other_browser_tests runs the same in Firefox and WebKitGTK.
other_browser_tests() {
	# shellcheck disable=SC2046
	KEEPWELL_ENGINE=firefox,webkit GOOS=js GOARCH=wasm go test -exec "node $PWD/e2e/wasmrun.mjs" $(browser_packages)
}

# e2e_tests drives the built site; Debian 12 has Node.js 18, whose --test is simple. Two
# files at once: each has a browser and a server of its own, and waits a lot.
e2e_tests() {
	site
	cd e2e && timeout 1800 node --test --test-concurrency=2 ./*.test.mjs
}

start=$(date +%s)
step "install" install
step "lint" ci/lint.sh
step "tests" go test ./...
step "tests in Chromium" browser_tests
step "tests in Firefox and WebKitGTK" other_browser_tests
step "tests of the whole" e2e_tests
printf 'all passed in %s s\n' $(($(date +%s) - start))
