// The consent sheet, as a portal's click opens it: in a window of its own, usable
// by keyboard, and without a thumb on the scale.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults, inEveryLook } from "./axe.mjs";
import { openPage, ready, screenshot, startBrowser, startDemo } from "./harness.mjs";

let demo, chromium, portal, sheet;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  const own = await openPage(chromium.browser, demo.page);
  await ready(own.page);
  await own.page.close();
  ({ page: portal } = await openPage(chromium.browser, `${demo.portal}/`));
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

/** Has the portal ask, and resolves to the window with the sheet. */
async function ask() {
  const known = new Set(await chromium.browser.pages());
  await portal.bringToFront();
  await portal.click("#authorize");
  let window = sheet;
  if (!window) {
    const target = await chromium.browser.waitForTarget(async (t) => t.type() === "page" && !known.has(await t.page()));
    window = await target.page();
  }
  await window.bringToFront();
  await window.waitForSelector(".sheet");
  return window;
}

/** Waits until the buttons count, and presses one. */
async function answer(name) {
  await sheet.waitForFunction(() => [...document.querySelectorAll(".answer")].every((b) => !b.hasAttribute("aria-disabled")));
  await sheet.evaluate((name) => [...document.querySelectorAll(".answer")].find((b) => b.textContent === name).click(), name);
}

const heading = () => sheet.$eval(".sheet h1", (h1) => h1.textContent);

test("the heading names the origin and has the focus", async () => {
  sheet = await ask();
  assert.ok((await heading()).startsWith(demo.portal), await heading());
  assert.equal(await sheet.evaluate(() => document.activeElement.tagName), "H1");
});

test("nothing is chosen, and clinical records can't be turned on all at once", async () => {
  const state = await sheet.evaluate(() => ({
    on: document.querySelectorAll(".switch:checked").length,
    switches: document.querySelectorAll("input[role=switch][type=checkbox]").length,
    all: document.body.textContent.includes("Turn all on"),
    choices: [...document.querySelectorAll("input[type=radio]:checked")].map((radio) => radio.closest("label").textContent),
  }));
  assert.equal(state.on, 0);
  assert.equal(state.switches, 9);
  assert.equal(state.all, false);
  assert.match(state.choices.join("; "), /^All of them; Ask before sharing/);
});

test("it is fit for every look", async () => {
  assert.deepEqual(await faults(sheet), []);
});

test("the two answers are equal in every look", async () => {
  await inEveryLook(sheet, async (name) => {
    const [deny, allow] = await sheet.$$eval(".answer", (buttons) => buttons.map((button) => {
      const { top, width, height } = button.getBoundingClientRect();
      const { color, backgroundColor, borderColor, font } = getComputedStyle(button);
      return { top, width, height, color, backgroundColor, borderColor, font };
    }));
    assert.deepEqual(deny, allow, name);
  });
});

test("the switches are reached and set by keyboard", async () => {
  await sheet.$eval(".sheet h1", (h1) => h1.focus());
  for (let i = 0; i < 20; i++) {
    await sheet.keyboard.press("Tab");
    if (await sheet.evaluate(() => document.activeElement.getAttribute("role") === "switch")) break;
  }
  await sheet.keyboard.press("Space");
  assert.equal(await sheet.$$eval(".switch:checked", (on) => on.length), 1);
  assert.match(await sheet.$eval(".sheet-tally", (p) => p.textContent), /^1 of 9/);
  const hidden = await sheet.evaluate(() => {
    const focus = document.activeElement.getBoundingClientRect();
    return focus.bottom > document.querySelector(".sheet-foot").getBoundingClientRect().top;
  });
  assert.equal(hidden, false, "what has the focus is under the answers (WCAG 2.4.11)");
});

test("Escape grants nothing", async () => {
  await sheet.keyboard.press("Escape");
  await sheet.waitForSelector(".sheet", { hidden: true });
  const apps = await sheet.evaluate(() => keepwell.apps());
  for (const app of apps) for (const grant of app.grants ?? []) assert.ok(!grant.read && !grant.share, JSON.stringify(grant));
});

