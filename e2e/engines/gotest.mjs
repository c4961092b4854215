// The page side of ../wasmrun.mjs: runs the test binary and posts what it writes, in
// order, and its exit status.
const post = (path, body) => fetch(path, { method: "POST", body });

// A browser has no files, so none is there: the seeds of a fuzz test, for one.
const { fs } = globalThis;
fs.constants = { O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_EXCL: 128, O_TRUNC: 512, O_APPEND: 1024, O_DIRECTORY: 65536 };
fs.open = (path, flags, mode, callback) => callback(Object.assign(new Error("no files here"), { code: "ENOENT" }));

let posted = Promise.resolve();
let unposted = []; // Uint8Arrays

fs.writeSync = (_, bytes) => {
  if (unposted.length === 0) posted = posted.then(postOutput);
  unposted.push(bytes.slice());
  return bytes.length;
};

function postOutput() {
  const bytes = unposted;
  unposted = [];
  return post("output", new Blob(bytes));
}

function write(text) {
  fs.writeSync(1, new TextEncoder().encode(`${text}\n`));
}

async function exit(status) {
  await posted;
  await post("exit", String(status));
}

addEventListener("error", ({ message }) => write(message) ?? exit(2));
addEventListener("unhandledrejection", ({ reason }) => write(reason) ?? exit(2));

const go = new Go();
const { args, env } = await (await fetch("run.json")).json();
Object.assign(go, { argv: args, env });
let status = 0;
go.exit = (code) => (status = code);
const { instance } = await WebAssembly.instantiateStreaming(fetch("test.wasm"), go.importObject);
await go.run(instance);
await exit(status);
