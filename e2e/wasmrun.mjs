#!/usr/bin/env node
// Runs a Go test binary in real browsers, one after another, as go test's -exec:
//   KEEPWELL_ENGINE=firefox,webkit GOOS=js GOARCH=wasm go test -exec "node $PWD/e2e/wasmrun.mjs" ./store/idb
// The page side is engines/gotest.mjs.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { engineNames, startEngine } from "./engines/engines.mjs";

const [binary, ...args] = process.argv.slice(2);
const signals = ["SIGINT", "SIGTERM", "SIGQUIT"]; // the last is what go test sends when the time is up
const chosen = (process.env.KEEPWELL_ENGINE ?? engineNames.join()).split(",");

// Go in wasm takes 8 KiB of environment and arguments: it gets what is meant for it.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(GODEBUG|GOTRACEBACK|KEEPWELL_.*)$/.test(name)));

const page = '<!doctype html><meta charset="utf-8"><title>go test</title><script src="wasm_exec.js"></script><script type="module" src="gotest.mjs"></script>';

const files = {
  "/": ["text/html", page],
  "/gotest.mjs": ["text/javascript", await readFile(new URL("engines/gotest.mjs", import.meta.url))],
  "/wasm_exec.js": ["text/javascript", await readFile(join(execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim(), "lib/wasm/wasm_exec.js"))],
  "/test.wasm": ["application/wasm", await readFile(binary)],
  "/run.json": ["application/json", JSON.stringify({ args: ["test.wasm", ...args], env })],
};

for (const name of chosen) {
  const status = await run(name);
  if (status === 0) continue;
  console.log(`in ${name}`); // which one, for who reads why
  process.exitCode = status;
}

/** Runs the binary in an engine and resolves to its exit status. */
async function run(name) {
  const { origin, exited, close } = await serve();
  const engine = await startEngine(name);
  const broken = [engine.gone.then(() => "the browser has ended"), ...signals.map((signal) => once(process, signal).then(() => signal))];
  try {
    await engine.open(origin);
    const outcome = await Promise.race([exited, ...broken]);
    if (typeof outcome === "number") return outcome;
    console.log(outcome);
    return 2;
  } finally {
    await engine.stop();
    close();
  }
}

/** Serves the page, prints what it posts to /output, and resolves exited by what it posts to /exit. */
async function serve() {
  let exit;
  const exited = new Promise((resolve) => (exit = resolve));
  const server = http.createServer(async (request, response) => {
    if (request.method === "POST") {
      const body = await buffer(request);
      if (request.url === "/output") process.stdout.write(body);
      else exit(Number(body));
      return response.end();
    }
    const [type, content] = files[request.url] ?? [];
    if (!type) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-store" }).end(content);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://localhost:${server.address().port}/`, exited, close };
}
