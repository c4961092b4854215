// Values of the real database that were altered: each costs its own records, the
// person is told, and nothing else is touched.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults } from "./axe.mjs";
import { dump } from "./dump.mjs";
import { importTexts } from "./files.mjs";
import { openPage, ready, screenshot, startBrowser, startDemo } from "./harness.mjs";

let demo, chromium, page;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page } = await openPage(chromium.browser, demo.page));
  await ready(page);
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

/** Flips a bit in the middle of values of the store. */
const flip = (...keys) => page.evaluate((keys) => new Promise((done) => {
  indexedDB.open("keepwell").onsuccess = ({ target: { result: database } }) => {
    const store = database.transaction("values", "readwrite", { durability: "strict" }).objectStore("values");
    for (const key of keys) {
      store.get(key).onsuccess = ({ target: { result } }) => {
        result[result.length >> 1] ^= 1;
        store.put(result, key);
      };
    }
    store.transaction.oncomplete = () => done(database.close());
  };
}), keys);

const file = (n) => [`condition-${n}.json`, JSON.stringify({
  resourceType: "Condition", id: `c${n}`, recordedDate: "2012-05-06", code: { text: `Condition ${n}` }, subject: { reference: "Patient/1" },
})];

/** Of the conditions: how many are listed, and how many give their bytes. */
const readable = () => page.evaluate(async () => {
  const { samples } = await keepwell.query({ type: "conditionRecord" });
  const codes = await Promise.all(samples.map(({ uuid }) => keepwell.resource(uuid).then(() => "", ({ code }) => code)));
  return { listed: samples.length, whole: codes.filter((code) => code === "").length, codes: [...new Set(codes)].filter(Boolean) };
});

const notice = (pattern) => page.waitForFunction((source) => [...document.querySelectorAll(".notices .problem")]
  .some((p) => new RegExp(source).test(p.textContent)), { polling: 50 }, pattern.source);

async function reload() {
  await page.reload();
  await ready(page);
}

async function goHome() {
  await page.evaluate(() => void (location.hash = "#/import"));
  await page.evaluate(() => void (location.hash = "#/"));
}

const prefixed = async (prefix) => Object.keys(await dump(page)).filter((key) => key.startsWith(prefix)).sort();

test("a flipped byte costs the records of its segment, and the person is told", async () => {
  for (let n = 0; n < 5; n++) await importTexts(page, [file(n)]);
  const [segment, other] = await prefixed("segment/");
  await flip(segment, other.replace("segment/", "index/"));
  await reload();
  // The lost index is missed at once; the segment when it is opened.
  await notice(/^1 record can’t be opened/);
  assert.deepEqual(await readable(), { listed: 4, whole: 3, codes: ["corruptStore"] });
  await goHome();
  await notice(/^2 records can’t be opened/);
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "damage");
});

test("values that were swapped are noticed", async () => {
  const [, , a, b] = await prefixed("segment/");
  await page.evaluate((a, b) => new Promise((done) => {
    indexedDB.open("keepwell").onsuccess = ({ target: { result: database } }) => {
      const store = database.transaction("values", "readwrite").objectStore("values");
      store.get(a).onsuccess = ({ target: { result: first } }) => {
        store.get(b).onsuccess = ({ target: { result: second } }) => {
          store.put(second, a);
          store.put(first, b);
        };
      };
      store.transaction.oncomplete = () => done(database.close());
    };
  }), a, b);
  await reload();
  assert.deepEqual(await readable(), { listed: 4, whole: 1, codes: ["corruptStore"] });
});

test("bringing the records again heals them", async () => {
  for (let n = 0; n < 5; n++) await importTexts(page, [file(n)]);
  assert.deepEqual(await readable(), { listed: 5, whole: 5, codes: [] });
});

for (const key of ["head", "keyring"]) {
  test(`an altered ${key} is told in place of the pages, and nothing is changed`, async () => {
    await flip(key);
    await page.reload();
    await page.waitForFunction(() => document.querySelector("#failure-corrupt")?.offsetParent, { polling: 50 });
    await flip(key); // as it was
    await reload();
    assert.deepEqual(await readable(), { listed: 5, whole: 5, codes: [] });
  });
}
