// Fitness data: figures over time as a chart, in words and as a table, the order of
// sources, and what the person enters.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults, inEveryLook } from "./axe.mjs";
import { openPage, ready, screenshot, startBrowser, startDemo } from "./harness.mjs";
import { navigate, openType, press, unfold } from "./person.mjs";

const hour = 3_600_000;

let demo, chromium, page, watch;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser({ args: ["--lang=en-GB"] });
  ({ page, watch } = await openPage(chromium.browser, demo.page, { prepare: (page) => page.emulateTimezone("Europe/Berlin") }));
  await ready(page);
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

const goToType = async (name) => {
  await navigate(page, "Records");
  await openType(page, name);
  await page.waitForSelector(".u-wrap canvas");
};

const text = (selector) => page.$eval(selector, (element) => element.textContent);
const title = () => text(".period-title");
const becomes = (selector, wanted) =>
  page.waitForFunction((selector, wanted) => document.querySelector(selector)?.textContent.includes(wanted), {}, selector, wanted);

/** The table's rows: [when, figure, ...]. */
const rows = () =>
  page.$$eval(".figure-table tbody tr", (trs) => trs.map((tr) => [...tr.children].map((cell) => cell.textContent)));

/** Keeps a screenshot in every look. */
const picture = (name) => inEveryLook(page, async (look) => {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await screenshot(page, `${name}-${look}`);
});

