// Several tabs on one store: they import one after the other, show each other's
// changes, and a tab that is silent, slept or lost its storage does no harm.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { importTexts } from "./files.mjs";
import { freeze, openPage, ready, startBrowser, startDemo } from "./harness.mjs";
import { headed, rejection, warned } from "./person.mjs";

let demo, chromium, profile, here, there;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
});
beforeEach(async () => { // storage of its own: what one test leaves under way is not in the next
  profile = await chromium.browser.createBrowserContext();
  [here, there] = [await tab(), await tab()];
});
afterEach(() => profile?.close());
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

async function tab() {
  const { page } = await openPage(profile, demo.page);
  await ready(page);
  return page;
}

const conditions = async (page) => (await page.evaluate(() => keepwell.counts())).conditionRecord ?? 0;

const show = (page, count) =>
  page.waitForFunction(async (count) => (await keepwell.counts()).conditionRecord === count, { polling: 50 }, count);

/**
 * Begins to import many conditions; resolves once that is under way. The outcome, the
 * number added or the message of the error, is then awaited by ended.
 */
const begin = (page, name, count) =>
  page.evaluate((name, count) => new Promise((underWay) => {
    const line = (n) => JSON.stringify({ resourceType: "Condition", id: `${name}-${n}`, code: { text: crypto.randomUUID().repeat(30) } });
    const file = new File([Array.from({ length: count }, (_, n) => line(n)).join("\n")], `${name}.ndjson`);
    globalThis.ended = keepwell.import([file], { onProgress: ({ phase, bytes }) => phase === "reading" && bytes > 0 && underWay() })
      .then(({ added }) => added, ({ code, message }) => `${code}: ${message}`);
    globalThis.ended.then(underWay);
  }), name, count);

const ended = (page) => page.evaluate(() => globalThis.ended);

test("a tab that holds the turn and gives no sign of life loses it", async () => {
  await here.evaluate(() => new Promise((held) => {
    globalThis.lost = navigator.locks.request("keepwell-writer", () => (held(), new Promise(() => {}))).catch(({ name }) => name);
  }));
  await begin(there, "there", 100);
  assert.equal(await ended(there), 100);
  assert.equal(await here.evaluate(() => globalThis.lost), "AbortError");
  await show(here, 100);
});

test("two tabs that import at once both have all of it", async () => {
  await Promise.all([begin(here, "here", 4000), begin(there, "there", 4000)]);
  assert.deepEqual([await ended(here), await ended(there)], [4000, 4000]);
  await Promise.all([show(here, 8000), show(there, 8000)]);
});

test("what one tab enters shows in another that imports, and the other way", async () => {
  await begin(here, "here", 20_000);
  await there.evaluate(() => keepwell.setSourceOrder("stepCount", []));
  await begin(there, "there", 1);
  assert.deepEqual([await ended(here), await ended(there)], [20_000, 1]);
  await there.waitForFunction(() => /20,001 records on this device/.test(document.body.textContent), { polling: 50 });
});

test("a tab that freezes in mid-import loses its turn, and does no harm when it wakes", async () => {
  const session = await here.createCDPSession();
  await begin(here, "here", 60_000);
  await there.bringToFront();
  await freeze(session, there);
  await begin(there, "there", 100);
  assert.equal(await ended(there), 100);
  assert.equal(await conditions(there), 100);
  await session.send("Page.setWebLifecycleState", { state: "active" });
  assert.match(String(await ended(here)), /^unknown: another tab took over/);
  await Promise.all([show(here, 100), show(there, 100)]);
  await begin(here, "again", 100);
  assert.equal(await ended(here), 100);
});

