// What both benches measure by.
import { createReadStream } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Serves the peers' page: a document with an input and the bundle. */
export async function servePeers() {
  const bundle = join(here, "out/peers.js");
  await build({ entryPoints: [join(here, "peers.mjs")], outfile: bundle, bundle: true, format: "iife", logLevel: "error" });
  const server = http.createServer((request, response) => {
    if (request.url === "/peers.js") return createReadStream(bundle).pipe(response.setHeader("Content-Type", "text/javascript"));
    response.setHeader("Content-Type", "text/html").end('<!doctype html><input type="file"><script src="peers.js"></script>');
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { origin: `http://localhost:${server.address().port}`, stop: () => server.close() };
}

/** Bytes that an origin keeps in IndexedDB, as the browser counts them. */
export const stored = (page) => page.evaluate(async () => (await navigator.storage.estimate()).usageDetails?.indexedDB ?? 0);
