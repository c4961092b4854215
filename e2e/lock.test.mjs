// Locking: what a person sets opens their records again and nothing else does; a
// locked page holds neither records nor keys, in any tab.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults } from "./axe.mjs";
import { freeze, openPage, ready, screenshot, startBrowser, startDemo } from "./harness.mjs";
import { alerted, goTo, headed, press, rejection, type, unfold } from "./person.mjs";

const passphrase = "orbit velvet kettle marsh";

let demo, chromium, page, watch, counts, code;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page, watch } = await openPage(chromium.browser, demo.page));
  await ready(page);
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

test("until a method is set, the page says who could read the records", async () => {
  await press(page, "Load sample records");
  await page.waitForSelector(".figures");
  await goTo(page, "#/");
  await headed(page, "Your records");
  await page.waitForFunction(() => /Whoever has this device’s disk can read/.test(document.querySelector(".disclosure")?.textContent));
  counts = await page.evaluate(() => keepwell.counts());
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-disclosure");
  assert.equal(await rejection(page, "lock()"), "invalidArgument");
});

test("a passphrase is set, and a recovery code kept", async () => {
  await press(page, "Set a passphrase");
  await headed(page, "Protection");
  await type(page, "New passphrase", "password1");
  await page.waitForFunction(() => /passwords that many people use/.test(document.querySelector(".step [role=status]")?.textContent));
  await type(page, "New passphrase", passphrase);
  await page.waitForFunction(() => document.querySelector("meter")?.value === 4);
  await type(page, "Once more", passphrase + "!");
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-passphrase");
  await press(page, "Save");
  await alerted(page, /not the same/);
  await type(page, "Once more", passphrase);
  await press(page, "Save");
  await page.waitForSelector(".recovery");
  code = await page.$$eval(".recovery li", (groups) => groups.map((group) => group.textContent));
  assert.equal(code.length, 7);
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-recovery");
  const asked = await page.$eval("label[for=recovery-back]", (label) => Number(label.textContent.match(/\d+/)[0]));
  await page.type("#recovery-back", "0000");
  await press(page, "I kept it");
  await alerted(page, /not that group/);
  await page.click("#recovery-back", { count: 3 });
  await page.type("#recovery-back", code[asked - 1].toLowerCase());
  await press(page, "I kept it");
  await page.waitForFunction(() => document.querySelectorAll(".grants li").length === 2);
  assert.equal((await page.evaluate(() => keepwell.status())).protection, "passphrase+recovery");
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-methods");
});

test("a reload finds the records locked", async () => {
  await page.reload();
  await ready(page);
  await headed(page, "Your records are locked");
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-screen");
  assert.equal((await page.evaluate(() => keepwell.status())).locked, true);
  for (const call of ["counts()", "query({type: 'allergyRecord'})", "apps()", "resource('x')"]) {
    assert.equal(await rejection(page, call), "databaseInaccessible", call);
  }
});

test("a wrong passphrase opens nothing and says nothing more", async () => {
  await type(page, "Passphrase", "velvet orbit kettle marsh");
  await page.keyboard.press("Enter");
  await alerted(page, /does not unlock/);
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-wrong");
});

test("the passphrase opens the same records", async () => {
  await type(page, "Passphrase", passphrase);
  await page.keyboard.press("Enter");
  await headed(page, "Protection");
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), counts);
});

test("locking by hand ends the worker and clears the page", async () => {
  await goTo(page, "#/");
  await headed(page, "Your records");
  await page.waitForSelector(".types");
  const before = page.workers()[0];
  await press(page, "Lock");
  await headed(page, "Your records are locked");
  await ready(page);
  assert.ok(!page.workers().includes(before));
  assert.equal(await page.$eval("#pages", (pages) => pages.querySelector(".types")), null);
  assert.equal(await rejection(page, "counts()"), "databaseInaccessible");
});

test("a typing mistake in the recovery code is told from a wrong one", async () => {
  await press(page, "Use your recovery code");
  const typo = code.join("-").replace(/.$/, (symbol) => (symbol === "7" ? "8" : "7"));
  await type(page, "Recovery code", typo);
  await page.keyboard.press("Enter");
  await alerted(page, /typing mistake/);
  // A code of another store: right in itself.
  await type(page, "Recovery code", "0000-0000-0000-0000-0000-0000-0000");
  await page.keyboard.press("Enter");
  await alerted(page, /does not unlock/);
  await type(page, "Recovery code", code.join(" ").toLowerCase());
  await page.keyboard.press("Enter");
  await headed(page, "Your records");
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), counts);
});

test("programs lock and unlock too", async () => {
  const after = await page.evaluate(async (passphrase) => {
    await keepwell.lock();
    const { locked } = await keepwell.status();
    await keepwell.unlock({ passphrase });
    return { locked, counts: await keepwell.counts() };
  }, passphrase);
  assert.deepEqual(after, { locked: true, counts });
  assert.equal(await rejection(page, "unlock({})"), "invalidArgument");
});

test("locking one tab locks the other", async () => {
  const { page: other } = await openPage(chromium.browser, demo.page);
  await ready(other);
  await other.evaluate((passphrase) => keepwell.unlock({ passphrase }), passphrase);
  await headed(other, "Your records");
  await other.evaluate(() => keepwell.lock());
  await headed(page, "Your records are locked");
  await ready(page);
  assert.equal(await rejection(page, "counts()"), "databaseInaccessible");
  await other.close();
});

