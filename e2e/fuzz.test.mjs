// A portal that sends what no portal should, by the thousand (FUZZ_MESSAGES, SEED),
// over the very port that the SDK would use. Each is answered once, by a result or an error of the
// protocol; the person's records and page are as they were.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allowAll, connect, openPortal } from "./app.mjs";
import { fuzz, handshake } from "./fuzzer.mjs";
import { engineMemory, ready, startBrowser, startDemo, watchPage } from "./harness.mjs";

const count = Number(process.env.FUZZ_MESSAGES ?? 100_000);
const seed = Number(process.env.SEED ?? 1);

const codes = [
  "healthDataUnavailable", "healthDataRestricted", "invalidArgument", "authorizationDenied", "authorizationNotDetermined",
  "databaseInaccessible", "userCanceled", "requiredAuthorizationDenied", "noData", "dataSizeExceeded", "usageDescriptionMissing",
]; // not "unknown": that is a failure inside

const records = ["pen", "lat"].map((id) => [`${id}.json`, JSON.stringify({
  resourceType: "AllergyIntolerance", id, code: { text: "Allergy" }, patient: { reference: "Patient/1" },
})]);

let demo, chromium, portal, keepwell, watch;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page: portal } = await openPortal(chromium.browser, demo, records));
  keepwell = await connect(portal, demo.page);
  watch = await watchPage(keepwell);
  await ready(keepwell);
  await allowAll(portal, keepwell, { read: ["allergyRecord"] });
  await allowAll(portal, keepwell, { read: ["stepCount"], toShare: ["stepCount"] });
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

const grants = () => keepwell.evaluate(async () => JSON.stringify((await globalThis.keepwell.apps()).map(({ origin, grants }) => ({ origin, grants }))));

test("random messages are answered by typed errors, and harm nothing", { timeout: 180_000 }, async (t) => {
  const before = await grants();
  await portal.evaluate(() => store.close());
  await portal.evaluate(handshake, demo.page);
  const heard = await portal.evaluate(fuzz, seed, count);
  t.diagnostic(`seed ${seed}: ${JSON.stringify(heard)}, ${Math.round((await engineMemory(keepwell)) / 1e6)} MB in the engine`);
  assert.deepEqual(heard.strange, []);
  assert.equal(heard.answered, heard.awaited);
  assert.deepEqual(Object.keys(heard.errors).filter((code) => !codes.includes(code)), []);
  assert.ok(heard.results > count / 30 && heard.errors.invalidArgument > count / 4, "the messages reach both");
  assert.equal(await grants(), before);
});

test("afterwards the page answers the person, and the portal", async () => {
  assert.equal((await keepwell.evaluate(() => globalThis.keepwell.counts())).allergyRecord, 2);
  await portal.reload();
  await portal.evaluate(async (host) => {
    const { HealthStore } = await import("./keepwell.mjs");
    globalThis.store = await HealthStore.connect({ host, open: false, name: "Clinic", purpose: "care", usage: { clinical: "To show them." } });
  }, demo.page);
  assert.equal(await portal.evaluate(async () => (await store.query({ type: "allergyRecord" })).samples.length), 2);
  assert.deepEqual(watch.errors, []);
});

test("who sends without waiting is cut off, and keeps the person waiting for moments only", async () => {
  await portal.evaluate(() => {
    const post = MessagePort.prototype.postMessage;
    MessagePort.prototype.postMessage = function (...message) {
      globalThis.port = this;
      return post.apply(this, message);
    };
    return store.authorizationStatus("stepCount").finally(() => (MessagePort.prototype.postMessage = post));
  });
  await portal.evaluate(() => {
    let id = 1e6;
    const send = () => {
      for (let n = 0; n < 1000; n++) port.postMessage({ json: `{"id":${id++},"method":"query","params":{"type":"x"}}` });
      if (id < 1.2e6) setTimeout(send); // 200,000 of them: the engine would take a minute or more
    };
    send();
  });
  await portal.waitForFunction(() => globalThis.port);
  const start = performance.now();
  await keepwell.evaluate(() => globalThis.keepwell.apps());
  const waited = performance.now() - start;
  assert.ok(waited < 15_000, `the person waited for ${waited} ms`);
  assert.deepEqual(watch.errors, []);
});
