// The module for the tests of portals: its examples, which docs/testing.md shows, and
// what it says when something does not happen.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { answerSheet, cancelSheet, importFiles, loadSample, lock, openKeepwell, ready, revoke, setPassphrase, unlock } from "@keepwell-health/keepwell/testing";
import { openPage, startBrowser, startDemo } from "./harness.mjs";

const demo = await startDemo();
after(() => demo.stop());
Object.assign(process.env, { KEEPWELL: demo.page, PORTAL: demo.portal });
await import("./examples/playwright.mjs");
await import("./examples/puppeteer.mjs");

describe("what does not happen is an error that says so", () => {
  const soon = { timeout: 200 };
  const passphrase = "orbit velvet kettle marsh";
  let chromium, person, portal, keepwell;
  before(async () => {
    chromium = await startBrowser();
    ({ page: person } = await openPage(chromium.browser, demo.page));
    await ready(person);
    ({ page: portal } = await openPage(chromium.browser, demo.portal));
  });
  after(async () => await chromium?.stop());

  const authorize = () => portal.bringToFront().then(() => portal.click("#authorize"));
  const says = (text) => portal.waitForFunction((text) => document.getElementById("status").textContent.includes(text), { polling: 50 }, text);

  test("no window and no page", async () => {
    await assert.rejects(openKeepwell(portal, async () => {}, soon), /opened no window/);
    await assert.rejects(openKeepwell(portal, () => Promise.reject(new Error("no such button"))), /no such button/);
    await assert.rejects(ready(portal, soon), /no page of Keepwell/);
  });

  test("a sheet that is not there, is not answered, or did not ask for it", async () => {
    await assert.rejects(answerSheet(person, soon), /no sheet/);
    await assert.rejects(cancelSheet(person, soon), /no sheet/);
    keepwell = await openKeepwell(portal, authorize);
    await cancelSheet(keepwell);
    await says("closed without an answer");
    await authorize();
    await assert.rejects(answerSheet(keepwell, { read: ["Steps", "Shoe size"], share: ["Weight"] }), /to read: Shoe size/);
    await says("Your answer was taken");
    const [{ grants }] = await keepwell.evaluate(() => globalThis.keepwell.apps());
    assert.deepEqual(grants.filter(({ read }) => read).map(({ type }) => type), ["stepCount"]);
  });

  test("the further choices are made", async () => {
    await keepwell.evaluate(() => globalThis.keepwell.erase()); // with it what was answered
    await authorize();
    await answerSheet(keepwell, { read: "all", choose: ["From the last year on", "Share automatically"] });
    await says("Your answer was taken");
    const [{ grants }] = await keepwell.evaluate(() => globalThis.keepwell.apps());
    assert.equal(grants.length, 11);
    for (const { read, historyStart } of grants) assert.ok(read && historyStart > 0);
  });

  test("files that can't be read, and bytes that can", async () => {
    await assert.rejects(importFiles(person, []), { code: "invalidArgument" });
    const report = await importFiles(person, [{ name: "bad.json", content: "no JSON" }, {
      name: "bytes.json", content: new TextEncoder().encode('{"resourceType":"Condition","id":"é","code":{"text":"Asthma"},"subject":{"reference":"Patient/1"}}'),
    }]);
    assert.deepEqual([report.added, report.skipped.length], [1, 1]);
  });

  test("sample records a second time", async () => {
    const counts = await loadSample(person);
    assert.deepEqual(await loadSample(person), counts);
  });

  test("nothing to take back", () => assert.rejects(revoke(person, "https://nobody.example"), { code: "invalidArgument" }));

  test("nothing to lock with, a wrong secret, and records that are locked", async () => {
    await assert.rejects(lock(person), { code: "invalidArgument" });
    await assert.rejects(setPassphrase(person, ""), { code: "invalidArgument" });
    await setPassphrase(person, passphrase);
    await lock(person);
    await assert.rejects(unlock(person, { passphrase: "velvet" }), ({ code }) => Boolean(code));
    await assert.rejects(loadSample(person, soon), /is it locked/);
    await unlock(person, { passphrase });
  });
});
