// A portal that serves Keepwell's files itself: Keepwell runs in the portal's page,
// without a window, and the person answers in a layer above that page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inEveryLook, faults } from "./axe.mjs";
import { needed, startClinic } from "./clinic.mjs";
import { importTexts } from "./files.mjs";
import { openPage, ready, screenshot, startBrowser } from "./harness.mjs";
import { press, type } from "./person.mjs";

const passphrase = "orbit velvet kettle marsh";
// As strict as a portal can be.
const strict = `${needed}; require-trusted-types-for 'script'; trusted-types keepwell; base-uri 'none'; form-action 'none'`;

// The portal's own looks, of which nothing may reach the sheet.
const css = "* { color: rgb(255, 0, 0) !important; letter-spacing: 1em; text-transform: uppercase } button, fieldset { display: none !important }";
const portalPage = '<!doctype html><html lang="en"><title>Clinic</title><link rel=stylesheet href=/clinic.css><main><h1>Clinic</h1><input id=search aria-label=Search></main></html>';

const pages = {
  "/": [portalPage, { "Content-Security-Policy": strict, "Cross-Origin-Opener-Policy": "same-origin" }],
  "/noheader/": [portalPage, { "Content-Security-Policy": strict }],
  "/nowasm/": [portalPage, { "Content-Security-Policy": strict.replace("'wasm-unsafe-eval'", "") }],
  "/noworker/": [portalPage, { "Content-Security-Policy": strict.replace("worker-src 'self'", "worker-src 'none'") }],
  "/framing/": ['<!doctype html><title>Frame</title><iframe src="/"></iframe>', {}],
};

const records = [
  ["allergy.json", JSON.stringify({ resourceType: "AllergyIntolerance", id: "pen", recordedDate: "2019-03", code: { text: "Penicillin" }, patient: { reference: "Patient/1" } })],
  ["condition.json", JSON.stringify({ resourceType: "Condition", id: "asthma", recordedDate: "2012-05-06", code: { text: "Asthma" }, subject: { reference: "Patient/1" } })],
];

let clinic, origin, chromium, portal, watch;
before(async () => {
  clinic = await startClinic({ ...pages, "/clinic.css": [css, { "Content-Type": "text/css" }] });
  origin = clinic.origin;
  chromium = await startBrowser();
  const person = await personsPage();
  assert.equal((await importTexts(person, records)).report.added, 2);
  await person.close();
  ({ page: portal, watch } = await openPage(chromium.browser, `${origin}/`));
});
after(async () => {
  await chromium?.stop();
  clinic?.stop();
});

async function personsPage() {
  const { page } = await openPage(chromium.browser, `${origin}/keepwell/`);
  await ready(page);
  return page;
}

/** Connects a page of the portal, and resolves to the error that stops it. */
const connect = (page, options = {}) =>
  page.evaluate(async (options) => {
    const { HealthStore } = await import("/keepwell/sdk/keepwell.mjs");
    const about = {
      host: "/keepwell/", name: "Clinic", purpose: "care", privacyPolicy: `${location.origin}/privacy`,
      usage: { share: "Shows your steps.", update: "Keeps your steps.", clinical: "Shows your records." },
    };
    const host = new URL(options.host ?? about.host, location.href).href;
    return HealthStore.connect({ ...about, ...options, host }).then(
      (store) => void (globalThis.store = store), ({ code, reason, message }) => ({ code, reason, message }));
  }, options);

/** What a call of the portal's store resolves to, or the code that it rejects with. */
const call = (method, ...params) =>
  portal.evaluate((method, params) => store[method](...params).then((value) => value ?? null, (error) => error.code), method, params);

const samples = async (type) => {
  const found = await call("query", { type });
  return found.samples?.map(({ displayName, value }) => displayName ?? value) ?? found;
};

/** Finds something in the layer above the page. */
const above = (selector) =>
  portal.waitForFunction((selector) => [...document.body.children].find(({ shadowRoot }) => shadowRoot)?.shadowRoot.querySelector(`.overlay[open] ${selector}`),
    { polling: 50 }, selector);
