// What the person enters by hand: checked as it is typed, kept, changed and deleted,
// and seen at once by every list that shows it, in every tab.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults, inEveryLook } from "./axe.mjs";
import { importTexts } from "./files.mjs";
import { openPage, ready, screenshot, startBrowser, startDemo } from "./harness.mjs";
import { goTo, headed, openType, press, type } from "./person.mjs";

let demo, chromium, page, watch;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser({ args: ["--lang=en-GB"] });
  ({ page, watch } = await openPage(chromium.browser, demo.page));
  await ready(page);
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});


const query = (type, on = page) => on.evaluate((type) => keepwell.query({ type }).then(({ samples }) => samples), type);
const lines = (on = page) => on.$$eval(".records .line", (rows) => rows.map((row) => row.textContent));

async function enter(kind) {
  await goTo(page, "#/add");
  await press(page, "Enter by hand");
  await headed(page, "Enter by hand");
  await press(page, kind);
  await headed(page, kind);
}

test("what can't be is refused, at the field that is wrong", async () => {
  await enter("Blood pressure");
  assert.deepEqual(await faults(page), []);
  await type(page, "Systolic (upper) (mmHg)", "80");
  await type(page, "Diastolic (lower) (mmHg)", "120");
  await press(page, "Save");
  await page.waitForSelector("[aria-invalid=true]");
  assert.match(await page.evaluate(() => document.getElementById(document.activeElement.getAttribute("aria-describedby")).textContent), /less than the upper/);
  await type(page, "Systolic (upper) (mmHg)", "12o");
  await press(page, "Save");
  await page.waitForFunction(() => document.activeElement.id === "entry-1");
  assert.deepEqual(await faults(page), []);
  await inEveryLook(page, (look) => screenshot(page, `entry-${look}`));
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), {});
});

test("a blood pressure is kept as two numbers of one moment", async () => {
  await type(page, "Systolic (upper) (mmHg)", "121");
  await type(page, "Diastolic (lower) (mmHg)", "79");
  await page.keyboard.press("Enter");
  await headed(page, "Systolic Blood Pressure");
  const [systolic] = await query("bloodPressureSystolic");
  const [diastolic] = await query("bloodPressureDiastolic");
  assert.equal(systolic.value, 121);
  assert.equal(diastolic.value, 79);
  assert.equal(systolic.source.id, "person");
  assert.equal(systolic.syncIdentifier, diastolic.syncIdentifier);
  assert.ok(Math.abs(systolic.startDate - Date.now()) < 120_000);
  await page.waitForSelector(".records li:not(.pending)");
  assert.match((await lines())[0], /121 mmHg.*You/);
  assert.deepEqual((await query("bloodPressure")).map(({ subtitle, syncIdentifier }) => [subtitle, syncIdentifier]),
    [["121/79 mmHg", systolic.syncIdentifier]]);
});

test("an edit replaces both, and a list in another tab follows", async () => {
  const other = await openPage(chromium.browser, demo.page);
  await ready(other.page);
  const systolicLink = await other.page.waitForFunction(() => [...document.querySelectorAll(".types a")].find((a) => a.textContent.startsWith("Systolic")));
  await systolicLink.evaluate((link) => link.click());
  await other.page.waitForSelector(".records li:not(.pending)");
  await page.bringToFront();
  await page.click(".records a");
  await press(page, "Edit");
  await headed(page, "Edit blood pressure");
  assert.equal(await (await page.waitForSelector("#entry-1")).evaluate((input) => input.value), "121");
  await page.waitForFunction(() => document.querySelector("#entry-2")?.value === "79");
  await type(page, "Systolic (upper) (mmHg)", "131");
  await press(page, "Save");
  await headed(page, "Systolic Blood Pressure");
  const systolic = await query("bloodPressureSystolic");
  assert.deepEqual(systolic.map((sample) => sample.value), [131]);
  assert.equal((await query("bloodPressureDiastolic")).length, 1);
  assert.deepEqual((await query("bloodPressure")).map(({ subtitle }) => subtitle), ["131/79 mmHg"]);
  await other.page.waitForFunction(() => document.querySelector(".records .line")?.textContent.includes("131"), { polling: 50 });
  assert.deepEqual(other.watch.errors, []);
  await other.page.close();
});

test("glucose, weight and temperature in the person's units", async () => {
  for (const [kind, label, unit, text, said] of [
    ["Blood glucose", "Blood glucose", "1", "5,5", "5.5 mmol/L"],
    ["Weight", "Weight", "1", "160", "160 lb"],
    ["Temperature", "Temperature", "0", "37.8", "37.8 °C"],
  ]) {
    await enter(kind);
    await page.select("#entry-unit", unit);
    await type(page, label, text);
    await press(page, "Save");
    await page.waitForSelector(".records li:not(.pending)");
    assert.match((await lines())[0], new RegExp(said.replace("/", "\\/")));
    // The chart speaks the unit of the newest entry.
    await page.waitForFunction((said) => document.querySelector(".figure")?.textContent === said, {}, said);
  }
});

