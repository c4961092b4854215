// Measures Keepwell beside Dexie and RxDB in one run of one browser on one file, so
// that the ratios hold on any machine: `make bench`.
import { spawnSync } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { mkdir, readdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { allowAll, connect } from "../e2e/app.mjs";
import { engineMemory, ready, startBrowser, startDemo } from "../e2e/harness.mjs";
import { importFile, latest, latestOfPortal, protect, unlockToList } from "./keepwell.mjs";
import { median, servePeers, stored } from "./measure.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..");
const out = join(here, "out");
const records = Number(process.env.RECORDS ?? 50_000);
const warmRounds = 20;
const openRounds = 5;
const lockedRecords = 2 * records; // what is unlocked: the budget is for 100,000
const passphrase = "seven quiet herons over the reed bed";
const type = { keepwell: "labResultRecord", dexie: "Observation", rxdb: "Observation" };
const limit = 100;

/** Writes so many records once and returns their path and size. */
async function input(count) {
  const path = join(out, `${count}.ndjson`);
  if (!existsSync(path)) {
    const { status } = spawnSync("go", ["run", "./internal/records", "-n", String(count)], {
      cwd: root,
      stdio: ["ignore", openSync(`${path}.new`, "w"), "inherit"],
    });
    if (status !== 0) throw new Error("the records could not be generated");
    await rename(`${path}.new`, path);
  }
  return { path, size: (await stat(path)).size };
}

/** Asks for one record more each round: RxDB keeps the results of a query it had before. */
async function warmTime(measure) {
  const times = [];
  await measure(limit);
  for (let round = 1; round <= warmRounds; round++) times.push((await measure(limit + round))[0]);
  return median(times);
}

async function openKeepwell(browser, origin) {
  const page = await browser.newPage();
  await page.goto(origin);
  await ready(page);
  return page;
}

/** Imports a file as importFile does. */
async function importPath(page, path) {
  const input = await page.evaluateHandle(() => Object.assign(document.createElement("input"), { type: "file" }));
  await input.uploadFile(path);
  return input.evaluate(importFile);
}

async function measureKeepwell(browser, origin, path) {
  let page = await openKeepwell(browser, origin);
  const [importing, count, longestTask] = await importPath(page, path);
  const warm = await warmTime((limit) => page.evaluate(latest, type.keepwell, limit));
  const size = await stored(page);
  await page.close();
  const opening = [];
  const readyTimes = [];
  for (let round = 0; round < openRounds; round++) {
    page = await browser.newPage();
    await page.evaluateOnNewDocument(() => addEventListener("keepwell-ready", () => (globalThis.readyAfter = performance.now())));
    await page.goto(origin);
    await ready(page);
    await page.evaluate(latest, type.keepwell, limit);
    opening.push(await page.evaluate(() => performance.now()));
    readyTimes.push(await page.evaluate(() => readyAfter));
    await page.close();
  }
  return { importing, count, warm, size, opening: median(opening), ready: median(readyTimes), longestTask };
}

/**
 * The latest records as a portal on another origin reads them, and as the person's
 * page does, by turns: the medians, over the records that were imported before.
 */
async function measurePortal(browser, demo) {
  const portal = await browser.newPage();
  await portal.goto(demo.portal);
  const page = await connect(portal, demo.page);
  await ready(page);
  await allowAll(portal, page, { read: [type.keepwell] });
  const times = { portal: [], page: [] };
  for (let round = -1; round < warmRounds; round++) {
    const measured = { portal: await portal.evaluate(latestOfPortal, type.keepwell, limit), page: await page.evaluate(latest, type.keepwell, limit) };
    for (const [name, [time, found]] of Object.entries(measured)) {
      if (found !== limit) throw new Error(`the ${name} finds ${found} records`);
      if (round >= 0) times[name].push(time); // the first warms up
    }
  }
  await page.close();
  await portal.close();
  return { portal: median(times.portal), page: median(times.page) };
}

/**
 * Unlocks by passphrase, once the store is empty and once it holds records. What the
 * empty one takes is the key derivation, which is slow on purpose.
 */
async function measureUnlock(browser, origin, path) {
  const page = await openKeepwell(browser, origin);
  await page.evaluate(protect, passphrase);
  const unlock = async () => {
    const times = [];
    for (let round = 0; round < openRounds; round++) {
      const [time, found] = await page.evaluate(unlockToList, passphrase, type.keepwell, limit);
      times.push(time);
      if (found !== (count ? limit : 0)) throw new Error(`the list after unlocking has ${found} records`);
    }
    return median(times);
  };
  let count = 0;
  const derivation = await unlock();
  count = (await importPath(page, path))[1];
  const unlocking = await unlock();
  const memory = await engineMemory(page);
  await page.close();
  return { count, derivation, unlocking, memory };
}

