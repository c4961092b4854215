// What a portal may do wrong, or may happen to it: a typed error each, and nothing
// is left half done.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { allowAll, connect } from "./app.mjs";
import { openPage, ready, startBrowser, startDemo, watchPage } from "./harness.mjs";

let demo, chromium, portal, keepwell, watch;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

// Each test begins with a portal that may read and write steps.
beforeEach(async () => {
  for (const page of await chromium.browser.pages()) if (page.url() !== "about:blank") await page.close();
  ({ page: portal } = await openPage(chromium.browser, demo.portal));
  keepwell = await connect(portal, demo.page);
  watch = await watchPage(keepwell);
  await ready(keepwell);
  await keepwell.evaluate(() => globalThis.keepwell.erase());
  await allowAll(portal, keepwell, { read: ["stepCount"], toShare: ["stepCount"] });
});

/** What a call in the portal rejects with: "code" or "code: reason", or "" when it resolves. */
const failure = (page, f, ...args) => page.evaluate(`(${f})(...${JSON.stringify(args)})`
  + `.then(() => "", (error) => error.name === "HealthError" ? [error.code, error.reason].filter(Boolean).join(": ") : String(error))`);

const asks = (request) => portal.evaluate((request) => {
  globalThis.asked = store.requestAuthorization(request).then(() => "", (error) => error.code);
}, request);
const status = (page, type) => page.evaluate((type) => store.requestStatus({ read: [type] }), type);

/** Connects again on the portal's page, which finds the window that is there. */
const again = (page) => page.evaluate(async (host) => {
  const { HealthStore } = await import("./keepwell.mjs");
  globalThis.store = await HealthStore.connect({ host, open: false, name: "Clinic", purpose: "care", usage: { share: "To show." } });
}, demo.page);

test("wrong arguments", async () => {
  for (const [want, f] of [
    ["invalidArgument", () => store.query({ type: "noSuchType" })],
    ["invalidArgument", () => store.query({ type: "stepCount", limit: -1 })],
    ["invalidArgument", () => store.query({ type: "stepCount", ofset: 1 })],
    ["invalidArgument", () => store.query()],
    ["invalidArgument", () => store.query({ type: "stepCount", limit: 1n })],
    ["invalidArgument", () => {
      const query = { type: "stepCount" };
      query.predicate = query;
      return store.query(query);
    }],
    ["dataSizeExceeded", () => {
      let predicate = { sources: [] };
      for (let depth = 0; depth < 10_000; depth++) predicate = { not: predicate };
      return store.query({ type: "stepCount", predicate });
    }],
    ["dataSizeExceeded", () => {
      let predicate = { sources: [] };
      for (let depth = 0; depth < 1_000_000; depth++) predicate = { not: predicate };
      return store.query({ type: "stepCount", predicate });
    }],
    ["dataSizeExceeded", () => store.query({ type: "x".repeat(2 ** 20) })],
    ["invalidArgument", () => store.query({ type: "\ud800" })],
    ["invalidArgument", () => store.pages().next()],
    ["invalidArgument", () => store.sources()],
    ["invalidArgument", () => store.observe(undefined, () => {})],
    ["invalidArgument", () => store.observe({ type: "stepCount" })],
    ["invalidArgument", () => store.requestAuthorization({ read: [], toShare: ["labResultRecord"] })],
    ["invalidArgument", () => store.requestAuthorization()],
    ["invalidArgument", () => store.save()],
    ["invalidArgument", () => store.save([{ type: "stepCount", startDate: 2, endDate: 1, value: 1, unit: "count" }])],
    ["invalidArgument", () => store.delete(["no-uuid"])],
    ["noData", () => store.resource("no-uuid")],
    ["authorizationNotDetermined", () => store.query({ type: "heartRate" })],
    ["authorizationNotDetermined", () => store.save([{ type: "heartRate", startDate: 1, endDate: 1, value: 1, unit: "count/min" }])],
  ]) {
    assert.equal(await failure(portal, f), want, String(f));
  }
  assert.deepEqual(watch.errors, []);
});

test("the store used after it was closed", async () => {
  await portal.evaluate(() => {
    globalThis.late = store.query({ type: "stepCount" }).then(() => "", (error) => error.reason); // under way
    store.close();
    store.close();
  });
  assert.equal(await portal.evaluate(() => late), "closed");
  for (const f of [() => store.query({ type: "stepCount" }), () => store.observe({ type: "stepCount" }, () => {}), () => store.fetch("metadata")]) {
    assert.equal(await failure(portal, f), "healthDataUnavailable: closed");
  }
});

test("a pop-up that the browser blocks", async () => {
  assert.equal(await failure(portal, async (host) => {
    store.close();
    globalThis.open = () => null; // HTML 7.2.2.1, step 3 of window open steps
    const { HealthStore } = await import("./keepwell.mjs?fresh"); // has not heard of the window
    await HealthStore.connect({ host, name: "Clinic", purpose: "care" });
  }, demo.page), "healthDataUnavailable: popupBlocked");
});

test("a sheet closed without an answer", async () => {
  await asks({ read: ["heartRate"] });
  await keepwell.bringToFront();
  await keepwell.waitForSelector(".sheet");
  await keepwell.keyboard.press("Escape");
  assert.equal(await portal.evaluate(() => asked), "userCanceled");
  assert.equal(await status(portal, "heartRate"), "shouldRequest");
});

test("the window closed on its sheet", async () => {
  await asks({ read: ["heartRate"] });
  await keepwell.waitForSelector(".sheet");
  await keepwell.close();
  assert.equal(await portal.evaluate(() => asked), "userCanceled");
});

test("a portal that goes while its sheet stands", async () => {
  await asks({ read: ["heartRate"] });
  await keepwell.waitForSelector(".sheet");
  await portal.goto("about:blank");
  await keepwell.waitForSelector(".sheet", { hidden: true }); // nobody wants the answer
  await portal.goBack();
  await again(portal);
  assert.equal(await status(portal, "heartRate"), "shouldRequest");
  assert.equal(await failure(portal, () => store.query({ type: "heartRate" })), "authorizationNotDetermined");
});

test("a portal that goes in the middle of its saves", async () => {
  const size = 500;
  await portal.evaluate((size) => {
    for (let call = 0; call < 8; call++) {
      const at = (n) => call * size + n;
      store.save(Array.from({ length: size }, (_, n) => ({ type: "stepCount", startDate: at(n), endDate: at(n), value: 1, unit: "count" }))).catch(() => {});
    }
  }, size);
  await portal.reload();
  await again(portal);
  const found = await portal.evaluate(async () => (await store.query({ type: "stepCount" })).samples.length);
  assert.equal(found % size, 0, "a save is there wholly or not at all");
  assert.equal(await keepwell.evaluate(async () => (await globalThis.keepwell.counts()).stepCount ?? 0) % size, 0);
  assert.deepEqual(watch.errors, []);
});
