// Locking: what a person sets opens their records again and nothing else does; a
// locked page holds neither records nor keys, in any tab.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults } from "./axe.mjs";
import { openPage, ready, screenshot, startBrowser, startDemo } from "./harness.mjs";

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

async function press(name, on = page) {
  const control = await on.waitForSelector(`::-p-aria([name="${name}"])`);
  await control.click();
}

const headed = (text, on = page) =>
  on.waitForFunction((text) => [...document.querySelectorAll("h1")].some((h) => h.offsetParent && h.textContent === text), { polling: 50 }, text);

const goTo = (fragment) => page.evaluate((fragment) => void (location.hash = fragment), fragment);

/** The code that a call rejects with, or "" when it does not. */
const rejection = (call, on = page) =>
  on.evaluate((call) => Function(`return keepwell.${call}`)().then(() => "", (error) => error.code), call);

const alerted = (pattern) =>
  page.waitForFunction((source) => [...document.querySelectorAll("[role=alert]")].some((a) => new RegExp(source).test(a.textContent)),
    { polling: 50 }, pattern.source);

/** Types into the field of that label, in place of what it holds. */
async function type(label, text) {
  const field = await page.waitForSelector(`::-p-aria([name="${label}"][role="textbox"])`);
  await field.click({ count: 3 });
  await field.type(text);
}

test("until a method is set, the page says who could read the records", async () => {
  await press("Load sample records");
  await page.waitForSelector(".figures");
  await goTo("#/");
  await headed("Your records");
  await page.waitForFunction(() => /Whoever has this device’s disk can read/.test(document.querySelector(".disclosure")?.textContent));
  counts = await page.evaluate(() => keepwell.counts());
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-disclosure");
  assert.equal(await rejection("lock()"), "invalidArgument");
});

test("a passphrase is set, and a recovery code kept", async () => {
  await press("Set a passphrase");
  await headed("Protection");
  await type("New passphrase", "password1");
  await page.waitForFunction(() => /passwords that many people use/.test(document.querySelector(".step [role=status]").textContent));
  await type("New passphrase", passphrase);
  await page.waitForFunction(() => document.querySelector("meter").value === 4);
  await type("Once more", passphrase + "!");
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-passphrase");
  await press("Save");
  await alerted(/not the same/);
  await type("Once more", passphrase);
  await press("Save");
  await page.waitForSelector(".recovery");
  code = await page.$$eval(".recovery li", (groups) => groups.map((group) => group.textContent));
  assert.equal(code.length, 7);
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-recovery");
  const asked = await page.$eval("label[for=recovery-back]", (label) => Number(label.textContent.match(/\d+/)[0]));
  await page.type("#recovery-back", "0000");
  await press("I kept it");
  await alerted(/not that group/);
  await page.click("#recovery-back", { count: 3 });
  await page.type("#recovery-back", code[asked - 1].toLowerCase());
  await press("I kept it");
  await page.waitForFunction(() => document.querySelectorAll(".grants li").length === 2);
  assert.equal((await page.evaluate(() => keepwell.status())).protection, "passphrase+recovery");
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-methods");
});

test("a reload finds the records locked", async () => {
  await page.reload();
  await ready(page);
  await headed("Your records are locked");
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-screen");
  assert.equal((await page.evaluate(() => keepwell.status())).locked, true);
  for (const call of ["counts()", "query({type: 'allergyRecord'})", "apps()", "resource('x')"]) {
    assert.equal(await rejection(call), "databaseInaccessible", call);
  }
});

test("a wrong passphrase opens nothing and says nothing more", async () => {
  await type("Passphrase", "velvet orbit kettle marsh");
  await page.keyboard.press("Enter");
  await alerted(/does not unlock/);
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-wrong");
});

test("the passphrase opens the same records", async () => {
  await type("Passphrase", passphrase);
  await page.keyboard.press("Enter");
  await headed("Protection");
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), counts);
});

test("locking by hand ends the worker and clears the page", async () => {
  await goTo("#/");
  await headed("Your records");
  await page.waitForSelector(".types");
  const before = page.workers()[0];
  await press("Lock");
  await headed("Your records are locked");
  await ready(page);
  assert.ok(!page.workers().includes(before));
  assert.equal(await page.$eval("#pages", (pages) => pages.querySelector(".types")), null);
  assert.equal(await rejection("counts()"), "databaseInaccessible");
});

