// Bringing records: what goes in is what comes out, a second time changes nothing,
// a cancelled import leaves nothing, and a bad file says why.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { allSamples, importPaths, importTexts, rawTexts, resourcesOf } from "./files.mjs";
import { openPage, ready, sharedData, skipWithoutData, startBrowser, startDemo } from "./harness.mjs";

let demo, chromium, page, watch, loaded;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page, watch } = await openPage(chromium.browser, demo.page));
  await ready(page);
  loaded = watch.requests.length;
});
beforeEach(() => page.evaluate(() => keepwell.erase()));
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

const synthea = (name) => join(sharedData, "synthea-r4", name);
const marine = synthea("Marine_Kulas_7862749d-d45c-4b38-9274-aac6282086a6.json");
const jamison = synthea("Jamison785_Denesik803_1e08cb3f-9e6a-b083-b6ee-0bb38f70ba50.json");

/** The counts by resource type that the README beside a file gives. */
async function factsOf(path) {
  const readme = await readFile(join(path, "../README.md"), "utf8");
  const row = readme.split("\n").find((line) => line.includes(`| ${path.split("/").at(-1)} |`));
  const counts = row.match(/\d+ resources: ([^;]+);/)[1].split(", ");
  return Object.fromEntries(counts.map((count) => [count.split(" ")[0], Number(count.split(" ")[1])]));
}

function countBy(items, key) {
  const counts = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

for (const path of [marine, jamison]) {
  test(`a Synthea patient comes back byte for byte: ${path.split("/").at(-1)}`, { skip: skipWithoutData }, async () => {
    const { report, progress } = await importPaths(page, [path]);
    const resources = await resourcesOf(path);
    assert.deepEqual(report.skipped, []);
    assert.equal(report.added, resources.length);

    const all = await allSamples(page);
    const samples = all.filter((sample) => sample.fhir); // characteristics are drawn from the Patient
    assert.deepEqual(countBy(samples, (sample) => sample.fhir.resourceType), await factsOf(path));
    assert.deepEqual(countBy(samples, (sample) => sample.type), report.byType);
    assert.deepEqual(countBy(all, (sample) => sample.type), await page.evaluate(() => keepwell.counts()));

    const stored = await rawTexts(page, samples.map((sample) => sample.uuid));
    assert.deepEqual([...stored.values()].sort(), [...resources].sort());
    assert.ok(progress.length > 0 && progress.every((step) => step.bytes <= step.totalBytes));

    const again = await importPaths(page, [path]);
    assert.deepEqual([again.report.added, again.report.replaced, again.report.unchanged], [0, 0, resources.length]);
  });
}

test("a changed resource replaces the older copy", async () => {
  const condition = (text) => JSON.stringify({ resourceType: "Condition", id: "c1", code: { text } });
  await importTexts(page, [["a.json", condition("before")]]);
  const { report } = await importTexts(page, [["a.json", condition("after")]]);
  assert.deepEqual([report.added, report.replaced, report.unchanged], [0, 1, 0]);
  const [sample] = await allSamples(page);
  assert.equal((await rawTexts(page, [sample.uuid])).get(sample.uuid), condition("after"));
});

test("a cancelled import leaves nothing", async () => {
  const outcome = await page.evaluate(async () => {
    const line = (n) => JSON.stringify({ resourceType: "Condition", id: `c${n}`, code: { text: "x".repeat(400) } });
    const file = new File([Array.from({ length: 40_000 }, (_, n) => line(n)).join("\n")], "many.ndjson");
    const controller = new AbortController();
    let steps = 0;
    try {
      await keepwell.import([file], { signal: controller.signal, onProgress: () => ++steps === 2 && controller.abort() });
      return "finished";
    } catch (error) {
      return error.code ?? error.name;
    }
  });
  assert.ok(["userCanceled", "AbortError"].includes(outcome), outcome);
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), {});
});

const kept = JSON.stringify({ resourceType: "Condition", id: "kept", code: { text: "kept" } });
const marked = "Zyxomitosis"; // a value that no message may repeat
const bad = {
  "not JSON": `this is ${marked}`,
  "an empty file": "",
  "an HTML page": `<!doctype html><html><body>${marked}</body></html>`,
  "cut short": `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Condition","id":"${marked}`,
  "no resourceType": `{"id":"${marked}"}`,
  "a number for a resourceType": `{"resourceType":7,"id":"${marked}"}`,
  "10,000 levels deep": "[".repeat(10_000) + "]".repeat(10_000),
  "10,000 levels deep inside a resource": `{"resourceType":"Condition","id":"deep","extension":${"[".repeat(10_000)}${"]".repeat(10_000)}}`,
  "UTF-16": { base64: Buffer.from(`\ufeff{"resourceType":"Condition","id":"${marked}"}`, "utf16le").toString("base64") },
  "bytes that are no UTF-8": { base64: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]).toString("base64") },
  "a version that nobody reads": `{"resourceType":"Bundle","type":"collection","meta":{"profile":["x"]},"fhirVersion":"0.5.0","entry":[]}`,
};

for (const [what, content] of Object.entries(bad)) {
  test(`${what}: refused by place and rule, and what was there stays`, async () => {
    await importTexts(page, [["kept.json", kept]]);
    const { report, error } = await importTexts(page, [["bad.json", content]]);
    const told = error ? [error] : [...report.skipped, ...(report.notes ?? [])];
    if (what !== "a version that nobody reads") assert.ok(told.length > 0, "nobody was told");
    assert.ok(!JSON.stringify({ report, error }).includes(marked), "the message repeats the file");
    if (error) assert.ok(error.isError && error.code && error.message);
    for (const skip of report?.skipped ?? []) assert.ok(skip.file === "bad.json" && skip.reason, JSON.stringify(skip));
    const samples = await allSamples(page);
    assert.equal((await rawTexts(page, samples.map((sample) => sample.uuid))).values().next().value, kept);
    assert.equal(samples.filter((sample) => sample.fhir.identifier !== "kept" && what !== "10,000 levels deep inside a resource").length, 0);
  });
}

test("one bad record stops nothing", async () => {
  const lines = [kept, '{"resourceType":"Condition","id":', "nonsense", kept.replaceAll("kept", "other")];
  const { report } = await importTexts(page, [["mixed.ndjson", lines.join("\n")]]);
  assert.equal(report.added, 2);
  assert.ok(report.skipped.length >= 1);
});

test("several files are one import", async () => {
  const { report } = await importTexts(page, [["a.json", kept], ["b.json", kept.replaceAll("kept", "other")], ["c.txt", "nothing of ours"]]);
  assert.equal(report.added, 2);
  assert.equal(report.skipped.length, 1);
});

test("nothing left while all this went on, and nothing failed", () => {
  assert.deepEqual(watch.requests.slice(loaded), []);
  assert.deepEqual(watch.errors, []);
  assert.deepEqual(watch.messages, []);
});
