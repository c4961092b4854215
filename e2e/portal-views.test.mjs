// What the example portal makes of a grant: the course of a lab value, a list that
// follows the records, and blood pressures that it saves, corrects and deletes.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { answerSheet, lock, openKeepwell, setPassphrase, unlock } from "@keepwell-health/keepwell/testing";
import { faults, inEveryLook } from "./axe.mjs";
import { importPaths, importTexts } from "./files.mjs";
import { isPortals, openPage, ready, screenshot, sharedData, skipWithoutData, startBrowser, startDemo } from "./harness.mjs";
import { goTo, openType } from "./person.mjs";

const largest = join(sharedData, "synthea-r4/Jamison785_Denesik803_1e08cb3f-9e6a-b083-b6ee-0bb38f70ba50.json");
const passphrase = "orbit velvet kettle marsh";

/** A ferritin of a day: its value, its LOINC code and its reference range. */
const ferritin = (id, date, value, code = "2276-4") => [`${id}.json`, JSON.stringify({
  resourceType: "Observation", id, status: "final", effectiveDateTime: date, subject: { reference: "Patient/p" },
  category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory" }] }],
  code: { text: "Ferritin", coding: [{ system: "urn:laboratory", code: `F${id}` }, { system: "http://loinc.org", code }] },
  valueQuantity: { value, unit: "µg/L" }, referenceRange: [{ low: { value: 30 }, high: { value: 300 } }],
})];

/** A blood pressure that a device measured. */
const cuff = '<?xml version="1.0"?><HealthData locale="en_GB"><Correlation type="HKCorrelationTypeIdentifierBloodPressure" sourceName="Cuff" ' +
  'startDate="2024-01-01 07:00:00 +0000" endDate="2024-01-01 07:00:00 +0000">' + [["Systolic", 140], ["Diastolic", 90]].map(([name, value]) =>
    `<Record type="HKQuantityTypeIdentifierBloodPressure${name}" sourceName="Cuff" unit="mmHg" startDate="2024-01-01 07:00:00 +0000" endDate="2024-01-01 07:00:00 +0000" value="${value}"/>`).join("") +
  "</Correlation></HealthData>";

let demo, chromium, portal, keepwell, watch;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page: portal, watch } = await openPage(chromium.browser, demo.portal));
  await portal.emulateTimezone("America/Los_Angeles"); // where UTC's midnight is the day before
  keepwell = await openKeepwell(portal, () => portal.click("#authorize"));
  await answerSheet(keepwell, { read: "all", choose: ["Share automatically"] });
  await says(/Your answer was taken/);
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

const says = (pattern) => portal.waitForFunction((source) => new RegExp(source).test(document.getElementById("status").textContent),
  { polling: 50 }, pattern.source);
const row = (title) => `::-p-aria([name="${title}"][role="button"])`;
/** Goes back from wherever the portal is, and chooses from its first view. */
const choose = async (title) => {
  await portal.bringToFront();
  await portal.evaluate(() => document.querySelector("main:not([hidden]) .back")?.click());
  await portal.locator("#types:not([hidden])").wait();
  await portal.locator(row(title)).click();
};
/** Has another part of this app ask, as `store`, and the person allow all of it. */
const ask = async (request) => {
  await portal.evaluate(async (host) => {
    const { HealthStore } = await import("./keepwell.mjs");
    const usage = { share: "Shows them.", update: "Adds them." };
    globalThis.store = await HealthStore.connect({ host, name: "Clinical Records Sample", purpose: "selfTracking", usage, open: false });
  }, demo.page);
  const asked = portal.evaluate((request) => store.requestAuthorization(request), request);
  await answerSheet(keepwell, { read: "all", share: "all" });
  await asked;
};
const texts = (selector) => portal.$$eval(selector, (found) => found.map((one) => one.textContent));
const listed = () => texts("#sample-rows .title");