test("a typing mistake in the recovery code is told from a wrong one", async () => {
  await press("Use your recovery code");
  const typo = code.join("-").replace(/.$/, (symbol) => (symbol === "7" ? "8" : "7"));
  await type("Recovery code", typo);
  await page.keyboard.press("Enter");
  await alerted(/typing mistake/);
  // A code of another store: right in itself.
  await type("Recovery code", "0000-0000-0000-0000-0000-0000-0000");
  await page.keyboard.press("Enter");
  await alerted(/does not unlock/);
  await type("Recovery code", code.join(" ").toLowerCase());
  await page.keyboard.press("Enter");
  await headed("Your records");
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
  assert.equal(await rejection("unlock({})"), "invalidArgument");
});

test("locking one tab locks the other", async () => {
  const { page: other } = await openPage(chromium.browser, demo.page);
  await ready(other);
  await other.evaluate((passphrase) => keepwell.unlock({ passphrase }), passphrase);
  await headed("Your records", other);
  await other.evaluate(() => keepwell.lock());
  await headed("Your records are locked");
  await ready(page);
  assert.equal(await rejection("counts()"), "databaseInaccessible");
  await other.close();
});

test("a tab that was frozen meanwhile wakes locked", async () => {
  const { page: other } = await openPage(chromium.browser, demo.page);
  await ready(other);
  await other.evaluate((passphrase) => keepwell.unlock({ passphrase }), passphrase);
  await headed("Your records", other);
  const session = await other.createCDPSession();
  await page.bringToFront();
  await session.send("Page.setWebLifecycleState", { state: "frozen" });
  await page.evaluate((passphrase) => keepwell.unlock({ passphrase }), passphrase);
  await page.evaluate(() => keepwell.lock());
  await session.send("Page.setWebLifecycleState", { state: "active" });
  await headed("Your records are locked", other);
  await ready(other);
  assert.equal(await rejection("counts()", other), "databaseInaccessible");
  await other.close();
});

test("records lock by themselves after the time that the person chose", async () => {
  await page.bringToFront();
  await page.evaluate((passphrase) => keepwell.unlock({ passphrase }), passphrase);
  await goTo("#/protection");
  await headed("Protection");
  await press("After 5 minutes");
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
  await headed("Your records are locked");
  await ready(page);
  assert.equal(await rejection("counts()"), "databaseInaccessible");
  await page.reload();
  await ready(page);
});

test("a method is changed and removed, and the last one stays", async () => {
  await page.evaluate((passphrase) => keepwell.unlock({ passphrase }), passphrase);
  await goTo("#/protection");
  await headed("Protection");
  await press("Remove the Recovery code");
  await press("Remove it");
  await page.waitForFunction(() => document.querySelectorAll(".grants li").length === 1);
  assert.equal(await page.$("::-p-aria([name='Remove the Passphrase'])"), null);
  await page.evaluate(() => keepwell.setPassphrase("another one"));
  await page.evaluate(() => keepwell.lock());
  assert.equal(await rejection(`unlock({passphrase: "${passphrase}"})`), "invalidArgument");
  assert.equal(await rejection(`unlock({recoveryCode: "${code.join("-")}"})`), "invalidArgument");
  assert.equal(await rejection('unlock({passphrase: "another one"})'), "");
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), counts);
});

test("a passphrase that was set where memory is scarce costs more from its next use on", async () => {
  /** What the page says a guess costs. */
  const cost = async () => {
    await goTo("#/");
    await headed("Your records");
    await goTo("#/protection");
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
  assert.equal(await rejection('unlock({passphrase: "another one"})'), "");
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
  await goTo("#/");
  await headed("Your records");
  await goTo("#/protection");
  await headed("Protection");
  await press("Add a passkey");
  await page.waitForFunction(() => document.querySelectorAll(".grants li").length === 2);
  assert.equal((await page.evaluate(() => keepwell.status())).protection, "passphrase+passkey");
  await page.evaluate(() => keepwell.lock());
  await press("Use your passkey");
  await screenshot(page, "lock-passkey");
  await press("Unlock with your passkey");
  await headed("Protection");
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), counts);
  await page.evaluate(() => keepwell.lock());
  await page.evaluate(() => keepwell.unlock({ passkey: true }));
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), counts);
  await session.detach();
  assert.deepEqual(await faults(page), []); // last: it upsets the authenticator
  await page.evaluate(() => keepwell.lock());
});

test("who can't unlock can erase and start again", async () => {
  await headed("Your records are locked");
  await page.evaluate(() => document.querySelector("#locked summary").click());
  await press("Erase everything…");
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "lock-lost");
  await press("Erase everything now");
  await goTo("#/");
  await headed("Your health records, kept on your own device");
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), {});
  assert.equal((await page.evaluate(() => keepwell.status())).protection, "device");
});

test("nothing went wrong behind the pages", () => assert.deepEqual(watch.errors, []));
