// Three real browsers behind one small interface, for the tests that every browser
// engine must pass. What it leaves out (the network, workers, emulation) is
// Chromium's alone: ../harness.mjs.
//
// An Engine:
//   name, version
//   open(url) -> Page        a new window, once it has loaded
//   pages() -> [Page]        every window there is
//   gone                     a promise that settles when the browser ends
//   stop()
// A Page:
//   evaluate(f, ...args)     runs f(...args) in the page and awaits it; what goes in and
//                            comes out is JSON. In WebKit one evaluation at a time, so let
//                            none wait for what another page must do.
//   waitFor(f, ...args)      evaluates until the outcome is truthy, and returns it
//   click(role, name)        waits for the element of that ARIA role and accessible name
//   type(role, name, text)   (both exact, as the browser computes them), and uses the mouse
//   press(key)               or the keyboard as a person does
//   opened(action) -> Page   the window that opens while action runs
//   reload()                 loads it again, and resolves when it has loaded
//   screenshot({path}), close()
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { startChromium, startFirefox } from "./puppeteer.mjs";
import { findMiniBrowser, startWebKit } from "./webkit.mjs";

const engines = {
  chromium: { start: startChromium, lacks: () => lacking("chromium") },
  firefox: { start: startFirefox, lacks: () => lacking("firefox-esr") },
  webkit: { start: startWebKit, lacks: () => lacking("WebKitWebDriver", "Xvfb", "matchbox-window-manager") || (findMiniBrowser() ? false : "MiniBrowser of WebKitGTK is not installed") },
};

/** The names of the engines, in the order in which tests take them. */
export const engineNames = Object.keys(engines);

/** Starts an engine with a fresh profile. */
export async function startEngine(name) {
  if (!Object.hasOwn(engines, name)) throw new Error(`no engine is called ${name}: there are ${engineNames.join(", ")}`);
  return { name, ...(await engines[name].start()) };
}

/** Says why an engine cannot start here, in a form for test's skip; false if it can. */
export function skipWithout(name) {
  return engines[name].lacks();
}

function lacking(...commands) {
  const folders = process.env.PATH.split(delimiter);
  const absent = commands.find((command) => !folders.some((folder) => existsSync(join(folder, command))));
  return absent ? `${absent} is not installed` : false;
}
