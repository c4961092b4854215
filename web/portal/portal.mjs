// The example portal: Apple's sample "Accessing a User's Clinical Records", on
// the web. It shows how little a portal needs: connect, ask, query.
import { HealthStore } from "./keepwell.mjs";

const RECORD_TYPES = [
  ["allergyRecord", "Allergies"],
  ["clinicalNoteRecord", "Clinical Notes"],
  ["conditionRecord", "Conditions"],
  ["coverageRecord", "Coverage"],
  ["immunizationRecord", "Immunizations"],
  ["labResultRecord", "Lab Results"],
  ["medicationRecord", "Medications"],
  ["procedureRecord", "Procedures"],
  ["vitalSignRecord", "Vital Signs"],
];
const FITNESS_TYPES = [
  ["stepCount", "Steps"],
  ["distanceWalkingRunning", "Walking Distance"],
];
const LATEST = 100; // samples that a list shows

const about = {
  host: new URL(document.querySelector('meta[name="keepwell-host"]').content, location.href).href,
  name: "Clinical Records Sample",
  usage: {
    share: "Shows your latest steps and walking distances in a list.",
    clinical: "Shows your latest health records in a list.",
  },
  purpose: "selfTracking",
  privacyPolicy: new URL("privacy.html", location.href).href,
};

let store; // the HealthStore, once connected
let connecting; // a promise of it, while the person's click connects
let showing = 0; // counts what was shown, so that a late answer is not shown elsewhere

const at = (id) => document.getElementById(id);

start();

function start() {
  at("record-types").append(...RECORD_TYPES.map(typeRow));
  at("fitness-types").append(...FITNESS_TYPES.map(typeRow));
  at("authorize").addEventListener("click", authorize);
  at("back").addEventListener("click", () => history.back());
  addEventListener("popstate", ({ state }) => (state?.type ? showSamples(state) : showTypes()));
  history.replaceState(null, "");
  resume();
}

// After a reload Keepwell's window may still be there: no click is needed then.
async function resume() {
  const health = await HealthStore.connect({ ...about, open: false }).catch(() => undefined);
  if (store) health?.close();
  else store = health;
}

// Opens Keepwell's window, so it must be called in a click; once is enough.
async function connect() {
  connecting ??= HealthStore.connect(about).finally(() => (connecting = undefined));
  store = await connecting;
  return store;
}

async function authorize() {
  say("Waiting for your answer in Keepwell…");
  try {
    const health = store ?? (await connect());
    await health.requestAuthorization({ read: [...RECORD_TYPES, ...FITNESS_TYPES].map(([type]) => type) });
    say("Your answer was taken. Choose a type to see what this app may read.");
  } catch (error) {
    say(explain(error));
  }
}

function typeRow([type, title]) {
  const button = element("button", { type: "button", className: "row", textContent: title });
  button.addEventListener("click", () => {
    history.pushState({ type, title }, "");
    showSamples({ type, title });
  });
  const item = document.createElement("li");
  item.append(button);
  return item;
}

async function showSamples({ type, title }) {
  const shown = turnTo("samples");
  at("samples-heading").textContent = title;
  at("samples-heading").focus();
  at("sample-rows").replaceChildren();
  notice("");
  say("Loading…");
  try {
    const health = store ?? (await connect());
    const { samples } = await health.query({ type, limit: LATEST, sort: [{ key: "startDate", ascending: false }] });
    if (shown !== showing) return;
    at("sample-rows").replaceChildren(...samples.map(sampleRow));
    if (samples.length === 0) notice("No records.", "There is none of this type, or this app may not read it. No app can tell which.");
    say(samples.length === 0 ? "No records." : `${counted(samples.length)}, latest first.`);
  } catch (error) {
    if (shown !== showing) return;
    notice(title, explain(error));
    say(explain(error));
  }
}

function showTypes() {
  turnTo("types");
  say("");
}

function turnTo(view) {
  for (const id of ["types", "samples"]) at(id).hidden = id !== view;
  scrollTo(0, 0);
  return ++showing;
}

function sampleRow(sample) {
  const item = document.createElement("li");
  item.className = "sample";
  item.append(
    element("span", { className: "title", textContent: sample.displayName }),
    element("span", { className: "subtitle", textContent: subtitle(sample) }),
    element("time", { dateTime: new Date(sample.startDate).toISOString(), textContent: day(sample) }),
  );
  return item;
}

function subtitle({ subtitle, value, unit }) {
  if (subtitle) return subtitle;
  return value === undefined ? "" : `${value.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${unit ?? ""}`.trim();
}

// A date that is less precise than a day is shown as it was written.
function day({ startDate, startText, undated }) {
  if (undated) return "";
  if (startText && startText.length < "2020-01-01".length) return startText;
  return new Date(startDate).toLocaleDateString(undefined, { dateStyle: "medium" });
}

const counted = (n) => (n === 1 ? "1 record" : `${n} records`);

function explain(error) {
  switch (error.code) {
    case "authorizationNotDetermined":
      return "Authorization not determined. Press Authorize first.";
    case "userCanceled":
      return "Keepwell was closed without an answer. Nothing was shared.";
    case "databaseInaccessible":
      return "Your records are locked. Unlock them in Keepwell and try again.";
    case "requiredAuthorizationDenied":
      return "This app needs more than was allowed.";
  }
  switch (error.reason) {
    case "popupBlocked":
      return "The browser did not open Keepwell's window. Allow pop-ups for this page and try again.";
    case "windowClosed":
      return "Keepwell's window was closed.";
  }
  return error.message;
}

function notice(title, text = "") {
  at("notice").hidden = !title;
  at("notice").replaceChildren(element("strong", { textContent: title }), " ", text);
}

function say(text) {
  at("status").textContent = text;
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