/** Imports an Apple Health export made of these Record elements. */
async function importRecords(records) {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="en_GB">\n${records.join("\n")}\n</HealthData>\n`;
  await page.evaluate(async (xml) => {
    await keepwell.import([new File([xml], "export.xml", { type: "text/xml" })]);
  }, xml);
}

const date = (ms) => new Date(ms).toISOString().replace("T", " ").replace(/\.\d+Z/, " +0000");
const record = (type, source, start, end, value, unit) =>
  `<Record type="${type}" sourceName="${source}" startDate="${date(start)}" endDate="${date(end)}"${unit ? ` unit="${unit}"` : ""} value="${value}"/>`;
const steps = (source, start, end, value) => record("HKQuantityTypeIdentifierStepCount", source, start, end, value, "count");

// The last Sunday of October 2025: in Berlin the clocks go back at 01:00 UTC.
const fallBack = Date.UTC(2025, 9, 26);

test("steps of a phone and a watch are summed once, by day and by hour", async () => {
  await importRecords([
    steps("Phone", fallBack + 8 * hour, fallBack + 9 * hour, 1000),
    steps("Watch", fallBack + 8.5 * hour, fallBack + 9.5 * hour, 600),
    steps("Phone", fallBack - 24 * hour, fallBack - 23 * hour, 400),
    steps("Phone", fallBack + 0.25 * hour, fallBack + 0.5 * hour, 10), // 02:15 the first time
    steps("Phone", fallBack + 1.25 * hour, fallBack + 1.5 * hour, 20), // 02:15 once more
  ]);
  await goToType("Steps");
  assert.equal(await title(), "20 – 26 October 2025");
  const week = await rows();
  assert.equal(week.length, 7);
  const [saturday, sunday] = week.slice(5).map((row) => row[1]);
  assert.equal(saturday, "400 steps");
  // The watch is the wearable: its 600 and the half of the phone's 1,000 before them.
  assert.equal(sunday, "1,130 steps");
  await becomes(".figure", "1,530 steps");
  assert.deepEqual(await faults(page), []);
});

test("a day on which the clocks go back has 25 hours", async () => {
  await press(page, "Day");
  await becomes(".period-title", "Monday 20 October 2025");
  for (let day = 21; day <= 26; day++) {
    await press(page, "Next day");
    await becomes(".period-title", `${day} October 2025`);
  }
  await becomes(".figure", "1,130");
  const hours = await rows();
  assert.equal(hours.length, 25);
  assert.deepEqual(hours.filter(([, sum]) => sum !== "–"), [
    ["02:00 – 03:00 (UTC+02:00)", "10 steps"],
    ["02:00 – 03:00 (UTC+01:00)", "20 steps"],
    ["09:00 – 10:00", "800 steps"], // 500 of the phone's, then 300 of the watch's
    ["10:00 – 11:00", "300 steps"],
  ]);
});

test("the sums follow the order of sources", async () => {
  await unfold(page, "Order of sources");
  const first = await text(".order li:first-child .order-name");
  assert.equal(first, "Watch");
  await press(page, "Move Watch down");
  // Now the phone's 1,000 and the half of the watch's 600 after them.
  await becomes(".figure", "1,330");
  assert.equal(await text(".order li:first-child .order-name"), "Phone");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Move Watch up");
  assert.deepEqual(await faults(page), []);
  await press(page, "Move Watch up");
  await becomes(".figure", "1,130");
});

test("month, year and today are reached by keyboard, and Back returns to them", async () => {
  await page.focus(".tabs button:last-child");
  await page.keyboard.press("Enter");
  await becomes(".period-title", "2025");
  await becomes(".figure", "1,530");
  assert.equal((await rows()).length, 12);
  await press(page, "Month");
  await becomes(".period-title", "January 2025");
  await becomes(".figure-detail", "Nothing measured");
  await press(page, "Previous month");
  await becomes(".period-title", "December 2024");
  await press(page, "Today");
  await becomes(".period-title", String(new Date().getFullYear()));
  const shown = await title();
  await page.click(".records a");
  await page.waitForSelector(".facts");
  await page.goBack();
  await page.waitForSelector(".u-wrap canvas");
  assert.equal(await title(), shown);
});

test("the sample person's steps in every look", async () => {
  await navigate(page, "Add");
  await press(page, "Load sample records");
  await page.waitForSelector(".figures", { timeout: 60_000 });
  await goToType("Steps");
  await press(page, "Month");
  await press(page, "Today");
  await page.waitForFunction(() => document.querySelector(".figure")?.textContent.includes("steps"));
  await picture("steps-month");
  assert.deepEqual(await faults(page), []);
  const took = await page.evaluate(async () => {
    const start = performance.now();
    document.querySelectorAll(".tabs button").values().find((tab) => tab.textContent === "Year").click();
    await new Promise((done) => {
      new MutationObserver(done).observe(document.querySelector(".chart"), { childList: true });
    });
    return performance.now() - start;
  });
  assert.ok(took < 1000, `the year took ${took} ms`);
});

test("a discrete type has its average and its range", async () => {
  const noon = Date.UTC(2026, 2, 4, 12);
  await importRecords([60, 80, 70].map((rate, i) =>
    record("HKQuantityTypeIdentifierHeartRate", "Watch", noon + i * 24 * hour, noon + i * 24 * hour, rate, "count/min")));
  await goToType("Heart Rate");
  await becomes(".figure", "70 bpm");
  await becomes(".figure-detail", "on average, from 60 to 80 bpm");
  assert.deepEqual((await rows())[2], ["Wed 4 March", "60 bpm", "60 bpm", "60 bpm"]);
  await becomes(".readout", "Fri 6 March: 70 bpm");
  assert.equal(await text(".records .line-title"), "70 bpm ");
  await picture("heart-rate");
});

test("a category type has its time and its entries", async () => {
  const night = Date.UTC(2026, 2, 4, 22);
  await importRecords([
    record("HKCategoryTypeIdentifierSleepAnalysis", "Watch", night, night + 7.5 * hour, "HKCategoryValueSleepAnalysisAsleepCore"),
    record("HKCategoryTypeIdentifierSleepAnalysis", "Watch", night + 7.5 * hour, night + 8 * hour, "HKCategoryValueSleepAnalysisAwake"),
    record("HKCategoryTypeIdentifierSleepAnalysis", "Phone", night - 0.5 * hour, night + 8 * hour, "HKCategoryValueSleepAnalysisInBed"),
  ]);
  await goToType("Sleep");
  // Neither the half hour awake nor the time in bed is sleep.
  await becomes(".figure", "7 h 30 min");
  await becomes(".figure-detail", "asleep in total");
  assert.deepEqual(await faults(page), []);
});

test("nothing went wrong behind the pages", () => assert.deepEqual(watch.errors, []));
