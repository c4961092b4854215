// What a portal hears of a type that was denied, by every call of the SDK, is what
// it hears of one that was granted and is empty, and takes as long; and while it uses its
// grant nothing leaves Keepwell's pages and workers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allowAll, ask, connect } from "./app.mjs";
import { importTexts } from "./files.mjs";
import { openPage, ready, startBrowser, startDemo, watchPage } from "./harness.mjs";
import { goTo, openType } from "./person.mjs";
import { compareTimes } from "./times.mjs";

const condition = (id) => JSON.stringify({
  resourceType: "Condition", id, code: { text: "Glucose intolerance" }, onsetDateTime: "2021-02-03", subject: { reference: "Patient/1" },
});
const allergy = JSON.stringify({ resourceType: "AllergyIntolerance", id: "pen", code: { text: "Penicillin" }, patient: { reference: "Patient/1" } });
const granted = "allergyRecord";
const noUUID = "00000000-0000-8000-8000-000000000000";

// Types that are alike but for their names: of one the person has much, and the portal is
// denied it; of the other they have none, and it is granted. Times are compared of calls
// that do more than refuse a clinical type, or one of fitness.
const twins = [
  { denied: "conditionRecord", empty: "procedureRecord", timed: (method) => !["statistics", "statisticsCollection", "save"].includes(method) },
  { denied: "flightsClimbed", empty: "pushCount", timed: (method) => ["statistics", "statisticsCollection", "save", "query", "anchored"].includes(method) },
];
const search = {
  conditionRecord: "Condition?_id=01", procedureRecord: "Procedure?_id=01", flightsClimbed: "Observation?_id=01", pushCount: "Observation?_id=01",
};
const much = 3000; // records of a denied type: a look at each would take its time
const conditions = Array.from({ length: much }, (_, n) => condition(String(n).padStart(2, "0"))).join("\n");
const flights = `<?xml version="1.0"?><HealthData locale="en_GB"><ExportDate value="2024-05-02 10:00:00 +0000"/>${Array.from({ length: much }, (_, n) => {
  const at = `${new Date(Date.UTC(2021, 1, 3) + n * 3_600_000).toISOString().slice(0, 19).replace("T", " ")} +0000`;
  return `<Record type="HKQuantityTypeIdentifierFlightsClimbed" sourceName="Phone" unit="count" startDate="${at}" endDate="${at}" value="7"/>`;
}).join("")}</HealthData>`;

/** What is asked of a type, by each method of HealthStore: its arguments. */
const calls = {
  requestStatus: (type) => [{ read: [type] }],
  requestAuthorization: (type) => [{ read: [type] }],
  authorizationStatus: (type) => [type],
  earliestAuthorizedSampleDate: (type) => [[type]],
  query: (type) => [{ type, limit: 10, sort: [{ key: "startDate", ascending: true }] }],
  pages: (type) => [{ type }],
  anchored: (type) => [{ type }],
  statistics: (type) => [{ type, options: ["mostRecent"] }],
  statisticsCollection: (type) => [{ type, options: ["mostRecent"], interval: { day: 1 } }],
  observe: (type) => [{ type }],
  sources: (type) => [type],
  resource: (type, uuid) => [uuid],
  save: (type) => [[{ type, startDate: 1, endDate: 1, value: 1, unit: "count" }]],
  delete: (type, uuid) => [[uuid]],
  fetch: (type) => [search[type]],
  permissionManager: null, // says nothing of a type, nor to the portal
  close: null,
};

let demo, chromium, portal, keepwell, watch;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  const { page } = await openPage(chromium.browser, demo.page);
  await ready(page);
  await importTexts(page, [["conditions.ndjson", conditions], ["export.xml", flights], ["allergy.json", allergy]]);
  for (const twin of twins) twin.uuid = await page.evaluate(async (type) => (await globalThis.keepwell.query({ type })).samples[0].uuid, twin.denied);
  await page.close();
  ({ page: portal } = await openPage(chromium.browser, demo.portal));
  keepwell = await connect(portal, demo.page);
  await ready(keepwell);
  const fitness = [twins[1].denied, twins[1].empty];
  await ask(portal, keepwell, { read: [twins[0].denied, twins[0].empty, granted, ...fitness], toShare: fitness }, { read: ["Procedures", "Allergies", "Pushes"] });
  watch = await watchPage(keepwell); // its files are loaded: from here on nothing may be asked for
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

