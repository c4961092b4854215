// A portal as a test needs it: connected, and granted what it asks for.
import { answerSheet, openKeepwell } from "@keepwell-health/keepwell/testing";

const description = {
  name: "Clinic", purpose: "care", usage: { share: "Keeps your steps.", update: "Keeps your steps.", clinical: "Shows your records." },
};

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