const nothingAbove = () =>
  portal.waitForFunction(() => [...document.body.children].find(({ shadowRoot }) => shadowRoot)?.shadowRoot.querySelector(".overlay:not([open])"), { polling: 50 });
const toggle = async (name) => (await portal.waitForSelector(`::-p-aria([name="${name}"][role="switch"])`)).click();

/** Presses a button of the sheet once it is armed. */
async function answer(name) {
  const button = await portal.waitForSelector(`::-p-aria([name="${name}"][role="button"])`);
  await portal.waitForFunction((element) => !element.ariaDisabled, { polling: 50 }, button);
  await button.click();
}

const wanted = { read: ["allergyRecord", "conditionRecord", "immunizationRecord", "stepCount"], toShare: ["stepCount"] };

test("it connects in the portal's page, without a window, and leaves the page as it is", async () => {
  assert.equal(await connect(portal), undefined);
  assert.equal((await chromium.browser.pages()).filter((page) => page.url().startsWith(origin)).length, 1);
  assert.equal(await portal.evaluate(() => "keepwell" in globalThis || "keepwellBoot" in globalThis), false);
  assert.equal(await portal.title(), "Clinic");
  await nothingAbove();
  assert.equal(await portal.evaluate(() => fetch("/clinic.css").then(({ status }) => status)), 200, "the page may still connect");
  assert.equal(await samples("allergyRecord"), "authorizationNotDetermined");
});

test("the sheet stands above the page, names its origin, and Escape grants nothing", async () => {
  await portal.focus("#search");
  const asking = call("requestAuthorization", wanted);
  const heading = await above(".sheet h1");
  assert.ok((await heading.evaluate((h1) => h1.textContent)).includes(new URL(origin).host));
  assert.equal(await portal.evaluate(() => document.elementFromPoint(innerWidth / 2, innerHeight / 2).shadowRoot !== null), true, "nothing of the page is above it");
  await portal.keyboard.press("Escape");
  assert.equal(await asking, "userCanceled");
  await nothingAbove();
  assert.equal(await portal.evaluate(() => document.activeElement.id), "search", "the focus is back where it was");
  assert.equal(await samples("allergyRecord"), "authorizationNotDetermined");
});

test("the sheet has its own looks, and is fit for every one of them", async () => {
  const asking = call("requestAuthorization", wanted);
  const heading = await above(".sheet h1");
  await portal.waitForFunction((h1) => getComputedStyle(h1).fontWeight === "550", { polling: 50 }, heading);
  const looks = await heading.evaluate((h1) => {
    const { color, letterSpacing, textTransform } = getComputedStyle(h1.parentElement.parentElement);
    return { color, letterSpacing, textTransform };
  });
  assert.deepEqual(looks, { color: "rgb(22, 33, 30)", letterSpacing: "normal", textTransform: "none" });
  await inEveryLook(portal, (name) => screenshot(portal, `embedded-sheet-${name}`));
  await portal.evaluate(() => (document.querySelector("link[href='/clinic.css']").disabled = true)); // its faults are not the sheet's
  assert.deepEqual(watch.errors, []);
  assert.deepEqual(await faults(portal), []);
  watch.errors.length = 0; // the page's policy keeps axe from a style of its own
  await portal.evaluate(() => (document.querySelector("link[href='/clinic.css']").disabled = false));
  await portal.keyboard.press("Escape");
  assert.equal(await asking, "userCanceled");
});

test("what is switched on is granted, and what is denied looks empty", async () => {
  const asking = call("requestAuthorization", wanted);
  await above(".sheet");
  await toggle("Allergies");
  await answer("Allow Selected");
  await portal.waitForFunction((sheet) => /2 of 2/.test(sheet.querySelector(".sheet-step").textContent), { polling: 50 }, await above(".asking"));
  await portal.$$eval(">>> .overlay .switch", (switches) => switches.forEach((one) => one.click()));
  await answer("Allow Selected");
  assert.equal(await asking, null);
  await nothingAbove();
  assert.deepEqual(await samples("allergyRecord"), ["Penicillin"]);
  assert.deepEqual(await samples("conditionRecord"), []); // denied
  assert.deepEqual(await samples("immunizationRecord"), []); // there is none
});

