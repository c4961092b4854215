// The edge in Cloudflare's own runtime: whatever it is asked, it answers as the
// server on this machine does, to the byte; and a browser finds Keepwell there.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { allowAll, connect } from "./app.mjs";
import { askFor, namesOfSite } from "./ask.mjs";
import { edgeFolder, startEdge } from "./edge.mjs";
import { engineOf, openPage, ready, startBrowser, startDemo } from "./harness.mjs";

let demo, edge;
before(async () => {
  demo = await startDemo();
  const policy = (await askFor(demo.page, "/frame.html")).headers["content-security-policy"];
  const [, ancestors] = policy.match(/frame-ancestors ([^;]+)$/);
  edge = await startEdge({ frameAncestors: ancestors === "'none'" ? undefined : ancestors });
});
after(async () => {
  await edge?.stop();
  await demo?.stop();
});

// Headers of the connection and the clock, which are each server's own.
const own = ["connection", "keep-alive", "transfer-encoding", "date"];

/** Asks both servers the same, and compares all that they answer. */
async function same(path, options = {}) {
  const [got, want] = await Promise.all([askFor(edge.origin, path, options), askFor(demo.page, path, options)]);
  for (const { headers } of [got, want]) for (const name of own) delete headers[name];
  const what = `${options.method ?? "GET"} ${path} ${JSON.stringify(options.headers ?? {})}`;
  assert.deepEqual([got.status, got.headers], [want.status, want.headers], what);
  assert.ok(got.body.equals(want.body), `${what}: ${got.body.length} bytes, not the same ${want.body.length}`);
  return got;
}

test("every file is served alike, by every method, encoding and condition", async () => {
  const names = await namesOfSite();
  assert.ok(names.length > 40, `${names.length} files`);
  for (const path of ["/", "/portal/", ...names.map((name) => `/${name}`)]) {
    for (const accept of [undefined, "gzip, deflate, br, zstd", "gzip"]) {
      const headers = accept === undefined ? {} : { "Accept-Encoding": accept };
      const { status, headers: { etag } } = await same(path, { headers });
      await same(path, { method: "HEAD", headers });
      assert.equal(status, path.endsWith(".br") ? 404 : 200, path);
      if (status !== 200) break;
      const again = await same(path, { headers: { ...headers, "If-None-Match": `"other", W/${etag}` } });
      assert.equal(again.status, 304, path);
    }
  }
  for (const method of ["GET", "HEAD"]) {
    for (const headers of [{ "Accept-Encoding": "br;q=0, *" }, { "Accept-Encoding": "" }, { "If-None-Match": "*" }, { "If-None-Match": '"other"' }]) {
      await same("/", { method, headers });
    }
  }
});

test("what Cloudflare says that the client takes counts", async () => {
  const cloudflare = (says) => ({ "Accept-Encoding": "br, gzip", "CF-Blob": JSON.stringify(says) });
  for (const [says, encoding] of [
    [{ clientAcceptEncoding: "gzip" }, undefined],
    [{ clientAcceptEncoding: "" }, undefined],
    [{ clientAcceptEncoding: "gzip, deflate, br, zstd" }, "br"],
    [{}, "br"],
  ]) {
    const { headers } = await askFor(edge.origin, "/", { headers: cloudflare(says) });
    assert.equal(headers["content-encoding"], encoding, JSON.stringify(says));
  }
  const headers = { ...cloudflare({ clientAcceptEncoding: "br" }), "Content-Length": "8" };
  for (const [method, status] of [["GET", 413], ["POST", 405]]) {
    assert.equal((await same("/", { method, headers, body: "a record" })).status, status, method);
  }
});

test("nothing else is served, and no two addresses are one", async () => {
  for (const path of [
    "/absent", "/portal", "/portal?next=1", "/assets", "/assets/", "/sdk/", "/index.html/", "/index", "/portal/index", "/leave",
    "//index.html", "/portal//index.html", "/.git/config", "/_headers", "/.assetsignore", "/index.html%00.js", "/%2fetc/passwd",
    "/../go.mod", "/%2e%2e/go.mod", "/..%2f..%2fgo.mod", "/./index.html", "/portal/../index.html", "/portal%5cindex.html", "/C:/index.html",
    "/index.html%2ebr", "/index.html.br", "/a%20b", "/%C3%BC", `/${"x".repeat(5000)}`,
  ]) {
    for (const method of ["GET", "HEAD"]) {
      const { status } = await same(path, { method });
      assert.equal(status, /^\/portal(\?|$)/.test(path) ? 308 : 404, path);
    }
  }
});

