// What a person and a portal do, in every browser engine alike: bring records, read
// them back byte for byte, protect, lock and unlock them, find them after a reload,
// answer a portal's sheet, and erase. What only Chromium lets a test see is in the
// other files.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { answerSheet, lock, revoke, setPassphrase, unlock } from "@keepwell-health/keepwell/testing";
import { engineNames, skipWithout, startEngine } from "./engines/engines.mjs";
import { startDemo } from "./harness.mjs";

// Spaces and digits that reading and writing JSON would lose.
const record = '{ "resourceType" : "Observation", "id":"glucose","status":"final",\n"category":[{"coding":[{"system":' +
  '"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"text":"Glucose"},' +
  '"subject":{"reference":"Patient/1"},"effectiveDateTime":"2021-02-03","valueQuantity":{"value":5.10,"unit":"mmol/L"}}';
const passphrase = "orbit velvet kettle marsh";

let demo;
before(async () => (demo = await startDemo()));
after(async () => await demo?.stop());

for (const name of engineNames) {
  describe(name, { skip: skipWithout(name) }, () => {
    let engine, page;
    before(async () => {
      engine = await startEngine(name);
      page = await open(engine, demo.page);
    });
    after(async () => await engine?.stop());

    test("a record that is brought reads back byte for byte", async () => {
      const report = await page.evaluate((record) => keepwell.import([new File([record], "record.json")]), record);
      assert.deepEqual([report.added, report.skipped], [1, []]);
      assert.equal(await raw(page), record);
    });

    test("an Apple Health export's steps of two devices are counted once", async () => {
      const export_ = '<?xml version="1.0"?><HealthData locale="en_GB"><ExportDate value="2024-05-02 10:00:00 +0000"/>' +
        ["iPhone", "Watch"].map((source) => `<Record type="HKQuantityTypeIdentifierStepCount" sourceName="${source}" unit="count"` +
          ' startDate="2024-05-01 08:00:00 +0000" endDate="2024-05-01 09:00:00 +0000" value="600"/>').join("") + "</HealthData>";
      const report = await page.evaluate((text) => keepwell.import([new File([text], "export.xml")]), export_);
      assert.equal(report.added, 2);
      const { sum } = await page.evaluate(() => keepwell.statistics({ type: "stepCount", options: ["cumulativeSum"] }));
      assert.equal(sum, 600);
    });

    test("a portal on another origin reads what the person switches on", async () => {
      const portal = await engine.open(demo.portal);
      await portal.waitFor(() => document.querySelectorAll("#record-types button").length > 0);
      const sheet = await portal.opened(() => portal.click("button", "Authorize"));
      await sheet.waitFor(() => globalThis.keepwell);
      await sheet.waitFor(() => document.querySelector(".sheet h1")?.textContent.length > 0);
      await sheet.click("switch", "Lab Results");
      await allow(sheet);
      await sheet.waitFor(() => document.querySelector(".sheet-step")?.textContent.includes("2 of 2"));
      assert.deepEqual(await answerSheet(sheet), { read: ["Walking + Running Distance", "Steps"], share: [] });
      await portal.waitFor(() => /Your answer was taken/.test(document.getElementById("status").textContent));
      await portal.click("button", "Lab Results");
      await portal.waitFor(() => /^1 record,/.test(document.getElementById("status").textContent));
      assert.deepEqual(await portal.evaluate(() => [...document.querySelectorAll("#sample-rows .title")].map((row) => row.textContent)), ["Glucose"]);
      await portal.evaluate(() => document.getElementById("back").click());
      await portal.click("button", "Steps"); // denied
      await portal.waitFor(() => /^No records/.test(document.getElementById("status").textContent));
      await portal.evaluate(() => document.getElementById("back").click());
      await revoke(sheet, demo.portal);
      await portal.click("button", "Lab Results"); // no longer
      await portal.waitFor(() => /^No records/.test(document.getElementById("status").textContent));
      await sheet.close();
      await portal.close();
    });

    test("what a passphrase locks, only it opens", async () => {
      await setPassphrase(page, passphrase);
      await lock(page);
      assert.equal(await rejection(page), "databaseInaccessible");
      await assert.rejects(unlock(page, { passphrase: "another" }), ({ code }) => Boolean(code));
      await unlock(page, { passphrase });
      assert.equal(await raw(page), record);
    });

    test("in a new tab the records are there, locked, and open", async () => {
      await page.close();
      page = await open(engine, demo.page);
      assert.equal(await rejection(page), "databaseInaccessible");
      await unlock(page, { passphrase });
      assert.equal(await raw(page), record);
    });

    test("a backup brings back what was erased", async () => {
      await page.evaluate(async (passphrase) => {
        const backup = await keepwell.export({ passphrase });
        await keepwell.erase();
        await keepwell.restore(backup, { passphrase, mode: "replace" });
      }, passphrase);
      assert.equal(await raw(page), record);
      assert.equal((await page.evaluate(() => keepwell.apps())).length, 1);
    });

    test("erasing leaves nothing", async () => {
      await page.evaluate(() => keepwell.erase());
      assert.deepEqual(await page.evaluate(() => keepwell.counts()), {});
    });
  });
}

/** Opens the person's page once it is ready for programs. */
async function open(engine, url) {
  const page = await engine.open(url);
  await page.waitFor(() => Boolean(globalThis.keepwell));
  return page;
}

/** The bytes behind the only lab result, as text. */
const raw = (page) =>
  page.evaluate(async () => {
    const { samples } = await keepwell.query({ type: "labResultRecord" });
    return new TextDecoder().decode(await keepwell.resource(samples[0].uuid));
  });

/** The code that a query ends with. */
const rejection = (page) => page.evaluate(() => keepwell.query({ type: "labResultRecord" }).then(() => "", (error) => error.code));

/** Presses the sheet's button once it is armed. */
async function allow(sheet) {
  await sheet.waitFor(() => {
    const button = [...document.querySelectorAll(".sheet button")].find((button) => button.textContent === "Allow Selected");
    return button && !button.ariaDisabled;
  });
  await sheet.click("button", "Allow Selected");
}
