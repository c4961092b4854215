// A portal as a test needs it: connected, and granted what it asks for.

const description = {
  name: "Clinic", purpose: "care", usage: { share: "Keeps your steps.", update: "Keeps your steps.", clinical: "Shows your records." },
};

/** Connects the portal's page to Keepwell, and returns the window that opens. */
export async function connect(portal, host, describe = {}) {
  const opened = new Promise((resolve) => portal.once("popup", resolve));
  await portal.evaluate(async (host, description) => {
    const { HealthStore } = await import("./keepwell.mjs");
    globalThis.store = await HealthStore.connect({ host, privacyPolicy: `${location.origin}/privacy.html`, ...description });
  }, host, { ...description, ...describe });
  return opened;
}

/** Has the portal ask, and the person allow all of it in their window. */
export async function allowAll(portal, window, request) {
  const answer = async () => {
    await window.bringToFront();
    await window.waitForSelector(".sheet");
    await window.$$eval(".switch", (switches) => switches.forEach((one) => one.checked || one.click()));
    await window.waitForFunction(() => [...document.querySelectorAll(".answer")].every((b) => !b.hasAttribute("aria-disabled")));
    await window.evaluate(() => [...document.querySelectorAll(".answer")].find((b) => b.textContent === "Allow Selected").click());
    await window.waitForSelector(".sheet", { hidden: true });
  };
  await Promise.all([portal.evaluate((request) => store.requestAuthorization(request), request), answer()]);
}
