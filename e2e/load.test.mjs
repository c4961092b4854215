// The first load: the page becomes ready, sends nothing more, and says in plain
// words when the browser lacks something.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPage, ready, startBrowser, startDemo } from "./harness.mjs";

let demo, chromium;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

test("the page loads without an error", async () => {
  const { page, watch } = await openPage(chromium.browser, demo.page);
  await ready(page);
  console.log(watch);
  assert.deepEqual(watch.errors, []);
  await page.close();
});
