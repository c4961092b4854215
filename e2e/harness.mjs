// The harness of the browser tests: serves the built site, drives Chromium, and
// watches what a page does behind its face: requests, errors, console.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The site that the tests drive. */
export const builtSite = process.env.KEEPWELL_SITE ?? join(root, "bin/site");

/** The folder of sample records beside the repository; tests over it skip where it is absent. */
export const sharedData = join(root, "../shared/data");
export const skipWithoutData = existsSync(sharedData) ? false : "../shared/data is not here";

/** Starts the demo server on free ports: {page, portal, stop}, both origins without a slash. */
export async function startDemo(site = builtSite) {
  const server = spawn(join(root, "bin/demo"), ["-dist", site], {
    env: { ...process.env, PORT: "0", PORTAL_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const origins = [];
  for await (const line of createInterface({ input: server.stdout })) {
    const found = line.match(/http:\/\/[^/\s]+/);
    if (found) origins.push(found[0]);
    if (origins.length === 2) break;
  }
  if (origins.length !== 2) throw new Error("the demo server did not start");
  return { page: origins[0], portal: origins[1], stop: () => stop(server) };
}

async function stop(process) {
  if (process.exitCode !== null) return;
  process.kill("SIGTERM");
  await once(process, "exit");
}

/** Makes a folder for a browser's profile. */
export const newProfile = () => mkdtemp(join(tmpdir(), "keepwell-e2e-"));

/** Removes a profile that no browser uses any more. */
export const removeProfile = (profile) => rm(profile, { recursive: true, force: true, maxRetries: 5 });

/**
 * Starts Chromium: {browser, profile, stop, kill}. Without a profile it has one of its
 * own, which stop removes; kill ends all its processes at once and leaves the profile.
 */
export async function startBrowser({ args = [], profile: given } = {}) {
  const profile = given ?? await newProfile();
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    userDataDir: profile,
    ignoreDefaultArgs: ["--disable-popup-blocking"], // a window opens in a click only, as for people
    args: [
      // Chromium's sandbox needs a user other than root, or rights that containers lack.
      ...(process.getuid() === 0 ? ["--no-sandbox"] : []),
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      ...args,
    ],
  });
  return {
    browser,
    profile,
    stop: async () => {
      await browser.close();
      if (!given) await removeProfile(profile);
    },
    kill: async () => {
      const group = browser.process().pid; // puppeteer gives Chromium a process group
      process.kill(-group, "SIGKILL");
      while (await groupLives(group)) await new Promise(setImmediate);
    },
  };
}

/** Whether any process of a group has not ended (Linux, proc(5): state and group in stat). */
async function groupLives(group) {
  for (const pid of await readdir("/proc")) {
    const stat = /^\d+$/.test(pid) && await readFile(`/proc/${pid}/stat`, "latin1").catch(() => ""); // gone by now
    const [state, , pgrp] = (stat || "").slice((stat || "").lastIndexOf(")") + 2).split(" ");
    if (Number(pgrp) === group && !"ZX".includes(state)) return true;
  }
  return false;
}

/**
 * Opens a page and watches it: {page, watch}. watch.requests holds every request of
 * the page and its workers as {url, from}; watch.errors what went wrong in any of them.
 */
export async function openPage(browser, url, { prepare } = {}) {
  const page = await browser.newPage();
  const watch = await watchPage(page);
  await prepare?.(page);
  await page.goto(url);
  return { page, watch };
}

/** Records what a page and its workers request and what fails in them. */
export async function watchPage(page) {
  const watch = { requests: [], errors: [], messages: [] };
  page.on("pageerror", (error) => watch.errors.push(`page: ${error.message}`));
  page.on("console", (message) => {
    watch.messages.push(message.text());
    if (message.type() === "error") watch.errors.push(`console: ${message.text()}`);
  });
  const session = await page.createCDPSession();
  await follow(session, "page", watch);
  return watch;
}

// follow records one target and, by auto-attach, every worker that it starts. A
// worker waits for the debugger before its first instruction, so nothing is missed.
async function follow(session, from, watch) {
  session.on("Network.requestWillBeSent", ({ request }) => watch.requests.push({ url: request.url, from }));
  session.on("Network.webSocketCreated", ({ url }) => watch.requests.push({ url, from }));
  session.on("Runtime.exceptionThrown", ({ exceptionDetails }) => {
    if (from !== "page") watch.errors.push(`${from}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
  });
  session.on("Target.attachedToTarget", async ({ sessionId, targetInfo, waitingForDebugger }) => {
    const child = session.connection().session(sessionId);
    await follow(child, targetInfo.type, watch);
    if (waitingForDebugger) await child.send("Runtime.runIfWaitingForDebugger").catch(() => {});
  });
  await Promise.all([
    session.send("Network.enable"),
    session.send("Runtime.enable"),
    session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
  ]).catch(() => {}); // a worker may be gone by now
}

/**
 * Whether an address is of the portal's own origin, or a file of Keepwell's frame, which
 * the SDK loads to find that this browser gives it nothing.
 */
export function isPortals(url, { page, portal }) {
  const { origin, pathname, search } = new URL(url);
  return origin === portal || (origin === page && search === "" && /^\/(frame\.html|assets\/[\w.-]+)$/.test(pathname));
}

/** Waits until the person's page is ready for programs. */
export async function ready(page) {
  await page.waitForFunction(() => globalThis.keepwell, { polling: 50 });
}

/** Resolves to the engine's worker of a page, once it answers and so is under its policy. */
export async function engineOf(page) {
  await page.evaluate(() => keepwell.status());
  return page.workers().at(-1); // after a lock the one before may still be listed
}

/** Bytes of memory that the engine's module has taken; wasm never gives any back. */
export async function engineMemory(page) {
  const { client } = await engineOf(page);
  const { result: prototype } = await client.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
  const { objects } = await client.send("Runtime.queryObjects", { prototypeObjectId: prototype.objectId });
  const { result } = await client.send("Runtime.callFunctionOn", {
    objectId: objects.objectId,
    functionDeclaration: "function () { return Math.max(...this.map((memory) => memory.buffer.byteLength)); }",
    returnByValue: true,
  });
  await client.send("Runtime.releaseObject", { objectId: objects.objectId });
  return result.value;
}

/** Saves a screenshot for people to look at, in KEEPWELL_SCREENSHOTS or the temporary folder. */
export async function screenshot(page, name) {
  const folder = process.env.KEEPWELL_SCREENSHOTS ?? join(tmpdir(), "keepwell-screenshots");
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  return path;
}

/** The looks that a page must keep its face in. */
export const looks = {
  phone: { viewport: { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true, hasTouch: true }, features: [] },
  desktop: { viewport: { width: 1280, height: 900 }, features: [] },
  dark: { viewport: { width: 1280, height: 900 }, features: [{ name: "prefers-color-scheme", value: "dark" }] },
  forced: { viewport: { width: 1280, height: 900 }, features: [{ name: "forced-colors", value: "active" }] },
};

// The session by which a page was given its look: the browser forgets the look with it.
const lookSessions = new WeakMap();

/** Gives a page one of the looks. */
export async function look(page, name) {
  await page.setViewport(looks[name].viewport);
  if (!lookSessions.has(page)) lookSessions.set(page, await page.createCDPSession());
  await lookSessions.get(page).send("Emulation.setEmulatedMedia", { features: looks[name].features });
  for (const { name: feature, value } of looks[name].features) {
    if (!(await page.evaluate((query) => matchMedia(query).matches, `(${feature}: ${value})`))) throw new Error(`the page does not look ${name}`);
  }
}

/**
 * Freezes the tab of a session between two transactions, by what another tab beside it
 * can do. One that is open would hold up those of every tab, until the browser loses
 * patience; Chromium by itself does not freeze a tab then.
 */
export async function freeze(session, beside) {
  for (;;) {
    await session.send("Page.setWebLifecycleState", { state: "frozen" });
    if (await beside.evaluate(storeIsFree)) return;
    await session.send("Page.setWebLifecycleState", { state: "active" });
  }
}

// storeIsFree runs in a page: whether many transactions on the store, one after the
// other, get their turn. A worker runs on for a moment after its page was frozen.
async function storeIsFree() {
  const database = await new Promise((resolve) => {
    const opening = indexedDB.open("keepwell");
    opening.onsuccess = () => resolve(opening.result);
  });
  const once = () => new Promise((resolve) => {
    const transaction = database.transaction("values", "readwrite");
    const patience = setTimeout(() => transaction.abort(), 1000);
    transaction.oncomplete = () => (clearTimeout(patience), resolve(true));
    transaction.onabort = () => resolve(false);
    transaction.objectStore("values").get("head");
  });
  let free = true;
  for (let turn = 0; free && turn < 200; turn++) free = await once();
  database.close();
  return free;
}
