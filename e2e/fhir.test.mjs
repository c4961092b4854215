// The real fhirclient (SMART Health IT) in a portal's page, with store.fetch as
// its fetch function: no server answers, the person's device does.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { answerSheet } from "@keepwell-health/keepwell/testing";
import { openPortal } from "./app.mjs";
import { ready, startBrowser, startDemo, isPortals } from "./harness.mjs";

const base = "https://keepwell.invalid/fhir";
const observation = (id, date, code) => [id + ".json", JSON.stringify({
  resourceType: "Observation", id, status: "final", effectiveDateTime: date, subject: { reference: "Patient/p" },
  category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory" }] }],
  code: { coding: [{ system: "http://loinc.org", code }] }, valueQuantity: { value: 5.4, unit: "%" },
})];
const records = [
  observation("one", "2024-01-05", "4548-4"),
  observation("two", "2024-06-05", "4548-4"),
  observation("three", "2025-01-05", "718-7"),
  ["condition.json", JSON.stringify({ resourceType: "Condition", id: "asthma", code: { text: "Asthma" }, subject: { reference: "Patient/p" } })],
];

let demo, chromium, portal, keepwell, watch;

before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page: portal, watch } = await openPortal(chromium.browser, demo, records));
  await connect();
  await answer();
  const source = createRequire(import.meta.url).resolve("fhirclient/build/fhir-client.pure.js");
  await portal.evaluate(() => { window.fetch = store.fetch; }); // this build takes window.fetch when it loads
  await portal.evaluate(await readFile(source, "utf8"));
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

/** Connects in a click, as the SDK must, and leaves the store in `store`. */
async function connect() {
  const opened = new Promise((resolve) => portal.once("popup", resolve));
  await portal.evaluate(async (host) => {
    const { HealthStore } = await import("./keepwell.mjs");
    document.addEventListener("click", () => {
      const app = {
        host, name: "Clinic", purpose: "care", privacyPolicy: location.origin + "/privacy.html", usage: { clinical: "To show them." },
      };
      window.connecting = HealthStore.connect(app).then((store) => (window.store = store));
    }, { once: true, capture: true });
  }, demo.page);
  await portal.mouse.click(1, 1);
  keepwell = await opened;
  await ready(keepwell);
  await portal.waitForFunction(() => window.store, { polling: 50 });
}

/** Asks for two kinds of records and has the person allow one. */
async function answer() {
  await portal.evaluate(() => {
    window.asking = store.requestAuthorization({ read: ["labResultRecord", "conditionRecord"] });
  });
  await answerSheet(keepwell, { read: ["Lab Results"] });
  await portal.evaluate(() => window.asking);
}

/** Calls request of a fhirclient client: the result, or the failure's status. */
const request = (...args) => portal.evaluate(async (base, args) => {
  try {
    return await FHIR.client({ serverUrl: base }).request(...args);
  } catch (error) {
    return { failed: error.statusCode ?? String(error) };
  }
}, base, args);

const ids = (bundle) => (bundle.entry ?? []).map(({ resource }) => resource.id);

test("fhirclient searches and reads what was granted", async () => {
  const found = await request("Observation?code=http://loinc.org|4548-4&date=ge2024-03");
  assert.equal(found.resourceType, "Bundle");
  assert.deepEqual(ids(found), ["two"]);
  assert.equal((await request("Observation/one")).valueQuantity.value, 5.4);
});

test("fhirclient follows the links of pages", async () => {
  const all = await request("Observation?_count=1&_sort=date", { pageLimit: 0, flat: true });
  assert.deepEqual(all.map(({ id }) => id), ["one", "two", "three"]);
});

test("fhirclient learns nothing of what was denied", async () => {
  assert.deepEqual(await request("Condition/asthma"), await request("Observation/none"));
  assert.deepEqual(ids(await request("Condition")), []);
  assert.equal((await request("Condition?_summary=count")).total, 0);
});

test("fhirclient is told of failures by status", async () => {
  assert.deepEqual(await request("Observation/none"), { failed: 404 });
  assert.deepEqual(await request("Observation?nickname=x"), { failed: 400 });
  assert.deepEqual(await request("AllergyIntolerance"), { failed: 403 }); // never asked for
});

test("the capabilities are those of FHIR R4", async () => {
  assert.equal((await request("metadata")).fhirVersion, "4.0.1");
});

test("no request left the page", () => {
  assert.deepEqual(watch.errors, []);
  for (const { url } of watch.requests) assert.ok(isPortals(url, demo), url);
});
