// An Apple Health export of some weeks, as the generator writes it: every record is
// counted, and the sums by day of a phone and a watch are the generator's.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { importFile, sumsByDay } from "../bench/keepwell.mjs";
import { openPage, ready, startBrowser, startDemo } from "./harness.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

let demo, chromium, page, watch, folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "keepwell-health-"));
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page, watch } = await openPage(chromium.browser, demo.page, { prepare: (page) => page.emulateTimezone("Europe/Berlin") }));
  await ready(page);
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Writes an export of so many days: {path, expected}. */
function generate(days) {
  const path = join(folder, `${days}.zip`);
  const facts = execFileSync("go", ["run", "./internal/records", "-days", String(days), "-export", path], { cwd: root });
  return { path, expected: JSON.parse(facts) };
}

async function importPath(path) {
  const input = await page.evaluateHandle(() => Object.assign(document.createElement("input"), { type: "file" }));
  await input.uploadFile(path);
  const [, added, , report] = await input.evaluate(importFile);
  return { added, ...report };
}

async function compare({ byType, sums, zone }) {
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), byType);
  for (const [type, byDay] of Object.entries(sums)) {
    const stored = await page.evaluate(sumsByDay, type, zone);
    assert.deepEqual(Object.keys(stored).sort(), Object.keys(byDay).sort());
    for (const [date, sum] of Object.entries(byDay)) {
      assert.ok(Math.abs(stored[date] - sum) <= 1e-9 * sum, `${type} of ${date}: ${stored[date]} instead of ${sum}`);
    }
  }
}

test("an export comes in whole, and the next one adds what is new", async () => {
  const [first, next] = [generate(21), generate(28)];
  const report = await importPath(first.path);
  assert.equal(report.skippedCount, 0);
  await compare(first.expected);
  const again = await importPath(next.path);
  assert.deepEqual([again.skippedCount, again.unchanged], [0, report.added + report.unchanged]);
  await compare(next.expected);
});

test("nothing failed behind the page", () => assert.deepEqual(watch.errors, []));