describe("a list follows the records", () => {
  test("what the person brings comes without a reload, and is told as new", async () => {
    await choose("Lab Results");
    await says(/^No records/);
    await importTexts(keepwell, [ferritin("a", "2024-03-01", 40)]);
    await says(/^1 record, latest first. 1 new since you looked.$/);
    assert.deepEqual(await listed(), ["Ferritin New"]);
    assert.deepEqual(await texts("#sample-rows time"), ["Mar 1, 2024"]);
    assert.equal(await portal.$eval("#course", (course) => course.hidden), true, "one value is no course");
    await importTexts(keepwell, [ferritin("b", "2024-09", 52.5)]);
    await says(/^2 records, latest first. 2 new since you looked.$/);
    assert.deepEqual(await texts("#sample-rows time"), ["2024-09", "Mar 1, 2024"]);
  });

  test("what is replaced is gone without a reload", async () => {
    await choose("Lab Results");
    await says(/^2 records, latest first.$/);
    await importTexts(keepwell, [ferritin("a", "2024-03-02", 41)]);
    await says(/^2 records, latest first. 1 new since you looked.$/);
    assert.deepEqual(await texts("#sample-rows time"), ["2024-09", "Mar 2, 2024"]);
    assert.deepEqual(await listed(), ["Ferritin", "Ferritin New"]);
  });

  test("what came while the page was not there is told as new after it was loaded again, once", async () => {
    await importTexts(keepwell, [ferritin("c", "2025-01-01T08:00:00Z", 36, "20567-4")]);
    await says(/^3 records/);
    await portal.goto("about:blank");
    await importTexts(keepwell, [ferritin("d", "2025-02-03", 44)]);
    await portal.goto(demo.portal);
    await choose("Lab Results");
    await says(/^4 records, latest first. 1 new since you looked.$/);
    assert.deepEqual(await listed(), ["Ferritin New", "Ferritin", "Ferritin", "Ferritin"]);
    await portal.reload();
    await choose("Lab Results");
    await says(/^4 records, latest first.$/);
  });

  test("nothing of a record is kept by the page", async () => {
    const kept = await portal.evaluate(() => JSON.stringify([location.href, document.title, history.state, { ...localStorage }, { ...sessionStorage }]));
    assert.doesNotMatch(kept, /ferritin|µg|2024|2025/i);
    assert.deepEqual(await portal.evaluate(async () => [document.cookie, await indexedDB.databases(), await caches.keys()]), ["", [], []]);
  });

  test("what is deleted goes without a reload", async () => {
    await ask({ toShare: ["stepCount"] });
    await choose("Steps");
    await says(/^No records/);
    const step = (n) => ({ type: "stepCount", startDate: n * 1000, endDate: n * 1000, value: n, unit: "count" });
    const uuids = await portal.evaluate((steps) => store.save(steps), Array.from({ length: 120 }, (_, n) => step(n + 1)));
    await says(/^100 records/); // the latest
    assert.equal((await texts("#sample-rows .subtitle"))[0], "120 steps");
    await portal.evaluate((uuids) => store.delete(uuids), uuids.slice(20));
    await says(/^20 records/);
    assert.equal((await texts("#sample-rows .subtitle"))[0], "20 steps");
  });
});

