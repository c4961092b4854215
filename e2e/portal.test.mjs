// The example portal on an origin of its own: it asks, the person answers in a
// window of Keepwell's origin, and it reads what was granted, no more.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPortal } from "./app.mjs";
import { importTexts } from "./files.mjs";
import { openPage, ready, startBrowser, startDemo, watchPage, isPortals } from "./harness.mjs";
import { headed } from "./person.mjs";

const records = [
  ["allergy.json", JSON.stringify({
    resourceType: "AllergyIntolerance", id: "pen", recordedDate: "2019-03", code: { text: "Penicillin" },
    clinicalStatus: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", code: "active" }] },
    patient: { reference: "Patient/1" },
  })],
  ...["2020-01-07", "2021-01-05"].map((date) => [`glucose-${date}.json`, JSON.stringify({
    resourceType: "Observation", id: `glucose-${date}`, status: "final", code: { text: "Glucose" }, effectiveDateTime: date,
    category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory" }] }],
    valueQuantity: { value: 5.1, unit: "mmol/L" }, subject: { reference: "Patient/1" },
  })]),
  ["condition.json", JSON.stringify({
    resourceType: "Condition", id: "asthma", recordedDate: "2012-05-06", code: { text: "Asthma" }, subject: { reference: "Patient/1" },
  })],
];

// The portal's rows and buttons, as a person finds them.
const row = (title) => `::-p-aria([name="${title}"][role="button"])`;
const toggle = (title) => `::-p-aria([name="${title}"][role="switch"])`;

let demo, chromium, portal, keepwell, watch;

before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page: portal, watch } = await openPortal(chromium.browser, demo, records));
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

/** Does something in the portal that opens Keepwell's window, and returns that window. */
async function opening(act) {
  const opened = new Promise((resolve) => portal.once("popup", resolve));
  await act();
  const page = await opened;
  const watched = await watchPage(page);
  await ready(page);
  return { page, watch: watched };
}

async function choose(title) {
  await portal.bringToFront();
  await portal.locator(row(title)).click();
}

async function back() {
  await portal.bringToFront();
  await portal.locator("#back").click();
  await portal.locator("#types:not([hidden])").wait();
}

/** Waits until the portal says something that matches. */
async function says(pattern) {
  await portal.waitForFunction((source) => new RegExp(source).test(document.getElementById("status").textContent),
    { polling: 50 }, pattern.source);
}

const listed = () => portal.$$eval("#sample-rows .title", (rows) => rows.map((row) => row.textContent));
const windows = async () => (await chromium.browser.pages()).length;

/** Answers one page of the sheet: the switches to turn on, and the button. */
async function answer(titles, button = "Allow Selected") {
  await keepwell.bringToFront();
  for (const title of titles) await keepwell.locator(toggle(title)).click();
  const accept = await keepwell.waitForSelector(`::-p-aria([name="${button}"][role="button"])`);
  await keepwell.waitForFunction((element) => !element.ariaDisabled, { polling: 50 }, accept); // armed
  await accept.click();
}

test("without a click the browser opens no window, and the portal is told so", async () => {
  const session = await portal.createCDPSession(); // evaluate would count as a click
  const { result } = await session.send("Runtime.evaluate", { awaitPromise: true, expression: `(async () => {
    const { HealthStore } = await import("./keepwell.mjs");
    return HealthStore.connect({ host: "${demo.page}" }).catch(({ code, reason }) => code + " " + reason);
  })()` });
  assert.equal(result.value, "healthDataUnavailable popupBlocked");
});

test("choosing a type before authorization says that it is not determined", async () => {
  ({ page: keepwell } = await opening(() => choose("Allergies")));
  await says(/Authorization not determined/);
  assert.deepEqual(await listed(), []);
  await back();
});

test("the sheet names the portal's origin; what is allowed there can be read here", async () => {
  await portal.locator("#authorize").click();
  await keepwell.waitForSelector(".sheet");
  const heading = await keepwell.$eval(".sheet h1", (h1) => h1.textContent);
  assert.ok(heading.includes(new URL(demo.portal).host), heading);
  await answer(["Allergies"]);
  await keepwell.waitForFunction(() => document.querySelector(".sheet-step")?.textContent.includes("2 of 2"), { polling: 50 });
  await answer(["Steps"]);
  await says(/Your answer was taken/);

  await choose("Allergies");
  await says(/^1 record,/);
  assert.deepEqual(await listed(), ["Penicillin"]);
  await back();
});

test("a type that was denied looks like one without records", async () => {
  const shown = [];
  for (const title of ["Conditions", "Lab Results", "Immunizations", "Steps"]) { // denied, denied with a course of values, denied and empty, granted and empty
    await choose(title);
    await says(/^No records/);
    shown.push(await portal.$eval("#samples", (view) => view.innerText.split("\n").slice(2).join("\n")));
    await back();
  }
  assert.equal(new Set(shown).size, 1, shown.join("\n---\n"));
});

test("after a reload the portal finds the window again without a click", async () => {
  const before = await windows();
  await portal.reload();
  await portal.waitForFunction(() => document.getElementById("types") !== null);
  await choose("Allergies");
  await says(/^1 record,/);
  assert.equal(await windows(), before);
  await back();
});

test("after Keepwell's window reloads the portal reads on", async () => {
  await keepwell.reload();
  await ready(keepwell);
  await choose("Allergies");
  await says(/^1 record,/);
  await back();
});

/** Does something in another tab of Keepwell. */
async function elsewhere(act) {
  const { page } = await openPage(chromium.browser, demo.page);
  await ready(page);
  await act(page);
  await page.close();
}

test("a record that comes later is not shared without asking", async () => {
  await elsewhere((page) => importTexts(page, [["later.json", records[0][1].replaceAll("pen", "lat").replaceAll("Penicillin", "Latex")]]));
  const both = async () => (await globalThis.keepwell.query({ type: "allergyRecord" })).samples.length === 2;
  await keepwell.waitForFunction(both, { polling: 50 }); // the window shows what the other tab brought
  await choose("Allergies");
  await says(/^1 record,/);
  await back();
});

test("the portal leads to where the person changes what it may do", async () => {
  await choose("Change Access");
  await headed(keepwell, "Apps");
  await says(/what this app may do/);
});

test("what the person takes back, in any tab, is gone at once", async () => {
  await elsewhere((page) => page.evaluate((origin) => globalThis.keepwell.revoke(origin), demo.portal));
  await choose("Allergies");
  await says(/^No records/);
  await back();
});

test("with the window closed, a click opens it again", async () => {
  await keepwell.close();
  let loaded;
  ({ page: keepwell, watch: loaded } = await opening(() => choose("Allergies")));
  await says(/^No records/);
  for (const { url } of loaded.requests) assert.equal(new URL(url).origin, demo.page, "Keepwell asks nobody else");
  await back();
});

test("a window closed on its sheet is no answer", async () => {
  await keepwell.evaluate(() => globalThis.keepwell.erase()); // apps are forgotten with the records
  await portal.bringToFront();
  await portal.locator("#authorize").click();
  await keepwell.waitForSelector(".sheet");
  await keepwell.close();
  await says(/closed without an answer/);
});

test("the portal spoke to nobody but its own origin, and loaded Keepwell's frame", () => {
  assert.deepEqual(watch.errors, []);
  for (const { url } of watch.requests) assert.ok(isPortals(url, demo), url);
});
