// Starts Keepwell in the page of a portal that serves Keepwell's files itself. The
// page is the portal's: its policies are left as they are, nothing is offered to its
// scripts, and what the person must see stands in a layer above it.
import { compile, engineScript, missing, run, trusted } from "./start.mjs";

const styles = new URL("./keepwell.css", import.meta.url).href;

/** Resolves once Keepwell does not run in this page, or no more, with why, for developers. */
export const ended = new Promise((resolve) => start(resolve).catch((error) => resolve(error.message)));

async function start(fail) {
  const lack = missing();
  if (lack) return fail(`the browser does not offer this page what it needs (${lack})`);
  const url = await engineScript(unheld); // first: where that fails the portal opens a window, which its click allows for a while only
  const module = await compile();
  const script = trusted(url);
  const ended = (reason) => fail(reason === "worker" ? "the engine's worker did not start; does worker-src allow it?" : "it has stopped, as the console says");
  while (await run("embedded", module, script, ended, { styles }));
}

// unheld refuses an engine without its policy: this page's is not Keepwell's to narrow.
function unheld() {
  throw new TypeError("the engine's file comes without its Content-Security-Policy header");
}
