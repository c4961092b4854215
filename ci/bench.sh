#!/bin/sh
# Keepwell beside its peers in one run of one browser: FHIR (RECORDS says how many),
# a backup of a large store, then an Apple Health export (EXPORT_DAYS, PEER_DAYS).
. "$(dirname "$0")/lib.sh"

# All of it drives the site as it is published.
export KEEPWELL_SITE="$PWD/dist"
need chromium chromium
need node nodejs
need npm npm
npm_ci e2e
npm_ci bench
go build -o bin/demo ./internal/demo
node bench/chart.mjs
node bench/run.mjs
node bench/backup.mjs
exec node bench/health.mjs
