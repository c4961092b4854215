// What a portal was granted, read through a frame of the Keepwell origin: where the
// browser gives a frame the storage of outside (Chromium, with third-party cookies
// allowed or a permission), no window is needed. Nothing is asked or unlocked there.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { allowAll, connect } from "./app.mjs";
import { importTexts } from "./files.mjs";
import { newProfile, openPage, ready, removeProfile, startBrowser, startDemo } from "./harness.mjs";

const record = (id, text) => [`${id}.json`, JSON.stringify({ resourceType: "AllergyIntolerance", id, recordedDate: "2019-03", code: { text }, patient: { reference: "Patient/1" } })];
const about = { name: "Clinic", purpose: "care", usage: { share: "Keeps your steps.", update: "Keeps your steps.", clinical: "Shows your records." } };

let demo, chromium, profile, person, portal, session, watch;
before(async () => {
  demo = await startDemo();
  profile = await newProfile();
  await mkdir(join(profile, "Default"));
  // As a person sets it who allows third-party cookies; a test can't answer the browser's own prompt.
  await writeFile(join(profile, "Default/Preferences"), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
  chromium = await startBrowser({ profile });
  ({ page: person } = await openPage(chromium.browser, demo.page));
  await ready(person);
  await importTexts(person, [record("pen", "Penicillin")]);
  ({ page: portal, watch } = await openPage(chromium.browser, `${demo.portal}/`, { prepare: withoutScript }));
  session = await portal.createCDPSession();
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
  if (profile) await removeProfile(profile);
});

/** Leaves the portal's own script out: it would connect too. */
async function withoutScript(page) {
  await page.setRequestInterception(true);
  page.on("request", (request) =>
    request.url().endsWith("/portal.mjs") ? request.respond({ contentType: "text/javascript", body: "" }) : request.continue());
}

/** Runs a function in the portal's page. Puppeteer's own evaluate would count as a click. */
async function quietly(f, ...values) {
  const expression = `(${f})(...${JSON.stringify(values)})`;
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception.description);
  return result.value;
}

/** Connects without a click, and resolves to the reason why not, if so. */
const resume = () =>
  quietly(async (host, about) => {
    const { HealthStore } = await import("/keepwell.mjs");
    return HealthStore.connect({ host, open: false, privacyPolicy: `${location.origin}/privacy.html`, ...about })
      .then((store) => void (globalThis.store = store), ({ code, reason }) => `${code}, ${reason}`);
  }, demo.page, about);

/** What a call of the portal's store resolves to, or the code that it rejects with. */
const call = (method, ...params) =>
  quietly((method, params) => store[method](...params).then((value) => value ?? null, ({ code, reason }) => [code, reason].join()), method, params);
const allergies = async () => {
  const found = await call("query", { type: "allergyRecord" });
  return found.samples?.map(({ displayName }) => displayName) ?? found;
};
const windows = async () => (await chromium.browser.pages()).length;
const frames = () => quietly(() => document.querySelectorAll("iframe").length);

/** Waits until the last click counts no more. */
const unclicked = () =>
  quietly(() => new Promise((resolve) => {
    const look = () => (navigator.userActivation.isActive ? setTimeout(look, 50) : resolve());
    look();
  }));

/** Waits until the portal's page has as many frames. */
async function untilFrames(count) {
  await quietly((count) => new Promise((resolve) => {
    const look = () => (document.querySelectorAll("iframe").length === count ? resolve() : setTimeout(look, 50));
    look();
  }), count);
}

/** Has the portal do something in a click, which counts for a few seconds; resolves to the window that opens. */
async function clicking(act) {
  const opened = new Promise((resolve) => portal.once("popup", resolve));
  await portal.bringToFront();
  await portal.mouse.click(5, 5);
  const outcome = act();
  return { window: await opened, outcome };
}

test("a portal that the person never answered hears nothing from the frame, nor sees it load again", async () => {
  await quietly(() => {
    globalThis.loads = 0;
    document.addEventListener("load", ({ target }) => target.tagName === "IFRAME" && loads++, { capture: true });
  });
  assert.equal(await resume(), "healthDataUnavailable, windowClosed"); // the SDK waits longer than the frame takes
  assert.equal(await quietly(() => loads), 1, "another load tells that there is a store, which is not to be known");
  assert.equal(await frames(), 0);
});

test("a portal that was answered reads through the frame, without a window or a click", async () => {
  const window = await connect(portal, demo.page);
  await ready(window);
  await allowAll(portal, window, { read: ["allergyRecord", "conditionRecord"] });
  await allowAll(portal, window, { toShare: ["stepCount"] });
  await window.close();
  await portal.reload();
  const before = await windows();
  assert.equal(await resume(), undefined);
  assert.deepEqual(await allergies(), ["Penicillin"]);
  assert.equal(await call("query", { type: "immunizationRecord" }), "authorizationNotDetermined,");
  const [{ uuid }] = (await call("query", { type: "allergyRecord" })).samples;
  const raw = await quietly((uuid) => store.resource(uuid).then((bytes) => new TextDecoder().decode(bytes)), uuid);
  assert.equal(raw, record("pen", "Penicillin")[1]);
  assert.equal(await call("requestStatus", { read: ["allergyRecord"] }), "unnecessary");
  assert.equal(await call("requestAuthorization", { read: ["allergyRecord"] }), null); // nothing is undecided
  assert.equal(await windows(), before);
  assert.equal(await frames(), 1);
});

