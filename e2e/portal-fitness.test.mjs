// A portal and the person's fitness data: figures that count each step once, what
// came and went since an anchor, and a word when something did, from any tab.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answerSheet, openKeepwell } from "@keepwell-health/keepwell/testing";
import { faults, inEveryLook } from "./axe.mjs";
import { openPage, ready, screenshot, startBrowser, startDemo, watchPage } from "./harness.mjs";

const hour = 3_600_000;
const morning = Date.UTC(2026, 2, 2, 6);
const date = (ms) => new Date(ms).toISOString().replace("T", " ").replace(/\.\d+Z/, " +0000");
const steps = (source, start, end, value) =>
  `<Record type="HKQuantityTypeIdentifierStepCount" sourceName="${source}" unit="count" startDate="${date(start)}" endDate="${date(end)}" value="${value}"/>`;

let demo, chromium, person, portal, keepwell, watched;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser({ args: ["--lang=en-GB"] });
  ({ page: person } = await openPage(chromium.browser, demo.page));
  await ready(person);
  await person.evaluate((xml) => keepwell.import([new File([xml], "export.xml")]), `<?xml version="1.0"?><HealthData locale="en_GB">${[
    steps("Phone", morning, morning + hour, 1000), // the phone alone
    steps("Phone", morning + 2 * hour, morning + 4 * hour, 800), // with the watch in its second hour
    steps("Watch", morning + 3 * hour, morning + 4 * hour, 500),
    steps("Watch", morning + 24 * hour, morning + 25 * hour, 70),
  ].join("\n")}</HealthData>`);
  ({ page: portal } = await openPage(chromium.browser, demo.portal));
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

const button = (title) => `::-p-aria([name="${title}"][role="button"])`;

/** Calls the portal's HealthStore. */
const call = (method, ...args) => portal.evaluate((method, args) => health[method](...args), method, args);

test("the portal shows the person's steps in its second section", async () => {
  await portal.bringToFront();
  keepwell = await openKeepwell(portal, async () => {
    const opened = new Promise((resolve) => portal.once("popup", resolve));
    await portal.locator("#authorize").click();
    watched = await watchPage(await opened); // from its beginning
  });
  await answerSheet(keepwell, { read: ["Steps"] });
  await portal.waitForFunction(() => /was taken/.test(document.getElementById("status").textContent), { polling: 50 });
  const sections = await portal.$$eval("#types h2", (headings) => headings.map((h2) => h2.textContent));
  assert.deepEqual(sections, ["Health Records", "Fitness Data", "Your Entries"]);
  await portal.bringToFront();
  await portal.locator(button("Steps")).click();
  await portal.waitForFunction(() => /^4 records/.test(document.getElementById("status").textContent), { polling: 50 });
  assert.deepEqual(await portal.$$eval("#sample-rows .subtitle", (rows) => rows.map((row) => row.textContent)),
    ["70 steps", "500 steps", "800 steps", "1000 steps"]);
  assert.deepEqual(await faults(portal), []);
  await inEveryLook(portal, (look) => screenshot(portal, `portal-steps-${look}`));
});

test("its sums count each step once, and drop none", async () => {
  await portal.evaluate(async (host) => {
    const { HealthStore } = await import("/keepwell.mjs");
    globalThis.health = await HealthStore.connect({
      host, name: "Clinical Records Sample", open: false, purpose: "selfTracking", privacyPolicy: `${location.origin}/privacy.html`,
      usage: { share: "Shows your steps.", update: "Adds the steps that you count." },
    });
  }, demo.page);
  const sum = await call("statistics", { type: "stepCount", options: ["cumulativeSum", "separateBySource"] });
  assert.equal(sum.sum, 1000 + 400 + 500 + 70); // of the phone's 800 the half without the watch
  assert.deepEqual(sum.sources.map(({ source, sum }) => [source.name, sum]), [["Watch", 570], ["Phone", 1800]]);
  const days = await call("statisticsCollection", { type: "stepCount", options: ["cumulativeSum"], interval: { day: 1 } });
  const midnights = await keepwell.evaluate(() => [2, 3].map((day) => new Date(2026, 2, day).getTime()));
  assert.deepEqual(days.statistics.map(({ startDate, sum }) => [startDate, sum]), [[midnights[0], 1900], [midnights[1], 70]]);
});