test("it saves, and reads what it saved", async () => {
  const day = Date.UTC(2024, 4, 1);
  assert.equal((await call("save", [{ type: "stepCount", startDate: day, endDate: day + 3_600_000, value: 600, unit: "count" }])).length, 1);
  assert.equal((await call("statistics", { type: "stepCount", options: ["cumulativeSum"] })).sum, 600);
});

test("locked in any tab it is locked here: it reads nothing, and nothing stands above the page", async () => {
  const person = await personsPage();
  await person.evaluate((passphrase) => keepwell.setPassphrase(passphrase), passphrase);
  await person.evaluate(() => [...document.querySelectorAll("nav button")].find((one) => one.textContent === "Lock").click()); // in all tabs
  await person.waitForSelector("#locked");
  await person.close();
  assert.equal(await samples("allergyRecord"), "databaseInaccessible");
  const day = Date.UTC(2024, 4, 2);
  assert.deepEqual(await call("save", [{ type: "stepCount", startDate: day, endDate: day + 3_600_000, value: 400, unit: "count" }]), []);
  assert.equal(await portal.$(">>> .overlay[open]"), null);
});

test("asking while it is locked shows the lock, which may wait", async () => {
  assert.equal(await call("requestAuthorization", wanted), "databaseInaccessible");
  await above("#locked .form");
  await inEveryLook(portal, (name) => screenshot(portal, `embedded-lock-${name}`));
  await press(portal, "Not now");
  await nothingAbove();
  await call("requestAuthorization", wanted);
  await above("#locked .form");
  await portal.keyboard.press("Escape");
  await nothingAbove();
  assert.equal(await samples("allergyRecord"), "databaseInaccessible");
});

test("unlocked there it reads on, and what was saved meanwhile is in", async () => {
  await call("requestAuthorization", wanted);
  await above("#locked .form");
  await type(portal, "Passphrase", passphrase);
  await press(portal, "Unlock");
  await nothingAbove();
  assert.deepEqual(await samples("allergyRecord"), ["Penicillin"]);
  assert.equal((await call("statistics", { type: "stepCount", options: ["cumulativeSum"] })).sum, 1000);
});

test("after a reload it connects by itself and shows nothing; a click shows the lock", async () => {
  await portal.reload();
  assert.equal(await connect(portal, { open: false }), undefined);
  assert.equal(await samples("allergyRecord"), "databaseInaccessible");
  assert.equal(await portal.$(">>> .overlay[open]"), null);
  assert.equal(await connect(portal), undefined);
  await above("#locked .form");
  await press(portal, "Not now");
  await nothingAbove();
});

test("what the person's page and the portal's asked for came from this origin alone", () => {
  assert.deepEqual(watch.errors, []);
  for (const { url } of watch.requests) assert.equal(new URL(url).origin, origin);
});

test("where the page or the server does not allow that, a window does, and the console says why", async () => {
  for (const [path, host, pattern] of [
    ["/noheader/", "/bare/", /Content-Security-Policy/],
    ["/nowasm/", "/keepwell/", /WebAssembly/],
    ["/noworker/", "/keepwell/", /worker-src/],
  ]) {
    const { page, watch } = await openPage(chromium.browser, `${origin}${path}`);
    const opened = new Promise((resolve) => page.once("popup", resolve));
    assert.equal(await connect(page, { host }), undefined, path);
    assert.match(watch.messages.join(), pattern);
    const window = await opened;
    assert.equal(new URL(window.url()).pathname, host);
    assert.equal(await page.evaluate(() => store.query({ type: "allergyRecord" }).catch(({ code }) => code)), "databaseInaccessible");
    await window.close();
    await page.close();
  }
});

test("in a frame it is refused, and shows nothing", async () => {
  const { page } = await openPage(chromium.browser, `${origin}/framing/`);
  const frame = await page.waitForFrame((frame) => frame.parentFrame() !== null);
  const { code, reason } = await connect(frame);
  assert.deepEqual([code, reason], ["healthDataRestricted", "refused"]);
  assert.equal(await frame.$(">>> .overlay[open]"), null);
  await page.close();
});
