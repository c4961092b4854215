// Measures how long a chart takes, from the press of a period's button until the
// browser has painted it: the engine's figures, the drawing, the table and the
// words beside it. Of the sample person's steps, on a phone's window and a desktop's.
import { ready, startBrowser, startDemo, looks } from "../e2e/harness.mjs";

const rounds = 10;
const bound = 100; // ms
const units = ["Day", "Week", "Month", "Year"];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Milliseconds from pressing a period's button to the painted chart. */
const draw = (page, unit) => page.evaluate(async (unit) => {
  const start = performance.now();
  document.querySelectorAll(".tabs button").values().find((tab) => tab.textContent === unit).click();
  await new Promise((drawn) => new MutationObserver(drawn).observe(document.querySelector(".chart"), { childList: true }));
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  return performance.now() - start;
}, unit);

async function measure(browser, origin, look) {
  const page = await browser.newPage();
  await page.setViewport(looks[look].viewport);
  await page.goto(origin);
  await ready(page);
  await page.locator("a ::-p-text(Steps)").click();
  await page.waitForSelector(".u-wrap canvas");
  const times = {};
  for (let round = 0; round < rounds; round++) {
    for (const unit of units) (times[unit] ??= []).push(await draw(page, unit));
  }
  await page.close();
  for (const unit of units) {
    const [first, ...warm] = times[unit];
    console.log(`chart of a ${unit.toLowerCase()}, ${look}: ${median(warm).toFixed(0)} ms warm, ${Math.max(...warm).toFixed(0)} ms at most, ${first.toFixed(0)} ms at first (aim ${bound} ms)`);
  }
}

const demo = await startDemo();
const chromium = await startBrowser();
try {
  const page = await chromium.browser.newPage();
  await page.goto(demo.page);
  await ready(page);
  await page.locator("::-p-aria([name=\"Load sample records\"][role=\"button\"])").click();
  await page.waitForSelector(".figures");
  await page.close();
  for (const look of ["phone", "desktop"]) await measure(chromium.browser, demo.page, look);
} finally {
  await chromium.stop();
  await demo.stop();
}
