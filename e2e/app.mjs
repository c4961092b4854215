// A portal as a test needs it: connected, and granted what it asks for.
import assert from "node:assert/strict";
import { answerSheet, openKeepwell } from "@keepwell-health/keepwell/testing";
import { importTexts } from "./files.mjs";
import { openPage, ready } from "./harness.mjs";

const description = {
  name: "Clinic", purpose: "care", usage: { share: "Keeps your steps.", update: "Keeps your steps.", clinical: "Shows your records." },
};

/** Has the person bring records, and opens the example portal beside them: {page, watch}. */
export async function openPortal(browser, demo, records) {
  const { page } = await openPage(browser, demo.page);
  await ready(page);
  assert.equal((await importTexts(page, records)).report.added, records.length);
  await page.close();
  return openPage(browser, demo.portal);
}

/** Connects the portal's page to Keepwell as `store`, and returns the window that opens, ready. */
export const connect = (portal, host, describe = {}) =>
  openKeepwell(portal, () => portal.evaluate(async (host, description) => {
    const { HealthStore } = await import("./keepwell.mjs");
    globalThis.store = await HealthStore.connect({ host, privacyPolicy: `${location.origin}/privacy.html`, ...description });
  }, host, { ...description, ...describe }));

/** Has the portal ask, and the person answer in their window; resolves to what the sheet offered. */
export async function ask(portal, window, request, answer) {
  const asked = portal.evaluate((request) => store.requestAuthorization(request), request);
  const [offered] = await Promise.all([answerSheet(window, answer), asked]);
  return offered;
}

/** Has the portal ask, and the person allow all of it. */
export const allowAll = (portal, window, request) => ask(portal, window, request, { read: "all", share: "all" });
