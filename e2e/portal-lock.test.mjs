// A portal through a lock: it stays connected, hears that the records are locked,
// and reads on when the person has unlocked them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { lock, setPassphrase, unlock } from "@keepwell-health/keepwell/testing";
import { connect } from "./app.mjs";
import { openPage, ready, startBrowser, startDemo } from "./harness.mjs";

const passphrase = "orbit velvet kettle marsh";

let demo, chromium, portal, keepwell;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  const { page } = await openPage(chromium.browser, demo.page);
  await ready(page);
  await setPassphrase(page, passphrase);
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
  keepwell = await connect(portal, demo.page);
  assert.equal(await reading(), "databaseInaccessible");
});

test("it reads on after the person unlocked, through every lock", async () => {
  for (let round = 0; round < 2; round++) {
    await unlock(keepwell, { passphrase });
    assert.equal(await reading(), "authorizationNotDetermined");
    await lock(keepwell);
    assert.equal(await reading(), "databaseInaccessible");
  }
});
