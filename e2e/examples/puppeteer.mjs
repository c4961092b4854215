// A portal and Keepwell under test, by Puppeteer. After `make demo`: node --test puppeteer.mjs
import assert from "node:assert/strict";
import { test } from "node:test";
import puppeteer from "puppeteer-core";
import { accessLog, answerSheet, importFiles, lock, openKeepwell, ready, revoke, setPassphrase, unlock } from "@keepwell-health/keepwell/testing";

const { KEEPWELL = "http://localhost:8080", PORTAL = "http://127.0.0.1:8081" } = process.env;
const passphrase = "orbit velvet kettle marsh";
const steps = `<?xml version="1.0"?><HealthData locale="en_GB"><Record type="HKQuantityTypeIdentifierStepCount" sourceName="Phone"
  unit="count" startDate="2026-03-02 06:00:00 +0000" endDate="2026-03-02 07:00:00 +0000" value="1000"/></HealthData>`;

test("a portal reads what the person allows, and no more", async (t) => {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    ignoreDefaultArgs: ["--disable-popup-blocking"], // a window opens in a click only, as for people
    args: process.getuid() === 0 ? ["--no-sandbox"] : [], // Chromium's sandbox needs a user other than root
  });
  t.after(() => browser.close());

  const person = await browser.newPage();
  await person.goto(KEEPWELL);
  await ready(person);
  const report = await importFiles(person, [{ name: "export.xml", content: steps }]);
  assert.equal(report.added, 1);
  await person.close();

  const portal = await browser.newPage();
  await portal.goto(PORTAL);
  // What a portal's own script does; evaluate counts as a click with Puppeteer and Playwright.
  const keepwell = await openKeepwell(portal, () => portal.evaluate(async (host) => {
    const { HealthStore } = await import("./keepwell.mjs");
    globalThis.store = await HealthStore.connect({
      host, name: "Clinic", purpose: "care", privacyPolicy: `${location.origin}/privacy.html`,
      usage: { share: "Shows your steps.", update: "Adds your weight." },
    });
  }, KEEPWELL));
  const query = (type) => portal.evaluate((type) =>
    store.query({ type }).then(({ samples }) => samples.map(({ value }) => value), ({ code }) => code), type);

  assert.equal(await query("stepCount"), "authorizationNotDetermined");
  const asked = portal.evaluate(() => store.requestAuthorization({ read: ["stepCount", "heartRate"], toShare: ["bodyMass"] }));
  const offered = await answerSheet(keepwell, { read: ["Steps"] });
  assert.deepEqual(offered, { read: ["Steps", "Heart Rate"], share: ["Weight"] });
  await asked;

  assert.deepEqual(await query("stepCount"), [1000]);
  assert.deepEqual(await query("heartRate"), []); // denied looks like none
  const saved = portal.evaluate(() =>
    store.save([{ type: "bodyMass", startDate: 0, endDate: 0, value: 80, unit: "kg" }]).catch(({ code }) => code));
  assert.equal(await saved, "authorizationDenied");
  const log = await accessLog(keepwell);
  assert.deepEqual(log.find(({ type }) => type === "stepCount").count, 1);

  await setPassphrase(keepwell, passphrase);
  await lock(keepwell);
  assert.equal(await query("stepCount"), "databaseInaccessible");
  await unlock(keepwell, { passphrase });
  assert.deepEqual(await query("stepCount"), [1000]);

  await revoke(keepwell, new URL(PORTAL).origin);
  assert.deepEqual(await query("stepCount"), []);
});
