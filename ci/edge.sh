#!/bin/sh
# Builds the site and the Worker that serves it, and runs that in workerd.
. "$(dirname "$0")/lib.sh"

need node nodejs
need npm npm
npm_ci wasm/edge
go run ./internal/build -edge bin/edge
port=${EDGE_PORT:-8082}
echo "Keepwell, from workerd:  http://localhost:$port/"
exec wasm/edge/node_modules/.bin/workerd serve --experimental wasm/edge/workerd.capnp --socket-addr "http=127.0.0.1:$port"