test("a symptom is entered and deleted, and leaves a tombstone", async () => {
  await enter("Symptom");
  await page.select("#entry-symptom", "nausea");
  await page.select("#entry-rating", "4");
  assert.deepEqual(await faults(page), []);
  await press(page, "Save");
  await headed(page, "Nausea");
  await page.waitForSelector(".records li:not(.pending)");
  assert.match((await lines())[0], /Severe/);
  await page.waitForFunction(() => document.querySelector(".figure")?.textContent === "1 entry");
  await page.click(".records a");
  await press(page, "Delete…");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Keep it");
  assert.deepEqual(await faults(page), []);
  await press(page, "Delete it now");
  await headed(page, "Nausea");
  await page.waitForFunction(() => document.querySelector(".entries")?.textContent === "0 records");
  assert.deepEqual(await query("nausea"), []);
});

/** Opens the newest entry on the page of a type. */
async function openEntry() {
  await page.waitForSelector(".records li:not(.pending)");
  await page.click(".records a");
  await page.waitForSelector("::-p-aria([name=\"Edit\"])");
}

/** Opens the page of a type. */
async function goToType(title) {
  await goTo(page, "#/");
  await openType(page, title);
  await headed(page, title);
}

test("every kind is edited in place, and deleted for good", async () => {
  await enter("Symptom");
  await page.select("#entry-rating", "2");
  await press(page, "Save");
  await headed(page, "Headache");
  for (const { title, type: id, change, value, unit, list = title, others = [] } of [
    { title: "Headache", type: "headache", change: () => page.select("#entry-rating", "3"), value: 3 },
    { title: "Blood Glucose", type: "bloodGlucose", change: () => type(page, "Blood glucose", "6.1"), value: 6.1, unit: "mmol<180.15588000005408>/L" },
    { title: "Weight", type: "bodyMass", change: () => type(page, "Weight", "158"), value: 158, unit: "[lb_av]" },
    { title: "Body Temperature", type: "bodyTemperature", change: () => type(page, "Temperature", "38.2"), value: 38.2, unit: "Cel" },
    { title: "Blood Pressure", type: "bloodPressure", change: () => type(page, "Diastolic (lower) (mmHg)", "81"), list: "Systolic Blood Pressure", others: ["bloodPressureSystolic", "bloodPressureDiastolic"] },
  ]) {
    const types = [id, ...others];
    const before = await Promise.all(types.map((type) => query(type)));
    const anchors = await page.evaluate((types) => Promise.all(types.map((type) => keepwell.anchored({ type }).then(({ anchor }) => anchor))), types);
    await goToType(title);
    await openEntry();
    await press(page, "Edit");
    await page.waitForSelector("form .field");
    await change();
    await press(page, "Save");
    await headed(page, list);
    const after = await query(id);
    assert.equal(after.length, 1, title);
    assert.equal(after[0].value, value, title);
    assert.equal(after[0].unit, unit, title);
    assert.equal(after[0].startDate, before[0][0].startDate, title);
    assert.equal(after[0].syncIdentifier, before[0][0].syncIdentifier, title);
    assert.equal(after[0].syncVersion, (before[0][0].syncVersion ?? 0) + 1, title);

    await goToType(title);
    await openEntry();
    await press(page, "Delete…");
    await press(page, "Delete it now");
    await page.waitForFunction(() => document.querySelector(".lead")?.textContent === "0 records");
    for (const [at, type] of types.entries()) {
      assert.deepEqual(await query(type), [], type);
      const { deleted } = await page.evaluate((query) => keepwell.anchored(query), { type, anchor: anchors[at] });
      assert.ok(deleted.some(({ uuid }) => uuid === before[at][0].uuid), `${type} leaves a tombstone`);
    }
  }
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), {});
});

test("what came from elsewhere is deleted for good, and comes back with its file", async () => {
  const file = ["asthma.json", JSON.stringify({ resourceType: "Condition", id: "asthma", code: { text: "Asthma" }, subject: { reference: "Patient/1" } })];
  assert.equal((await importTexts(page, [file])).report.added, 1);
  const anchor = await page.evaluate(() => keepwell.anchored({ type: "conditionRecord" }).then(({ anchor }) => anchor));
  const [{ uuid }] = await query("conditionRecord");
  await goToType("Conditions");
  await page.waitForSelector(".records li:not(.pending)");
  await page.click(".records a");
  await headed(page, "Asthma");
  await press(page, "Delete…");
  assert.deepEqual(await faults(page), []);
  await inEveryLook(page, (look) => screenshot(page, `delete-${look}`));
  await press(page, "Keep it");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Delete…");
  await press(page, "Delete…");
  await press(page, "Delete it now");
  await headed(page, "Conditions");
  assert.deepEqual(await query("conditionRecord"), []);
  const { deleted } = await page.evaluate((anchor) => keepwell.anchored({ type: "conditionRecord", anchor }), anchor);
  assert.deepEqual(deleted, [{ uuid }]);
  assert.equal((await importTexts(page, [file])).report.added, 1);
});

test("nothing went wrong behind the pages", () => assert.deepEqual(watch.errors, []));
