// testing.mjs: what a person does in Keepwell, for the tests of a portal.
//
//   import { answerSheet, loadSample, openKeepwell } from "@keepwell-health/keepwell/testing";
//   const keepwell = await openKeepwell(portal, () => portal.getByRole("button", { name: "Connect" }).click());
//   await answerSheet(keepwell, { read: ["Allergies"] });
//
// A page is whatever can evaluate a function with one argument, as the pages of
// Playwright and Puppeteer do. Controls are found by their roles and names, as a
// person finds them, and the rest is globalThis.keepwell, which every page of
// Keepwell has for the person's own programs. Types are in testing.d.ts.

const TIMEOUT = 30_000; // ms until something that does not happen is an error, unless told
const POLL = 50; // ms between two looks

/**
 * Does what opens Keepwell's window in a portal, a click say, and resolves to the
 * window once it is ready. act must not wait for an answer to the sheet.
 */
export async function openKeepwell(portal, act, { timeout = TIMEOUT } = {}) {
  let window;
  portal.once("popup", (page) => (window = page));
  await act();
  await until(() => window, "the portal opened no window", timeout);
  await ready(window, { timeout });
  return window;
}

/** Waits until a page of Keepwell, locked or not, has come up. */
export async function ready(page, { timeout = TIMEOUT } = {}) {
  await until(() => page.evaluate(() => Boolean(globalThis.keepwell)).catch(() => false), // it may be loading
    "no page of Keepwell came up", timeout);
}

/** Loads the fictional person's records, and resolves to how many of each type are there then. */
export async function loadSample(page, { timeout = TIMEOUT } = {}) {
  await ready(page, { timeout });
  await page.evaluate(() => void (location.hash = "#/add"));
  await until(async () => await page.evaluate(press, "Load sample records") || void await page.evaluate(press, "Add more"), // after an import
    "Keepwell offers no sample records; is it locked?", timeout);
  await until(() => page.evaluate(isThere, "See your records"), "the sample records were not loaded", timeout);
  return call(page, "counts");
}

/** Imports files, {name, content}, and resolves to Keepwell's report. */
export async function importFiles(page, files) {
  const encoded = files.map(({ name, content }) =>
    typeof content === "string" ? { name, text: content } : { name, base64: base64(content) });
  return outcome("import", await page.evaluate(async (files) => {
    const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    try {
      return { result: await keepwell.import(files.map(({ name, text, base64 }) => new File([text ?? bytes(base64)], name))) };
    } catch ({ code, message }) {
      return { error: { code, message } };
    }
  }, encoded));
}

/**
 * Answers the consent sheet, all of its pages: turns on what is named, by the titles
 * on the sheet, and nothing else. Resolves to the titles that it offered.
 */
export async function answerSheet(window, { read = [], share = [], choose = [], timeout = TIMEOUT } = {}) {
  await window.bringToFront?.();
  const offered = { read: [], share: [] };
  for (let page; !page?.last;) {
    await until(async () => (page = await window.evaluate(answerPage, { read, share, choose })),
      "no sheet waits for an answer in a window that has the focus", timeout);
    offered.read.push(...page.read);
    offered.share.push(...page.share);
    await until(async () => !(await window.evaluate(isArmed)), "the sheet did not take the answer", timeout);
  }
  for (const [access, wanted] of Object.entries({ read, share })) {
    const missing = wanted === "all" ? [] : wanted.filter((title) => !offered[access].includes(title));
    if (missing.length > 0) throw new Error(`the sheet did not offer to ${access}: ${missing.join(", ")}`);
  }
  return offered;
}

/** Closes the sheet without an answer, as with "Decide later". */
export async function cancelSheet(window, { timeout = TIMEOUT } = {}) {
  await until(() => window.evaluate(press, "Decide later"), "there is no sheet", timeout);
  await until(async () => !(await window.evaluate(isThere, "Decide later")), "the sheet did not close", timeout);
}

/** Sets the passphrase, without which nothing can be locked. */
export const setPassphrase = (page, passphrase) => call(page, "setPassphrase", passphrase);

/** Locks the records in every tab. */
export const lock = (page) => call(page, "lock");

/** Unlocks the records in this tab: {passphrase} or {recoveryCode}. */
export const unlock = (page, secret) => call(page, "unlock", secret);

/** Takes back what a portal was granted: all of it, or some types. */
export const revoke = (page, origin, types) => call(page, "revoke", origin, ...(types ? [types] : []));

/** What portals read, saved and deleted, as the person can see it. */
export const accessLog = (page) => call(page, "accessLog");

// Calls globalThis.keepwell. Drivers lose the code of an error that a page throws,
// so it crosses as a value.
async function call(page, method, ...args) {
  return outcome(method, await page.evaluate(async ({ method, args }) => {
    try {
      return { result: await keepwell[method](...args) };
    } catch ({ code, message }) {
      return { error: { code, message } };
    }
  }, { method, args }));
}

function outcome(method, { result, error }) {
  if (error) throw Object.assign(new Error(`${method}: ${error.message}`), { code: error.code });
  return result;
}

async function until(look, otherwise, timeout) {
  const deadline = Date.now() + timeout;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`${otherwise} (not within ${timeout} ms)`);
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

function base64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

// The functions below run in Keepwell's page, each by itself.

function isThere(name) {
  return [...document.querySelectorAll("button, a")].some((control) => control.offsetParent && control.textContent === name);
}

function press(name) {
  const button = [...document.querySelectorAll("button")].find((button) => button.offsetParent && button.textContent === name);
  button?.click();
  return Boolean(button);
}

// Tells whether a click on the sheet's buttons counts by now.
function isArmed() {
  return [...document.querySelectorAll("article button")]
    .some((button) => button.textContent === "Allow Selected" && button.getAttribute("aria-disabled") !== "true");
}

// Sets the switches of the page that is shown, answers it, and returns what it offered;
// null while there is none on which a click counts.
function answerPage(wanted) {
  const buttons = [...document.querySelectorAll("article button")];
  const allow = buttons.find((button) => button.textContent === "Allow Selected");
  const deny = buttons.find((button) => button.textContent === "Don’t Allow");
  if (!allow || allow.getAttribute("aria-disabled") === "true") return null;
  const sheet = allow.closest("article");
  const offered = { read: [], share: [] };
  let on = 0;
  for (const group of sheet.querySelectorAll("fieldset")) {
    const access = / to add$/.test(group.querySelector("legend").textContent) ? "share" : "read";
    for (const toggle of group.querySelectorAll("[role=switch]")) {
      const title = toggle.labels[0].textContent;
      offered[access].push(title);
      const turnedOn = wanted[access] === "all" || wanted[access].includes(title);
      if (toggle.checked !== turnedOn) toggle.click();
      if (turnedOn) on++;
    }
  }
  for (const option of sheet.querySelectorAll("input[type=radio]")) {
    if (wanted.choose.some((name) => option.labels[0].textContent.startsWith(name))) option.click();
  }
  const [, page = 1, of = 1] = sheet.textContent.match(/ · (\d) of (\d)/) ?? [];
  (on > 0 ? allow : deny).click();
  return { ...offered, last: page === of };
}
