#!/bin/sh
# Keepwell beside its peers in one run of one browser; RECORDS says how many.
. "$(dirname "$0")/lib.sh"

need chromium chromium
need node nodejs
need npm npm
npm_ci e2e
npm_ci bench
go build -o bin/demo ./internal/demo
node bench/chart.mjs
exec node bench/run.mjs
