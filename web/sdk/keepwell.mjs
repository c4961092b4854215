// keepwell.mjs: ask a person for health records that stay on their device.
//
//   import { HealthStore } from "https://keepwell.example/sdk/keepwell.mjs";
//   const store = await HealthStore.connect({ host: "https://keepwell.example", name: "Clinic", ... });
//   await store.requestAuthorization({ read: ["labResultRecord"] });
//   const { samples } = await store.query({ type: "labResultRecord", limit: 100 });
//
// A window of the Keepwell origin, opened in the person's click, holds their
// store and shows them what is asked. A page that serves Keepwell's files itself
// holds it instead, and no window is needed; nor is one for reads, where the browser
// gives a frame of the Keepwell origin that store. This module shakes hands with it (the
// messages are in web/broker/broker.go; change both together) and speaks
// web/protocol over the port that it hands over. Types are in keepwell.d.ts.

const HELLO_RETRY = 2_000; // ms after which an unanswered hello is given up for another
const HEARD_LATELY = 3_000; // ms within which a window that is there has said so, unless it is hidden
const WATCH_INTERVAL = 500; // ms between looks at whether the window is still open
const CONNECT_TIMEOUT = 60_000; // ms until a window that says nothing is given up
const IN_FLIGHT = 31; // requests under way; others wait. The engine takes one more, such as the end of an observer
const MAX_MESSAGE = 1 << 20; // bytes of JSON in one request; the engine's bound
const FIND_TIMEOUT = 5_000; // ms to find a window that is there; it speaks every 2 s
const PAGE_SIZE = 100; // samples a page, unless told
const WINDOW_FEATURES = "popup,width=480,height=760";

// May be sent again when the connection was lost before their answer came: done
// twice they do what they do once.
const REPEATABLE = new Set([
  "requestStatus", "requestAuthorization", "authorizationStatus", "earliestAuthorizedSampleDate", "query", "sources", "anchored", "resource", "observe", "fetch",
  "statistics", "statisticsCollection",
]);

// Where store.fetch finds FHIR's API. The host exists nowhere.
const FHIR_BASE = "https://keepwell.invalid/fhir/";

// What that API heeds of a request's headers; others, such as credentials, stay here.
const FHIR_HEADERS = new Set(["accept", "content-type", "if-none-match", "prefer"]);

// Need Keepwell's window where a frame does for all else.
const WRITES = new Set(["save", "delete"]);

/** What every call rejects with, unless its signal was aborted. */
export class HealthError extends Error {
  /**
   * @param {string} code one of the codes in keepwell.d.ts
   * @param {string} message for developers; never holds health information
   * @param {string} [reason] tells the failures to connect apart
   */
  constructor(code, message, reason) {
    super(message);
    this.name = "HealthError";
    this.code = code;
    if (reason) this.reason = reason;
  }
}

const unavailable = (reason, message) => new HealthError("healthDataUnavailable", message, reason);

// Keepwell windows that have told this page that they are there: by origin, the
// window and when. A window outlives a reload of the page that opened it and
// keeps saying so; the page then connects again without another click.
const heard = new Map();
const connections = new Set();

globalThis.addEventListener?.("message", ({ data, origin, source }) => {
  const kind = data?.keepwell;
  if (kind === "ended") for (const connection of connections) connection.frameEnded(source);
  if (kind !== "ready" && kind !== "still-ready") return;
  if (source.parent !== globalThis) heard.set(origin, { window: source, at: Date.now() }); // it is no frame
  for (const connection of connections) connection.heard(origin, source, kind);
});

globalThis.addEventListener?.("pagehide", () => {
  for (const connection of connections) connection.drop();
});

/** A person's health records, as far as they let this page see them. */
export class HealthStore {
  #connection;

  /** Use HealthStore.connect. */
  constructor(connection) {
    this.#connection = connection;
    this.fetch = this.fetch.bind(this); // to be handed over as a fetch function
  }

