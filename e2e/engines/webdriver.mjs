// The W3C WebDriver protocol (https://www.w3.org/TR/webdriver2/), as much as the
// tests need. A session has one current window, so its commands take turns.
import { writeFile } from "node:fs/promises";
import { patience, until } from "./until.mjs";

const elementKey = "element-6066-11e4-a52e-4f735466cecf"; // WebDriver 12.1, the web element identifier

// WebDriver 17.4.2, the code points that stand for keys.
const keys = {
  Enter: "\uE007",
  Tab: "\uE004",
  Escape: "\uE00C",
  Space: " ",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
};

// Where an element of a role is looked for: the browser's own answer decides.
const candidates = {
  button: "button, summary, [role=button], input[type=submit], input[type=button]",
  checkbox: "input[type=checkbox], [role=checkbox]",
  heading: "h1, h2, h3, h4, h5, h6, [role=heading]",
  link: "a[href], [role=link]",
  radio: "input[type=radio], [role=radio]",
  searchbox: "input[type=search], [role=searchbox]",
  switch: "[role=switch]",
  textbox: "input, textarea, [role=textbox]",
};

/** A browser under a driver. */
export class Session {
  #address;
  #current;
  #turn = Promise.resolve();

  /** Starts a browser with the given capabilities by the driver at origin. */
  static async start(origin, capabilities) {
    const session = new Session();
    session.#address = `${origin}/session`;
    const { sessionId, capabilities: given } = await session.send("POST", "", { capabilities: { alwaysMatch: capabilities } });
    session.#address += `/${sessionId}`;
    session.version = `${given.browserName}/${given.browserVersion}`;
    await session.send("POST", "/timeouts", { script: patience, pageLoad: patience });
    return session;
  }

  /** Opens a window of its own for url. */
  async open(url) {
    const [some] = await this.handles();
    const { handle } = await this.command(some, "POST", "/window/new", { type: "window" }); // fails where the current one was closed
    const page = new Page(this, handle);
    await page.command("POST", "/url", { url });
    return page;
  }

  async pages() {
    return (await this.handles()).map((handle) => new Page(this, handle));
  }

  handles() {
    return this.send("GET", "/window/handles");
  }

  end() {
    return this.send("DELETE", "");
  }

  /** Sends a command to one window, after those before it. */
  command(handle, method, path, body) {
    const outcome = this.#turn.then(async () => {
      if (this.#current !== handle) await this.send("POST", "/window", { handle });
      this.#current = handle;
      return this.send(method, path, body);
    });
    this.#turn = outcome.catch(() => {});
    return outcome;
  }

  /** Sends a command that concerns no window. */
  async send(method, path, body) {
    const response = await fetch(this.#address + path, { method, body: body && JSON.stringify(body) });
    const { value } = await response.json();
    if (response.ok) return value;
    throw Object.assign(new Error(`${method} ${path}: ${value.error}: ${value.message}`), { code: value.error });
  }
}

class Page {
  #session;
  #handle;

  constructor(session, handle) {
    this.#session = session;
    this.#handle = handle;
  }

  command(method, path, body) {
    return this.#session.command(this.#handle, method, path, body);
  }

  async evaluate(f, ...args) {
    const call = typeof f === "function" ? `(${f})(...args)` : `(${f})`;
    const script = `const [args, done] = arguments;
      const failed = (error) => done({ error: error instanceof Error ? error.name + ": " + error.message : String(error) });
      (async () => ${call})().then((value) => done({ value }), failed);`;
    const { value, error } = await this.command("POST", "/execute/async", { script, args: [args] });
    if (error !== undefined) throw new Error(error);
    return value;
  }

  waitFor(f, ...args) {
    return until(() => this.evaluate(f, ...args), String(f));
  }

  /** Scrolls the element to the middle first: the driver leaves it under a bar at the edge. */
  async click(role, name) {
    const id = await this.#find(role, name);
    await this.command("POST", "/execute/sync", { script: 'arguments[0].scrollIntoView({ block: "center" })', args: [{ [elementKey]: id }] });
    await this.command("POST", `/element/${id}/click`, {});
  }

  async type(role, name, text) {
    await this.command("POST", `/element/${await this.#find(role, name)}/value`, { text });
  }

  async press(key) {
    const value = keys[key] ?? key;
    const actions = [{ type: "key", id: "keyboard", actions: [{ type: "keyDown", value }, { type: "keyUp", value }] }];
    await this.command("POST", "/actions", { actions });
  }

  async opened(action) {
    const before = await this.#session.handles();
    await action();
    const handle = await until(async () => (await this.#session.handles()).find((handle) => !before.includes(handle)), "a new window");
    return new Page(this.#session, handle);
  }

  async reload() {
    await this.command("POST", "/refresh", {});
  }

  async screenshot({ path }) {
    await writeFile(path, await this.command("GET", "/screenshot"), "base64");
  }

  async close() {
    await this.command("DELETE", "/window");
  }

  #find(role, name) {
    return until(async () => {
      for (const element of await this.command("POST", "/elements", { using: "css selector", value: candidates[role] })) {
        if (await this.#is(element[elementKey], role, name)) return element[elementKey];
      }
    }, `${role} “${name}”`);
  }

  async #is(id, role, name) {
    try {
      return (await this.command("GET", `/element/${id}/computedlabel`)) === name && (await this.command("GET", `/element/${id}/computedrole`)) === role;
    } catch (error) {
      // It has left the page since, or WebKit has no accessible object for it yet.
      if (error.code === "stale element reference" || error.code === "unknown error") return false;
      throw error;
    }
  }
}