test("a tab that was frozen meanwhile wakes locked", async () => {
  const { page: other } = await openPage(chromium.browser, demo.page);
  await ready(other);
  await other.evaluate((passphrase) => keepwell.unlock({ passphrase }), passphrase);
  await headed(other, "Your records");
  const session = await other.createCDPSession();
  await page.bringToFront();
  await freeze(session, page);
  await page.evaluate((passphrase) => keepwell.unlock({ passphrase }), passphrase);
  await page.evaluate(() => keepwell.lock());
  await session.send("Page.setWebLifecycleState", { state: "active" });
  await headed(other, "Your records are locked");
  await ready(other);
  assert.equal(await rejection(other, "counts()"), "databaseInaccessible");
  await other.close();
});

test("records lock by themselves after the time that the person chose", async () => {
  await page.bringToFront();
  await page.evaluate((passphrase) => keepwell.unlock({ passphrase }), passphrase);
  await goTo(page, "#/protection");
  await headed(page, "Protection");
  await press(page, "After 5 minutes");
  await page.waitForFunction(() => localStorage.getItem("keepwell-auto-lock") === "5");
  // Time passes on the clock of this page; no setting shortens the wait.
  const leap = (minutes, sign) => page.evaluate((minutes, sign) => {
    const Before = Date;
    globalThis.Date = class extends Before {
      constructor(...given) {
        given.length ? super(...given) : super(new Before().getTime() + minutes * 60_000);
      }
    };
    document.dispatchEvent(new Event(sign));
  }, minutes, sign);
  await leap(4, "visibilitychange");
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), counts);
  await leap(2, "keydown"); // a device that wakes by a key has been asleep all the same
  await headed(page, "Your records are locked");
  await ready(page);
  assert.equal(await rejection(page, "counts()"), "databaseInaccessible");
  await page.reload();
  await ready(page);
});

test("a method is changed and removed, and the last one stays", async () => {
  await page.evaluate((passphrase) => keepwell.unlock({ passphrase }), passphrase);
  await goTo(page, "#/protection");
  await headed(page, "Protection");
  await press(page, "Remove the Recovery code");
  await press(page, "Remove it");
  await page.waitForFunction(() => document.querySelectorAll(".grants li").length === 1);
  assert.equal(await page.$("::-p-aria([name='Remove the Passphrase'])"), null);
  await page.evaluate(() => keepwell.setPassphrase("another one"));
  await page.evaluate(() => keepwell.lock());
  assert.equal(await rejection(page, `unlock({passphrase: "${passphrase}"})`), "invalidArgument");
  assert.equal(await rejection(page, `unlock({recoveryCode: "${code.join("-")}"})`), "invalidArgument");
  assert.equal(await rejection(page, 'unlock({passphrase: "another one"})'), "");
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), counts);
});

test("a passphrase that was set where memory is scarce costs more from its next use on", async () => {
  /** What the page says a guess costs. */
  const cost = async () => {
    await goTo(page, "#/");
    await headed(page, "Your records");
    await goTo(page, "#/protection");
    return (await page.waitForSelector(".grants .note")).evaluate((note) => note.textContent);
  };
  await page.evaluate(() => Object.defineProperty(navigator, "deviceMemory", { value: 0.5, configurable: true }));
  await page.evaluate(() => keepwell.setPassphrase("another one"));
  assert.match(await cost(), /costs 19 MiB/);
  await page.evaluate(() => Object.defineProperty(navigator, "deviceMemory", { value: 8, configurable: true }));
  await page.evaluate(() => keepwell.lock());
  await page.evaluate(() => keepwell.unlock({ passphrase: "another one" }));
  const deadline = Date.now() + 20_000;
  while (!(await cost()).includes("costs 64 MiB")) assert.ok(Date.now() < deadline, "the cost was not raised");
  await page.evaluate(() => keepwell.lock());
  assert.equal(await rejection(page, 'unlock({passphrase: "another one"})'), "");
});

test("a passkey unlocks", async () => {
  const session = await page.createCDPSession();
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true,
      hasUserVerification: true, isUserVerified: true, hasPrf: true, automaticPresenceSimulation: true,
    },
  });
  await goTo(page, "#/");
  await headed(page, "Your records");
  await goTo(page, "#/protection");
  await headed(page, "Protection");
  await press(page, "Add a passkey");
  await page.waitForFunction(() => document.querySelectorAll(".grants li").length === 2);
  assert.equal((await page.evaluate(() => keepwell.status())).protection, "passphrase+passkey");
  await page.evaluate(() => keepwell.lock());
  await press(page, "Use your passkey");
  await screenshot(page, "lock-passkey");
  await press(page, "Unlock with your passkey");
  await headed(page, "Protection");
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), counts);
  await page.evaluate(() => keepwell.lock());
  await page.evaluate(() => keepwell.unlock({ passkey: true }));
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), counts);
  await session.detach();
  assert.deepEqual(await faults(page), []); // last: it upsets the authenticator
  await page.evaluate(() => keepwell.lock());
});

test("who can't unlock can erase and start again", async () => {
  await headed(page, "Your records are locked");
  await unfold(page, "I can’t unlock");
  await press(page, "Erase everything…");
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-lost");
  await press(page, "Erase everything now");
  await goTo(page, "#/");
  await headed(page, "Your health records, kept on your own device");
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), {});
  assert.equal((await page.evaluate(() => keepwell.status())).protection, "device");
});

test("nothing went wrong behind the pages", () => assert.deepEqual(watch.errors, []));
