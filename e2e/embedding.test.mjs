// The examples of docs/embedding.md, taken from there and run: a plain page, and React
// of two versions in its strict mode, which mounts everything twice.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { answerSheet, importFiles, openKeepwell } from "@keepwell-health/keepwell/testing";
import { build } from "esbuild";
import { openPage, startBrowser, startDemo } from "./harness.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const allergy = (name) => ({ name: `${name}.json`, content: JSON.stringify({
  resourceType: "AllergyIntolerance", id: name, code: { text: name }, patient: { reference: "Patient/1" },
}) });

let demo, chromium, server, origin;
before(async () => {
  demo = await startDemo();
  const text = await readFile(new URL("../docs/embedding.md", import.meta.url), "utf8");
  const example = (language) => text.match(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "ms"))[1].replaceAll("https://keepwell.example", demo.page);
  const files = { "/plain": ["text/html", example("html")] };
  for (const version of ["18", "19"]) {
    files[`/react${version}`] = ["text/html", `<!doctype html><html lang="en"><title>Clinic</title><link rel="icon" href="data:,"><main id="root"></main><script src="/react${version}.js"></script></html>`];
    files[`/react${version}.js`] = ["text/javascript", await bundle(example("jsx"), version)];
  }
  chromium = await startBrowser();
  server = createServer(({ url }, response) => {
    const [type, content] = files[url] ?? ["text/plain", ""];
    response.writeHead(files[url] ? 200 : 404, { "Content-Type": type }).end(content);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${server.address().port}`;
});
after(async () => {
  await chromium?.stop();
  server?.close();
  await demo?.stop();
});

/** Bundles the example with a version of React, and with an account of what is connected. */
async function bundle(example, version) {
  const account = `
    globalThis.connected = new Set();
    const { connect, prototype: { close } } = HealthStore;
    HealthStore.connect = async (options) => {
      const store = await connect.call(HealthStore, options);
      connected.add(store);
      return store;
    };
    HealthStore.prototype.close = function () {
      connected.delete(this);
      return close.call(this);
    };
    globalThis.root = createRoot(document.getElementById("root"));
    root.render(<StrictMode><Allergies /></StrictMode>);`;
  const { outputFiles: [{ text }] } = await build({
    stdin: { contents: `import { StrictMode } from "react"; import { createRoot } from "react-dom/client"; ${example} ${account}`, loader: "jsx", resolveDir: here },
    alias: { react: `react-${version}`, "react-dom": `react-dom-${version}` },
    bundle: true, write: false, jsx: "automatic", define: { "process.env.NODE_ENV": '"development"' },
  });
  return text;
}

const names = (...expected) => [(expected) => JSON.stringify([...document.querySelectorAll("li")].map((item) => item.textContent).sort()) === expected,
  { polling: 50 }, JSON.stringify(expected)];

for (const name of ["plain", "react18", "react19"]) {
  describe(name, () => {
    let portal, keepwell, watch;
    before(async () => {
      const person = await chromium.browser.createBrowserContext(); // with a store of their own
      ({ page: portal, watch } = await openPage(person, `${origin}/${name}`));
    });

    test("connects in a click, asks, and shows what was granted", async () => {
      keepwell = await openKeepwell(portal, () => portal.locator("::-p-text(Connect your records)").click());
      await importFiles(keepwell, [allergy("Penicillin")]);
      await answerSheet(keepwell, { read: ["Allergies"], choose: ["Share automatically"] });
      await portal.waitForFunction(...names("Penicillin"));
    });

    test("shows what comes without being asked", async () => {
      await importFiles(keepwell, [allergy("Latex")]);
      await portal.waitForFunction(...names("Latex", "Penicillin"));
    });

    if (name === "plain") return;

    test("is there again after a reload, without a click, and leaves nothing open", async () => {
      await portal.reload();
      await portal.waitForFunction(...names("Latex", "Penicillin"));
      assert.equal(await portal.evaluate(() => connected.size), 1);
      await portal.evaluate(() => root.unmount());
      assert.equal(await portal.evaluate(() => connected.size), 0);
      await importFiles(keepwell, [allergy("Nuts")]);
      assert.deepEqual(watch.errors.filter((error) => !/frame-ancestors|Framing/.test(error)), []); // this origin may not frame Keepwell
    });
  });
}
