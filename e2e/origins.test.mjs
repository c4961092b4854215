// Who may ask, by what the browser says of them and not by what they say: pages of
// several origins, with headers of all kinds, before one Keepwell.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answerSheet } from "@keepwell-health/keepwell/testing";
import { startClinic } from "./clinic.mjs";
import { importTexts } from "./files.mjs";
import { openPage, ready, startBrowser, startDemo } from "./harness.mjs";

const html = '<!doctype html><html lang="en"><title>Clinic</title><h1>Clinic</h1>';
const sandbox = (tokens) => [`${html}<iframe sandbox="allow-scripts allow-popups ${tokens}" src="/"></iframe>`, {}];
const pages = {
  "/": [html, {}],
  "/severed": [html, { "Cross-Origin-Opener-Policy": "same-origin" }],
  "/isolated": [html, { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }],
  "/allowed": [html, { "Cross-Origin-Opener-Policy": "same-origin-allow-popups" }],
  "/sandboxed": sandbox("allow-popups-to-escape-sandbox"),
  "/origin": sandbox("allow-popups-to-escape-sandbox allow-same-origin"),
  "/policy": [html, { "Content-Security-Policy": "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox" }],
};
const allergy = ["pen.json", JSON.stringify({ resourceType: "AllergyIntolerance", id: "pen", code: { text: "Penicillin" }, patient: { reference: "Patient/1" } })];

let demo, clinic, chromium, port;
before(async () => {
  demo = await startDemo();
  clinic = await startClinic(pages);
  port = new URL(clinic.origin).port;
  chromium = await startBrowser({ args: ["--host-resolver-rules=MAP plain.example 127.0.0.1"] });
  const { page } = await openPage(chromium.browser, demo.page);
  await ready(page);
  await importTexts(page, [allergy]);
  await page.close();
});
after(async () => {
  await chromium?.stop();
  clinic?.stop();
  await demo?.stop();
});

/** Connects a page as `store`: what it hears, "connected" or "code: reason", the message, and the window that opened. */
async function connect(page, options = {}) {
  let window;
  const opened = async (target) => target.type() === "page" && (window = await target.page());
  chromium.browser.once("targetcreated", opened);
  const heard = await page.evaluate(async (host, options) => {
    const { HealthStore } = await import(`${host}/sdk/keepwell.mjs`);
    return HealthStore.connect({
      host, name: "Clinic", purpose: "care", privacyPolicy: "https://clinic.example/privacy", usage: { clinical: "Shows them." }, ...options,
    }).then(
      (store) => ((globalThis.store = store), { outcome: "connected" }),
      ({ code, reason, message }) => ({ outcome: `${code}: ${reason}`, message }));
  }, demo.page, options);
  chromium.browser.off("targetcreated", opened);
  return { ...heard, window };
}

const open = async (host, path = "/") => (await openPage(chromium.browser, `http://${host}:${port}${path}`)).page;
const allergies = (page) =>
  page.evaluate(() => store.query({ type: "allergyRecord" }).then(({ samples }) => samples.map(({ displayName }) => displayName), ({ code }) => code));

async function closeAll() {
  for (const page of await chromium.browser.pages()) if (page.url() !== "about:blank") await page.close();
}

for (const path of ["/severed", "/isolated"]) {
  test(`a page whose own header cuts it off is told which: ${path}`, async () => {
    const { outcome, message } = await connect(await open("localhost", path));
    assert.equal(outcome, "healthDataUnavailable: openerSevered");
    assert.match(message, /Cross-Origin-Opener-Policy/);
    await closeAll();
  });
}

test("one whose header allows popups connects, and so does a sandboxed frame that keeps its origin", async () => {
  assert.equal((await connect(await open("localhost", "/allowed"))).outcome, "connected");
  await closeAll();
  const page = await open("localhost", "/origin");
  assert.equal((await connect(await page.waitForFrame((frame) => frame.parentFrame()))).outcome, "connected");
  await closeAll();
});

test("an opaque origin is refused: of a sandboxed frame, of a sandboxed page", async () => {
  const page = await open("localhost", "/sandboxed");
  const frame = await page.waitForFrame((frame) => frame.parentFrame());
  for (const one of [frame, await open("localhost", "/policy")]) {
    assert.equal(await one.evaluate(() => globalThis.origin), "null");
    const { outcome, message } = await connect(one);
    assert.equal(outcome, "healthDataRestricted: refused");
    assert.match(message, /an origin of its own is needed/);
  }
  await closeAll();
});

test("plain http is refused, but of this machine", async () => {
  const { outcome, message } = await connect(await open("plain.example"));
  assert.equal(outcome, "healthDataRestricted: refused");
  assert.match(message, /https/);
  await closeAll();
  assert.equal((await connect(await open("clinic.localhost"))).outcome, "connected");
  await closeAll();
});

test("who takes the place of a page that has a grant takes none of it, nor of its port", async () => {
  const page = await open("clinic.localhost");
  const { outcome, window } = await connect(page);
  assert.equal(outcome, "connected");
  await ready(window);
  const asked = page.evaluate(() => store.requestAuthorization({ read: ["allergyRecord"] }));
  await Promise.all([answerSheet(window, { read: ["Allergies"] }), asked]);
  assert.deepEqual(await allergies(page), ["Penicillin"]);

  // In the middle of a handshake and of a read, the tab goes to another origin.
  await page.evaluate((host) => {
    store.query({ type: "allergyRecord" }).catch(() => {});
    const { port2 } = new MessageChannel();
    globalThis.open("", "keepwell:" + host).postMessage({ keepwell: "hello", nonce: "n" }, host, [port2]);
  }, demo.page);
  await Promise.all([page.waitForNavigation(), page.evaluate((address) => void (location.href = address), `http://evil.localhost:${port}/`)]);
  await page.evaluate(() => {
    globalThis.messages = [];
    addEventListener("message", ({ data, ports }) => messages.push(JSON.stringify(data) + ports.length));
  });
  assert.equal((await connect(page, { open: false })).outcome, "connected"); // the window is there for its opener, whoever that is by now
  assert.equal(await allergies(page), "authorizationNotDetermined");
  const kinds = new Set(await page.evaluate(() => messages));
  for (const kind of kinds) assert.match(kind, /^\{"keepwell":"(still-)?ready"\}0$/);
  assert.ok(kinds.size > 0);

  await page.goBack(); // as another document, or out of the back-forward cache
  assert.equal((await connect(page, { open: false })).outcome, "connected");
  assert.deepEqual(await allergies(page), ["Penicillin"]);
});
