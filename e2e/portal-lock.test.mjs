// A portal through a lock: it stays connected, hears that the records are locked,
// and reads on when the person has unlocked them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPage, ready, startBrowser, startDemo } from "./harness.mjs";

const passphrase = "orbit velvet kettle marsh";

let demo, chromium, portal, keepwell;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  const { page } = await openPage(chromium.browser, demo.page);
  await ready(page);
  await page.evaluate((passphrase) => keepwell.setPassphrase(passphrase), passphrase);
  await page.close();
  ({ page: portal } = await openPage(chromium.browser, demo.portal));
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

/** The code that the portal's query ends with. */
const reading = () =>
  portal.evaluate(() => globalThis.store.query({ type: "allergyRecord" }).then(() => "", (error) => error.code));

test("a portal connects to a store that is locked, and is told so", async () => {
  const opened = new Promise((resolve) => portal.once("popup", resolve));
  await portal.evaluate(async (host) => {
    const { HealthStore } = await import("./keepwell.mjs");
    globalThis.store = await HealthStore.connect({
      host, name: "Clinic", purpose: "care", privacyPolicy: `${location.origin}/privacy.html`,
      usage: { clinical: "Shows your records beside your visits." },
    });
  }, demo.page);
  keepwell = await opened;
  await ready(keepwell);
  assert.equal(await reading(), "databaseInaccessible");
});

test("it reads on after the person unlocked, through every lock", async () => {
  for (let round = 0; round < 2; round++) {
    await keepwell.evaluate((passphrase) => globalThis.keepwell.unlock({ passphrase }), passphrase);
    assert.equal(await reading(), "authorizationNotDetermined");
    await keepwell.evaluate(() => globalThis.keepwell.lock());
    assert.equal(await reading(), "databaseInaccessible");
  }
});