/** All that a page can tell of a call: what it resolves or rejects with, and each message of the port. */
const heard = (method, type, ofUUID) => portal.evaluate(async (method, args, names) => {
  const messages = [];
  const post = MessagePort.prototype.postMessage;
  let port;
  MessagePort.prototype.postMessage = function (...message) {
    port = this;
    return post.apply(this, message);
  };
  await store.authorizationStatus("stepCount");
  MessagePort.prototype.postMessage = post;
  const listen = ({ data }) => messages.push([data.json, data.buffers?.map((buffer) => buffer.byteLength)]);
  port.addEventListener("message", listen);
  if (method === "observe") args.push(() => messages.push("called"));
  let outcome;
  try {
    let value = await store[method](...args);
    if (method === "pages") value = await Array.fromAsync(value);
    if (value instanceof Response) value = [value.status, [...value.headers], await value.text()];
    if (typeof value === "function") await value();
    outcome = { value: JSON.parse(JSON.stringify(value ?? null) ?? "null") };
  } catch (error) {
    outcome = { error: { name: error.name, code: error.code, reason: error.reason, message: error.message, keys: Object.keys(error) } };
  }
  await store.authorizationStatus("stepCount"); // what else was on its way has come
  port.removeEventListener("message", listen);
  let text = JSON.stringify({ outcome, messages });
  for (const [name, stand] of names) text = text.replaceAll(name, stand);
  // Ids count up, and opaque texts differ from type to type by design: their length counts.
  return text.replace(/\\?"(anchor|mark)\\?":\\?"([^"\\]*)/g, (_, name, value) => `${name} of ${value.length}`).replace(/\\?"id\\?":\d+/g, "id");
}, method, calls[method](type, ofUUID), [[type, "TYPE"], [search[type], "SEARCH"], [ofUUID, "UUID"]]);

test("every call tells of a denied type what it tells of an empty one", async (t) => {
  const methods = await portal.evaluate(async () => {
    const { HealthStore } = await import("./keepwell.mjs");
    return [...new Set([...Object.getOwnPropertyNames(HealthStore.prototype), ...Object.getOwnPropertyNames(store)])].filter((name) => name !== "constructor");
  });
  for (const method of methods) {
    assert.ok(method in calls, `${method} is not compared here`);
    if (!calls[method]) continue;
    for (const { denied, empty, uuid } of twins) {
      const [ofDenied, ofEmpty] = [await heard(method, denied, uuid), await heard(method, empty, noUUID)];
      assert.equal(ofDenied, ofEmpty, `${method} of ${denied}`);
      assert.doesNotMatch(ofDenied, /Glucose|Phone|2021/, method);
    }
  }
});

test("every call takes of a denied type as long as of an empty one", { timeout: 60_000 }, async (t) => {
  const compare = async (method, { denied, empty, uuid }, slowed) => {
    const started = performance.now();
    const times = await portal.evaluate(compareTimes, method, calls[method](denied, uuid), calls[method](empty, noUUID), slowed);
    t.diagnostic(`${method} of ${denied}: ${times.ratio.toFixed(3)} in ${times.pairs} pairs, ${Math.round(performance.now() - started)} ms`);
    return times;
  };
  for (const twin of twins) {
    for (const method of Object.keys(calls).filter((method) => calls[method] && twin.timed(method))) {
      let { ratio, differs } = await compare(method, twin);
      if (differs) ({ ratio, differs } = await compare(method, twin)); // what is a difference is one again
      assert.ok(!differs, `${method} of ${twin.denied}: denied takes ${ratio.toFixed(2)} times as long as empty`);
    }
  }
  const { ratio, differs } = await compare("query", twins[0], 0.2);
  assert.ok(differs, `${ratio.toFixed(2)} times as long is not found`);
});

test("with a grant in use, nothing leaves Keepwell's pages and workers", async () => {
  assert.equal(await portal.evaluate(async (type) => {
    const { samples } = await store.query({ type });
    await store.resource(samples[0].uuid);
    return (await (await store.fetch("AllergyIntolerance")).json()).total;
  }, granted), 1);
  await allowAll(portal, keepwell, { read: ["stepCount"], toShare: ["stepCount"] });
  await portal.evaluate(async () => {
    globalThis.signal = new Promise((resolve) => (globalThis.signaled = resolve));
    await store.observe({ type: "stepCount" }, signaled);
  });
  const steps = '<?xml version="1.0"?><HealthData locale="en_GB"><ExportDate value="2024-05-02 10:00:00 +0000"/>' +
    '<Record type="HKQuantityTypeIdentifierStepCount" sourceName="Phone" unit="count" startDate="2024-05-01 08:00:00 +0000"' +
    ' endDate="2024-05-01 09:00:00 +0000" value="600"/></HealthData>';
  await importTexts(keepwell, [["export.xml", steps]]);
  await portal.evaluate(() => signal);
  const now = Date.now();
  await portal.evaluate((now) => store.save([{ type: "stepCount", startDate: now, endDate: now, value: 20, unit: "count" }]), now);
  await keepwell.bringToFront(); // what is out of sight is not drawn
  await goTo(keepwell, "#/");
  await openType(keepwell, "Steps");
  await keepwell.waitForSelector(".chart canvas");
  assert.deepEqual(watch.requests, []);
  assert.deepEqual(watch.errors, []);
  await keepwell.reload();
  assert.ok(watch.requests.length > 0, "this sees what a page asks for");
});
