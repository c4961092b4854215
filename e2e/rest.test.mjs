// What lies on the disk: nothing of a record in any file of the browser's profile,
// before and after a passphrase is set over an older store, and after erasing.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync, inflateRawSync } from "node:zlib";
import { importTexts } from "./files.mjs";
import { openPage, ready, startBrowser, startDemo } from "./harness.mjs";

// Words that stand nowhere else: a name, a code, a text, a date, a source.
const marks = ["Quillfeather", "77-quokka-9", "Zanthoxylum reaction", "2011-03-17", "marmalade-clinic"];

const records = [["marked.json", JSON.stringify({
  resourceType: "Bundle", type: "collection", entry: [
    { resource: { resourceType: "Patient", id: "p", name: [{ family: "Quillfeather" }] } },
    { resource: {
      resourceType: "AllergyIntolerance", id: "a", meta: { source: "https://marmalade-clinic.example/fhir" }, recordedDate: "2011-03-17",
      code: { text: "Zanthoxylum reaction", coding: [{ system: "urn:oid:1.2.3", code: "77-quokka-9" }] },
      patient: { reference: "Patient/p" },
    } },
  ],
})]];
// Types that a store holds say something too.
const types = ["allergyRecord", "AllergyIntolerance"];

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

const profile = () => chromium.browser.process().spawnargs.find((argument) => argument.startsWith("--user-data-dir=")).split("=")[1];

/** Which of the words lie in the files of the profile that sites can fill, and where. */
async function found(words) {
  const hits = [];
  for (const entry of await readdir(profile(), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    // The caches of the site's own code name every type there is.
    if (!entry.isFile() || /Code Cache|Cache_Data|GPUCache/.test(path)) continue;
    const data = await readFile(path).catch(() => Buffer.alloc(0)); // gone meanwhile
    for (const text of [data, ...unpacked(data)]) {
      for (const word of words) {
        if (text.includes(word) || text.includes(Buffer.from(word, "utf16le"))) hits.push(`${word} in ${path}`);
      }
    }
  }
  return hits;
}

/** What parts of a file unpack to, wherever a compressed stream may begin. */
function unpacked(data) {
  const texts = [];
  for (let at = data.indexOf(Buffer.from([0x1f, 0x8b, 8])); at >= 0; at = data.indexOf(Buffer.from([0x1f, 0x8b, 8]), at + 1)) {
    tryTo(() => texts.push(gunzipSync(data.subarray(at), { finishFlush: 2 })));
  }
  for (const unpack of [inflateRawSync, brotliDecompressSync]) tryTo(() => texts.push(unpack(data)));
  return texts;
}

function tryTo(act) {
  try {
    act();
  } catch {
    // not compressed that way
  }
}

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

test("the search finds what is stored readably", async () => {
  await page.evaluate(() => {
    localStorage.setItem("probe", "Bandersnatch-probe");
    return new Promise((done) => {
      const opening = indexedDB.open("probe");
      opening.onupgradeneeded = () => opening.result.createObjectStore("s");
      opening.onsuccess = () => {
        const put = opening.result.transaction("s", "readwrite", { durability: "strict" });
        put.objectStore("s").put("Frumious-probe", 1);
        put.oncomplete = () => done(opening.result.close());
      };
    });
  });
  assert.ok((await found(["Frumious-probe"])).length > 0);
});

test("before a passphrase the values are sealed already", async () => {
  assert.equal((await importTexts(page, records)).report.added, 2);
  assert.deepEqual(await found([...marks, ...types]), []);
});

test("after a passphrase over that store, everything is sealed anew and nothing is readable", async () => {
  assert.ok((await left()).length > 3);
  await page.evaluate(() => keepwell.setPassphrase("orbit velvet kettle marsh"));
  const asked = await page.evaluate(() => keepwell.query({ type: "allergyRecord" }));
  assert.equal(asked.samples.length, 1);
  const deadline = Date.now() + 20_000;
  let old = await left();
  while (old.length > 0 && Date.now() < deadline) old = await left();
  assert.deepEqual(old, []);
  await page.evaluate(() => keepwell.lock());
  assert.deepEqual(await found([...marks, ...types, "orbit velvet", "kettle"]), []);
});

test("after erasing nothing is readable either", async () => {
  await page.evaluate(() => keepwell.unlock({ passphrase: "orbit velvet kettle marsh" }));
  await page.evaluate(() => keepwell.erase());
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), {});
  assert.deepEqual(await found([...marks, ...types]), []);
});
