// Tests of keepwell.mjs without a browser: a page and a Keepwell window made of
// an EventTarget and Node's own MessageChannel.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

const HOST = "https://keepwell.example";
const target = new EventTarget();
const settings = { active: true, blocked: false, opened: [] };

Object.assign(globalThis, {
  addEventListener: (...args) => target.addEventListener(...args),
  location: new URL("https://portal.example/records"),
  open: (address, name, features) => {
    settings.opened.push({ address, name, features });
    return settings.blocked ? null : (settings.window ??= new KeepwellWindow());
  },
});
Object.defineProperty(globalThis, "navigator", {
  value: { get userActivation() { return { isActive: settings.active }; } },
  configurable: true,
});
const { HealthStore, HealthError } = await import("./keepwell.mjs");

/** A window of the Keepwell origin, and the engine behind it. */
class KeepwellWindow {
  constructor() {
    this.closed = false;
    this.hellos = []; // what postMessage was given
    this.requests = []; // what came over the port
    this.ports = [];
    this.answers = { hello: () => ({ origin: "https://portal.example" }) };
    this.verdict = "welcome";
  }

  postMessage(data, targetOrigin, [port]) {
    this.hellos.push({ data, targetOrigin });
    this.ports.push(port);
    port.postMessage({ keepwell: this.verdict, nonce: this.nonce ?? data.nonce, reason: "a page must be served over https to ask" });
    port.onmessage = (event) => this.receive(port, event.data);
  }

  receive(port, { json }) {
    const request = JSON.parse(json);
    this.requests.push(request);
    const answer = this.answers[request.method];
    if (!answer) return;
    const outcome = answer(request.params, request);
    if (outcome === undefined) return;
    const { buffers, ...result } = outcome instanceof Uint8Array ? { buffers: [outcome.buffer] } : outcome;
    const response = outcome instanceof HealthError
      ? { id: request.id, error: { code: outcome.code, message: outcome.message } }
      : { id: request.id, result };
    port.postMessage({ json: JSON.stringify(response), ...(buffers && { buffers }) });
  }

  say(kind, origin = HOST, source = this) {
    const event = new Event("message");
    target.dispatchEvent(Object.assign(event, { data: { keepwell: kind }, origin, source }));
  }

  close() {
    this.closed = true;
    for (const port of this.ports) port.close();
  }
}

const about = { host: HOST, name: "Clinic", usage: { clinical: "To show them." }, purpose: "care" };
let stores;