test("what is selected is granted, and no more", async () => {
  sheet = await ask();
  await sheet.$$eval(".sheet-row", (rows) => rows.find((row) => row.textContent.startsWith("Allergies")).click());
  await answer("Allow Selected");
  await sheet.waitForFunction(() => /fitness/.test(document.querySelector(".sheet h1")?.textContent));
  await answer("Don’t Allow");
  await sheet.waitForSelector(".sheet", { hidden: true });
  await sheet.waitForFunction(async () => (await keepwell.apps()).length === 1);
  const [app] = await sheet.evaluate(() => keepwell.apps());
  assert.equal(app.origin, demo.portal);
  assert.deepEqual(app.grants.filter((grant) => grant.read).map((grant) => grant.type), ["allergyRecord"]);
});

test("the person changes it on the Apps page", async () => {
  await sheet.evaluate(() => [...document.querySelectorAll("nav a")].find((a) => a.textContent === "Apps").click());
  const turn = async (name) => {
    const toggle = await sheet.waitForSelector(`::-p-aria([name="${name} for ${new URL(demo.portal).origin}"][role="switch"])`);
    await toggle.click();
    return toggle;
  };
  const reads = (types) => sheet.waitForFunction(async (types) => {
    const [app] = await keepwell.apps();
    const histories = [...document.querySelectorAll(".permissions details")].filter((details) => details.offsetParent);
    return app.grants.filter(({ read }) => read).map(({ type }) => type).join() === types && histories.length === types.split(",").length;
  }, { polling: 50 }, types);
  const toggle = await turn("Read Conditions");
  await reads("allergyRecord,conditionRecord");
  assert.ok(await toggle.evaluate((toggle) => document.activeElement === toggle), "the focus is lost");
  await turn("Read Allergies");
  await reads("conditionRecord");
});

test("the person takes everything back at once", async () => {
  await sheet.locator(".permissions ~ .actions .danger").click();
  await sheet.waitForFunction(() => document.body.innerText.includes("It has access to nothing."), { polling: 50 });
  const [app] = await sheet.evaluate(() => keepwell.apps());
  assert.ok(app.grants.every((grant) => !grant.read && !grant.share));
});

test("a click that the site leads here, meant for something else, allows nothing", async () => {
  const lead = (fragment) => portal.evaluate((host, fragment) => {
    open("", "keepwell:" + host).location = `${host}/#/${fragment}`;
  }, demo.page, fragment);
  // The page clicks itself, at once: what counts is how soon after the site led there.
  const clicked = () => sheet.evaluate(() => {
    globalThis.outcome = new Promise((resolve) => addEventListener("popstate", async () => {
      const came = performance.now();
      let toggle;
      while (!(toggle = document.querySelector(".permissions .switch"))) await new Promise(requestAnimationFrame);
      toggle.click();
      resolve({ after: performance.now() - came, on: toggle.checked });
    }, { once: true }));
  });
  const reads = () => sheet.evaluate(async () => (await keepwell.apps())[0].grants.filter(({ read }) => read).length);
  const shows = (selector) => sheet.waitForFunction((selector) => document.querySelector(selector), { polling: 50 }, selector);
  let outcome;
  do { // on a machine that is busy it may come too late to count
    await lead("");
    await shows(".types, .welcome, .card");
    await sheet.bringToFront();
    await clicked();
    await lead("apps");
    outcome = await sheet.evaluate(() => globalThis.outcome);
  } while (outcome.after > 500);
  assert.equal(outcome.on, false, `${outcome.after} ms after the page came up a click counts`);
  assert.match(await sheet.$eval("[role=alert]", (alert) => alert.textContent), /only just now/);
  await screenshot(sheet, "apps-too-early");
  assert.equal(await reads(), 0);
  await sheet.waitForFunction(async () => { // by and by it does
    const toggle = document.querySelector(".permissions .switch");
    if (!toggle.checked) toggle.click();
    return (await keepwell.apps())[0].grants.some(({ read }) => read);
  }, { polling: 50 });
});
