// The headers as a browser gets them, over real HTTP from the built site.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askFor, namesOfSite } from "./ask.mjs";
import { startDemo } from "./harness.mjs";

let demo;
before(async () => { demo = await startDemo(); });
after(async () => { await demo?.stop(); });

const ask = (path, options) => askFor(demo.page, path, options);

test("every file of the site is served, compressed where the client takes it", async () => {
  const names = await namesOfSite();
  for (const name of names) {
    const path = `/${name}`;
    const plain = await ask(path);
    if (name.endsWith(".br")) {
      assert.equal(plain.status, 404, name);
      continue;
    }
    assert.equal(plain.status, 200, name);
    assert.equal(plain.headers["x-content-type-options"], "nosniff", name);
    assert.equal(plain.headers["referrer-policy"], "no-referrer", name);
    assert.notEqual(plain.headers["content-type"], "application/octet-stream", name);
    assert.match(plain.headers["content-security-policy"], /^default-src 'none'/, name);
    const hashed = name.startsWith("assets/");
    assert.equal(plain.headers["cache-control"], `${hashed ? "public, max-age=31536000, immutable" : "no-cache"}, no-transform`, name);
    const compressed = await ask(path, { headers: { "Accept-Encoding": "br" } });
    assert.equal(compressed.headers["content-encoding"], names.includes(`${name}.br`) ? "br" : undefined, name);
    const head = await ask(path, { method: "HEAD" });
    assert.deepEqual([head.headers["content-length"], head.body.length], [String(plain.body.length), 0], name);
  }
});

test("nothing else is served", async () => {
  for (const path of ["/../go.mod", "/..%2f..%2fgo.mod", "/%2e%2e/go.mod", "//index.html", "/assets/", "/.git/config", "/index.html%00.js"]) {
    assert.equal((await ask(path)).status, 404, path);
  }
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
    assert.equal((await ask("/", { method })).status, 405, method);
  }
  assert.equal((await ask("/", { method: "GET", body: "a record", headers: { "Content-Length": "8" } })).status, 413);
});