/** Connects to a fresh window that answers as told. */
async function connected(answers = {}) {
  const connecting = HealthStore.connect(about);
  Object.assign(settings.window.answers, answers);
  settings.window.say("ready");
  const store = await connecting;
  stores.push(store);
  return { store, window: settings.window };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function until(condition) {
  while (!condition()) await turn();
}

const fails = (code, reason) => (error) =>
  error instanceof HealthError && error instanceof Error && error.code === code && error.reason === reason;

beforeEach(() => {
  stores = [];
  Object.assign(settings, { active: true, blocked: false, opened: [], window: undefined });
});

afterEach(() => {
  for (const store of stores) store.close();
  settings.window?.close();
  mock.timers.reset();
});

test("connect opens the window at once and introduces the page", async () => {
  const connecting = HealthStore.connect(about);
  assert.deepEqual(settings.opened, [
    { address: HOST + "/#portal", name: "keepwell:" + HOST, features: "popup,width=480,height=760" },
  ]);
  const { window } = settings;
  await turn();
  assert.equal(window.hellos.length, 0, "no hello before the window is ready");
  window.say("ready");
  stores.push(await connecting);
  assert.equal(window.hellos[0].targetOrigin, HOST, "the hello goes to the exact origin");
  assert.match(window.hellos[0].data.nonce, /^[\w]{20,22}$/);
  assert.deepEqual(window.requests[0].params, { name: "Clinic", usage: about.usage, purpose: "care" });
});

test("only the window that was opened, of the host's origin, is answered", async () => {
  const connecting = HealthStore.connect(about);
  const { window } = settings;
  const stranger = new KeepwellWindow();
  window.say("ready", "https://evil.example");
  stranger.say("ready", HOST);
  window.say("hello");
  await turn();
  assert.equal(window.hellos.length + stranger.hellos.length, 0);
  window.say("ready");
  stores.push(await connecting);
  assert.equal(window.hellos.length, 1);
});

test("many readies make one handshake", async () => {
  const connecting = HealthStore.connect(about);
  for (let i = 0; i < 10; i++) settings.window.say("ready");
  stores.push(await connecting);
  assert.equal(settings.window.hellos.length, 1);
});

test("a query brings samples; dates cross as milliseconds", async () => {
  const { store, window } = await connected({ query: () => ({ samples: [{ uuid: "1" }] }) });
  const result = await store.query({ type: "labResultRecord", predicate: { startDate: new Date(1000) }, limit: 1 });
  assert.deepEqual(result, { samples: [{ uuid: "1" }] });
  assert.deepEqual(window.requests.at(-1).params, { type: "labResultRecord", predicate: { startDate: 1000 }, limit: 1 });
});

test("an error of the engine is a HealthError with its code", async () => {
  const { store } = await connected({ query: () => new HealthError("authorizationNotDetermined", "never asked") });
  await assert.rejects(store.query({ type: "labResultRecord" }), fails("authorizationNotDetermined"));
});

test("the calls give what their names say", async () => {
  const { store, window } = await connected({
    requestStatus: () => ({ status: "unnecessary" }),
    requestAuthorization: () => ({}),
    authorizationStatus: () => ({ status: "sharingDenied" }),
    earliestAuthorizedSampleDate: ({ types: [type] }) => ({ dates: { [type]: 5 } }),
    sources: () => ({ sources: [{ id: "s", name: "S" }] }),
    resource: () => new Uint8Array([1, 2, 3]),
    save: () => ({ uuids: ["u"] }),
    delete: () => ({}),
    anchored: () => ({ samples: [], deleted: [], anchor: "a", more: false }),
    statistics: () => ({ type: "stepCount", sum: 1 }),
    statisticsCollection: () => ({ type: "stepCount", statistics: [{ sum: 1 }] }),
  });
  assert.equal(await store.requestStatus({ read: ["stepCount"] }), "unnecessary");
  assert.equal(await store.requestAuthorization({ read: ["stepCount"] }), undefined);
  assert.equal(await store.authorizationStatus("stepCount"), "sharingDenied");
  assert.deepEqual(await store.earliestAuthorizedSampleDate(["stepCount"]), { stepCount: 5 });
  assert.deepEqual(await store.sources("stepCount"), [{ id: "s", name: "S" }]);
  assert.deepEqual(await store.resource("u"), new Uint8Array([1, 2, 3]));
  assert.deepEqual(await store.save([{ type: "stepCount" }]), ["u"]);
  assert.equal(await store.delete(["u"]), undefined);
  assert.equal((await store.anchored({ type: "stepCount" })).anchor, "a");
  assert.deepEqual(window.requests.at(-1).params, { type: "stepCount" });
  assert.equal((await store.statistics({ type: "stepCount", options: ["cumulativeSum"] })).sum, 1);
  const days = { type: "stepCount", options: ["cumulativeSum"], interval: { day: 1 }, anchorDate: new Date(5) };
  assert.equal((await store.statisticsCollection(days)).statistics[0].sum, 1);
  assert.deepEqual(window.requests.at(-1).params, { ...days, anchorDate: 5 });
});

test("pages ask for one page after the other and stop at the limit", async () => {
  const all = Array.from({ length: 250 }, (_, i) => ({ uuid: String(i) }));
  const { store } = await connected({ query: ({ offset, limit }) => ({ samples: all.slice(offset, offset + limit) }) });
  const sizes = async (query, options) => {
    const found = [];
    for await (const page of store.pages(query, options)) found.push(page.length);
    return found;
  };
  assert.deepEqual(await sizes({ type: "stepCount" }), [100, 100, 50]);
  assert.deepEqual(await sizes({ type: "stepCount", limit: 120 }), [100, 20]);
  assert.deepEqual(await sizes({ type: "stepCount", offset: 240 }), [10]);
  assert.deepEqual(await sizes({ type: "stepCount" }, { pageSize: 125 }), [125, 125]);
});

test("abort rejects with the signal's reason and cancels in the engine", async () => {
  const { store, window } = await connected();
  const controller = new AbortController();
  const asking = store.query({ type: "stepCount" }, { signal: controller.signal });
  await until(() => window.requests.at(-1).method === "query");
  const reason = new Error("enough");
  controller.abort(reason);
  await assert.rejects(asking, (error) => error === reason);
  await until(() => window.requests.at(-1).method === "cancel");
  assert.deepEqual(window.requests.at(-1).params, { request: window.requests.at(-2).id });
  await assert.rejects(store.query({ type: "stepCount" }, { signal: controller.signal }), (error) => error === reason);
  await assert.rejects(HealthStore.connect({ ...about, signal: controller.signal }), (error) => error === reason);
});

test("a window that is loaded again is greeted again, and asked again", async () => {
  const { store, window } = await connected();
  const query = store.query({ type: "stepCount" });
  const save = store.save([{ type: "stepCount" }]);
  await until(() => window.requests.length === 3);
  window.answers.query = () => ({ samples: [] });
  window.say("still-ready");
  await turn();
  assert.equal(window.hellos.length, 1, "a window that knows this page is not greeted again");
  mock.timers.enable({ apis: ["Date"], now: Date.now() + 10_000 });
  window.say("ready");
  await assert.rejects(save, fails("healthDataUnavailable", "connectionLost"), "a save is not done twice");
  assert.deepEqual(await query, { samples: [] });
  assert.notEqual(window.hellos[0].data.nonce, window.hellos[1].data.nonce);
});

test("more requests than the engine takes wait, also for those that were canceled", async () => {
  const { store, window } = await connected();
  const canceling = new AbortController();
  const canceled = store.query({ type: "stepCount" }, { signal: canceling.signal });
  const queries = Array.from({ length: 100 }, () => store.query({ type: "stepCount" }));
  const asked = () => window.requests.filter(({ method }) => method === "query");
  await until(() => asked().length === 31);
  await turn();
  canceling.abort();
  await assert.rejects(canceled);
  await until(() => window.requests.at(-1).method === "cancel");
  await turn();
  assert.equal(asked().length, 31, "one that is canceled is under way until it is answered");
  const answer = (id) => window.ports[0].postMessage({ json: JSON.stringify({ id, result: { samples: [id] } }) });
  for (let done = 0; done < 101; done++) {
    await until(() => asked().length > done);
    answer(asked()[done].id);
    assert.ok(asked().length <= done + 31);
  }
  const samples = (await Promise.all(queries)).map((result) => result.samples[0]);
  assert.deepEqual(samples, asked().slice(1).map(({ id }) => id), "each has its own answer, in the order asked");
});

test("what an engine that took its leave did not take goes to the next", async () => {
  const { store, window } = await connected();
  const taken = store.save([{ type: "stepCount" }]);
  await until(() => window.requests.length === 2);
  const left = { event: "left", params: { request: window.requests[1].id } };
  window.ports[0].postMessage({ json: JSON.stringify(left), buffers: [], files: [], ports: [] });
  const meanwhile = store.save([{ type: "stepCount" }]);
  await turn();
  const after = store.save([{ type: "stepCount" }]);
  window.answers.save = () => ({ uuids: [] });
  mock.timers.enable({ apis: ["Date"], now: Date.now() + 10_000 });
  window.say("ready");
  await assert.rejects(taken, fails("healthDataUnavailable", "connectionLost"));
  assert.deepEqual([await meanwhile, await after], [[], []]);
});

test("after a reload of the page a window that is there is found without a click", async () => {
  settings.active = false;
  settings.window = new KeepwellWindow();
  settings.window.say("still-ready");
  const store = await HealthStore.connect({ ...about, open: false });
  stores.push(store);
  assert.equal(settings.opened.length, 0);
});

test("without a window, open: false gives up", async () => {
  mock.timers.enable({ apis: ["Date", "setInterval"], now: 1e12 });
  const connecting = HealthStore.connect({ ...about, open: false });
  mock.timers.tick(6000);
  await assert.rejects(connecting, fails("healthDataUnavailable", "windowClosed"));
  assert.equal(settings.opened.length, 0);
});

test("a blocked pop-up is told", async () => {
  settings.blocked = true;
  mock.timers.enable({ apis: ["Date"], now: Date.now() + 60_000 }); // earlier windows are long forgotten
  await assert.rejects(HealthStore.connect(about), fails("healthDataUnavailable", "popupBlocked"));
});

test("a refused page is told why", async () => {
  const connecting = HealthStore.connect(about);
  settings.window.verdict = "refused";
  settings.window.say("ready");
  await assert.rejects(connecting, (error) => fails("healthDataRestricted", "refused")(error) && /https/.test(error.message));
});

test("a welcome to somebody else's hello is ignored", async () => {
  const connecting = HealthStore.connect(about);
  settings.window.nonce = "not-the-one-that-was-sent";
  settings.window.say("ready");
  for (let i = 0; i < 20; i++) await turn();
  assert.equal(settings.window.requests.length, 0);
  settings.window.closed = true;
  await assert.rejects(connecting, fails("healthDataUnavailable", "windowClosed"));
});

test("an introduction that the engine refuses fails connect", async () => {
  const connecting = HealthStore.connect(about);
  settings.window.answers.hello = () => new HealthError("invalidArgument", "no field is called nickname");
  settings.window.say("ready");
  await assert.rejects(connecting, fails("invalidArgument"));
});

test("a window closed during a request for authorization is a cancel", async () => {
  const { store, window } = await connected({ requestStatus: () => ({ status: "shouldRequest" }) });
  window.focus = mock.fn();
  const asking = store.requestAuthorization({ read: ["stepCount"] });
  const query = store.query({ type: "stepCount" });
  await until(() => window.requests.some(({ method }) => method === "requestAuthorization"));
  assert.equal(window.focus.mock.callCount(), 1, "the sheet is brought to the front");
  window.closed = true;
  await assert.rejects(asking, fails("userCanceled"));
  await assert.rejects(query, fails("healthDataUnavailable", "windowClosed"));
});

test("after the window was closed a click opens it again, and nothing else does", async () => {
  const { store, window } = await connected();
  window.closed = true; // few browsers tell that the port is dead
  settings.active = false;
  await assert.rejects(store.query({ type: "stepCount" }), fails("healthDataUnavailable", "windowClosed"));
  settings.active = true;
  settings.window = undefined;
  settings.opened = [];
  const query = store.query({ type: "stepCount" });
  assert.equal(settings.opened.length, 1);
  settings.window.answers.query = () => ({ samples: [] });
  settings.window.say("ready");
  assert.deepEqual(await query, { samples: [] });
});

test("a page cut off by its own headers is told the header", async () => {
  globalThis.crossOriginIsolated = true;
  const connecting = HealthStore.connect(about);
  settings.window.closed = true; // as a severed window seems to be
  await assert.rejects(connecting, (error) =>
    fails("healthDataUnavailable", "openerSevered")(error) && /Cross-Origin-Opener-Policy/.test(error.message));
  delete globalThis.crossOriginIsolated;
});

test("what is too large is not sent", async () => {
  const { store, window } = await connected();
  const huge = { type: "stepCount", predicate: { uuids: Array(40_000).fill("0190e3a4-1c7d-8f00-9b2e-2f6f3a1b4c5d") } };
  await assert.rejects(store.query(huge), fails("dataSizeExceeded"));
  const wide = { type: "stepCount", predicate: { sources: ["界".repeat(400_000)] } }; // 1.2 MB in fewer code units
  await assert.rejects(store.query(wide), fails("dataSizeExceeded"));
  assert.equal(window.requests.length, 1);
});

test("what is no JSON is not sent, and told as every failure is", async () => {
  const { store, window } = await connected();
  const itself = {};
  itself.and = [itself];
  let deep = {};
  for (let depth = 0; depth < 100_000; depth++) deep = { not: deep };
  await assert.rejects(store.query({ type: "stepCount", predicate: itself }), fails("invalidArgument"));
  await assert.rejects(store.query({ type: "stepCount", limit: 1n }), fails("invalidArgument"));
  await assert.rejects(store.query({ type: "stepCount", predicate: deep }), fails("dataSizeExceeded"));
  await assert.rejects(HealthStore.connect({ ...about, usage: itself }), fails("invalidArgument"));
  assert.equal(window.requests.length, 1);
});

test("close ends what is under way, and says goodbye", async () => {
  const { store, window } = await connected();
  const query = store.query({ type: "stepCount" });
  await until(() => window.requests.length === 2);
  store.close();
  await assert.rejects(query, fails("healthDataUnavailable", "closed"));
  await assert.rejects(store.query({ type: "stepCount" }), fails("healthDataUnavailable", "closed"));
  await until(() => window.requests.at(-1).method === "bye");
});

test("leaving the page says goodbye", async () => {
  const { window } = await connected();
  target.dispatchEvent(new Event("pagehide"));
  await until(() => window.requests.at(-1).method === "bye");
});

test("an observer hears signals, and goes on where it was when the connection comes back", async () => {
  const begun = [];
  const observe = (params, { id }) => {
    begun.push({ id, ...params });
    return { mark: "m" + begun.length };
  };
  const { store, window } = await connected({ observe });
  const callback = mock.fn();
  const stop = await store.observe({ type: "stepCount" }, callback);
  const signal = (port, params) => port.postMessage({ json: JSON.stringify({ event: "observed", params }) });
  signal(window.ports.at(-1), { observer: 99, mark: "none" });
  signal(window.ports.at(-1), { observer: begun[0].id, mark: "later" });
  await until(() => callback.mock.callCount() === 1);
  assert.deepEqual(callback.mock.calls[0].arguments, []);

  window.say("ready"); // it was loaded again
  await until(() => begun.length === 2);
  assert.deepEqual(begun[1], { id: begun[1].id, type: "stepCount", mark: "later" });
  signal(window.ports.at(-1), { observer: begun[0].id, mark: "stale" });
  signal(window.ports.at(-1), { observer: begun[1].id, mark: "latest" });
  await until(() => callback.mock.callCount() === 2);

  stop();
  stop();
  signal(window.ports.at(-1), { observer: begun[1].id, mark: "after" });
  await until(() => window.requests.some(({ method }) => method === "unobserve"));
  assert.equal(window.requests.filter(({ method }) => method === "unobserve").length, 1);
  assert.equal(callback.mock.callCount(), 2);
});

test("an observer that the engine refuses, or without a function, fails", async () => {
  const { store } = await connected({ observe: () => new HealthError("authorizationNotDetermined", "not asked") });
  await assert.rejects(store.observe({ type: "stepCount" }, () => {}), fails("authorizationNotDetermined"));
  await assert.rejects(store.observe({ type: "stepCount" }), fails("invalidArgument"));
});

test("fetch answers with a Response of the very bytes", async () => {
  const body = '{"resourceType":"Bundle", "n":1.00}';
  const { store, window } = await connected({ fetch: ({ url, headers }) => ({
    buffers: [new TextEncoder().encode("if-none-match" in headers ? "" : body).buffer],
    status: "if-none-match" in headers ? 304 : url.includes("gone") ? 404 : 200,
    headers: { "content-type": "application/fhir+json; fhirVersion=1.0", etag: 'W/"2"' },
  }) });
  const base = "https://keepwell.invalid/fhir/";
  const { fetch } = store;
  const found = await fetch("Observation?code=a|1", { headers: { Accept: "application/fhir+json", Authorization: "Bearer secret" }, credentials: "include" });
  assert.ok(found instanceof Response && found.ok);
  assert.equal(found.headers.get("content-type"), "application/fhir+json; fhirVersion=1.0");
  assert.equal(found.headers.get("content-length"), String(body.length));
  assert.equal(await found.text(), body);
  assert.equal((await fetch(new URL(base + "Observation/gone"))).status, 404);
  await fetch(new Request(base + "Observation/_search", { method: "POST", body: new URLSearchParams({ code: "a,b" }) })); // the engine decides
  assert.equal((await fetch("/Patient", { method: "head" })).body, null);
  const unchanged = await fetch("Patient/p", { headers: [["If-None-Match", 'W/"2"']] });
  assert.deepEqual([unchanged.status, unchanged.body, unchanged.headers.get("etag")], [304, null, 'W/"2"']);
  assert.deepEqual(window.requests.slice(1).map(({ params }) => params), [
    { method: "GET", url: base + "Observation?code=a|1", headers: { accept: "application/fhir+json" }, body: "" },
    { method: "GET", url: base + "Observation/gone", headers: {}, body: "" },
    { method: "POST", url: base + "Observation/_search", headers: { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" }, body: "code=a%2Cb" },
    { method: "HEAD", url: base + "Patient", headers: {}, body: "" },
    { method: "GET", url: base + "Patient/p", headers: { "if-none-match": 'W/"2"' }, body: "" },
  ]);
});

test("fetch rejects what no fetch would send, and what is aborted", async () => {
  const { store, window } = await connected({ fetch: () => new Promise(() => {}) });
  for (const [input, init] of [["https://"], ["Patient", { method: "TRACE" }], ["Patient", { body: "x" }], ["https://a:b@keepwell.invalid/fhir/Patient"]]) {
    await assert.rejects(store.fetch(input, init), TypeError, input);
  }
  const reason = new Error("enough");
  await assert.rejects(store.fetch("Patient", { signal: AbortSignal.abort(reason) }), reason);
  assert.equal(window.requests.filter(({ method }) => method === "fetch").length, 0);
  const controller = new AbortController();
  const pending = store.fetch(new Request("https://keepwell.invalid/fhir/Patient", { signal: controller.signal }));
  await until(() => window.requests.some(({ method }) => method === "fetch"));
  controller.abort(reason);
  await assert.rejects(pending, reason);
  await until(() => window.requests.some(({ method }) => method === "cancel"));
  await assert.rejects(store.fetch("Patient?" + "a".repeat(1 << 20)), fails("dataSizeExceeded"));
});

test("a host that is no host is refused", async () => {
  for (const host of ["", "keepwell.example", "http://keepwell.example", "ftp://keepwell.example", "javascript:alert(1)", null, 7]) {
    await assert.rejects(HealthStore.connect({ ...about, host }), fails("invalidArgument"), String(host));
  }
  assert.equal(settings.opened.length, 0);
});

/** A page in a browser that can give a frame the storage of outside; frames are windows that answer. */
function withFrames(t) {
  settings.frames = [];
  globalThis.document = {
    hasUnpartitionedCookieAccess() {},
    createElement: () => {
      const contentWindow = Object.assign(new KeepwellWindow(), { parent: globalThis });
      const frame = { contentWindow, remove: () => contentWindow.close() };
      settings.frames.push(frame);
      return frame;
    },
    documentElement: { append() {} },
  };
  t.after(() => delete globalThis.document);
}

/** Connects through a frame. */
async function framed() {
  mock.timers.enable({ apis: ["Date"], now: Date.now() + 100_000 }); // earlier windows are long forgotten
  const connecting = HealthStore.connect({ ...about, open: false });
  const [frame] = settings.frames;
  frame.contentWindow.answers.query = () => ({ samples: [] });
  frame.contentWindow.say("ready");
  const store = await connecting;
  stores.push(store);
  return { store, frame };
}

test("without a click a frame reads, and a window opens for what it does not do", async (t) => {
  withFrames(t);
  const { store, frame } = await framed();
  assert.equal(frame.src, HOST + "/frame.html");
  assert.ok(frame.hidden);
  assert.equal(settings.opened.length, 0);
  assert.deepEqual(await store.query({ type: "stepCount" }), { samples: [] });
  settings.active = false;
  await assert.rejects(store.save([{ type: "stepCount" }]), fails("healthDataUnavailable", "windowClosed"));
  assert.deepEqual(await store.query({ type: "stepCount" }), { samples: [] }, "the frame is still there");
  settings.active = true;
  const saving = store.save([{ type: "stepCount" }]);
  assert.equal(settings.opened.length, 1);
  assert.ok(frame.contentWindow.closed);
  settings.window.answers.save = () => ({ uuids: ["u"] });
  settings.window.say("ready");
  assert.deepEqual(await saving, ["u"]);
  assert.ok(frame.contentWindow.requests.every(({ method }) => method !== "save"));
});

test("a frame never asks: that opens the window", async (t) => {
  withFrames(t);
  const { store, frame } = await framed();
  frame.contentWindow.answers.requestStatus = () => ({ status: "shouldRequest" });
  const asking = store.requestAuthorization({ read: ["stepCount"] });
  await until(() => settings.opened.length === 1);
  settings.window.answers.requestAuthorization = () => ({});
  settings.window.say("ready");
  await asking;
  assert.ok(frame.contentWindow.requests.every(({ method }) => method !== "requestAuthorization"));
});

test("a window that is there comes before a frame, and a frame that says nothing is given up", async (t) => {
  withFrames(t);
  mock.timers.enable({ apis: ["Date", "setInterval"], now: Date.now() + 200_000 });
  const silent = HealthStore.connect({ ...about, open: false });
  mock.timers.tick(6000);
  await assert.rejects(silent, fails("healthDataUnavailable", "windowClosed"));
  assert.ok(settings.frames[0].contentWindow.closed);
  const connecting = HealthStore.connect({ ...about, open: false });
  settings.window = new KeepwellWindow();
  settings.window.say("still-ready");
  stores.push(await connecting);
  assert.ok(settings.frames[1].contentWindow.closed);
});

test("when a frame ends, what is under way fails, and reads find another", async (t) => {
  withFrames(t);
  const { store, frame } = await framed();
  delete frame.contentWindow.answers.query;
  const query = store.query({ type: "stepCount" });
  frame.contentWindow.say("ended");
  await assert.rejects(query, fails("healthDataUnavailable", "windowClosed"));
  settings.active = false;
  const again = store.query({ type: "stepCount" });
  settings.frames[1].contentWindow.answers.query = () => ({ samples: [] });
  settings.frames[1].contentWindow.say("ready");
  assert.deepEqual(await again, { samples: [] });
});

test("on this page's own origin a window opens where Keepwell can't start in the page", async (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  const connecting = HealthStore.connect({ ...about, host: "https://portal.example/keepwell/" });
  assert.equal(settings.opened.length, 0);
  await until(() => settings.opened.length === 1); // Node.js imports nothing by https
  assert.equal(settings.opened[0].address, "https://portal.example/keepwell/#portal");
  assert.equal(warn.mock.callCount(), 1);
  settings.window.say("ready", "https://portal.example");
  stores.push(await connecting);
});
