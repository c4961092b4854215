// What a person does on a page of Keepwell, and what they wait to see there.

/** Presses the button or link of that name. */
export async function press(page, name) {
  const control = await page.waitForSelector(`::-p-aria([name="${name}"])`);
  await control.click();
}

/** Types into the field of that label, in place of what it holds. */
export async function type(page, label, text) {
  const field = await page.waitForSelector(`::-p-aria([name="${label}"][role="textbox"])`);
  await field.click({ count: 3 });
  await field.type(text);
}

/** Goes to a page by its address, "#/import". */
export const goTo = (page, fragment) => page.evaluate((fragment) => void (location.hash = fragment), fragment);

/** Follows the navigation. */
export const navigate = (page, name) =>
  page.evaluate((name) => document.querySelectorAll("nav a").values().find((a) => a.textContent === name).click(), name);

/** The home page's link to a type whose name begins so, once it is there. */
export const linkToType = (page, name) =>
  page.waitForFunction((name) => [...document.querySelectorAll(".types a")].find((a) => a.textContent.startsWith(name)), { polling: 50 }, name);

/** Follows that link, in the moment that it is seen: the page may be drawn anew in the next. */
export const openType = (page, name) =>
  page.waitForFunction((name) => {
    const link = [...document.querySelectorAll(".types a")].find((a) => a.textContent.startsWith(name));
    link?.click();
    return Boolean(link);
  }, { polling: 50 }, name);

/** Opens what is folded under a summary that reads so. */
export const unfold = (page, text) =>
  page.waitForFunction((text) => {
    const summary = [...document.querySelectorAll("summary")].find((s) => s.offsetParent && s.textContent === text);
    summary?.click();
    return Boolean(summary);
  }, { polling: 50 }, text);

/** Waits until the heading that is in sight reads so. */
export const headed = (page, text) =>
  page.waitForFunction((text) => [...document.querySelectorAll("h1")].some((h) => h.offsetParent && h.textContent === text), { polling: 50 }, text);

/** Waits until an alert says what matches. */
export const alerted = (page, pattern) =>
  page.waitForFunction((source) => [...document.querySelectorAll("[role=alert]")].some((a) => new RegExp(source).test(a.textContent)),
    { polling: 50 }, pattern.source);

/** Waits until the page runs and says above its records what matches. */
export const warned = (page, pattern) =>
  page.waitForFunction((source) => {
    const warning = document.querySelector(".warning");
    return globalThis.keepwell && warning?.checkVisibility() && new RegExp(source).test(warning.textContent);
  }, { polling: 50 }, pattern.source);

/** The code that a call of the page's surface, "counts()", rejects with, or "" when it does not. */
export const rejection = (page, call) =>
  page.evaluate((call) => Function(`return keepwell.${call}`)().then(() => "", (error) => error.code), call);
