// Measures the import of an Apple Health export of ten years, and beside it what a
// web developer would take today, in one run of one browser: `make bench`.
// EXPORT_DAYS sets how many days the export covers, PEER_DAYS the peers' smaller one.
import { spawnSync } from "node:child_process";
import { existsSync, openSync, readFileSync } from "node:fs";
import { mkdir, open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { engineOf, ready, startBrowser, startDemo } from "../e2e/harness.mjs";
import { importFile, yearOfDays, sumsByDay } from "./keepwell.mjs";
import { median, servePeers, stored } from "./measure.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..");
const out = join(here, "out");
const days = Number(process.env.EXPORT_DAYS ?? 3653);
const peerDays = Number(process.env.PEER_DAYS ?? 30);
const month = 30;

/** Writes an export once: {path, size in bytes of its XML, expected}. */
async function generated(days, ending) {
  const path = join(out, `health-${days}.${ending}`);
  const facts = `${path}.json`;
  if (!existsSync(facts)) {
    const { status } = spawnSync("go", ["run", "./internal/records", "-days", String(days), "-export", path], {
      cwd: root,
      stdio: ["ignore", openSync(`${facts}.new`, "w"), "inherit"],
    });
    if (status !== 0) throw new Error("the export could not be generated");
    await rename(`${facts}.new`, facts);
  }
  const packed = (await stat(path)).size;
  return { path, packed, size: ending === "zip" ? await xmlSize(path, packed) : packed, expected: JSON.parse(readFileSync(facts)) };
}

/** The unpacked size of an archive's last member, as its directory has it (APPNOTE 4.3.12). */
async function xmlSize(path, packed) {
  const file = await open(path);
  try {
    const tail = Buffer.alloc(Math.min(packed, 1 << 16));
    await file.read(tail, 0, tail.length, packed - tail.length);
    return tail.readUInt32LE(tail.lastIndexOf("PK\x01\x02") + 24);
  } finally {
    await file.close();
  }
}

/** The renderer with the most memory: its peak resident set in bytes (proc(5), VmHWM). */
async function peakOfRenderer(browser) {
  const session = await browser.target().createCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const peaks = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => Number(readFileSync(`/proc/${id}/status`, "utf8").match(/VmHWM:\s+(\d+) kB/)?.[1] ?? 0) * 1024);
  return Math.max(...peaks);
}

/** Bytes of the engine's WebAssembly memory, which never shrinks: its peak. */
async function wasmMemory(page) {
  const worker = await engineOf(page);
  const { client } = worker;
  const { result } = await client.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
  const { objects } = await client.send("Runtime.queryObjects", { prototypeObjectId: result.objectId });
  const sum = await client.send("Runtime.callFunctionOn", {
    objectId: objects.objectId,
    functionDeclaration: "function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0); }",
    returnByValue: true,
  });
  return sum.result.value;
}

async function timedImport(page, path) {
  const input = await page.evaluateHandle(() => Object.assign(document.createElement("input"), { type: "file" }));
  await input.uploadFile(path);
  const [time, added, longestTask, report] = await input.evaluate(importFile);
  await input.dispose();
  if (report.skippedCount) throw new Error(`${report.skippedCount} records were skipped`);
  return { time, added, longestTask, unchanged: report.unchanged };
}

/** How many days' sums are those of the generator; throws where one is not. */
async function compareDays(page, expected) {
  let compared = 0;
  for (const [type, byDay] of Object.entries(expected.sums)) {
    const sums = await page.evaluate(sumsByDay, type, expected.zone);
    for (const [date, sum] of Object.entries(byDay)) {
      if (!(Math.abs(sums[date] - sum) <= 1e-9 * sum)) throw new Error(`${type} of ${date}: ${sums[date]} instead of ${sum}`);
      compared++;
    }
    if (Object.keys(sums).length !== Object.keys(byDay).length) throw new Error(`${type}: other days`);
  }
  return compared;
}

async function compareCounts(page, expected) {
  const counts = await page.evaluate(() => keepwell.counts());
  for (const [type, count] of Object.entries(expected.byType)) {
    if (counts[type] !== count) throw new Error(`${counts[type]} of ${type} instead of ${count}`);
  }
}

