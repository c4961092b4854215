// The connection to the person's store: one for the page, made by the first click
// that needs it.
import { HealthStore } from "./keepwell.mjs";

const about = {
  host: new URL(document.querySelector('meta[name="keepwell-host"]').content, location.href).href,
  name: "Clinical Records Sample",
  usage: {
    share: "Shows your latest steps and walking distances in a list.",
    update: "Adds the blood pressures that you enter here.",
    clinical: "Shows your latest health records in a list, and lab results and vital signs over time.",
  },
  purpose: "selfTracking",
  privacyPolicy: new URL("privacy.html", location.href).href,
};

let store; // the HealthStore, once connected
let connecting; // a promise of it, while the person's click connects

/** Resolves to the HealthStore. It may open Keepwell's window, so call it in a click. */
export async function connect() {
  if (store) return store;
  connecting ??= HealthStore.connect(about).finally(() => (connecting = undefined));
  return (store = await connecting);
}

// After a reload Keepwell's window may still be there: no click is needed then.
const resumed = HealthStore.connect({ ...about, open: false }).then(
  (health) => (store ? health.close() : (store = health)),
  () => {}, // there is none: the next click opens one
);

/** Resolves to the HealthStore if there is one without a click, or to undefined. */
export async function connected() {
  if (!store) await resumed;
  return store;
}