test("what a page asked for before a change is not drawn over what came after it", async () => {
  await begin(here, "here", 10);
  await ended(here);
  await headed(here, "Your records");
  await here.evaluate(() => {
    const answer = navigator.storage.estimate;
    globalThis.asked = new Promise((asked) => {
      globalThis.estimate = () => {};
      navigator.storage.estimate = () => new Promise((resolve) => {
        globalThis.estimate = () => resolve(answer.call(navigator.storage));
        asked();
      });
    });
  });
  await begin(there, "there", 10);
  await here.evaluate(() => globalThis.asked); // by the page, which has counted its records
  await there.evaluate(() => keepwell.erase());
  await here.waitForFunction(async () => Object.keys(await keepwell.counts()).length === 0, { polling: 50 });
  await here.evaluate(async () => {
    delete navigator.storage.estimate;
    estimate();
    for (let turn = 0; turn < 3; turn++) await keepwell.status(); // what was asked of the engine is answered by then
  });
  await headed(here, "Your health records, kept on your own device");
});

test("a tab that comes back from the browser's cache looks first whether it may show the records", async () => {
  await importTexts(here, [["a.json", JSON.stringify({ resourceType: "Condition", id: "a", code: { text: "Asthma" } })]]);
  await here.evaluate(() => keepwell.setPassphrase("orbit velvet kettle marsh"));
  await there.waitForFunction(() => document.querySelector("#locked") && globalThis.keepwell, { polling: 50 });
  await there.evaluate(() => keepwell.unlock({ passphrase: "orbit velvet kettle marsh" }));
  await here.bringToFront();
  const session = await here.createCDPSession();
  await session.send("Page.enable");
  const back = async () => {
    const { entries, currentIndex } = await session.send("Page.getNavigationHistory");
    const restored = new Promise((resolve) => session.once("Page.frameNavigated", resolve));
    await session.send("Page.navigateToHistoryEntry", { entryId: entries[currentIndex - 1].id });
    return (await restored).type;
  };
  await here.goto(`${demo.page}/icon.svg`);
  assert.equal(await back(), "BackForwardCacheRestore");
  await headed(here, "Your records");
  await here.goto(`${demo.page}/icon.svg`);
  await there.evaluate(() => keepwell.lock());
  await back(); // Chromium drops what it cached for the message of the lock
  await headed(here, "Your records are locked");
  await ready(here);
  assert.equal(await rejection(here, "counts()"), "databaseInaccessible");
});

test("a database that another page deletes goes at once, and the tabs say so", async () => {
  await begin(here, "here", 10);
  await ended(here);
  await show(there, 10);
  const { page } = await openPage(profile, `${demo.page}/icon.svg`);
  await page.evaluate(() => new Promise((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase("keepwell");
    deleting.onsuccess = () => resolve();
    deleting.onblocked = () => reject(new Error("a tab holds on to it"));
  }));
  await page.close();
  assert.match(await rejection(here, "status()"), /^(healthDataUnavailable|databaseInaccessible)$/); // by then it may have started afresh
  await warned(here, /gone from this browser/);
  await there.evaluate(async () => {
    try {
      await keepwell.status(); // finds out, if it has not; between two programs it is no promise
    } catch {}
  });
  await warned(there, /gone from this browser/);
  assert.equal(await conditions(there), 0);
});

test("site data that is cleared while a tab is open is told, and the tab can go on", async () => {
  await begin(here, "here", 10);
  await ended(here);
  await here.waitForFunction(() => localStorage.getItem("keepwell-canary"), { polling: 50 });
  const session = await here.createCDPSession();
  await session.send("Storage.clearDataForOrigin", { origin: demo.page, storageTypes: "indexeddb" });
  await begin(here, "lost", 10);
  assert.match(await ended(here), /^healthDataUnavailable/);
  await warned(here, /gone from this browser/);
  await begin(here, "again", 10);
  assert.equal(await ended(here), 10);
});

test("an erased store is not missed by another tab", async () => {
  await begin(here, "here", 10);
  await ended(here);
  await show(there, 10);
  await there.evaluate(() => keepwell.erase());
  await there.evaluate(() => keepwell.erase()); // the second finds nothing open, and deletes the database
  await here.waitForFunction(() => /kept on your own device/.test(document.body.textContent), { polling: 50 });
  await ready(here);
  assert.equal(await conditions(here), 0);
  assert.equal((await here.evaluate(() => keepwell.status())).integrity, "ok");
});
