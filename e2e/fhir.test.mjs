// Real FHIR clients in a portal's page, with store.fetch as their fetch function:
// fhirclient (SMART Health IT) and Medplum's. No server answers, the person's device does.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { ask, connect, openPortal } from "./app.mjs";
import { isPortals, startBrowser, startDemo } from "./harness.mjs";

const base = "https://keepwell.invalid/fhir";
const observation = (id, date, code) => [id + ".json", JSON.stringify({
  resourceType: "Observation", id, meta: { versionId: "3" }, status: "final", effectiveDateTime: date, subject: { reference: "Patient/p" },
  category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory" }] }],
  code: { coding: [{ system: "http://loinc.org", code }] }, valueQuantity: { value: 5.4, unit: "%" },
})];
const records = [
  observation("one", "2024-01-05", "4548-4"),
  observation("two", "2024-06-05", "4548-4"),
  observation("three", "2025-01-05", "718-7"),
  ["condition.json", JSON.stringify({ resourceType: "Condition", id: "asthma", code: { text: "Asthma" }, subject: { reference: "Patient/p" } })],
];

let demo, chromium, portal, watch;

before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page: portal, watch } = await openPortal(chromium.browser, demo, records));
  const keepwell = await connect(portal, demo.page);
  await ask(portal, keepwell, { read: ["labResultRecord", "conditionRecord"] }, { read: ["Lab Results"] });
  const { resolve } = createRequire(import.meta.url);
  await portal.evaluate(() => { window.fetch = store.fetch; }); // fhirclient's build takes window.fetch when it loads
  await portal.evaluate(await readFile(resolve("fhirclient/build/fhir-client.pure.js"), "utf8"));
  await portal.evaluate(`{ const exports = {}, module = { exports };
    ${await readFile(resolve("@medplum/core"), "utf8")}
    window.MedplumClient = module.exports.MedplumClient; }`);
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

/** Calls request of a fhirclient client: the result, or the failure's status. */
const request = (...args) => portal.evaluate(async (base, args) => {
  try {
    return await FHIR.client({ serverUrl: base }).request(...args);
  } catch (error) {
    return { failed: error.statusCode ?? String(error) };
  }
}, base, args);

/** Calls a method of a Medplum client: the result, pages in one list, or the failure's OperationOutcome. */
const medplum = (method, ...args) => medplumWith({}, [method, ...args]).then(([result]) => result);

/** Calls several at once, of a client with these options. */
const medplumWith = (options, ...calls) => portal.evaluate(async (options, calls) => {
  const client = new MedplumClient({ baseUrl: "https://keepwell.invalid/", fhirUrlPath: "fhir", fetch: store.fetch, cacheTime: 0, ...options });
  return Promise.all(calls.map(async ([method, ...args]) => {
    try {
      const answer = client[method](...args);
      return Symbol.asyncIterator in answer ? await Array.fromAsync(answer) : (await answer) ?? null;
    } catch (error) {
      return { failed: error.outcome?.issue ?? String(error) };
    }
  }));
}, options, calls);

const ids = (resources) => resources.map(({ id }) => id);
const found = (bundle) => ids((bundle.entry ?? []).map(({ resource }) => resource));

test("fhirclient searches and reads what was granted", async () => {
  const bundle = await request("Observation?code=http://loinc.org|4548-4&date=ge2024-03");
  assert.equal(bundle.resourceType, "Bundle");
  assert.deepEqual(found(bundle), ["two"]);
  assert.equal((await request("Observation/one")).valueQuantity.value, 5.4);
});

test("fhirclient follows the links of pages", async () => {
  const all = await request("Observation?_count=1&_sort=date", { pageLimit: 0, flat: true });
  assert.deepEqual(ids(all), ["one", "two", "three"]);
});

test("fhirclient learns nothing of what was denied", async () => {
  assert.deepEqual(await request("Condition/asthma"), await request("Observation/none"));
  assert.deepEqual(found(await request("Condition")), []);
  assert.equal((await request("Condition?_summary=count")).total, 0);
});

