// What a person and a portal do, in every browser engine alike: bring records, read
// them back byte for byte, protect, lock and unlock them, find them after a reload,
// answer a portal's sheet, and erase. What only Chromium lets a test see is in the
// other files.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { answerSheet, lock, revoke, setPassphrase, unlock } from "@keepwell-health/keepwell/testing";
import { engineNames, skipWithout, startEngine } from "./engines/engines.mjs";
import { needed, startClinic } from "./clinic.mjs";
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

    // The portal is on another site, too: 127.0.0.1 beside localhost.
    describe("a portal on another site", () => {
      let portal, window;
      before(async () => {
        portal = await engine.open(demo.portal);
        await portal.waitFor(() => document.querySelectorAll("#record-types button").length > 0);
      });
      after(async () => {
        await window?.close();
        await portal?.close();
        await unlock(page, { passphrase }); // a lock locks every tab
      });

      /** Has the portal show a type, and resolves to what it lists once its status matches. */
      const shows = async (title, status) => {
        await portal.click("button", title);
        await says(status);
        const listed = await portal.evaluate(() => [...document.querySelectorAll("#sample-rows .title")].map((row) => row.textContent));
        await portal.evaluate(() => document.getElementById("back").click());
        return listed;
      };
      const says = (status) => portal.waitFor((source) => new RegExp(source).test(document.getElementById("status").textContent), status);

      const opensAnyway = name !== "webkit" && "its driver lets a script open windows";
      test("without a click the browser opens no window, and the portal is told so", { skip: opensAnyway }, async () => {
        const told = await portal.evaluate(async (host) => {
          const { HealthStore } = await import("./keepwell.mjs");
          return HealthStore.connect({ host, name: "Clinic", purpose: "care" }).then(() => "", ({ code, reason }) => `${code}: ${reason}`);
        }, demo.page);
        assert.equal(told, "healthDataUnavailable: popupBlocked");
      });

      test("opens Keepwell's window in a click, and hears that it is locked", async () => {
        window = await portal.opened(() => portal.click("button", "Lab Results"));
        await window.waitFor(() => globalThis.keepwell);
        await says("locked");
        await portal.evaluate(() => document.getElementById("back").click());
      });

      test("reads what the person switches on, and of what they don't nothing", async () => {
        await unlock(window, { passphrase });
        await portal.click("button", "Authorize");
        await window.waitFor(() => document.querySelector(".sheet h1")?.textContent.length > 0);
        await window.click("switch", "Lab Results");
        await allow(window);
        await window.waitFor(() => document.querySelector(".sheet-step")?.textContent.includes("2 of 2"));
        assert.deepEqual(await answerSheet(window), { read: ["Walking + Running Distance", "Steps"], share: [] });
        await says("Your answer was taken");
        assert.deepEqual(await shows("Lab Results", "^1 record,"), ["Glucose"]);
        assert.deepEqual(await shows("Steps", "^No records"), []); // denied
      });

      test("reads by FHIR's API", async () => {
        assert.deepEqual(await portal.evaluate(async (host) => {
          const { HealthStore } = await import("./keepwell.mjs");
          const store = await HealthStore.connect({ host, open: false, name: "Clinic", purpose: "care" });
          const found = await store.fetch("Observation/_search", { method: "POST", body: new URLSearchParams({ _summary: "count" }) });
          const read = await store.fetch(new Request("https://keepwell.invalid/fhir/Observation/none", { headers: { accept: "application/fhir+json" } }));
          store.close();
          return [found.status, found.headers.get("content-type"), (await found.json()).total, read.status, (await read.json()).resourceType];
        }, demo.page), [200, "application/fhir+json; fhirVersion=4.0; charset=utf-8", 1, 404, "OperationOutcome"]);
      });

      test("stays connected through a lock and an unlock", async () => {
        await lock(window);
        assert.deepEqual(await shows("Lab Results", "locked"), []);
        await unlock(window, { passphrase });
        assert.deepEqual(await shows("Lab Results", "^1 record,"), ["Glucose"]);
      });

      test("sees nothing any more of what the person takes back", async () => {
        await revoke(window, demo.portal);
        assert.deepEqual(await shows("Lab Results", "^No records"), []);
      });

      test("finds the window again after a reload, without a click", async () => {
        await portal.reload();
        await portal.waitFor(() => document.querySelectorAll("#record-types button").length > 0);
        await shows("Lab Results", "^No records");
      });

      test("opens another window in a click when that one was closed", async () => {
        await window.close();
        window = await portal.opened(() => portal.click("button", "Lab Results"));
        await window.waitFor(() => globalThis.keepwell);
        await says("locked");
      });
    });

    const inChromium = name === "chromium" && "embedded.test.mjs and frame.test.mjs have more of it";
    describe("a portal that serves Keepwell itself", { skip: inChromium }, () => {
      let clinic, person, portal, elsewhere;
      before(async () => {
        const html = '<!doctype html><html lang="en"><title>Clinic</title><main><h1>Clinic</h1></main></html>';
        clinic = await startClinic({ "/": [html, { "Content-Security-Policy": needed }] });
        elsewhere = await engine.open(demo.portal);
        await elsewhere.evaluate(resume, demo.page); // goes on beside the tests that follow
        person = await open(engine, `${clinic.origin}/keepwell/`);
        const bring = (record) => keepwell.import([new File([record], "record.json")]);
        assert.equal((await person.evaluate(bring, record)).added, 1);
        assert.equal((await person.evaluate(bring, record.replace("laboratory", "vital-signs").replace("glucose", "vital"))).added, 1);
        await setPassphrase(person, passphrase);
        portal = await engine.open(`${clinic.origin}/`); // last: a sheet counts what is clicked in a window with the focus alone
      });
      after(async () => {
        for (const one of [portal, person, elsewhere]) await one?.close();
        clinic?.stop();
      });

      const call = (method, ...args) =>
        portal.evaluate((method, args) => store[method](...args).then((value) => value ?? null, ({ code }) => code), method, args);
      const names = async (type) => {
        const found = await call("query", { type });
        return found.samples?.map(({ displayName }) => displayName) ?? found;
      };
      /** Does something in the layer above the page once that is possible: f is given it, and returns whether it was. */
      const above = (f, ...args) =>
        portal.waitFor(`(() => {
          const layer = [...document.body.children].find(({ shadowRoot }) => shadowRoot)?.shadowRoot.querySelector(".overlay[open]");
          return Boolean(layer && (${f})(layer, ...${JSON.stringify(args)}));
        })()`);
      const nothingAbove = () => portal.waitFor(() =>
        [...document.body.children].find(({ shadowRoot }) => shadowRoot)?.shadowRoot.querySelector(".overlay:not([open])") !== null);

      test("connects in its own page, locked, without a window", async () => {
        const windows = (await engine.pages()).length;
        await portal.evaluate(async () => {
          const { HealthStore } = await import("/keepwell/sdk/keepwell.mjs");
          globalThis.store = await HealthStore.connect({
            host: new URL("/keepwell/", location.href).href, open: false, name: "Clinic", purpose: "care",
            privacyPolicy: `${location.origin}/privacy`, usage: { clinical: "Shows your records." },
          });
        });
        assert.equal(await names("labResultRecord"), "databaseInaccessible");
        assert.equal((await engine.pages()).length, windows);
      });

      test("has the person unlock above its page", () => unlockAbove());

      test("reads what the person switches on in the sheet above its page, and of what they don't nothing", async () => {
        await portal.evaluate(() => {
          globalThis.asked = store.requestAuthorization({ read: ["labResultRecord", "vitalSignRecord"] });
        });
        await above((layer) => [...layer.querySelectorAll(".sheet-row")].find((row) => row.textContent === "Lab Results")?.click() ?? layer.querySelector(".switch:checked"));
        await above((layer) => {
          const allow = [...layer.querySelectorAll(".answer")].find((button) => button.textContent === "Allow Selected" && !button.ariaDisabled);
          allow?.click();
          return allow;
        });
        await portal.evaluate(() => asked);
        await nothingAbove();
        assert.deepEqual([await names("labResultRecord"), await names("vitalSignRecord")], [["Glucose"], []]);
      });

      test("hears of a lock in another tab, and reads on after an unlock", async () => {
        await unlock(person, { passphrase });
        await lock(person);
        assert.equal(await names("labResultRecord"), "databaseInaccessible");
        await unlockAbove();
        assert.deepEqual(await names("labResultRecord"), ["Glucose"]);
      });

      test("without a window or a click, a portal elsewhere soon hears that there is none, and keeps no frame", async () => {
        await elsewhere.waitFor(() => globalThis.resumed);
        const { outcome, after } = await elsewhere.evaluate(() => resumed);
        assert.equal(outcome, "healthDataUnavailable: windowClosed");
        assert.ok(after < 7_000, `after ${after} ms; the SDK gives up after 5 s, and looks twice a second`);
        await elsewhere.waitFor(() => document.querySelector("iframe") === null);
      });

      /** Unlocks in the layer above the page, which asking brings up. */
      async function unlockAbove() {
        assert.equal(await call("requestAuthorization", { read: ["labResultRecord"] }), "databaseInaccessible");
        await above((layer, passphrase) => {
          const form = layer.querySelector("#locked form");
          if (!form) return false;
          form.querySelector("input[type=password]").value = passphrase;
          form.requestSubmit();
          return true;
        }, passphrase);
        await nothingAbove();
      }
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

/** Begins to connect a portal's page to a window that is not there, without a click; `resumed` is what came of it. */
async function resume(host) {
  const { HealthStore } = await import("./keepwell.mjs");
  const start = performance.now();
  HealthStore.connect({ host, open: false, name: "Clinic", purpose: "care" })
    .then(() => "connected", ({ code, reason }) => `${code}: ${reason}`)
    .then((outcome) => (globalThis.resumed = { outcome, after: performance.now() - start }));
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
