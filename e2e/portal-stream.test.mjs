// 10,000 samples read page by page: the next page is asked for when the portal has
// used the last, so that a slow portal is not flooded.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allowAll, connect } from "./app.mjs";
import { importTexts } from "./files.mjs";
import { openPage, ready, startBrowser, startDemo } from "./harness.mjs";

const count = 10_000;
const record = (n) => {
  const date = new Date(Date.UTC(2024, 0, 1, 0, n)).toISOString().replace("T", " ").replace(".000Z", " +0000");
  return `<Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" unit="count/min" startDate="${date}" endDate="${date}" value="60"/>`;
};
const steps = `<?xml version="1.0"?><HealthData locale="en_GB">${Array.from({ length: count }, (_, n) => record(n)).join("")}</HealthData>`;

let demo, chromium, portal;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page: portal } = await openPage(chromium.browser, demo.portal));
  const keepwell = await connect(portal, demo.page);
  await ready(keepwell);
  assert.equal((await importTexts(keepwell, [["export.xml", steps]])).report.added, count);
  await allowAll(portal, keepwell, { read: ["heartRate"] });
  await portal.evaluate(() => {
    const { postMessage } = MessagePort.prototype;
    globalThis.asked = 0;
    MessagePort.prototype.postMessage = function (...message) {
      asked++;
      return postMessage.apply(this, message);
    };
  });
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

/** Reads pages until it has so many; what was asked for beyond what was used is the most that waited anywhere. */
const stream = (pages) => portal.evaluate(async (most) => {
  const uuids = new Set();
  let used = 0, ahead = 0;
  asked = 0;
  for await (const samples of store.pages({ type: "heartRate" }, { pageSize: 100 })) {
    for (const { uuid } of samples) uuids.add(uuid);
    await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 5 })); // a portal that takes its time
    used++;
    ahead = Math.max(ahead, asked - used);
    if (used === most) break;
  }
  return { samples: uuids.size, used, ahead, asked };
}, pages);

test("all samples come, each once, and never more than one page is on its way", async () => {
  assert.deepEqual(await stream(Infinity), { samples: count, used: 100, ahead: 0, asked: 101 }); // the last finds nothing
});

test("a portal that has enough asks for no more", async () => {
  assert.deepEqual(await stream(3), { samples: 300, used: 3, ahead: 0, asked: 3 });
});

test("a portal may ask for many things at once: they wait their turn", async () => {
  const uuids = await portal.evaluate(() => Promise.all(Array.from({ length: 250 }, async (_, offset) => {
    const stop = await store.observe({ type: "heartRate" }, () => {});
    const { samples } = await store.query({ type: "heartRate", limit: 1, offset });
    stop();
    return samples[0].uuid;
  })));
  assert.equal(new Set(uuids).size, 250);
});
