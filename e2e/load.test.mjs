// The first load: the page becomes ready, stays silent, and says in plain words
// when the browser lacks something it needs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { engineOf, openPage, ready, startBrowser, startDemo } from "./harness.mjs";

let demo, chromium;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

test("the page loads without an error or a word in the console", async () => {
  const { page, watch } = await openPage(chromium.browser, demo.page);
  await ready(page);
  assert.deepEqual(watch.errors, []);
  assert.deepEqual(watch.messages, []);
  for (const { url } of watch.requests) assert.equal(new URL(url).origin, demo.page);
  await page.close();
});

test("the page can connect to nothing once it is ready, its engine neither", async () => {
  const { page } = await openPage(chromium.browser, demo.page);
  await ready(page);
  const reach = (origin) => fetch(`${origin}/index.html`).then(() => "reached", (error) => error.name);
  assert.equal(await page.evaluate(reach, demo.page), "TypeError");
  assert.equal(await page.evaluate(reach, demo.portal), "TypeError");
  const engine = await engineOf(page);
  assert.equal(await engine.evaluate(reach, demo.page), "TypeError");
  await page.close();
});

// What a browser may lack, and the heading that says so.
const lacks = {
  "no WebAssembly": [() => delete globalThis.WebAssembly, "failure-webassembly"],
  "no Worker": [() => delete globalThis.Worker, "failure-worker"],
  "a Worker that does not start": [() => (globalThis.Worker = class { constructor() { throw new Error("blocked"); } }), "failure-worker"],
  "no IndexedDB": [() => Object.defineProperty(globalThis, "indexedDB", { value: undefined }), "failure-storage"],
  "IndexedDB that throws": [() => Object.defineProperty(globalThis, "indexedDB", { get() { throw new DOMException("", "SecurityError"); } }), "failure-storage"],
  "no encryption": [() => Object.defineProperty(Crypto.prototype, "subtle", { value: undefined }), "failure-insecure"],
};

for (const [lack, [take, article]] of Object.entries(lacks)) {
  test(`${lack}: the page says so`, async () => {
    const { page } = await openPage(chromium.browser, demo.page, { prepare: (page) => page.evaluateOnNewDocument(take) });
    await assertFailure(page, article);
    await page.close();
  });
}

for (const file of ["keepwell.", "engine."]) {
  test(`${file}… does not arrive: the page says so`, async () => {
    const prepare = async (page) => {
      await page.setRequestInterception(true);
      page.on("request", (request) => {
        const lost = request.url().includes(`/assets/${file}`) && !request.url().endsWith(".css");
        return lost ? request.respond({ status: 404, body: "" }) : request.continue();
      });
    };
    const { page } = await openPage(chromium.browser, demo.page, { prepare });
    await assertFailure(page, "failure-load");
    await page.close();
  });
}

test("an engine that dies ends in one visible state", async () => {
  const { page } = await openPage(chromium.browser, demo.page);
  await ready(page);
  await (await engineOf(page)).evaluate(() => setTimeout(() => { throw new Error("died"); }));
  await assertFailure(page, "failure-stopped");
  await page.close();
});

/** Waits for a failure article: it alone is seen, and its heading has the focus. */
async function assertFailure(page, article) {
  await page.waitForSelector(`#${article} h1`, { visible: true });
  const seen = await page.evaluate(() => ({
    headings: [...document.querySelectorAll("h1")].filter((heading) => heading.checkVisibility()).length,
    focused: document.activeElement.closest("article")?.id,
  }));
  assert.deepEqual(seen, { headings: 1, focused: article });
}
