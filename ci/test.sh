#!/bin/sh
# Everything there is to test. Needs Go; installs the rest where it may.
. "$(dirname "$0")/lib.sh"

# install brings what the browser's tests need.
install() {
	need chromium chromium
	need node nodejs
	need npm npm
	npm_ci e2e
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

# e2e_tests drives the built site in Chromium.
e2e_tests() {
	go run ./internal/build -quality 5 -out bin/site
	go build -o bin/demo ./internal/demo
	cd e2e && node --test --test-concurrency=1 --test-timeout=120000 .
}

start=$(date +%s)
step "install" install
step "lint" ci/lint.sh
step "tests" go test ./...
step "tests in a browser" browser_tests
step "tests of the whole" e2e_tests
printf 'all passed in %s s\n' $(($(date +%s) - start))
