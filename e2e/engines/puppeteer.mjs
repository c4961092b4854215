// Chromium by its DevTools protocol and Firefox by WebDriver BiDi, both by Puppeteer.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { startBrowser } from "../harness.mjs";
import { until } from "./until.mjs";

/** Starts Chromium as the other tests do. */
export async function startChromium() {
  const { browser, stop } = await startBrowser();
  return engineOf(browser, stop);
}

/** Starts Firefox ESR. */
export async function startFirefox() {
  const profile = await mkdtemp(join(tmpdir(), "keepwell-firefox-"));
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    userDataDir: profile,
    extraPrefsFirefox: {
      "dom.disable_open_during_load": true, // a window opens in a click only, as for people
      "network.captive-portal-service.enabled": false,
      "network.connectivity-service.enabled": false,
      "services.settings.server": "data:,", // no remote settings
      "toolkit.telemetry.server": "data:,",
    },
  });
  return engineOf(browser, async () => {
    await browser.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  });
}

async function engineOf(browser, stop) {
  return {
    version: await browser.version(),
    gone: new Promise((resolve) => browser.once("disconnected", resolve)),
    pages: async () => (await browser.pages()).map((page) => new Page(page)),
    open: async (url) => {
      const page = await browser.newPage();
      await page.goto(url);
      return new Page(page);
    },
    stop,
  };
}

class Page {
  #page;

  constructor(page) {
    this.#page = page;
  }

  evaluate(f, ...args) {
    return this.#page.evaluate(f, ...args);
  }

  waitFor(f, ...args) {
    return until(() => this.evaluate(f, ...args), String(f));
  }

  async click(role, name) {
    await (await this.#find(role, name)).click();
  }

  async type(role, name, text) {
    await (await this.#find(role, name)).type(text);
  }

  press(key) {
    return this.#page.keyboard.press(key);
  }

  async opened(action) {
    let popup;
    this.#page.once("popup", (page) => (popup = page));
    await action();
    return new Page(await until(() => popup, "a new window"));
  }

  async reload() {
    await this.#page.reload();
  }

  screenshot(options) {
    return this.#page.screenshot(options);
  }

  close() {
    return this.#page.close();
  }

  #find(role, name) {
    return until(() => this.#page.$(`aria/${name}[role="${role}"]`), `${role} “${name}”`);
  }
}
