// Links that lead out of Keepwell: the person's page itself may not leave its
// origin, so that they go by leave.html, which a person clicks on.
import assert from "node:assert/strict";
import http from "node:http";
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

/** Resolves to the page that an action opens. */
async function opened(action) {
  const target = new Promise((resolve) => chromium.browser.once("targetcreated", resolve));
  await action();
  return (await target).page();
}

test("a link to another origin opens by way of leave.html", async () => {
  const { page } = await openPage(chromium.browser, demo.page);
  await ready(page);
  const between = await opened(() =>
    page.evaluate((address) => {
      const link = Object.assign(document.createElement("a"), { href: address, textContent: "policy" });
      document.body.append(link);
      link.click();
    }, `${demo.portal}/privacy.html?of=portal`),
  );
  const way = await between.waitForSelector("#way", { visible: true });
  assert.equal(await way.evaluate((link) => link.textContent), `${demo.portal}/privacy.html?of=portal`);
  assert.equal(await between.evaluate(() => opener), null);
  await Promise.all([between.waitForNavigation(), way.click()]);
  assert.equal(between.url(), `${demo.portal}/privacy.html?of=portal`);
  assert.equal(await between.evaluate(() => document.referrer), "");
  assert.equal(new URL(page.url()).origin, demo.page);
  await between.close();
  await page.close();
});

test("the page can't leave its origin by a program", async (t) => {
  const arrived = [];
  const elsewhere = http.createServer((request, response) => {
    arrived.push(request.url);
    response.end();
  });
  await new Promise((listening) => elsewhere.listen(0, "127.0.0.1", listening));
  t.after(() => elsewhere.close() && elsewhere.closeAllConnections());
  const address = `http://127.0.0.1:${elsewhere.address().port}`;
  const { page } = await openPage(chromium.browser, demo.page);
  await ready(page);
  await page.evaluate((address) => {
    window.open(`${address}/opened`);
    const link = Object.assign(document.createElement("link"), { rel: "preconnect", href: address });
    document.head.append(link);
  }, address);
  await page.goto(`${address}/typed`); // a person may; by then the rest had its chance
  await page.goBack();
  await ready(page);
  const failed = page.waitForNavigation().catch((error) => error);
  await page.evaluate((address) => (location.href = `${address}/navigated`), address).catch(() => {});
  await failed;
  await page.goto(`${address}/typed`);
  assert.deepEqual(arrived.filter((path) => path !== "/favicon.ico"), ["/typed", "/typed"]);
  await page.close();
});

test("leave.html opens nothing but http addresses", async () => {
  for (const address of ["javascript:alert(1)", "data:text/html,x", "blob:x", "file:///etc/passwd", "//elsewhere", "", "%E0%A4%A"]) {
    const { page, watch } = await openPage(chromium.browser, `${demo.page}/leave.html#${address.startsWith("%") ? address : encodeURIComponent(address)}`);
    await page.waitForSelector("#nowhere", { visible: true });
    assert.equal(await page.$eval("#way", (link) => link.hidden && !link.hasAttribute("href")), true);
    assert.deepEqual(watch.errors, [], address);
    await page.close();
  }
});
