// A store that the browser reset or rolled back behind its page: the person is told
// in plain words, apps read nothing until then, and what the person erased is not missed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults } from "./axe.mjs";
import { importTexts } from "./files.mjs";
import { look, looks, openPage, ready, screenshot, startBrowser, startDemo } from "./harness.mjs";
import { press, warned } from "./person.mjs";

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

const condition = (id) => [[`${id}.json`, JSON.stringify({ resourceType: "Condition", id, code: { text: "Asthma" } })]];
const status = () => page.evaluate(() => keepwell.status());
const kept = () => page.evaluate(() => localStorage.getItem("keepwell-canary"));

/** Brings a record in and waits until the page has kept the canary of that commit. */
async function bring(id) {
  const before = await kept();
  assert.equal((await importTexts(page, condition(id))).report.added, 1);
  await page.waitForFunction((before) => localStorage.getItem("keepwell-canary") !== before, { polling: 50 }, before);
}

/** Does something with the database on a page of the origin on which Keepwell does not run. */
async function behind(act, ...given) {
  await page.goto(`${demo.page}/icon.svg`);
  const result = await page.evaluate(act, ...given);
  await page.goto(demo.page);
  await ready(page);
  return result;
}

/** Reads all values of the database, or puts them in the place of what is there. */
const values = (stored) => new Promise((resolve, reject) => {
  const opening = indexedDB.open("keepwell");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const transaction = opening.result.transaction("values", stored ? "readwrite" : "readonly");
    const values = transaction.objectStore("values");
    const [keys, all] = [values.getAllKeys(), values.getAll()];
    if (stored) {
      values.clear();
      for (const [key, bytes] of stored) values.put(Uint8Array.from(bytes), key);
    }
    transaction.onabort = () => reject(transaction.error);
    transaction.oncomplete = () => {
      opening.result.close();
      resolve(keys.result.map((key, at) => [key, [...all.result[at]]]));
    };
  };
});

const unwarned = () => page.waitForFunction(() => document.querySelector(".warning[hidden]"), { polling: 50 });

test("a store without records has nothing to miss", async () => {
  assert.equal(await kept(), null);
  await behind(() => void indexedDB.deleteDatabase("keepwell"));
  assert.equal((await status()).integrity, "ok");
});

let earlier;
test("after each commit the page keeps which one it was, and nothing else", async () => {
  await bring("first");
  earlier = await behind(values);
  assert.equal((await status()).integrity, "ok");
  await bring("second");
  const canary = JSON.parse(await kept());
  assert.deepEqual(Object.keys(canary).sort(), ["counter", "head", "store"]);
  assert.equal(canary.counter, 2);
});

test("an older copy put back is told, on every page and after every reload", async () => {
  const before = await kept();
  await behind(values, earlier);
  await warned(page, /from an earlier time/);
  assert.equal((await status()).integrity, "rolledBack");
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), { conditionRecord: 1 });
  assert.deepEqual(await faults(page), []);
  for (const name of Object.keys(looks)) {
    await look(page, name);
    await warned(page, /from an earlier time/);
    await screenshot(page, `canary-${name}`);
  }
  await page.evaluate(() => void (location.hash = "#/privacy"));
  await warned(page, /from an earlier time/);
  await ready(page);
  assert.equal((await importTexts(page, condition("third"))).report.added, 1); // the person may go on
  await page.reload();
  await ready(page);
  await warned(page, /from an earlier time/);
  assert.equal(await kept(), before);
});

test("the person takes note, and it stays so", async () => {
  await press(page, "I know. Go on with what is here");
  await unwarned();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1");
  await page.reload();
  await ready(page);
  assert.equal((await status()).integrity, "ok");
  await unwarned();
});

test("a database that was deleted is told", async () => {
  await behind(() => new Promise((resolve) => (indexedDB.deleteDatabase("keepwell").onsuccess = () => resolve())));
  await warned(page, /gone from this browser/);
  assert.equal((await status()).integrity, "reset");
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), {});
  const restore = await page.waitForSelector('::-p-aria([name="Restore a backup"][role="link"])');
  await restore.click();
  await page.waitForFunction(() => location.hash === "#/restore", { polling: 50 });
});

test("it is told through a lock, and what the person erased is not missed", async () => {
  await page.evaluate(() => keepwell.setPassphrase("orbit velvet kettle marsh"));
  await page.evaluate(() => keepwell.lock());
  await page.evaluate(() => keepwell.unlock({ passphrase: "orbit velvet kettle marsh" }));
  await warned(page, /gone from this browser/);
  await page.evaluate(() => keepwell.erase());
  await unwarned();
  assert.equal(await kept(), null);
  await page.reload();
  await ready(page);
  assert.equal((await status()).integrity, "ok");
});
