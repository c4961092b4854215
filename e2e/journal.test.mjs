// What a portal saves while the records are locked: accepted, durable at once, and
// there exactly once when the person unlocks, in whichever tab.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { lock, setPassphrase, unlock as unlockWith } from "@keepwell-health/keepwell/testing";
import * as app from "./app.mjs";
import { faults } from "./axe.mjs";
import { look, looks, openPage, ready, screenshot, startBrowser, startDemo } from "./harness.mjs";

const passphrase = "orbit velvet kettle marsh";

let demo, chromium, portal, keepwell;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  await connect();
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

/** Opens the portal, which opens Keepwell's window and connects. */
async function connect() {
  ({ page: portal } = await openPage(chromium.browser, demo.portal));
  keepwell = await app.connect(portal, demo.page);
}

/** Has the portal save samples of a type; resolves to their uuids, or to the code of its failure. */
const save = (type, ...starts) =>
  portal.evaluate((type, starts) => {
    const samples = starts.map((startDate) => ({ type, startDate, endDate: startDate + 1, value: 7, unit: "count" }));
    return globalThis.store.save(samples).catch((error) => error.code);
  }, type, starts);

const unlock = (page) => unlockWith(page, { passphrase });
const counts = (page) => page.evaluate(() => globalThis.keepwell.counts());
const waiting = (page) => page.evaluate(async () => (await globalThis.keepwell.status()).waiting ?? 0);

test("a portal may write steps, and no flights", async () => {
  await setPassphrase(keepwell, passphrase);
  await app.ask(portal, keepwell, { toShare: ["stepCount", "flightsClimbed"] }, { share: ["Steps"] });
  assert.equal((await save("stepCount", 1000)).length, 1);
  assert.equal(await save("flightsClimbed", 1000), "authorizationDenied");
});

test("while the records are locked its saves are taken, and it is not told whether it may write", async () => {
  await lock(keepwell);
  await ready(keepwell);
  assert.deepEqual(await save("stepCount", 2000, 3000), []);
  assert.deepEqual(await save("flightsClimbed", 2000), []);
  assert.equal(await save("allergyRecord", 2000), "invalidArgument");
  assert.equal(await waiting(keepwell), 2);
});

test("they outlive a browser that is killed, and are there once after unlocking", async () => {
  await chromium.kill();
  chromium = await startBrowser({ profile: chromium.profile });
  await connect();
  await keepwell.bringToFront();
  for (const name of Object.keys(looks)) {
    await look(keepwell, name); // which may load the page again
    await keepwell.waitForFunction(() => /2 saves from sites wait/.test(document.querySelector("#locked")?.textContent), { polling: 50 });
    await screenshot(keepwell, `journal-locked-${name}`);
  }
  await look(keepwell, "desktop"); // faults gives looks of its own
  await ready(keepwell);
  assert.deepEqual(await faults(keepwell), []);
  await unlock(keepwell);
  assert.deepEqual(await counts(keepwell), { stepCount: 3 });
  assert.equal(await waiting(keepwell), 0);
  assert.equal((await save("stepCount", 4000)).length, 1); // the portal goes on through it
});

test("what it may not write was dropped, and the person can see that it tried", async () => {
  const log = await keepwell.evaluate(() => globalThis.keepwell.accessLog());
  const saves = log.filter(({ operation, type }) => operation === "save" && type === "flightsClimbed");
  // Once while the records were open, once while they were locked.
  assert.deepEqual([saves.reduce((sum, { calls }) => sum + calls, 0), saves.some(({ allowed, count }) => allowed || count)], [2, false]);
});

test("two tabs that unlock at once take a save in once", async () => {
  await lock(keepwell);
  await ready(keepwell);
  const { page: other } = await openPage(chromium.browser, demo.page);
  await ready(other);
  for (let start = 5000; start < 5010; start++) assert.deepEqual(await save("stepCount", start), []);
  await Promise.all([unlock(keepwell), unlock(other)]);
  for (const page of [keepwell, other]) {
    await page.waitForFunction(async () => (await globalThis.keepwell.counts()).stepCount === 14, { polling: 50 });
  }
  await other.close();
});

test("a tab that is open takes in what a locked one got, and its page shows it", async () => {
  const { page: open } = await openPage(chromium.browser, demo.page);
  await ready(open);
  await unlock(open);
  await keepwell.reload(); // locked, unlike the other
  await ready(keepwell);
  await open.bringToFront();
  await open.waitForFunction(() => /14 records on this device/.test(document.body.textContent), { polling: 50 });
  assert.deepEqual(await save("stepCount", 6000), []);
  await open.waitForFunction(() => /15 records on this device/.test(document.body.textContent), { polling: 50 });
  assert.equal(await waiting(keepwell), 0);
  await open.close();
});
