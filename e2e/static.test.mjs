// The site from a plain file server: no headers, no brotli, a folder instead of the
// root, a type for .wasm that is wrong. The engine is then held by the page's <meta>.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { extname, join, normalize } from "node:path";
import { after, before, test } from "node:test";
import { builtSite, engineOf, openPage, ready, startBrowser } from "./harness.mjs";

const types = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript", ".svg": "image/svg+xml" };

let server, origin, chromium;
before(async () => {
  server = http.createServer(async (request, response) => {
    const path = normalize(new URL(request.url, "http://localhost").pathname).replace(/^\/some\/folder\//, "") || "index.html";
    try {
      const content = await readFile(join(builtSite, path));
      response.writeHead(200, { "Content-Type": types[extname(path)] ?? "application/octet-stream" });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  origin = `http://localhost:${server.address().port}`;
  chromium = await startBrowser();
});
after(async () => {
  await chromium?.stop();
  server?.close();
});

test("the page works, and neither it nor its engine can connect", async () => {
  const { page, watch } = await openPage(chromium.browser, `${origin}/some/folder/`);
  await ready(page);
  assert.deepEqual(watch.errors, []);
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), {});
  const engine = await engineOf(page);
  assert.match(engine.url(), /^blob:/);
  const attempts = (origin) =>
    Promise.all([
      fetch(`${origin}/some/folder/index.html`).then(() => "reached", (error) => error.name),
      (async () => importScripts(`${origin}/some/folder/sdk/keepwell.mjs`))().then(() => "reached", (error) => error.name),
      new Promise((resolve) => {
        const socket = new WebSocket(origin.replace("http", "ws"));
        socket.onopen = () => resolve("reached");
        socket.onerror = () => resolve("refused");
      }).catch((error) => error.name),
    ]);
  for (const where of [page, engine]) {
    for (const outcome of await where.evaluate(attempts, origin)) assert.notEqual(outcome, "reached");
  }
  await page.close();
});