test("nothing can be sent to it", async () => {
  const content = [{ "Content-Length": "8" }, { "Transfer-Encoding": "chunked" }];
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]) {
    assert.equal((await same("/", { method })).status, 405, method);
    for (const headers of content) {
      assert.equal((await same("/sdk/keepwell.mjs", { method, headers, body: "a record" })).status, 405, method);
    }
  }
  for (const headers of content) {
    assert.equal((await same("/", { headers, body: "a record" })).status, 413, JSON.stringify(headers));
  }
});

test("a query changes nothing, and nothing was logged so far", async () => {
  for (const path of ["/", "/index.html", "/absent", "/sdk/keepwell.mjs"]) {
    for (const method of ["GET", "HEAD"]) {
      const plain = await same(path, { method });
      assert.deepEqual(await same(`${path}?state=secret&code=secret`, { method }), plain);
    }
  }
  for (const { page, origin = page } of [demo, edge]) {
    const { status, body } = await askFor(origin, "/%E0%A4%A?code=secret"); // no address at all
    assert.deepEqual([status, body.toString()], [400, "400 Bad Request"]);
  }
  assert.equal(edge.said(), "");
});

test("who may frame frame.html is a setting, and a wrong one stops all", async () => {
  const framed = await startEdge({ frameAncestors: "https://a.example https://b.example:8443" });
  const policy = (await askFor(framed.origin, "/frame.html")).headers["content-security-policy"];
  await framed.stop();
  assert.match(policy, /; frame-ancestors https:\/\/a\.example https:\/\/b\.example:8443$/);

  const wrong = await startEdge({ frameAncestors: "https://a.example https://b.example;script-src *" });
  const answer = await askFor(wrong.origin, "/");
  await wrong.stop();
  assert.equal(answer.status, 500);
  assert.match(wrong.said(), /FRAME_ANCESTORS: item 2 is not an origin/);
  assert.doesNotMatch(wrong.said(), /b\.example/);
});

test("a browser gets Keepwell from it, and a portal elsewhere can ask", async () => {
  const chromium = await startBrowser();
  try {
    const { page, watch } = await openPage(chromium.browser, `${edge.origin}/`);
    await ready(page);
    assert.deepEqual(await page.evaluate(() => keepwell.counts()), {});
    assert.ok((await engineOf(page)).url().startsWith(`${edge.origin}/assets/engine.`), "the engine is held by its response's policy");
    assert.deepEqual(watch.errors, []);
    await page.close();

    const { page: portal } = await openPage(chromium.browser, demo.portal);
    const window = await connect(portal, edge.origin);
    await ready(window);
    await allowAll(portal, window, { read: ["allergyRecord"] });
    assert.deepEqual(await portal.evaluate(() => store.query({ type: "allergyRecord" })), { samples: [] });
  } finally {
    await chromium.stop();
  }
});

test("the Worker fits Cloudflare's free plan and holds nothing of the store", async () => {
  const folder = fileURLToPath(new URL("../bin/edge", import.meta.url));
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
  const size = gzipSync(Buffer.concat(files), { level: 9 }).length;
  assert.ok(size < 3_000_000, `${size} bytes with gzip`);
  const module = await readFile(join(folder, "app.wasm"));
  assert.ok(module.includes("keepwell/web/host."), "the module keeps the names of its functions");
  assert.ok(!module.includes("keepwell/store") && !module.includes("keepwell/fhir"));
});

test("Cloudflare is told what workerd is told", async () => {
  const wrangler = JSON.parse((await readFile(join(edgeFolder, "wrangler.jsonc"), "utf8"))
    .replace(/^\s*\/\/.*$/gm, "").replace(/,(?=\s*[}\]])/g, ""));
  const workerd = await readFile(join(edgeFolder, "workerd.capnp"), "utf8");
  const { directory, binding, ...config } = wrangler.assets;
  assert.deepEqual(JSON.parse(JSON.parse(workerd.match(/config = ("\{.*\}")/)[1])), config);
  assert.equal(workerd.match(/compatibilityDate = "([^"]+)"/)[1], wrangler.compatibility_date);
  assert.deepEqual([...workerd.matchAll(/\(name = "([A-Z_]+)"/g)].map(([, name]) => name), [binding, ...Object.keys(wrangler.vars)]);
  assert.equal(wrangler.main, "../../bin/edge/edge.mjs");
});