test("fhirclient is told of failures by status", async () => {
  assert.deepEqual(await request("Observation/none"), { failed: 404 });
  assert.deepEqual(await request("Observation?nickname=x"), { failed: 400 });
  assert.deepEqual(await request("AllergyIntolerance"), { failed: 403 }); // never asked for
  assert.deepEqual(await request({ url: "Observation/one", method: "DELETE" }), { failed: 405 });
});

test("the capabilities are those of FHIR R4", async () => {
  assert.equal((await request("metadata")).fhirVersion, "4.0.1");
  assert.deepEqual(await medplum("get", base + "/metadata"), await request("metadata"));
});

test("Medplum's client reads and searches what was granted", async () => {
  assert.equal((await medplum("readResource", "Observation", "one")).valueQuantity.value, 5.4);
  assert.equal((await medplum("readReference", { reference: "Observation/two" })).id, "two");
  assert.equal((await medplum("readVersion", "Observation", "one", "3")).id, "one");
  assert.deepEqual(found(await medplum("search", "Observation", "code=http://loinc.org|4548-4&date=ge2024-03")), ["two"]);
  assert.deepEqual(ids(await medplum("searchResources", "Observation", { status: "final", _sort: "-date", _count: "2" })), ["three", "two"]);
  assert.equal((await medplum("searchOne", "Observation", { patient: "Patient/p", _sort: "date" })).id, "one");
  assert.equal(await medplum("searchOne", "Observation", "code=none"), null);
  assert.equal((await medplum("search", "Observation", "_summary=count")).total, 3);
  // What its own pages ask for.
  const list = "_fields=id,_lastUpdated,code&_total=accurate&_sort=-_lastUpdated&_count=20&_offset=2";
  assert.equal((await medplum("searchResources", "Observation", list)).length, 1);
});

test("Medplum's client follows the links of pages", async () => {
  const pages = await medplum("searchResourcePages", "Observation", { _count: "2", _sort: "date" });
  assert.deepEqual(pages.map(ids), [["one", "two"], ["three"]]);
});

test("Medplum's client batches", async () => {
  const asked = watch.requests.length;
  const [one, denied, none, refused, search] = await medplumWith({ autoBatchTime: 5 },
    ["readResource", "Observation", "one"], ["readResource", "Condition", "asthma"], ["readResource", "Observation", "none"],
    ["search", "Observation", "nickname=x"], ["search", "Observation", "date=2025"]);
  assert.equal(one.id, "one");
  assert.deepEqual(denied, none);
  assert.equal(none.failed[0].code, "not-found");
  assert.equal(refused.failed[0].code, "not-supported");
  assert.deepEqual(found(search), ["three"]);
  assert.equal(watch.requests.length, asked);
});

test("Medplum's client is told of failures by outcome", async () => {
  const code = async (...call) => (await medplum(...call)).failed[0].code;
  assert.equal(await code("readResource", "Observation", "none"), "not-found");
  assert.equal(await code("readVersion", "Observation", "one", "2"), "not-found");
  assert.equal(await code("search", "Observation", "nickname=x"), "not-supported");
  assert.equal(await code("search", "AllergyIntolerance"), "forbidden");
  assert.equal(await code("createResource", { resourceType: "Observation" }), "not-supported");
  assert.equal(await code("updateResource", { resourceType: "Observation", id: "one" }), "not-supported");
  assert.equal(await code("executeBatch", { resourceType: "Bundle", type: "transaction" }), "not-supported");
});

test("an aborted request rejects as fetch's does", async () => {
  const outcome = await portal.evaluate(async () => {
    const controller = new AbortController();
    const client = new MedplumClient({ baseUrl: "https://keepwell.invalid/", fhirUrlPath: "fhir", fetch: store.fetch });
    const asked = client.readResource("Observation", "one", { signal: controller.signal });
    controller.abort();
    return asked.then(() => "answered", (error) => error.name);
  });
  assert.equal(outcome, "AbortError");
});

test("no request left the page", () => {
  assert.deepEqual(watch.errors, []);
  for (const { url } of watch.requests) assert.ok(isPortals(url, demo), url);
});
