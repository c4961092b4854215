// A store of a real browser, read by a program that knows docs/format.md alone: it
// must list what Keepwell shows, to the byte.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { allowAll, connect } from "./app.mjs";
import { dump } from "./dump.mjs";
import { allSamples, importTexts, rawTexts } from "./files.mjs";
import { openPage, startBrowser, startDemo } from "./harness.mjs";

const reader = fileURLToPath(new URL("../bin/reader", import.meta.url));
const passphrase = "orbit velvet kettle marsh";

let demo, chromium, page, portal;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page: portal } = await openPage(chromium.browser, demo.portal));
  page = await connect(portal, demo.page);
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

/** The lines of the reader over the store as it is now. */
async function read(secret = ["-passphrase", passphrase]) {
  const { status, stdout, stderr } = spawnSync(reader, secret, { input: JSON.stringify(await dump(page)), maxBuffer: 1 << 28 });
  assert.equal(status, 0, String(stderr));
  return String(stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
}

const condition = (id, text, more = {}) => JSON.stringify({
  resourceType: "Condition", id, recordedDate: "2012-05", code: { text }, subject: { reference: "Patient/1" }, ...more,
});
const bundle = (...resources) => `{"resourceType": "Bundle", "type": "collection", "entry": [${resources.map((one) =>
  `{"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000000", "resource":  ${one} }`).join(",\n")}]}`;

const day = 86_400_000;
const date = (ms) => new Date(ms).toISOString().replace("T", " ").replace(/\.\d+Z/, " +0000");
const xml = (records) => `<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="en_GB">\n${records.join("\n")}\n</HealthData>\n`;
const record = (type, source, start, value, unit) =>
  `<Record type="${type}" sourceName="${source}" sourceVersion="9.1" device="&lt;&lt;HKDevice: 0x1&gt;, name:${source}&gt;" unit="${unit}" startDate="${date(start)}" endDate="${date(start + 60_000)}" value="${value}"><MetadataEntry key="HKWasUserEntered" value="0"/></Record>`;
/** Samples whose numbers take each form that a column has. */
const samples = () => Array.from({ length: 3000 }, (_, i) => [
  record("HKQuantityTypeIdentifierHeartRate", "Watch", Date.UTC(2020, 0, 1) + i * 70_000, 50 + (i % 90), "count/min"),
  record("HKQuantityTypeIdentifierBodyMass", "Scale", Date.UTC(2020, 0, 1) + i * day, 70 + (i % 100) / 10, "kg"),
  record("HKQuantityTypeIdentifierActiveEnergyBurned", "Watch", Date.UTC(2020, 0, 1) + i * day, 1 / (i + 3), "kcal"),
]).flat();

test("the store comes to hold values of every kind", async () => {
  await allowAll(portal, page, { toShare: ["stepCount"], read: ["stepCount"] });
  await importTexts(page, [["records.json", bundle(condition("a", "Asthma"), condition("b", "Grüße 🌡"), condition("c", "Gout"))]]);
  await importTexts(page, [["export.xml", xml(samples())]]);
  await portal.evaluate(async () => {
    const all = Array.from({ length: 20 }, (_, i) => ({ type: "stepCount", startDate: i * 1000, endDate: i * 1000 + 10, value: i, unit: "count" }));
    const uuids = await store.save(all);
    await store.delete(uuids.slice(0, 15));
    await store.query({ type: "stepCount" });
  });
  await page.evaluate((passphrase) => keepwell.setPassphrase(passphrase), passphrase);
  // Replaced; and enough of one type, one by one, for a compaction to join them.
  await importTexts(page, [["records.json", bundle(condition("a", "Asthma, mild"))]]);
  for (let i = 0; i < 9; i++) {
    await portal.evaluate((i) => store.save([{ type: "stepCount", startDate: 1e6 + i, endDate: 1e6 + i, value: i / 3, unit: "count" }]), i);
  }
});

/** Compares everything that the reader lists with everything that Keepwell shows. */
async function compare() {
  const lines = await read();
  const shown = await allSamples(page);
  const objects = new Map(lines.filter(({ kind }) => kind === "record" || kind === "sample").map((line) => [line.uuid, line]));
  assert.equal(objects.size, shown.length);
  const raw = await rawTexts(page, shown.filter(({ fhir }) => fhir).map(({ uuid }) => uuid));
  for (const sample of shown) {
    const line = objects.get(sample.uuid);
    assert.ok(line, `${sample.type} ${sample.uuid} is not read`);
    for (const name of ["type", "startDate", "endDate", "dateAdded"]) assert.equal(line[name], sample[name], `${name} of ${sample.type}`);
    assert.equal(line.source.id, sample.source.id);
    assert.equal(line.source.name, sample.source.name);
    if (sample.fhir) {
      assert.equal(Buffer.from(line.raw, "base64").toString("latin1"), raw.get(sample.uuid));
      assert.equal(line.resourceType, sample.fhir.resourceType);
      assert.equal(line.identifier, sample.fhir.identifier);
    } else {
      assert.equal(line.value, sample.value);
      assert.equal(line.unit ?? "", sample.unit ?? "");
    }
  }
  return lines;
}

test("the reader lists every record byte for byte, and every sample", async () => {
  const lines = await compare();
  assert.equal(lines.filter(({ kind, raw }) => kind === "record" && Buffer.from(raw, "base64").includes("Asthma,")).length, 1);
  assert.equal(lines.filter(({ type }) => type === "stepCount").length, 14);
  assert.deepEqual(lines.filter(({ kind }) => kind === "app").map(({ value }) => value.origin), [demo.portal]);
});

test("so it does after a compaction", async () => {
  const segments = async () => Object.keys(await dump(page)).filter((key) => key.startsWith("index/")).length;
  const many = await segments();
  await page.evaluate(async (passphrase) => {
    await keepwell.lock();
    await keepwell.unlock({ passphrase });
  }, passphrase);
  while (await segments() >= many) await page.evaluate(() => keepwell.status());
  const kinds = new Set((await compare()).map(({ kind }) => kind));
  for (const kind of ["record", "sample", "app", "log"]) assert.ok(kinds.has(kind), `there is no ${kind}`); // locking writes the log
});

test("a wrong passphrase opens nothing", async () => {
  const { status, stdout } = spawnSync(reader, ["-passphrase", "orbit velvet kettle"], { input: JSON.stringify(await dump(page)) });
  assert.notEqual(status, 0);
  assert.equal(stdout.length, 0);
});
