// Starts Keepwell: compiles the module once, shuts the page's way to the network,
// runs the page's half of the module here and hands the same module to the engine's
// worker. The page needs no other script than Go's own: where those of charts and of
// passphrases fail, as uPlot does in a browser whose language is "C", it lacks them alone.
import "./wasm_exec.js";

const moduleURL = new URL("./keepwell.wasm", import.meta.url);
const engineURL = new URL("./engine.js", import.meta.url);

// The policy that keeps the engine from the network, the same text as
// host.EnginePolicy. It counts only when the response of the worker's script has it.
const enginePolicy = "default-src 'none'; script-src 'wasm-unsafe-eval'";

// What the page may no longer do once all is loaded: connect, and load further
// scripts. A worker from a blob: URL
// inherits it (CSP 3 section 7.8); one from a file has the policy of its response.
const sealedPolicy = "connect-src 'none'; script-src 'wasm-unsafe-eval'; worker-src 'self' blob:";

for (const event of ["click", "auxclick"]) document.addEventListener(event, leave, { capture: true });

boot().catch((error) => {
  console.error("keepwell: the start failed:", error.name);
  fail("load");
});

async function boot() {
  const lack = missing();
  if (lack) return fail(lack);
  const [module, url] = await Promise.all([compile(), engineScript(), loaded()]);
  sealPage();
  const script = trusted(url);
  while (await run(module, script)) clear();
}

// run runs Keepwell until it ends; true when it asks to be started afresh, as it
// does to lock: of a worker and a program that ended, no record stays in memory.
async function run(module, script) {
  const engine = startEngine(module, script);
  if (!engine) return fail("worker");
  let again = false;
  const restart = () => {
    again = true;
    return new Promise((ready) => addEventListener("keepwell-ready", () => ready(), { once: true }));
  };
  globalThis.keepwellBoot = { role: "page", engine, restart };
  const go = new Go();
  await go.run(await WebAssembly.instantiate(module, go.importObject));
  engine.end();
  delete globalThis.keepwell; // its functions would answer nothing; the next program brings others
  if (!again) return fail("stopped");
  forget(go);
  return true;
}

// forget keeps the listeners and timers of a program that ended from waking it, and
// from holding its memory.
function forget(go) {
  for (const timer of go._scheduledTimeouts.values()) clearTimeout(timer);
  go._scheduledTimeouts.clear();
  go._resume = () => {};
  go.mem = undefined;
}

// clear takes off the page what the program that ended drew.
function clear() {
  document.getElementById("pages").hidden = true;
  document.getElementById("pages").replaceChildren();
}

// missing names what the browser lacks, as the articles of index.html do.
function missing() {
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

// loaded resolves once the page's other scripts ran or failed: after sealPage the
// browser would load none. They arrive while the module does, which is larger.
function loaded() {
  return new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
}

async function compile() {
  const response = await fetch(moduleURL);
  if (!response.ok) throw new TypeError("the module is not there");
  // A static host may not know the type application/wasm; streaming insists on it.
  if (response.headers.get("Content-Type") === "application/wasm") {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

// engineScript resolves to the URL to start the engine's worker from: the file, if
// its response carries the policy that holds the worker, else a blob: URL of the
// same text, which the page's policy holds.
async function engineScript() {
  const response = await fetch(engineURL);
  if (!response.ok) throw new TypeError("the engine is not there");
  if (response.headers.get("Content-Security-Policy") === enginePolicy) return engineURL.href;
  return URL.createObjectURL(await response.blob());
}

// sealPage adds the sealed policy to those the page already has; policies only ever
// add up (CSP 3 section 8.1).
function sealPage() {
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = sealedPolicy;
  document.head.append(meta);
}

// trusted makes the one script URL that a worker may be started from: the page's
// only Trusted Types policy knows no other (Trusted Types section 2.3).
function trusted(url) {
  const policy = globalThis.trustedTypes?.createPolicy("keepwell", { createScriptURL: () => url });
  return policy ? policy.createScriptURL("") : url;
}

// startEngine starts a worker for the engine and returns the port to it and the way
// to end it, with all it holds in memory; nothing if the browser refuses.
function startEngine(module, script) {
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

// leave opens a link to another origin by way of leave.html, which alone may lead
// out (host, Connection-Allowlist).
function leave(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || link.origin === location.origin || !link.protocol.startsWith("http")) return;
  event.preventDefault();
  window.open(`${new URL("leave.html", document.baseURI)}#${encodeURIComponent(link.href)}`, "_blank", "noopener");
}

// fail shows the article of index.html that says in plain words what is wrong; the
// first of several stays, since the others follow from it.
function fail(reason) {
  const section = document.getElementById("failure");
  if (!section.hidden) return;
  for (const id of ["opening", "pages"]) document.getElementById(id)?.setAttribute("hidden", "");
  const article = document.getElementById(`failure-${reason}`) ?? document.getElementById("failure-stopped");
  section.hidden = article.hidden = false;
  article.querySelector("h1").focus();
}
