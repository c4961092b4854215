// Serves, in a frame of a portal's page, what the person granted that portal: where the
// browser gives a frame the storage of its own origin, as it is outside of frames
// (Storage Access API, extended to more than cookies; Chromium). It shows nothing, and
// a page that it does not serve hears nothing.
//
// Only the frame's document is given that storage, no worker of it (section "Storage
// Access handles"), so the engine runs here and the frame's own policy holds it.
import { compile, forget } from "./start.mjs";

const database = "keepwell"; // as wasm/keepwell names it

// What the frame may no longer do once all is loaded.
const sealedPolicy = "connect-src 'none'; script-src 'wasm-unsafe-eval'";

serve().catch(() => {}); // it is not for the page around to know why

async function serve() {
  const handle = await document.requestStorageAccess({ indexedDB: true, localStorage: true, locks: true, BroadcastChannel: true });
  const known = await handle.indexedDB.databases();
  if (!known.some(({ name }) => name === database)) return; // and none is made
  const module = await compile();
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = sealedPolicy;
  document.head.append(meta);
  lend(handle);
  globalThis.keepwellBoot = { role: "frame" };
  const go = new Go();
  await go.run(await WebAssembly.instantiate(module, go.importObject));
  // Keys and records go from memory here and not by leaving for an empty page: the page
  // around would see that as a second load, and know that there is a store.
  new Uint8Array(go.mem.buffer).fill(0);
  forget(go);
}

// lend puts the storage of outside in place of the frame's own, which is empty.
function lend(handle) {
  const replace = (object, name, value) => Object.defineProperty(object, name, { value });
  replace(globalThis, "indexedDB", handle.indexedDB);
  replace(globalThis, "localStorage", handle.localStorage);
  replace(navigator, "locks", handle.locks);
  replace(globalThis, "BroadcastChannel", function (name) { return handle.BroadcastChannel(name); });
}
