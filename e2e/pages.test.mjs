// The person's pages: they can be used by keyboard and by screen reader in every
// look, say nothing of a record in addresses and titles, and come back as they
// were left.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults } from "./axe.mjs";
import { openPage, ready, startBrowser, startDemo } from "./harness.mjs";
import { linkToType, navigate, openType, press } from "./person.mjs";

let demo, chromium, page, watch;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page, watch } = await openPage(chromium.browser, demo.page));
  await ready(page);
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

/** Waits until the page's heading reads so. */
const headed = (text) =>
  page.waitForFunction((text) => document.querySelector("h1")?.textContent.startsWith(text), {}, text);

const focused = () => page.evaluate(() => document.activeElement.textContent.trim());

/** What the browser keeps of where the person is. */
const kept = () =>
  page.evaluate(() => JSON.stringify([location.href, document.title, history.state, sessionStorage, Object.keys(localStorage)]));

test("a first visit explains itself and offers a way in", async () => {
  await headed("Your health records");
  assert.deepEqual(await faults(page), []);
});

test("the sample records are read through the buttons", async () => {
  await press(page, "Load sample records");
  await page.waitForSelector(".figures");
  assert.match(await focused(), /records added$/);
  assert.deepEqual(await faults(page), []);
});

test("every page is fit for every look", async () => {
  for (const [name, heading] of [["Records", "Your records"], ["Apps", "Apps"], ["Privacy", "Privacy"]]) {
    await navigate(page, name);
    await headed(heading);
    await page.waitForFunction(() => !document.querySelector(".waiting"));
    assert.deepEqual(await faults(page), [], heading);
  }
});

test("a list and a record are reached by keyboard alone, and left again", async () => {
  await navigate(page, "Records");
  await headed("Your records");
  await (await linkToType(page, "Lab Results")).focus();
  await page.keyboard.press("Enter");
  await headed("Lab Results");
  assert.equal(await focused(), "Lab Results");
  await page.waitForSelector(".records li:not(.pending)");
  assert.deepEqual(await faults(page), []);

  await page.focus(".records a[tabindex='0']");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  const row = await page.evaluate(() => document.activeElement.closest("li").getAttribute("aria-posinset"));
  assert.equal(row, "3");
  const name = (await focused()).split(" ")[0];
  await page.keyboard.press("Enter");
  await headed(name);
  await page.waitForFunction(() => !document.querySelector(".waiting"));
  assert.deepEqual(await faults(page), []);

  await page.goBack();
  await page.waitForFunction(() => document.activeElement.closest("li:not(.pending)")?.getAttribute("aria-posinset") === "3");
});

test("neither addresses nor titles say anything of a record", async () => {
  const seen = [await kept()];
  await page.keyboard.press("Enter");
  await page.waitForSelector(".facts");
  seen.push(await kept());
  for (const word of ["lab", "allergy", "hemoglobin", "glucose", "sample", "Lindstr"]) {
    for (const text of seen) assert.ok(!text.toLowerCase().includes(word.toLowerCase()), `${text} says ${word}`);
  }
  assert.doesNotMatch(seen.join(), /[0-9a-f]{8}-[0-9a-f]{4}-/, "an identifier is kept");
});

test("a reload in a record leads home and not to another record", async () => {
  await page.reload();
  await ready(page);
  await headed("Your records");
});

test("a list that has been scrolled comes back where it was", async () => {
  await navigate(page, "Records");
  await headed("Your records");
  await openType(page, "Steps");
  await headed("Steps");
  await page.waitForSelector(".records li"); // they come below the figures, when those are there
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const rows = await page.evaluate(() => Number(document.querySelector(".records li").getAttribute("aria-setsize")));
  assert.ok(height > rows * 70, `${rows} rows are ${height} px high`);
  await page.evaluate(() => scrollTo(0, 400_000));
  await page.waitForFunction(() => {
    const row = document.elementFromPoint(700, 400)?.closest(".records li");
    return scrollY === 400_000 && Number(row?.getAttribute("aria-posinset")) > 1000 && !document.querySelector(".records li.pending");
  });
  assert.ok((await page.$$(".records li")).length < 60);
  // What stands above may still change its height, which the browser makes up for: the row counts, and where it is in sight.
  const left = await page.evaluate(() => {
    const row = document.elementFromPoint(700, 400).closest(".records li");
    const place = { number: row.getAttribute("aria-posinset"), top: row.getBoundingClientRect().top };
    row.querySelector("a").click();
    return place;
  });
  await page.waitForSelector(".facts");
  await page.goBack();
  await page.waitForFunction(({ number, top }) => {
    const row = document.activeElement.closest(".records li");
    return row?.getAttribute("aria-posinset") === number && Math.abs(row.getBoundingClientRect().top - top) < 1;
  }, {}, left);
});

test("a search narrows the list", async () => {
  await navigate(page, "Records");
  await headed("Your records");
  await openType(page, "Lab Results");
  await headed("Lab Results");
  await page.type("input[type=search]", "hemoglobin 2020");
  await page.waitForFunction(() => / of /.test(document.querySelector(".lead")?.textContent));
  await page.waitForFunction(() => [...document.querySelectorAll(".line-title")].every((title) => /hemoglobin/i.test(title.textContent)));
});

test("dropped files are read", async () => {
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["<!doctype html><title>x</title>"], "page.json"));
    for (const type of ["dragenter", "dragover", "drop"]) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
  });
  await page.waitForSelector(".figures, .chooser");
  await page.waitForSelector(".trouble");
  assert.match(await page.$eval(".trouble", (card) => card.textContent), /page\.json/);
  assert.deepEqual(await faults(page), []);
});

test("erasing asks once more, and then nothing is left", async () => {
  await navigate(page, "Privacy");
  await headed("Privacy");
  await press(page, "Erase everything…");
  assert.equal(await focused(), "Keep my records");
  assert.deepEqual(await faults(page), []);
  await press(page, "Erase everything now");
  await headed("Your health records");
  assert.deepEqual(await page.evaluate(() => keepwell.counts()), {});
});

test("nothing went wrong behind the pages", () => assert.deepEqual(watch.errors, []));