  /**
   * Opens the person's store. Call it in a click, for it opens a window; with
   * {open: false} it needs no click and finds only a window that is there, or makes do
   * with a frame, which reads for a page that the person has answered. On this page's own origin it needs neither, and {open: false} shows nothing to the person.
   */
  static async connect({ host = globalThis.location?.origin, open = true, signal, ...app } = {}) {
    signal?.throwIfAborted();
    const connection = new Connection(host, app);
    try {
      connection.open(open); // before anything is awaited, or the click no longer counts
      await abortable(connection.connected(), signal);
      if (open) connection.show();
    } catch (error) {
      connection.close();
      throw error;
    }
    return new HealthStore(connection);
  }

  /** Tells whether asking for these types would show the person a sheet. */
  async requestStatus(types, options) {
    return (await this.#call("requestStatus", types, options)).status;
  }

  /** Asks the person. That it resolves means "processed", never "granted". */
  async requestAuthorization(types, options) {
    const status = await this.requestStatus(types, options).catch((error) => {
      if (error.code === "databaseInaccessible") this.#connection.show(); // to be unlocked there
      throw error;
    });
    if (status === "shouldRequest") this.#connection.focus();
    await this.#call("requestAuthorization", types, options);
  }

  /** Tells whether this page may write a type. Nothing tells whether it may read it. */
  async authorizationStatus(type, options) {
    return (await this.#call("authorizationStatus", { type }, options)).status;
  }

  /** Tells from when this page may read, of those types that it may read the recent history of alone. */
  async earliestAuthorizedSampleDate(types, options) {
    return (await this.#call("earliestAuthorizedSampleDate", { types }, options)).dates;
  }

  /** Reads samples of one type. */
  query(query, options) {
    return this.#call("query", query, options);
  }

  /** Reads samples page by page: `for await (const samples of store.pages(query))`. */
  async *pages(query, { pageSize = PAGE_SIZE, signal } = {}) {
    let left = query?.limit || Infinity;
    let offset = query?.offset ?? 0;
    while (left > 0) {
      const limit = Math.min(pageSize, left);
      const { samples } = await this.query({ ...query, limit, offset }, { signal });
      if (samples.length > 0) yield samples;
      if (samples.length < limit) return;
      left -= samples.length;
      offset += samples.length;
    }
  }

  /** Reads what changed since an anchor; without one, everything. */
  anchored(query, options) {
    return this.#call("anchored", query, options);
  }

  /** Computes figures over samples of one type; rejects with noData where there are none. */
  statistics(query, options) {
    return this.#call("statistics", query, options);
  }

  /** Computes figures hour by hour, day by day, ... of the person's calendar. */
  statisticsCollection(query, options) {
    return this.#call("statisticsCollection", query, options);
  }

  /**
   * Calls back, without saying what, whenever samples of a type that this page
   * may see changed: in any tab, and after the connection was lost and found.
   * Resolves with a function that ends it.
   */
  async observe(query, callback, options) {
    if (typeof callback !== "function") throw new HealthError("invalidArgument", "observe needs a function to call");
    return this.#connection.observe({ type: query?.type, predicate: query?.predicate }, callback, options);
  }

  /** Lists who wrote samples of a type. */
  async sources(query, options) {
    const type = typeof query === "string" ? query : query?.type;
    return (await this.#call("sources", { type }, options)).sources;
  }

  /** Reads the bytes of a clinical record, exactly as its provider sent them. */
  async resource(uuid, options) {
    const { buffers } = await this.#connection.request("resource", { uuid }, options);
    return new Uint8Array(buffers[0]);
  }

  /**
   * Writes samples. Resolves with their uuids when they are safely on the disk;
   * with none while the person's records are locked: the samples then wait there,
   * sealed, and go in at unlocking if this page may write them.
   */
  async save(samples, options) {
    return (await this.#call("save", { samples }, options)).uuids;
  }

  /** Deletes samples that this page wrote. */
  async delete(uuids, options) {
    await this.#call("delete", { uuids }, options);
  }

  /**
   * FHIR's RESTful API over what this page may see, as fetch has it: reads,
   * searches and batches below https://keepwell.invalid/fhir, answered on the device.
   */
  async fetch(input, init) {
    const request = new Request(typeof input?.url === "string" ? input : belowFHIR(String(input)), init);
    const { method, url, signal } = request;
    const headers = Object.fromEntries([...request.headers].filter(([name]) => FHIR_HEADERS.has(name)));
    const { result, buffers: [body] } = await this.#connection.request("fetch", { method, url, headers, body: await request.text() }, { signal });
    return new Response(method === "HEAD" || result.status === 304 ? null : body, {
      status: result.status,
      headers: { ...result.headers, "content-length": String(body.byteLength) },
    });
  }

  /** Shows the person what this page may read and write, for them to change. Call it in a click. */
  async permissionManager() {
    this.#connection.showPermissions();
  }

  /** Ends the connection. The window stays: it is the person's. */
  close() {
    this.#connection.close();
  }

  async #call(method, params, options) {
    return (await this.#connection.request(method, params, options)).result;
  }
}

// A connection to one Keepwell origin: across reloads of either side, the same
// requests over one port after another.
class Connection {
  #address; // of the window
  #origin;
  #inside; // it is this page's origin: Keepwell runs in the page itself
  #app; // what the page says of itself
  #window = null;
  #frame = null; // the iframe that #window is in, if it is one
  #port = null; // once the engine has answered hello
  #shaking = null; // the handshake under way: { port, window, since }
  #waiting = []; // those who wait until it is connected: { resolve, reject }
  #requests = new Map(); // unanswered, by id
  #observers = new Map(); // by the id of the request that began them on this port
  #lastId = 0;
  #giveUpAt = 0; // ms since the Unix epoch: when a window that says nothing is given up
  #spoken = true; // false in a window that was opened and has not said anything yet
  #watcher;
  #ended = null; // why nothing can be asked any more

  constructor(host, app) {
    const base = hostURL(host);
    this.#address = new URL("#portal", base).href;
    this.#inside = base.origin === globalThis.location?.origin;
    this.#origin = base.origin;
    this.#app = JSON.parse(encode(app)); // as it is now, and known to be of JSON
    connections.add(this);
  }

  // Takes up a window that is there already, or opens one if it may. Opening by
  // name finds a window that is there but hidden; it is not loaded again.
  open(may) {
    const now = Date.now();
    const known = heard.get(this.#origin);
    this.#giveUpAt = now + (may || this.#inside ? CONNECT_TIMEOUT : FIND_TIMEOUT);
    this.#watch();
    if (this.#inside) {
      this.#window = globalThis;
      this.#start(may);
    } else if (known && !known.window.closed && now - known.at < HEARD_LATELY) {
      this.#window = known.window;
      this.#shake(known.window);
    } else if (may) {
      this.#spoken = false;
      this.#window = null; // until there is one
      this.#window = this.#openWindow(this.#address);
    } else if (hasFrames()) {
      this.#enterFrame();
    }
  }

  // Puts Keepwell's frame into this page. It says that it is ready, or nothing.
  #enterFrame() {
    const frame = (this.#frame = document.createElement("iframe"));
    frame.hidden = true;
    frame.title = "Keepwell";
    frame.src = new URL("frame.html", this.#address).href;
    document.documentElement.append(frame);
    this.#window = frame.contentWindow;
  }

  // Takes note that the person locked their records: a frame can't be unlocked.
  frameEnded(window) {
    if (!this.#frame || window !== this.#window) return;
    if (this.#port) this.#lose();
    this.#fail(unavailable("windowClosed", "no window of Keepwell is open; ask again in a click"));
  }

  #leaveFrame() {
    this.#frame?.remove();
    this.#frame = null;
    this.#window = null;
  }

  // Starts Keepwell in this page; only the first start counts. Where that fails a
  // window does as well.
  async #start(may) {
    const address = new URL("embedded.mjs", this.#address).href;
    const why = await import(/* webpackIgnore: true */ /* @vite-ignore */ address).then(({ ended }) => ended, ({ message }) => message);
    if (this.#ended) return;
    console.warn("keepwell: not running in this page: " + why);
    try {
      if (this.#port) throw unavailable("connectionLost", "Keepwell has stopped; load this page again");
      this.#inside = false;
      this.#window = null;
      this.open(may);
    } catch (error) {
      this.#end(error);
    }
  }

  // Has the person unlock what is locked: a window shows that by itself.
  show() {
    if (this.#inside) globalThis.postMessage({ keepwell: "show" }, this.#origin);
  }

  // Brings the window to the front, where the browser lets a page do so. A frame gives
  // way to one: the person is asked there alone.
  focus() {
    if (this.#frame) this.#reopen(false);
    else this.#window?.focus();
  }

  // Turns the window to the page that lists what apps may do, or opens it there. Only
  // its fragment changes, so it is not loaded again.
  showPermissions() {
    if (this.#ended) throw this.#ended;
    this.#openWindow(new URL("#/apps", this.#address)).focus();
  }

  #openWindow(address) {
    const window = globalThis.open(address, "keepwell:" + this.#origin, WINDOW_FEATURES);
    if (!window) throw unavailable("popupBlocked", "the browser did not open Keepwell's window; connect in a click");
    return window;
  }

  // Resolves when requests can be sent.
  connected() {
    if (this.#port) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  heard(origin, window, kind) {
    if (origin !== this.#origin) return;
    if (this.#frame && !this.#port && window !== this.#window) this.#leaveFrame(); // a window does more
    if (this.#window && window !== this.#window && !this.#window.closed) return;
    this.#window = window;
    this.#spoken = true;
    // "ready" comes from a window that knows of no portal: a new one, or one
    // that was loaded again and has forgotten this page. The port is dead then.
    if (kind === "ready" && this.#port) this.#lose();
    if (!this.#port) this.#shake(window);
  }

  async request(method, params, { signal, begun } = {}) {
    signal?.throwIfAborted();
    if (this.#ended) throw this.#ended;
    const id = ++this.#lastId;
    const json = encode({ id, method, params });
    if (isTooLarge(json)) throw new HealthError("dataSizeExceeded", "the request is too large");
    if (!this.#window || this.#window.closed || (this.#frame && WRITES.has(method))) {
      this.#reopen(REPEATABLE.has(method) && method !== "requestAuthorization");
    }
    begun?.(id);
    const answer = new Promise((resolve, reject) => {
      this.#requests.set(id, { method, json, resolve, reject, sent: false });
    });
    this.#sendNext();
    this.#watch();
    return abortable(answer, signal, () => this.#cancel(id));
  }

  // Sends what waits, as far as the engine takes it.
  #sendNext() {
    if (!this.#port) return;
    let underWay = 0;
    for (const request of this.#requests.values()) {
      if (++underWay > IN_FLIGHT) return;
      if (!request.sent) this.#post(request.json);
      request.sent = true;
    }
  }

  async observe(query, callback, options) {
    const observer = { query, callback };
    await this.#listen(observer, options);
    return () => {
      if (observer.ended) return;
      observer.ended = true;
      this.#observers.delete(observer.id);
      if (this.#port) this.#send("unobserve", { observer: observer.id });
    };
  }

  // Begins an observer, or goes on with it on another port from its mark.
  async #listen(observer, options) {
    const params = { ...observer.query, mark: observer.mark };
    const { result } = await this.request("observe", params, {
      ...options,
      begun: (id) => {
        this.#observers.delete(observer.id);
        observer.id = id;
        this.#observers.set(id, observer);
      },
    }).catch((error) => {
      this.#observers.delete(observer.id);
      throw error;
    });
    observer.mark ??= result.mark;
  }

  #observed({ observer: id, mark }) {
    const observer = this.#observers.get(id);
    if (!observer) return; // ended meanwhile
    observer.mark = mark;
    observer.callback();
  }

  close() {
    this.#end(unavailable("closed", "this store was closed"));
    this.drop();
  }

  #end(why) {
    this.#ended ??= why;
    connections.delete(this);
    this.#observers.clear();
    this.#fail(why);
    clearInterval(this.#watcher);
    if (!this.#port) this.#leaveFrame();
  }

  // Lets go of the port: the engine ends what this page has under way.
  drop() {
    if (!this.#port) return;
    this.#send("bye");
    this.#lose();
  }

  // Forgets a port that nobody answers on any more.
  #lose() {
    this.#port.close();
    this.#port = null;
    this.#giveUpAt = Date.now() + CONNECT_TIMEOUT;
    if (this.#frame) this.#leaveFrame(); // it has ended: the records were locked, or the page is gone
  }

  // Finds another way to the engine, after the person closed the window or where a
  // frame won't do: a window, in a click; else a frame, for what reads.
  #reopen(reads) {
    const may = !navigator.userActivation || navigator.userActivation.isActive;
    const framed = !may && reads && hasFrames();
    if (this.#port && (may || framed || !this.#frame)) this.drop();
    if (!may && !framed) throw unavailable("windowClosed", "no window of Keepwell is open; ask again in a click");
    this.open(may);
  }

  // Says hello over a fresh channel. Port, nonce and window live and end here
  // together: what an earlier handshake still brings goes nowhere.
  #shake(window) {
    const now = Date.now();
    const last = this.#shaking;
    if (last && last.window === window && now - last.since < HELLO_RETRY) return;
    last?.port.close();
    const nonce = randomNonce();
    const { port1: port, port2 } = new MessageChannel();
    const shaking = (this.#shaking = { port, window, since: now });
    port.onmessage = ({ data }) => {
      if (shaking !== this.#shaking || data?.nonce !== nonce) return;
      if (data.keepwell === "refused") {
        this.#shaking = null;
        port.close();
        this.#fail(new HealthError("healthDataRestricted", String(data.reason), "refused"));
      } else if (data.keepwell === "welcome") {
        this.#introduce(shaking);
      }
    };
    window.postMessage({ keepwell: "hello", nonce }, this.#origin, [port2]);
  }

  #introduce(shaking) {
    const { port } = shaking;
    const id = ++this.#lastId;
    port.onmessage = ({ data }) => {
      if (shaking !== this.#shaking) return;
      const response = JSON.parse(data.json);
      if (response.id !== id) return;
      this.#shaking = null;
      if (response.error) {
        port.close();
        this.#fail(new HealthError(response.error.code, response.error.message));
        return;
      }
      this.#adopt(port);
    };
    port.postMessage({ json: JSON.stringify({ id, method: "hello", params: this.#app }) });
  }

  // Takes a port into use, and asks again what the last one left unanswered.
  #adopt(port) {
    this.#port = port;
    port.onmessage = ({ data }) => this.#receive(data);
    port.onclose = () => {
      if (this.#port === port) this.#lose(); // only some browsers tell
    };
    for (const [id, request] of this.#requests) {
      if (request.sent && !REPEATABLE.has(request.method)) {
        this.#requests.delete(id);
        request.reject(unavailable("connectionLost", "the connection was lost; it is not known whether this was done"));
      }
      if (request.canceled) this.#requests.delete(id);
      request.sent = false;
    }
    this.#sendNext();
    for (const { resolve } of this.#waiting.splice(0)) resolve();
    for (const observer of [...this.#observers.values()]) {
      // Those that wait for their first answer are among the requests.
      if (observer.mark) this.#listen(observer).catch(() => {}); // the person may have erased everything
    }
  }

  #receive(data) {
    const message = JSON.parse(data.json);
    if (message.event === "observed") this.#observed(message.params);
    if (message.event === "left") this.#left(message.params.request);
    const request = this.#requests.get(message.id);
    if (!request) return; // nobody waits for it
    this.#requests.delete(message.id);
    this.#sendNext();
    if (message.error) {
      request.reject(new HealthError(message.error.code, message.error.message));
    } else {
      request.resolve({ result: message.result, buffers: data.buffers });
    }
  }

  // Takes note that the engine was ended, to lock. What it did not take any more goes
  // to the next one.
  #left(last) {
    for (const [id, request] of this.#requests) if (id > last) request.sent = false;
    this.#lose();
  }

  // Nobody waits for a request any more. One that was sent is under way until it is
  // answered.
  #cancel(id) {
    const request = this.#requests.get(id);
    if (request?.sent && this.#port) {
      request.canceled = true;
      this.#send("cancel", { request: id });
    } else {
      this.#requests.delete(id);
    }
  }

  // Says what nobody waits to have answered.
  #send(method, params) {
    this.#post(JSON.stringify({ id: ++this.#lastId, method, params }));
  }

  #post(json) {
    this.#port.postMessage({ json });
  }

  #fail(error) {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    for (const request of this.#requests.values()) request.reject(error);
    this.#requests.clear();
  }

  // Nothing tells that a window of another origin was closed; one has to look,
  // for as long as somebody waits.
  #watch() {
    this.#watcher ??= setInterval(() => this.#look(), WATCH_INTERVAL);
  }

  #look() {
    if (this.#waiting.length === 0 && this.#requests.size === 0) {
      clearInterval(this.#watcher);
      this.#watcher = undefined;
    } else if (this.#window?.closed) {
      if (this.#port) this.#lose();
      this.#windowGone();
    } else if (!this.#port && Date.now() > this.#giveUpAt) {
      this.#fail(this.#window && !this.#frame
        ? unavailable("timeout", "Keepwell's window does not answer; is its address right?")
        : unavailable("windowClosed", "no window of Keepwell is open"));
    }
  }

  async #windowGone() {
    if (!this.#spoken && (await severed())) {
      this.#fail(unavailable("openerSevered",
        "this page's Cross-Origin-Opener-Policy header cuts it off from Keepwell's window; send none, or same-origin-allow-popups"));
      return;
    }
    for (const request of this.#requests.values()) {
      if (request.method === "requestAuthorization") {
        request.reject(new HealthError("userCanceled", "the person closed the window without an answer"));
      }
    }
    this.#fail(unavailable("windowClosed", "Keepwell's window was closed"));
  }
}

// Tells whether this page's own headers cut it off from windows that it opens
// (HTML section 7.1.3). A header of one's own page can be read by asking again.
async function severed() {
  if (globalThis.crossOriginIsolated) return true;
  try {
    const { headers } = await fetch(location.href, { method: "HEAD" });
    return headers.get("cross-origin-opener-policy")?.trim().startsWith("same-origin") &&
      !headers.get("cross-origin-opener-policy").includes("allow-popups");
  } catch {
    return false; // this page may not ask; nothing is known
  }
}

// Tells whether this browser can give a frame the storage that its origin has outside:
// this method came with that (Storage Access API, non-cookie storage). The handle has
// no interface object to look for.
function hasFrames() {
  return Boolean(globalThis.document?.hasUnpartitionedCookieAccess);
}

function hostURL(host) {
  let url;
  try {
    url = new URL(host);
  } catch {
    throw new HealthError("invalidArgument", "host must be the address of a Keepwell, such as https://keepwell.example");
  }
  const local = /^(localhost|.*\.localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && local)) {
    throw new HealthError("invalidArgument", "host must be an https address, or http on this machine");
  }
  return url;
}

// Settles as promise does, or rejects with the signal's reason when it aborts first.
function abortable(promise, signal, onAbort) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => {
      onAbort?.();
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

// The address of what is given below FHIR's API, or absolutely.
const belowFHIR = (address) => new URL(address.startsWith("/") ? "." + address : address, FHIR_BASE);

// Writes what the page gave as JSON; it may be nested too deeply for that, hold
// itself, or a BigInt.
function encode(value) {
  try {
    return JSON.stringify(value, datesAsMilliseconds);
  } catch (error) {
    throw error instanceof RangeError // of the stack
      ? new HealthError("dataSizeExceeded", "the request is nested too deeply")
      : new HealthError("invalidArgument", "the request can't be written as JSON");
  }
}

// A UTF-16 code unit has at most three bytes in UTF-8.
const isTooLarge = (json) => json.length * 3 > MAX_MESSAGE && new TextEncoder().encode(json).length > MAX_MESSAGE;

// Dates cross as milliseconds since the Unix epoch. (JSON.stringify has called
// toJSON before it calls a replacer; the Date itself is still in its holder.)
function datesAsMilliseconds(key, value) {
  return this[key] instanceof Date ? this[key].getTime() : value;
}

function randomNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, "");
}
