// What the person's page (boot.mjs) and a portal's page that holds Keepwell itself
// (embedded.mjs) start alike: the module, compiled once, runs its page's half here
// and its engine in a worker.
import "./wasm_exec.js";

const moduleURL = new URL("./keepwell.wasm", import.meta.url);
const engineURL = new URL("./engine.js", import.meta.url);

// The policy that keeps the engine from the network, the same text as
// host.EnginePolicy. It counts only when the response of the worker's script has it.
const enginePolicy = "default-src 'none'; script-src 'wasm-unsafe-eval'";

// missing names what the browser lacks, as the articles of index.html do.
export function missing() {
  if (typeof WebAssembly !== "object") return "webassembly";
  if (typeof Worker !== "function") return "worker";
  if (!globalThis.crypto?.subtle) return "insecure"; // only https and localhost have it
  if (!hasIndexedDB()) return "storage";
}

function hasIndexedDB() {
  try {
    return Boolean(globalThis.indexedDB);
  } catch {
    return false; // a document without an origin of its own throws
  }
}

export async function compile() {
  const response = await fetch(moduleURL);
  if (!response.ok) throw new TypeError("the module is not there");
  // A static host may not know the type application/wasm; streaming insists on it.
  if (response.headers.get("Content-Type") === "application/wasm") {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

// engineScript resolves to the URL to start the engine's worker from: the file, if
// its response carries the policy that holds the worker, else what otherwise makes
// of that response.
export async function engineScript(otherwise) {
  const response = await fetch(engineURL);
  if (!response.ok) throw new TypeError("the engine is not there");
  return response.headers.get("Content-Security-Policy") === enginePolicy ? engineURL.href : otherwise(response);
}

// trusted makes the one script URL that a worker may be started from: the
// policy "keepwell" knows no other (Trusted Types section 2.3).
export function trusted(url) {
  const policy = globalThis.trustedTypes?.createPolicy("keepwell", { createScriptURL: () => url });
  return policy ? policy.createScriptURL("") : url;
}

// run runs Keepwell until it ends; true when it asks to be started afresh, as it
// does to lock: of a worker and a program that ended, no record stays in memory.
// Otherwise fail has been told why. role names the page's half, lent is what it needs
// besides the engine.
export async function run(role, module, script, fail, lent) {
  const engine = startEngine(module, script, fail);
  if (!engine) return fail("worker");
  let again = false;
  const restart = () => {
    again = true;
    return new Promise((ready) => addEventListener("keepwell-ready", () => ready(), { once: true }));
  };
  globalThis.keepwellBoot = { role, engine, restart, ...lent };
  const go = new Go();
  await go.run(await WebAssembly.instantiate(module, go.importObject));
  engine.end();
  if (role === "page") delete globalThis.keepwell; // its functions would answer nothing; the next program brings others
  if (!again) return fail("stopped");
  forget(go);
  return true;
}

// forget keeps the listeners and timers of a program that ended from waking it, and
// from holding its memory.
export function forget(go) {
  for (const timer of go._scheduledTimeouts.values()) clearTimeout(timer);
  go._scheduledTimeouts.clear();
  go._resume = () => {};
  go.mem = undefined;
}

// startEngine starts a worker for the engine and returns the port to it and the way
// to end it, with all it holds in memory; nothing if the browser refuses.
function startEngine(module, script, fail) {
  let worker;
  try {
    worker = new Worker(script);
  } catch {
    return undefined;
  }
  const { port1, port2 } = new MessageChannel();
  let reason = "worker"; // until it has shown that it runs
  worker.onmessage = ({ data }) => (data === "started" ? (reason = "stopped") : fail("stopped"));
  worker.onerror = () => fail(reason);
  worker.postMessage({ module, port: port2 }, [port2]);
  return { port: port1, end: () => worker.terminate() };
}