async function measurePeer(browser, origin, name, path) {
  let page = await browser.newPage();
  await page.goto(origin);
  await (await page.$("input")).uploadFile(path);
  const [importing, count] = await page.evaluate((name) => bench.import(name), name);
  const query = (limit) => page.evaluate((...args) => bench.latest(...args), name, type[name], limit);
  const warm = await warmTime(query);
  const size = await stored(page);
  await page.close();
  const opening = [];
  for (let round = 0; round < openRounds; round++) {
    page = await browser.newPage();
    await page.goto(origin);
    await query(limit);
    opening.push(await page.evaluate(() => performance.now()));
    await page.close();
  }
  return { importing, count, warm, size, opening: median(opening) };
}

async function moduleSizes() {
  const names = await readdir(join(root, "dist/assets"));
  const name = names.find((name) => /^keepwell\.\w+\.wasm$/.test(name));
  const size = async (name) => (await stat(join(root, "dist/assets", name))).size;
  return { raw: await size(name), brotli: await size(`${name}.br`) };
}

function print(results, port, unlocked, inputSize, sizes) {
  const { keepwell } = results;
  const milliseconds = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
  const megabytes = (value) => `${(value / 1e6).toFixed(2)} MB`;
  const rows = [["", "Keepwell", "Dexie", "RxDB", "Dexie : Keepwell", "RxDB : Keepwell"]];
  const add = (title, key, show) => {
    const ratio = (peer) => `${(results[peer][key] / keepwell[key]).toFixed(1)} : 1`;
    rows.push([title, ...["keepwell", "dexie", "rxdb"].map((name) => show(results[name][key])), ratio("dexie"), ratio("rxdb")]);
  };
  add(`import ${records} resources (${megabytes(inputSize)})`, "importing", milliseconds);
  add(`latest ${limit} of a type, warm`, "warm", milliseconds);
  add("page opened to first list", "opening", milliseconds);
  add("stored in IndexedDB", "size", megabytes);
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join("  "));
  const afterKey = unlocked.unlocking - unlocked.derivation;
  console.log(`\nunlock ${unlocked.count} records to first list  ${milliseconds(afterKey)} after the key derivation (budget 1 s)`);
  console.log(`  ${milliseconds(unlocked.unlocking)} in all, ${milliseconds(unlocked.derivation)} with no records; ${megabytes(unlocked.memory)} of memory`);
  console.log(`\nlatest ${limit} through a portal's port  ${milliseconds(port.portal)}, ${(port.portal / port.page).toFixed(1)} times the page's ${milliseconds(port.page)} (budget 2)`);
  console.log(`\nKeepwell encrypts (AES-256-GCM) and compresses; Dexie and RxDB store plain rows.`);
  console.log(`stored : input  1 : ${(inputSize / keepwell.size).toFixed(1)} (budget 1 : 5)`);
  console.log(`longest task of the page during the import  ${keepwell.longestTask ? milliseconds(keepwell.longestTask) : "under 50 ms"} (budget 50 ms)`);
  console.log(`keepwell.wasm  ${megabytes(sizes.raw)}, ${megabytes(sizes.brotli)} with brotli (budget 1.2 MB)`);
  console.log(`page ready, warm cache  ${milliseconds(keepwell.ready)} (budget 300 ms)`);
}

await mkdir(out, { recursive: true });
const file = await input(records);
const lockedFile = await input(lockedRecords);
const demo = await startDemo(join(root, "dist"));
const peers = await servePeers();
let chromium = await startBrowser();
try {
  const unlocked = await measureUnlock(chromium.browser, demo.page, lockedFile.path);
  await chromium.stop(); // what follows begins with an empty profile
  chromium = await startBrowser();
  const results = { keepwell: await measureKeepwell(chromium.browser, demo.page, file.path) };
  const port = await measurePortal(chromium.browser, demo);
  for (const name of ["dexie", "rxdb"]) results[name] = await measurePeer(chromium.browser, peers.origin, name, file.path);
  const counts = Object.values(results).map((result) => result.count);
  if (counts.some((count) => count !== records)) throw new Error(`not all took all records: ${counts}`);
  print(results, port, unlocked, file.size, await moduleSizes());
} finally {
  await chromium.stop();
  await demo.stop();
  peers.stop();
}
