// Measures a backup of a large store in a real browser: time, and the memory that
// the engine's module takes, which must stay under 512 MB. Half of the store is
// many small records, which cost index; half is documents that don't compress.
import { spawnSync } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { engineMemory, ready, startBrowser, startDemo } from "../e2e/harness.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = join(root, "bench/out");
const records = Number(process.env.RECORDS ?? 250_000); // about 980 bytes each
const documents = Number(process.env.DOCUMENTS ?? 256); // 1 MB each
const most = 512 * 2 ** 20;

const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

async function recordsFile() {
  const path = join(out, `${records}.ndjson`);
  if (!existsSync(path)) {
    const { status } = spawnSync("go", ["run", "./internal/records", "-n", String(records)], {
      cwd: root,
      stdio: ["ignore", openSync(`${path}.new`, "w"), "inherit"],
    });
    if (status !== 0) throw new Error("the records could not be generated");
    await rename(`${path}.new`, path);
  }
  return path;
}

// The functions below run in the page.

async function importBoth({ files }, documents) {
  const random = new Uint8Array(3 << 18);
  const base64 = () => {
    for (let at = 0; at < random.length; at += 65536) crypto.getRandomValues(random.subarray(at, at + 65536));
    let text = "";
    for (let at = 0; at < random.length; at += 3 << 12) text += btoa(String.fromCharCode(...random.subarray(at, at + (3 << 12))));
    return text;
  };
  const lines = Array.from({ length: documents }, (_, n) => new Blob([
    `{"resourceType":"DocumentReference","id":"scan-${n}","status":"current","content":[{"attachment":{"contentType":"application/pdf","data":"${base64()}"}}]}\n`,
  ]));
  const scans = new File(lines, "scans.ndjson");
  await keepwell.import([files[0], scans]);
  return files[0].size + scans.size;
}

async function exportAll() {
  globalThis.backup = await keepwell.export({ passphrase: "granite plume orchard nine" });
  return backup.size;
}

const restoreAll = () => keepwell.restore(backup, { passphrase: "granite plume orchard nine", mode: "replace" });
const counts = () => keepwell.counts();

await mkdir(out, { recursive: true });
const path = await recordsFile();
const demo = await startDemo(process.env.KEEPWELL_SITE ?? join(root, "dist"));
const chromium = await startBrowser();
let over = false;
try {
  const page = await chromium.browser.newPage();
  await page.goto(demo.page);
  await ready(page);
  const step = async (title, work, ...parameters) => {
    const start = performance.now();
    const result = await page.evaluate(work, ...parameters);
    const memory = await engineMemory(page);
    over ||= memory > most;
    console.log(`${title.padEnd(36)}${((performance.now() - start) / 1000).toFixed(1).padStart(7)} s   wasm memory ${megabytes(memory)}`);
    return result;
  };
  const input = await page.evaluateHandle(() => Object.assign(document.createElement("input"), { type: "file" }));
  await input.uploadFile(path);
  const size = await step(`import of ${records + documents} records`, importBoth, input, documents);
  const before = await page.evaluate(counts);
  const usage = await page.evaluate(() => navigator.storage.estimate().then(({ usage }) => usage));
  await page.reload(); // an engine that has not imported
  await ready(page);
  await step("opened", counts);
  const packed = await step("export", exportAll);
  await page.evaluate(() => keepwell.erase());
  await step("restore into an empty store", restoreAll);
  const after = await page.evaluate(counts);
  if (JSON.stringify(after) !== JSON.stringify(before)) throw new Error("the restored store differs");
  console.log(`records ${megabytes(size)}, stored about ${megabytes(usage)}, backup ${megabytes(packed)}`);
} finally {
  await chromium.stop();
  await demo.stop();
}
if (over) throw new Error(`the engine took more than ${megabytes(most)}`);