test("it serves the page at the top alone: not one that is in a frame itself", async () => {
  const heard = await quietly(async (host) => {
    const around = document.createElement("iframe");
    around.srcdoc = "<!doctype html>";
    await new Promise((loaded) => {
      around.onload = loaded;
      document.body.append(around);
    });
    const heard = [];
    const inside = (page, name) => {
      const frame = page.document.createElement("iframe");
      frame.src = `${host}/frame.html`;
      const ready = new Promise((resolve) => page.addEventListener("message", ({ source, data }) => {
        if (source !== frame.contentWindow) return;
        heard.push([name, data.keepwell]);
        if (heard.length >= 3) resolve();
      }));
      page.document.body.append(frame);
      return { frame, ready };
    };
    const nested = inside(around.contentWindow, "nested");
    await new Promise((loaded) => (nested.frame.onload = loaded));
    const { frame, ready } = inside(globalThis, "at the top");
    await ready; // three times, half a second after the first
    around.remove();
    frame.remove();
    return heard;
  }, demo.page);
  assert.deepEqual(heard, Array(3).fill(["at the top", "ready"]));
});

test("the person sees what was read there", async () => {
  await person.waitForFunction(async (origin) => JSON.stringify(await keepwell.accessLog()).includes(origin), { polling: 200 }, demo.portal);
});

test("what the person takes back in another tab is gone there", async () => {
  await person.evaluate((origin) => keepwell.revoke(origin, ["allergyRecord"]), demo.portal);
  await quietly(async () => {
    while ((await store.query({ type: "allergyRecord" })).samples.length > 0);
  });
});

test("nothing is asked, saved or deleted in the frame: without a click it needs, a call says so", async () => {
  await unclicked();
  assert.equal(await call("requestAuthorization", { read: ["immunizationRecord"] }), "healthDataUnavailable,windowClosed");
  assert.equal(await call("save", [{ type: "stepCount", startDate: 1e12, endDate: 1e12, value: 1, unit: "count" }]), "healthDataUnavailable,windowClosed");
  assert.deepEqual(await allergies(), [], "it reads on");
});

test("who speaks past the SDK finds no more there: no sheet, no save, no other origin", async () => {
  const answers = await quietly(async (host, about) => {
    const frame = document.createElement("iframe");
    frame.src = `${host}/frame.html`;
    const ready = new Promise((resolve) => addEventListener("message", ({ source }) => source === frame.contentWindow && resolve()));
    document.body.append(frame);
    await ready;
    const { port1, port2 } = new MessageChannel();
    const said = [];
    const next = () => new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    let reply = next();
    frame.contentWindow.postMessage({ keepwell: "show" }, host);
    frame.contentWindow.postMessage({ keepwell: "hello", nonce: "n" }, host, [port2]);
    said.push((await reply).keepwell);
    const ask = async (id, method, params) => {
      reply = next();
      port1.postMessage({ json: JSON.stringify({ id, method, params }), buffers: [], files: [], ports: [] });
      const { result, error } = JSON.parse((await reply).json);
      said.push(error?.code ?? JSON.stringify(result));
    };
    await ask(1, "hello", { ...about, privacyPolicy: `${location.origin}/privacy.html` });
    await ask(2, "requestAuthorization", { read: ["immunizationRecord"] });
    for (const [i, method] of ["save", "delete", "counts", "unlock", "export", "attach", "answer", "setGrant"].entries()) await ask(3 + i, method, {});
    frame.remove();
    return said;
  }, demo.page, about);
  assert.deepEqual(answers, ["welcome", JSON.stringify({ origin: demo.portal }), "healthDataUnavailable", ...Array(8).fill("invalidArgument")]);
});

test("in a click the window opens for what needs it, and takes over", async () => {
  const { window, outcome } = await clicking(() => call("requestAuthorization", { read: ["immunizationRecord"] }));
  await ready(window);
  assert.equal(await window.evaluate(() => self === top), true);
  await window.bringToFront();
  await window.waitForSelector(".sheet");
  assert.equal(await frames(), 0);
  await window.keyboard.press("Escape");
  assert.equal(await outcome, "userCanceled,");
  assert.deepEqual(await call("query", { type: "conditionRecord" }), { samples: [] });
  await window.close();
});

test("with the window closed, reads go on through the frame", async () => {
  await portal.reload();
  assert.equal(await resume(), undefined);
  const { window, outcome } = await clicking(() => call("save", [{ type: "stepCount", startDate: 1e12, endDate: 1e12 + 1000, value: 1, unit: "count" }]));
  await ready(window);
  assert.equal((await outcome).length, 1);
  assert.equal(await frames(), 0);
  await window.close();
  await unclicked();
  assert.deepEqual(await call("query", { type: "conditionRecord" }), { samples: [] });
  assert.equal(await frames(), 1);
});

test("the frame reached nobody but Keepwell, and only to load", () => {
  assert.deepEqual(watch.errors, []);
  for (const { url } of watch.requests) assert.ok([demo.page, demo.portal].includes(new URL(url).origin), url);
});

test("once the records lock the frame ends, and none serves while they are", async () => {
  await person.evaluate(async () => {
    await keepwell.setPassphrase("orbit velvet kettle marsh");
  });
  await person.evaluate(() => [...document.querySelectorAll("nav button")].find((one) => one.textContent === "Lock").click());
  await untilFrames(0);
  assert.equal(await call("query", { type: "conditionRecord" }), "healthDataUnavailable,windowClosed");
  await portal.reload();
  assert.equal(await resume(), "healthDataUnavailable, windowClosed");
});
