// What is wrong with a page for people who use it in another way.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { looks } from "./harness.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// axe-core's tags for WCAG 2.2 AA and what its authors recommend beyond.
const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Calls check in every look: its size and colours, on the page as it stands. */
export async function inEveryLook(page, check) {
  const session = await page.createCDPSession();
  const wear = async ({ viewport: { width, height }, features }) => {
    // Emulating touch as well would load the page anew.
    await page.setViewport({ width, height });
    await session.send("Emulation.setEmulatedMedia", { features });
  };
  for (const [name, look] of Object.entries(looks)) {
    await wear(look);
    await check(name);
  }
  await wear(looks.desktop);
  await session.detach();
}

/** What axe-core finds in every look, and whether the page is wider than its window. */
export async function faults(page) {
  const found = [];
  await page.evaluate(axe);
  await inEveryLook(page, async (name) => {
    const { violations } = await page.evaluate((runOnly) => axe.run(document, { runOnly }), runOnly);
    for (const { id, nodes } of violations) found.push(`${name}: ${id}: ${nodes.map((node) => node.target).join(", ")}`);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (excess > 0) found.push(`${name}: the page is ${excess} px wider than its window`);
  });
  return found;
}
