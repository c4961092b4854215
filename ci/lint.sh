#!/bin/sh
# Formatting, vet and staticcheck, for the machine and for the browser.
. "$(dirname "$0")/lib.sh"

formatted() {
	unformatted=$(gofmt -l .)
	[ -z "$unformatted" ] || { printf 'not as gofmt writes it:\n%s\n' "$unformatted"; return 1; }
}

browser() {
	GOOS=js GOARCH=wasm "$@"
}

step "tools" tools
step "gofmt" formatted
step "vet" go vet ./...
step "vet, browser" browser go vet ./...
step "staticcheck" bin/staticcheck ./...
step "staticcheck, browser" browser bin/staticcheck ./...
