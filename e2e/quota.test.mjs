// A disk that is full in mid-import: the import is undone, the person hears how much is
// missing, and the same import goes in once there is room.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { importTexts } from "./files.mjs";
import { openPage, ready, startBrowser, startDemo } from "./harness.mjs";

let demo, chromium, page, session;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page } = await openPage(chromium.browser, `${demo.page}/icon.svg`));
  session = await page.createCDPSession();
  // Before the database is opened: Chromium remembers for a while how much is left.
  await session.send("Storage.overrideQuotaForOrigin", { origin: demo.page, quotaSize: 5_000_000 });
  await page.goto(demo.page);
  await ready(page);
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

/** Imports about 12 MB that don't compress well; resolves to the number added, or what the failure says. */
const bring = () =>
  page.evaluate(() => {
    const noise = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(3000))));
    globalThis.large ??= new File(Array.from({ length: 3000 }, (_, n) =>
      JSON.stringify({ resourceType: "Condition", id: `large-${n}`, code: { text: noise() } }) + "\n"), "large.ndjson");
    return keepwell.import([large]).then(({ added }) => added, ({ code, message }) => ({ code, message }));
  });

const stored = () => page.evaluate(async () => ({ counts: await keepwell.counts(), segments: (await keepwell.status()).segments }));

let needed; // MB, as the message says
test("a full disk undoes the import and says how much is missing", async () => {
  await importTexts(page, [["a.json", JSON.stringify({ resourceType: "Condition", id: "a", code: { text: "Asthma" } })]]);
  const before = await stored();
  const { code, message } = await bring();
  assert.equal(code, "quotaExceeded");
  const [, about, fit] = message.match(/needs about (\d+) MB, of which (\d+) MB fit; nothing of it was kept/).map(Number);
  assert.ok(fit >= 1 && fit <= 5, message);
  needed = about;
  assert.deepEqual(await stored(), before);
});

test("a reload finds what was there", async () => {
  const before = await stored();
  await page.reload();
  await ready(page);
  assert.deepEqual(await stored(), before);
});

test("with room again the same import goes in", async () => {
  await session.send("Storage.overrideQuotaForOrigin", { origin: demo.page });
  assert.equal(await bring(), 3000);
  assert.equal((await stored()).counts.conditionRecord, 3001);
  const took = (await page.evaluate(() => keepwell.status())).bytes / 1e6;
  assert.ok(Math.abs(took - needed) < 0.3 * took, `it took ${took} MB, and the message said ${needed}`);
});
