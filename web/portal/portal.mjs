// The example portal: Apple's sample "Accessing a User's Clinical Records", on
// the web. It shows how little a portal needs: connect (health.mjs), ask (here), keep
// a list true (feed.mjs), draw values over time (courses.mjs, chart.mjs) and save
// (bloodpressure.mjs).
import { showBloodPressures } from "./bloodpressure.mjs";
import { clearCourses, showCourses } from "./courses.mjs";
import { follow } from "./feed.mjs";
import { connect } from "./health.mjs";
import { at, day, element, explain, figure, say } from "./page.mjs";

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
const VIEWS = { types: () => say(""), samples: showSamples, pressures: showBloodPressures };

let leave = new AbortController(); // ends what the view that is shown has under way

start();

function start() {
  at("record-types").append(...RECORD_TYPES.map(typeRow));
  at("fitness-types").append(...FITNESS_TYPES.map(typeRow));
  at("authorize").addEventListener("click", authorize);
  at("permissions").addEventListener("click", changeAccess);
  at("blood-pressure").addEventListener("click", () => go({ view: "pressures" }));
  for (const back of document.querySelectorAll(".back")) back.addEventListener("click", () => history.back());
  addEventListener("popstate", ({ state }) => turnTo(state ?? { view: "types" }));
  history.replaceState(null, "");
}

async function authorize() {
  say("Waiting for your answer in Keepwell…");
  try {
    const health = await connect();
    await health.requestAuthorization({ read: [...RECORD_TYPES, ...FITNESS_TYPES].map(([type]) => type) });
    say("Your answer was taken. Choose a type to see what this app may read.");
  } catch (error) {
    say(explain(error));
  }
}

// Shows the person's page of permissions. What they change there takes effect at once.
async function changeAccess() {
  try {
    await (await connect()).permissionManager();
    say("Keepwell’s window shows what this app may do.");
  } catch (error) {
    say(explain(error));
  }
}

function typeRow([type, title]) {
  const button = element("button", { type: "button", className: "row", textContent: title });
  button.addEventListener("click", () => go({ view: "samples", type, title }));
  return element("li", {}, button);
}

function go(place) {
  history.pushState(place, "");
  turnTo(place);
}

function turnTo(place) {
  leave.abort();
  leave = new AbortController();
  for (const view of Object.keys(VIEWS)) at(view).hidden = view !== place.view;
  scrollTo(0, 0);
  VIEWS[place.view](leave.signal, place);
}

async function showSamples(signal, { type, title }) {
  at("samples-heading").textContent = title;
  at("samples-heading").focus();
  at("sample-rows").replaceChildren();
  clearCourses();
  notice("");
  say("Loading…");
  try {
    const health = await connect();
    for await (const list of follow(health, type, signal)) {
      await showCourses(health, type, signal);
      at("sample-rows").replaceChildren(...list.samples.map((sample) => sampleRow(sample, list.fresh)));
      notice(list.samples.length === 0 ? "No records." : "", "There is none of this type, or this app may not read it. No app can tell which.");
      say(summary(list));
    }
  } catch (error) {
    if (signal.aborted) return;
    notice(title, explain(error));
    say(explain(error));
  }
}

function summary({ samples, fresh }) {
  if (samples.length === 0) return "No records.";
  const news = samples.filter(({ uuid }) => fresh.has(uuid)).length;
  return `${counted(samples.length)}, latest first.${news > 0 ? ` ${news} new since you looked.` : ""}`;
}

const counted = (n) => (n === 1 ? "1 record" : `${n} records`);

function sampleRow(sample, fresh) {
  const title = element("span", { className: "title", textContent: sample.displayName });
  if (fresh.has(sample.uuid)) title.append(" ", element("span", { className: "new", textContent: "New" }));
  return element("li", { className: "sample" },
    title,
    element("span", { className: "subtitle", textContent: subtitle(sample) }),
    element("time", { dateTime: new Date(sample.startDate).toISOString(), textContent: sample.undated ? "" : day(sample.startText ?? sample.startDate) }),
  );
}

function subtitle({ subtitle, value, unit }) {
  if (subtitle) return subtitle;
  return value === undefined ? "" : `${figure(value)} ${unit ?? ""}`.trim();
}

function notice(title, text = "") {
  at("notice").hidden = !title;
  at("notice").replaceChildren(element("strong", { textContent: title }), " ", text);
}
