# The edge on this machine: workerd, Cloudflare's runtime, with the site of dist/ (make
# edge). It says what wrangler.jsonc says for Cloudflare; a test holds them together.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .edge),
    (name = "site", assets = (
      path = "dist",
      config = "{\"html_handling\": \"none\", \"not_found_handling\": \"none\", \"run_worker_first\": true}",
      userWorker = "edge",
    )),
  ],
  sockets = [(
    name = "http",
    address = "127.0.0.1:8082",
    http = (cfBlobHeader = "CF-Blob"), # what Cloudflare says of a request, as tests put it
    service = "site",
  )],
);

const edge :Workerd.Worker = (
  compatibilityDate = "2026-11-17",
  modules = [
    (name = "edge.mjs", esModule = embed "../../bin/edge/edge.mjs"),
    (name = "worker.mjs", esModule = embed "../../bin/edge/worker.mjs"),
    (name = "runtime.mjs", esModule = embed "../../bin/edge/runtime.mjs"),
    (name = "wasm_exec.js", esModule = embed "../../bin/edge/wasm_exec.js"),
    (name = "app.wasm", wasm = embed "../../bin/edge/app.wasm"),
  ],
  bindings = [
    (name = "ASSETS", service = (name = "site", entrypoint = "AssetWorker")),
    (name = "FRAME_ANCESTORS", fromEnvironment = "FRAME_ANCESTORS"),
  ],
);
