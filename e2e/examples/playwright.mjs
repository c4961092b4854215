// A portal and Keepwell under test, by Playwright. After `make demo`: node --test playwright.mjs
import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { accessLog, answerSheet, loadSample, lock, openKeepwell, revoke, setPassphrase, unlock } from "@keepwell-health/keepwell/testing";

const { KEEPWELL = "http://localhost:8080", PORTAL = "http://127.0.0.1:8081" } = process.env;
const passphrase = "orbit velvet kettle marsh";

test("a portal shows what the person allows, and no more", async (t) => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    ignoreDefaultArgs: ["--disable-popup-blocking"], // a window opens in a click only, as for people
  });
  t.after(() => browser.close());
  const context = await browser.newContext(); // one person, with a store of their own

  const person = await context.newPage();
  await person.goto(KEEPWELL);
  const counts = await loadSample(person);
  await person.close();

  const portal = await context.newPage();
  await portal.goto(PORTAL);
  const button = (name) => portal.getByRole("button", { name, exact: true });
  const says = (text) => portal.getByRole("status").filter({ hasText: text }).waitFor();
  const shows = async (type, text) => {
    await button(type).click();
    await says(text);
    await portal.goBack();
  };

  const keepwell = await openKeepwell(portal, () => button("Authorize").click());
  const offered = await answerSheet(keepwell, { read: ["Allergies", "Steps"] }); // and nothing else
  assert.ok(offered.read.includes("Conditions"));
  await says("Your answer was taken");

  assert.ok(counts.allergyRecord > 1 && counts.conditionRecord > 1);
  await shows("Allergies", `${counts.allergyRecord} records, latest first.`);
  await shows("Conditions", "No records."); // denied looks like none

  const log = (await accessLog(keepwell)).filter(({ origin }) => origin === new URL(PORTAL).origin);
  const read = log.map(({ type, allowed, count }) => [type, allowed, count]);
  assert.deepEqual(read, [["conditionRecord", false, 0], ["allergyRecord", true, counts.allergyRecord]]);

  await setPassphrase(keepwell, passphrase);
  await lock(keepwell);
  await shows("Allergies", "Your records are locked.");
  await unlock(keepwell, { passphrase });
  await shows("Allergies", `${counts.allergyRecord} records, latest first.`);

  await revoke(keepwell, new URL(PORTAL).origin);
  await shows("Allergies", "No records.");
});