describe("the course of a value", () => {
  const points = () => portal.$$eval("#chart .point", (points) => points.map((point) => [Number(point.getAttribute("cx")), Number(point.getAttribute("cy"))]));
  const pick = (name) => portal.evaluate((name) => [...document.querySelectorAll("#test option")].find((option) => option.textContent === name).value, name)
    .then((value) => portal.select("#test", value));

  test("is of one code, with its reference range", async () => {
    await choose("Lab Results");
    await says(/^4 records/);
    assert.deepEqual(await texts("#test option"), ["Ferritin (4)"]);
    assert.equal((await points()).length, 3);
    assert.equal(await portal.$$eval("#chart .range", (bands) => bands.length), 1);
    assert.equal(await portal.$eval("#chart-note", (note) => note.textContent),
      "The band is the latest reference range: 30 to 300 µg/L. Left out: 1 of the same name and another code.");
    assert.deepEqual(await texts("#value-rows tr"), ["Feb 3, 202544 µg/L30 to 300", "2024-0952.5 µg/L30 to 300", "Mar 2, 202441 µg/L30 to 300"]);
    assert.match(await portal.$eval("#chart svg", (svg) => svg.ariaLabel), /^Ferritin: 3 values from Mar 2, 2024 to Feb 3, 2025, between 41 and 52.5 µg\/L/);
  });

  test("grows by what the person brings", async () => {
    await importTexts(keepwell, [ferritin("e", "2025-03-03", 47)]);
    await says(/^5 records/);
    assert.equal((await points()).length, 4);
  });

  test("is drawn of real data as it is, by keyboard alone", { skip: skipWithoutData }, async () => {
    await importPaths(keepwell, [largest]);
    await choose("Lab Results");
    await says(/^100 records/);
    await portal.focus("#test");
    await portal.keyboard.type("Glucose (23");
    await portal.waitForFunction(() => document.querySelectorAll("#chart .point").length === 23, { polling: 50 });
    await portal.keyboard.press("Tab");
    await portal.keyboard.press("Enter");
    assert.equal(await portal.$eval("#course details", (details) => details.open), true);

    const observations = JSON.parse(await readFile(largest, "utf8")).entry.map(({ resource }) => resource)
      .filter(({ resourceType, code }) => resourceType === "Observation" && code.coding[0].code === "2339-0")
      .sort((a, b) => Date.parse(a.effectiveDateTime) - Date.parse(b.effectiveDateTime));
    const values = observations.map(({ valueQuantity }) => valueQuantity.value);
    const shown = (await texts("#value-rows td:nth-child(2)")).reverse().map((text) => Number.parseFloat(text));
    for (const [n, value] of values.entries()) assert.ok(Math.abs(shown[n] - value) <= 0.005, `${shown[n]} is not ${value}`);
    const drawn = await points();
    const scale = (drawn[1][1] - drawn[0][1]) / (values[1] - values[0]); // pixels a unit
    const time = (n) => Date.parse(observations[n].effectiveDateTime);
    const speed = (drawn.at(-1)[0] - drawn[0][0]) / (time(22) - time(0)); // pixels a ms
    for (const [n, [x, y]] of drawn.entries()) {
      assert.ok(Math.abs(y - drawn[0][1] - scale * (values[n] - values[0])) < 2, `point ${n} is too high or too low`);
      assert.ok(Math.abs(x - drawn[0][0] - speed * (time(n) - time(0))) < 1, `point ${n} is too early or too late`);
    }
    assert.ok(scale < 0, "more is higher");
  });

  test("is fit for every look", async () => {
    assert.deepEqual(await faults(portal), []);
    await inEveryLook(portal, (look) => screenshot(portal, `portal-course-${look}`));
  });
});

