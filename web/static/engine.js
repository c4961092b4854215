"use strict";
// The engine's worker. It loads nothing, since it is allowed nothing: internal/build
// puts Go's support script in its place here, and the page hands over the compiled
// module and a port to itself. The Go side takes both from keepwellBoot.
importScripts("./wasm_exec.js");

self.onmessage = async ({ data: { module, port } }) => {
  self.onmessage = null;
  self.keepwellBoot = { role: "engine", port };
  const go = new Go();
  const running = go.run(await WebAssembly.instantiate(module, go.importObject));
  self.postMessage("started");
  await running;
  self.postMessage("stopped");
};
