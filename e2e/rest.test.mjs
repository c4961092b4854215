// What lies on the disk: nothing of what a person keeps, in any file of the browser's
// profile and in no form: while a store has no passphrase, after one was set over it,
// when records come after the passphrase, and after erasing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allowAll, connect } from "./app.mjs";
import { wordsIn } from "./disk.mjs";
import { importTexts } from "./files.mjs";
import { newProfile, openPage, removeProfile, startBrowser, startDemo } from "./harness.mjs";

const passphrase = "orbit velvet kettle marsh";

// Words that stand nowhere else: a name, a code, a text, dates, sources, a device, an
// app's name, what it says of itself, and what it saves.
const marks = [
  "Quillfeather", "77-quokka-9", "Zanthoxylum reaction", "2011-03-17", "marmalade-clinic",
  "Wobblewatch", "Thrumband mark 9", "2013-07-19", "Numbat Clinic", "tending to numbats", "saved-by-numbat", "orbit velvet", "kettle marsh",
];
// Types that a store holds say something too. The site's own code names them all.
const types = ["allergyRecord", "AllergyIntolerance", "heartRate", "stepCount", "HKQuantityTypeIdentifierHeartRate"];
const siteCode = /Code Cache|Cache_Data|CacheStorage|GPUCache/;

const records = [
  ["marked.json", JSON.stringify({
    resourceType: "Bundle", type: "collection", entry: [
      { resource: { resourceType: "Patient", id: "p", name: [{ family: "Quillfeather" }] } },
      { resource: {
        resourceType: "AllergyIntolerance", id: "a", meta: { source: "https://marmalade-clinic.example/fhir" }, recordedDate: "2011-03-17",
        code: { text: "Zanthoxylum reaction", coding: [{ system: "urn:oid:1.2.3", code: "77-quokka-9" }] },
        patient: { reference: "Patient/p" },
      } },
    ],
  })],
  ["export.xml", `<?xml version="1.0" encoding="UTF-8"?>
<HealthData locale="en_GB">
${Array.from({ length: 500 }, (_, i) => `<Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Wobblewatch" device="&lt;&lt;HKDevice: 0x1&gt;, name:Thrumband mark 9&gt;" unit="count/min" startDate="2013-07-19 08:${String(i % 60).padStart(2, "0")}:00 +0000" endDate="2013-07-19 08:${String(i % 60).padStart(2, "0")}:${10 + Math.floor(i / 60)} +0000" value="${50 + i}"/>`).join("\n")}
</HealthData>`],
];

let demo, profile, chromium, page, portal;
before(async () => {
  demo = await startDemo();
  profile = await newProfile();
  await start();
});
after(async () => {
  await chromium?.stop();
  if (profile) await removeProfile(profile);
  await demo?.stop();
});

async function start() {
  chromium = await startBrowser({ profile });
  ({ page: portal } = await openPage(chromium.browser, demo.portal));
  page = await connect(portal, demo.page, {
    name: "Numbat Clinic", usage: { share: "tending to numbats", update: "tending to numbats", clinical: "tending to numbats" },
  });
}

/** Starts the browser anew: what it held back is written, and its own files are in their places. */
async function restart() {
  await chromium.stop();
  await start();
}

/** What of a store can be read: words of records anywhere, types and who was granted in what is not the site's code. */
const found = () => wordsIn(profile,
  { words: marks },
  { words: types, where: (path) => !siteCode.test(path) },
  { words: [demo.portal], where: (path) => /http_localhost_/.test(path) });

const unlock = () => page.evaluate((passphrase) => keepwell.unlock({ passphrase }), passphrase);

/** Brings the marked records, and has the portal save and read. */
async function fill() {
  assert.equal((await importTexts(page, records)).report.added, 502);
  await allowAll(portal, page, { toShare: ["stepCount"], read: ["stepCount"] });
  await allowAll(portal, page, { read: ["allergyRecord"] });
  await saveByPortal();
  assert.equal(await portal.evaluate(async () => (await store.query({ type: "allergyRecord" })).samples.length), 1);
}

const saveByPortal = () => portal.evaluate(() => store.save([{
  type: "stepCount", startDate: 1e12, endDate: 1e12 + 1000, value: 7, unit: "count", metadata: { note: "saved-by-numbat" },
}]));

/** What a key of the device still opens: the key itself, and values of its time. Their epoch, 1, stands in bytes 2 to 5 (docs/format.md, section 3). */
const left = () => page.evaluate(() => new Promise((done, failed) => {
  const opening = indexedDB.open("keepwell");
  opening.onerror = () => failed(opening.error);
  opening.onsuccess = () => {
    const database = opening.result;
    const names = [...database.objectStoreNames];
    const transaction = database.transaction(names);
    const old = [];
    for (const name of names) {
      transaction.objectStore(name).openCursor().onsuccess = ({ target: { result: cursor } }) => {
        if (!cursor) return;
        const value = cursor.value;
        if (value instanceof CryptoKey) old.push(`key ${cursor.key}`);
        else if (cursor.key !== "keyring" && cursor.key !== "lock") {
          const bytes = new DataView(value.buffer ?? value, value.byteOffset ?? 0);
          if (bytes.getUint8(0) === 1 && bytes.getUint32(2) === 1) old.push(String(cursor.key));
        }
        cursor.continue();
      };
    }
    transaction.oncomplete = () => {
      database.close();
      done(old);
    };
  };
}));

test("the search finds words in every form that a disk may hold", async () => {
  await page.evaluate((zstd) => new Promise((done, failed) => {
    localStorage.setItem("probe", "Bandersnatch-probe");
    const pack = (format, text) => new Response(new Blob([text]).stream().pipeThrough(new CompressionStream(format))).arrayBuffer();
    const utf16 = (text, swap) => Uint8Array.from([...text].flatMap((c) => swap ? [0, c.charCodeAt(0)] : [c.charCodeAt(0), 0]));
    const opening = indexedDB.open("probe");
    opening.onerror = () => failed(opening.error);
    opening.onupgradeneeded = () => opening.result.createObjectStore("s");
    opening.onsuccess = async () => {
      const values = {
        plain: "Frumious-probe", long: "Mimsy-probe ".repeat(9000), wide: "Grüße Jabberwock-probe 🌡".repeat(500),
        little: utf16("Outgrabe-probe", false), big: utf16("Vorpal-probe", true),
        gzip: await pack("gzip", "Uffish-probe".repeat(50)), zlib: await pack("deflate", "Tulgey-probe".repeat(50)),
        zstd: Uint8Array.from(atob(zstd), (c) => c.charCodeAt(0)),
        // Much, so that the log becomes a table; alike, so that its blocks are worth compressing.
        ...Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`row ${i}`, `Manxome-probe number ${i}`])),
        ...Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`noise ${i}`, crypto.getRandomValues(new Uint8Array(60_000))])),
      };
      const put = opening.result.transaction("s", "readwrite", { durability: "strict" });
      for (const [key, value] of Object.entries(values)) put.objectStore("s").put(value, key);
      put.oncomplete = () => done(opening.result.close());
    };
  }), "KLUv/UQAWAG9AAB4Qm9yb2dvdmUtcHJvYmUgAVQPBC1GJPIHt0k=");
  await restart(); // writes what localStorage holds back
  const probes = ["Bandersnatch", "Frumious", "Mimsy", "Jabberwock", "Outgrabe", "Vorpal", "Uffish", "Tulgey", "Borogove", "Manxome"];
  const hits = await wordsIn(profile,
    { words: probes.map((probe) => `${probe}-probe`) },
    { words: ["Manxome-probe number 1234"], where: (path) => path.endsWith(".ldb") });
  for (const probe of [...probes, "Manxome-probe number"]) assert.ok(hits.some((hit) => hit.startsWith(probe)), `${probe} in ${hits}`);
  await page.evaluate(() => new Promise((done) => (indexedDB.deleteDatabase("probe").onsuccess = done)));
});

test("before a passphrase the values are sealed already", async () => {
  await fill();
  assert.deepEqual(await found(), []);
  await restart();
  assert.deepEqual(await found(), []);
});

test("after a passphrase over that store, everything is sealed anew and nothing is readable", async () => {
  assert.ok((await left()).length > 3);
  await page.evaluate((passphrase) => keepwell.setPassphrase(passphrase), passphrase);
  const asked = await page.evaluate(() => keepwell.query({ type: "allergyRecord" }));
  assert.equal(asked.samples.length, 1);
  while ((await left()).length > 0); // until the test's own timeout
  await page.evaluate(() => keepwell.lock());
  assert.deepEqual(await saveByPortal(), []); // waits in the journal
  assert.deepEqual(await found(), []);
});

test("after erasing nothing is readable either", async () => {
  await unlock();
  await page.evaluate(() => keepwell.erase());
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), {});
  assert.deepEqual(await found(), []);
});

test("records that come after the passphrase are not readable", async () => {
  await page.evaluate((passphrase) => keepwell.setPassphrase(passphrase), passphrase);
  await fill();
  await page.evaluate(() => keepwell.lock());
  assert.deepEqual(await found(), []);
  await restart();
  assert.deepEqual(await found(), []);
});
