// Starts Keepwell on the person's page, once its way to the network is shut. The page
// needs no other script than Go's own: where those of charts and of passphrases fail,
// as uPlot does in a browser whose language is "C", it lacks them alone.
import { compile, engineScript, missing, run, trusted } from "./start.mjs";

// What the page may no longer do once all is loaded: connect, and load further
// scripts. A worker from a blob: URL inherits it (CSP 3 section 7.8); one from a file
// has the policy of its response.
const sealedPolicy = "connect-src 'none'; script-src 'wasm-unsafe-eval'; worker-src 'self' blob:";

for (const event of ["click", "auxclick"]) document.addEventListener(event, leave, { capture: true });

boot().catch((error) => {
  console.error("keepwell: the start failed:", error.name);
  fail("load");
});

async function boot() {
  const lack = missing();
  if (lack) return fail(lack);
  const [module, url] = await Promise.all([compile(), engineScript(copy), loaded()]);
  sealPage();
  const script = trusted(url);
  while (await run("page", module, script, fail)) clear();
}

// copy makes a blob: URL of a script, which the page's policy holds.
async function copy(response) {
  return URL.createObjectURL(await response.blob());
}

// clear takes off the page what the program that ended drew.
function clear() {
  document.getElementById("pages").hidden = true;
  document.getElementById("pages").replaceChildren();
}

// loaded resolves once the page's other scripts ran or failed: after sealPage the
// browser would load none. They arrive while the module does, which is larger.
function loaded() {
  return new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
}

// sealPage adds the sealed policy to those the page already has; policies only ever
// add up (CSP 3 section 8.1).
function sealPage() {
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = sealedPolicy;
  document.head.append(meta);
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