describe("blood pressures", () => {
  /** What the person's page has of a type. */
  const own = (type) => keepwell.evaluate((type) => globalThis.keepwell.query({ type }).then(({ samples }) => samples), type);
  const enter = async (systolic, diastolic) => {
    for (const [id, value] of Object.entries({ systolic, diastolic })) {
      await portal.$eval(`#${id}`, (field) => field.select());
      await portal.keyboard.press("Delete");
      await portal.keyboard.type(value);
    }
    await portal.keyboard.press("Enter");
  };
  const saved = (...titles) => portal.waitForFunction((titles) =>
    JSON.stringify([...document.querySelectorAll("#pressure-rows .title")].map((title) => title.textContent)) === titles, { polling: 50 }, JSON.stringify(titles));
  /** Has the person allow this app to add types, on its page. */
  const allow = async (...titles) => {
    await keepwell.bringToFront();
    await goTo(keepwell, "#/apps");
    for (const title of titles) {
      const toggle = await keepwell.waitForSelector(`::-p-aria([name="Add to ${title} for ${demo.portal}"][role="switch"])`);
      await keepwell.waitForFunction((toggle) => { // a window that came up only just now takes no such click
        if (!toggle.checked) toggle.click();
        return toggle.checked;
      }, { polling: 50 }, toggle);
    }
  };
  const press = (name) => portal.locator(`#pressure-rows [aria-label^="${name}"]`).click();

  test("what can't be is refused before anybody is asked", async () => {
    await choose("Blood Pressure");
    await enter("79", "121");
    assert.equal(await portal.$eval("#diastolic", (field) => field.validationMessage), "The lower number must be less than the upper one.");
    await enter("1210", "79");
    assert.equal(await portal.$eval("#systolic", (field) => field.validity.rangeOverflow), true);
    await enter("", "79");
    assert.equal(await portal.$eval("#systolic", (field) => field.validity.valueMissing), true);
    assert.equal(await portal.$eval("#status", (status) => status.textContent), "");
  });

  test("a denial is said in plain words, and nothing is saved", async () => {
    await enter("121", "79");
    assert.deepEqual(await answerSheet(keepwell), { read: [], share: ["Diastolic Blood Pressure", "Systolic Blood Pressure", "Blood Pressure"] });
    await says(/may not add this to your records/);
    assert.deepEqual(await own("bloodPressure"), []);
    assert.equal(await portal.$eval("#systolic", (field) => field.value), "121", "what was typed is still there");
  });

  test("one that was allowed is on the person's page, by this app", async () => {
    await allow("Systolic Blood Pressure", "Diastolic Blood Pressure", "Blood Pressure");
    await portal.bringToFront();
    await portal.focus("#diastolic");
    await portal.keyboard.press("Enter");
    await says(/^Saved/);
    await saved("121/79 mmHg");
    const [whole] = await own("bloodPressure");
    assert.deepEqual([whole.subtitle, whole.source.id, whole.syncVersion], ["121/79 mmHg", `origin:${demo.portal}`, 1]);
    assert.deepEqual([(await own("bloodPressureSystolic"))[0].value, (await own("bloodPressureDiastolic"))[0].value], [121, 79]);
    await goTo(keepwell, "#/");
    await openType(keepwell, "Blood Pressure");
    await keepwell.waitForFunction(() => document.querySelector(".records li:not(.pending)")?.textContent.includes("121/79 mmHg"), { polling: 50 });
  });

  test("it is fit for every look", async () => {
    await portal.bringToFront();
    assert.deepEqual(await faults(portal), []);
    await inEveryLook(portal, (look) => screenshot(portal, `portal-pressure-${look}`));
  });

  test("a correction replaces it", async () => {
    await press("Correct 121/79 mmHg");
    assert.equal(await portal.evaluate(() => document.activeElement.id), "systolic");
    await enter("131", "85");
    await says(/^Saved/);
    await saved("131/85 mmHg");
    for (const type of ["bloodPressure", "bloodPressureSystolic", "bloodPressureDiastolic"]) {
      assert.deepEqual((await own(type)).map(({ syncVersion }) => syncVersion), [2], type);
    }
    assert.equal((await own("bloodPressure"))[0].subtitle, "131/85 mmHg");
  });

  test("one that is saved while the records are locked goes in when they are unlocked", async () => {
    await setPassphrase(keepwell, passphrase);
    await lock(keepwell);
    await portal.bringToFront();
    await enter("118", "76");
    await says(/^Your records are locked. This waits/);
    await unlock(keepwell, { passphrase });
    await saved("118/76 mmHg", "131/85 mmHg");
  });

  test("after a reload what this app saved is there, and no other app's", async () => {
    await importTexts(keepwell, [["export.xml", cuff]]);
    await ask({ read: ["bloodPressure", "bloodPressureSystolic", "bloodPressureDiastolic"] });
    assert.equal(await portal.evaluate(() => store.query({ type: "bloodPressure" }).then(({ samples }) => samples.length)), 3);
    await portal.bringToFront();
    await portal.reload();
    await choose("Blood Pressure");
    await saved("118/76 mmHg", "131/85 mmHg");
  });

  test("a deletion asks first, and takes all of it", async () => {
    const answers = [false, true];
    const asked = [];
    portal.on("dialog", (dialog) => {
      asked.push(dialog.message());
      return answers.shift() ? dialog.accept() : dialog.dismiss();
    });
    await press("Delete 131/85 mmHg");
    await saved("118/76 mmHg", "131/85 mmHg");
    await press("Delete 131/85 mmHg");
    await saved("118/76 mmHg");
    await says(/^Deleted/);
    assert.match(asked[0], /^Delete 131\/85 mmHg of .* from your records\?$/);
    assert.equal(asked.length, 2);
    assert.equal((await own("bloodPressure")).length, 2);
    for (const type of ["bloodPressureSystolic", "bloodPressureDiastolic"]) {
      assert.equal((await own(type)).filter(({ source }) => source.id === `origin:${demo.portal}`).length, 1, type);
    }
  });
});

test("nothing went wrong, and the portal spoke to nobody else", () => {
  assert.deepEqual(watch.errors, []);
  for (const { url } of watch.requests) assert.ok(url === "about:blank" || url.startsWith("data:") || isPortals(url, demo), url); // the browser draws the calendar's sign
});