test("what does not fit a type is refused, and nothing measured is said so", async () => {
  const failure = (method, query) => portal.evaluate(
    (method, query) => health[method](query).then(() => "none", (error) => error.code), method, query);
  assert.equal(await failure("statistics", { type: "stepCount", options: ["discreteAverage"] }), "invalidArgument");
  assert.equal(await failure("statistics", { type: "heartRate", options: ["cumulativeSum"] }), "invalidArgument");
  assert.equal(await failure("statistics", { type: "heartRate", options: ["discreteAverage"] }), "authorizationNotDetermined");
  assert.equal(await failure("statistics", { type: "distanceWalkingRunning", options: ["cumulativeSum"] }), "noData"); // denied
  const before = { startDate: 0, endDate: 1 };
  assert.equal(await failure("statistics", { type: "stepCount", options: ["cumulativeSum"], predicate: before }), "noData");
});

/** Asks, and allows what is named. */
async function allow(asking, answer) {
  const asked = call("requestAuthorization", asking);
  await answerSheet(keepwell, answer);
  await asked;
}

/** Does what a person does on their page: goes to a form, fills it in, saves. */
async function enterWeight(kilograms) {
  const field = await person.waitForSelector("::-p-aria([name=\"Weight\"][role=\"textbox\"])");
  await field.evaluate((input) => (input.value = ""));
  await field.type(kilograms);
  await person.locator(button("Save")).click();
  await person.waitForFunction(() => document.querySelector("h1")?.textContent === "Weight");
}

test("it hears what the person enters, edits and deletes, and reads what came and went", async () => {
  await allow({ read: ["bodyMass"] }, { read: ["Weight"] });
  await portal.evaluate(async () => {
    globalThis.fired = 0;
    globalThis.stop = await health.observe({ type: "bodyMass" }, () => void fired++);
  });
  let { anchor, samples, deleted } = await call("anchored", { type: "bodyMass" });
  assert.deepEqual([samples, deleted], [[], []]);
  /** What changed since the last time, once the observer was called. */
  const news = async () => {
    await portal.waitForFunction(() => fired > 0 && !(fired = 0), { polling: 50 });
    const result = await call("anchored", { type: "bodyMass", anchor });
    anchor = result.anchor;
    return { added: result.samples.map(({ uuid, value }) => [uuid, value]), deleted: result.deleted.map(({ uuid }) => uuid) };
  };

  await person.bringToFront();
  await person.evaluate(() => void (location.hash = "#/entry"));
  await person.locator(`::-p-aria([name="Weight"][role="link"])`).click();
  await enterWeight("80");
  const entered = await news();
  assert.deepEqual(entered.added.map(([, value]) => value), [80]);
  assert.deepEqual(entered.deleted, []);

  await person.waitForSelector(".records li:not(.pending)");
  await person.click(".records a");
  await person.locator(`::-p-aria([name="Edit"])`).click();
  await enterWeight("79.5");
  const edited = await news();
  assert.deepEqual(edited.added.map(([, value]) => value), [79.5]);
  assert.deepEqual(edited.deleted, [entered.added[0][0]]);
  const { average } = await call("statistics", { type: "bodyMass", options: ["discreteAverage"] });
  assert.equal(average, 79.5);

  await person.waitForSelector(".records li:not(.pending)");
  await person.click(".records a");
  await person.locator(button("Delete…")).click();
  await person.locator(button("Delete it now")).click();
  assert.deepEqual(await news(), { added: [], deleted: [edited.added[0][0]] });
  await portal.evaluate(() => stop());
});

test("what it adds is its own, and the person's sums follow", async () => {
  await allow({ toShare: ["stepCount"] }, { share: ["Steps"] });
  const evening = morning + 12 * hour;
  const uuids = await call("save", [{ type: "stepCount", startDate: evening, endDate: evening + hour, value: 200, unit: "count" }]);
  // The person's page is another tab: it hears of the change a moment later.
  const sums = (wanted) => person.waitForFunction((wanted) =>
    keepwell.statistics({ type: "stepCount", options: ["cumulativeSum"] }).then(({ sum }) => sum === wanted), { polling: 50 }, wanted);
  await sums(2170);
  const [newest] = await person.evaluate((uuids) =>
    keepwell.query({ type: "stepCount", predicate: { uuids } }).then(({ samples }) => samples), uuids);
  assert.equal(newest.source.id, `origin:${demo.portal}`);
  await call("delete", uuids);
  await sums(1970);
});

test("nothing went wrong behind Keepwell's window", () => assert.deepEqual(watched.errors, []));