async function measureKeepwell(browser, origin, first, next) {
  const page = await browser.newPage();
  await page.emulateTimezone(first.expected.zone);
  await page.goto(origin);
  await ready(page);
  const before = await peakOfRenderer(browser);
  const importing = await timedImport(page, first.path);
  const memory = await wasmMemory(page);
  const peak = await peakOfRenderer(browser);
  const size = await stored(page);
  await compareCounts(page, first.expected);
  const compared = await compareDays(page, first.expected);
  const year = 2016 + Math.floor(first.expected.days / 2 / 365.25); // exports begin in 2016
  const cold = await page.evaluate(yearOfDays, year);
  const warm = [];
  for (let round = 0; round < 20; round++) warm.push(await page.evaluate(yearOfDays, year));
  const again = await timedImport(page, next.path);
  await compareCounts(page, next.expected);
  const comparedAgain = await compareDays(page, next.expected);
  const after = await wasmMemory(page);
  await page.close();
  return { importing, memory, before, peak, size, compared, cold, warm: median(warm), again, comparedAgain, after };
}

async function measurePeer(browser, origin, name, path) {
  const page = await browser.newPage();
  await page.goto(origin);
  await (await page.$("input")).uploadFile(path);
  const [time, count] = await page.evaluate((name) => bench.importHealth(name), name);
  const size = await stored(page);
  await page.close();
  return { time, count, size };
}

const mega = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const seconds = (ms) => `${(ms / 1e3).toFixed(1)} s`;
const rate = (bytes, ms) => bytes / 1e3 / ms; // MB/s

function print(keepwell, peers, first, next, small) {
  const { expected } = first;
  const speed = rate(first.size, keepwell.importing.time);
  const line = (title, value, budget) => console.log(`${title.padEnd(58)}${value}${budget ? `  (budget ${budget})` : ""}`);
  console.log(`export.zip of ${expected.days} days: ${mega(first.packed)}, export.xml ${mega(first.size)}, ${expected.records} records\n`);
  line("import, sealed and durable", `${seconds(keepwell.importing.time)}, ${keepwell.importing.added} added`);
  line("of XML", `${speed.toFixed(0)} MB/s, ${((expected.records / keepwell.importing.time) * 1e3).toFixed(0)} records/s`, "100 MB/s");
  line("memory of the engine's module, at its peak", mega(keepwell.memory), "512 MB");
  line("resident set of page and worker together, at its peak", `${mega(keepwell.peak)}, ${mega(keepwell.before)} before`, "512 MB");
  line("longest task of the page meanwhile", keepwell.importing.longestTask ? `${Math.round(keepwell.importing.longestTask)} ms` : "under 50 ms", "50 ms");
  line("stored in IndexedDB", `${mega(keepwell.size)}, ${(keepwell.size / expected.records).toFixed(1)} bytes a record`, "60 MB");
  line("sums by day that are the generator's", `${keepwell.compared} of ${keepwell.compared}`);
  line("a year of daily sums, first / warm", `${keepwell.cold.toFixed(0)} / ${keepwell.warm.toFixed(1)} ms`, "50 ms warm");
  line(`next month's export (${mega(next.size)} of XML)`, `${seconds(keepwell.again.time)}, ${rate(next.size, keepwell.again.time).toFixed(0)} MB/s`);
  line("  of it", `${keepwell.again.added} added, ${keepwell.again.unchanged} unchanged; ${keepwell.comparedAgain} sums right`);
  line("  memory of the engine's module after it", mega(keepwell.after), "512 MB");
  console.log(`\nWhat a web developer would take today can't hold such a file, or would take hours: they get export.xml of
${small.expected.days} days, unpacked (${mega(small.size)}, ${small.expected.records} records). They neither encrypt nor merge sources.`);
  for (const [name, peer] of Object.entries(peers)) {
    const its = rate(small.size, peer.time);
    line(`${name}, ${peer.count} records`, `${seconds(peer.time)}, ${its.toFixed(1)} MB/s; Keepwell ${(speed / its).toFixed(0)} : 1${peer.size > 1e6 ? `; stored ${(peer.size / peer.count).toFixed(0)} bytes a record` : ""}`);
  }
}

await mkdir(out, { recursive: true });
const [first, next, small] = [await generated(days, "zip"), await generated(days + month, "zip"), await generated(peerDays, "xml")];
const demo = await startDemo(process.env.KEEPWELL_SITE ?? join(root, "dist"));
const served = await servePeers();
const chromium = await startBrowser();
try {
  const keepwell = await measureKeepwell(chromium.browser, demo.page, first, next);
  const peers = {};
  for (const name of ["DOMParser alone", "saxes and Dexie"]) peers[name] = await measurePeer(chromium.browser, served.origin, name, small.path);
  print(keepwell, peers, first, next, small);
} finally {
  await chromium.stop();
  await demo.stop();
  served.stop();
}
