// A browser that is ended in the middle of a write leaves the end of its log torn.
// Chromium goes on with that log, and at the start after the next takes all of it
// for corrupt and deletes the origin's databases (store/idb/renew.go). Nothing of
// the store may go with it.
import assert from "node:assert/strict";
import { readdir, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { importTexts } from "./files.mjs";
import { newProfile, openPage, ready, removeProfile, startBrowser, startDemo } from "./harness.mjs";

let demo, profile, chromium, page;
before(async () => {
  demo = await startDemo();
  profile = await newProfile();
});
after(async () => {
  await chromium?.kill();
  await removeProfile(profile);
  await demo?.stop();
});

async function start() {
  chromium = await startBrowser({ profile });
  ({ page } = await openPage(chromium.browser, demo.page));
  await ready(page);
}

const bring = async (count) => {
  const file = (_, n) => [`${n}.json`, JSON.stringify({ resourceType: "Condition", id: `${count}-${n}`, code: { text: "Asthma" } })];
  const { error } = await importTexts(page, Array.from({ length: count }, file));
  assert.equal(error, undefined);
};

/** Writes what nobody needs, and resolves when it is in the log. */
const writeScrap = () => page.evaluate(() => new Promise((written, failed) => {
  const opening = indexedDB.open("scrap");
  opening.onupgradeneeded = () => opening.result.createObjectStore("scrap");
  opening.onsuccess = () => {
    const transaction = opening.result.transaction("scrap", "readwrite", { durability: "strict" });
    transaction.objectStore("scrap").put("scrap".repeat(1000), 1);
    transaction.oncomplete = written;
    transaction.onabort = failed;
  };
}));

/** Takes from the log's last record so much that it is not whole. */
async function tear() {
  const databases = join(profile, "Default/IndexedDB");
  const folder = join(databases, (await readdir(databases)).find((name) => name.endsWith(".leveldb")));
  const log = join(folder, (await readdir(folder)).filter((name) => name.endsWith(".log")).sort().at(-1));
  await truncate(log, (await stat(log)).size - 100);
}

test("a write that was torn takes nothing with it", async () => {
  await start();
  await bring(20);
  await writeScrap();
  await chromium.kill();
  await tear();
  await start();
  await bring(3); // behind the torn write
  await chromium.kill();
  await start();
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), { conditionRecord: 23 });
});
