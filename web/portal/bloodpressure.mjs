// Blood pressures that the person enters here. They are saved to their records as
// HealthKit has it: two numbers and their correlation in one call, of one
// syncIdentifier; a greater syncVersion corrects them.
import { changes } from "./feed.mjs";
import { connect, connected } from "./health.mjs";
import { at, element, explain, say } from "./page.mjs";

const TYPES = ["bloodPressureSystolic", "bloodPressureDiastolic", "bloodPressure"];
const MINUTE = 60_000; // ms

let shown; // the signal of the view, while it is shown
let followed; // the signal of the view whose list follows the records
let corrected; // the entry that the form corrects, if any
let saving = false;

at("pressure-form").addEventListener("submit", submit);
at("pressure-form").addEventListener("input", check);
at("pressure-cancel").addEventListener("click", () => edit(undefined));

/** Shows the form, and what was saved by it if that needs no click. */
export async function showBloodPressures(signal) {
  shown = signal;
  at("pressures-heading").focus();
  list([]);
  edit(undefined);
  say("");
  const health = await connected();
  if (health) await follow(health, signal);
}

async function submit(event) {
  event.preventDefault(); // it goes to the person's records, and nowhere else
  if (saving) return;
  saving = true;
  const signal = shown;
  const tell = (text) => signal.aborted || say(text);
  const { syncIdentifier = crypto.randomUUID(), syncVersion = 0 } = corrected ?? {};
  const entry = samples(syncIdentifier, syncVersion + 1);
  try {
    tell("Saving…");
    const health = await connect();
    const asked = await ask(health);
    await health.save(entry);
    tell(asked ? "Saved." : "Your records are locked. This waits in Keepwell, and goes in when you unlock them if this app may add it.");
    if (signal.aborted) return;
    edit(undefined);
    if (asked) follow(health, signal);
  } catch (error) {
    tell(explain(error));
  } finally {
    saving = false;
  }
}

// Asks for what a blood pressure needs; only the first time does the person hear of
// it. While the records are locked nobody can be asked, but a save is taken.
async function ask(health) {
  try {
    await health.requestAuthorization({ toShare: TYPES });
    return true;
  } catch (error) {
    if (error.code !== "databaseInaccessible") throw error;
    return false;
  }
}

function samples(syncIdentifier, syncVersion) {
  const when = new Date(at("when").value);
  const common = { startDate: when, endDate: when, syncIdentifier, syncVersion };
  return [
    { ...common, type: "bloodPressureSystolic", value: at("systolic").valueAsNumber, unit: "mmHg" },
    { ...common, type: "bloodPressureDiastolic", value: at("diastolic").valueAsNumber, unit: "mmHg" },
    { ...common, type: "bloodPressure" },
  ];
}

async function follow(health, signal) {
  if (followed === signal) return;
  followed = signal;
  try {
    for await (const _ of changes(health, "bloodPressure", signal)) list(await entries(health, signal));
  } catch (error) {
    if (followed === signal) followed = undefined;
    if (!signal.aborted && error.code !== "authorizationNotDetermined") say(explain(error));
  }
}

// What this app saved, the newest first: {syncIdentifier, syncVersion, when, added, systolic, diastolic, uuids}.
async function entries(health, signal) {
  const own = { sources: [`origin:${location.origin}`] };
  const results = await Promise.all(TYPES.map((type) => health.query({ type, predicate: own }, { signal })));
  const found = Map.groupBy(results.flatMap(({ samples }) => samples), ({ syncIdentifier }) => syncIdentifier);
  return [...found].map(([syncIdentifier, parts]) => {
    const value = (type) => parts.find((part) => part.type === type)?.value;
    return {
      syncIdentifier, syncVersion: Math.max(...parts.map(({ syncVersion }) => syncVersion)), when: parts[0].startDate, added: parts[0].dateAdded,
      systolic: value("bloodPressureSystolic"), diastolic: value("bloodPressureDiastolic"), uuids: parts.map(({ uuid }) => uuid),
    };
  }).sort((a, b) => b.when - a.when || b.added - a.added); // the form knows minutes only
}

function list(entries) {
  at("pressure-saved").hidden = entries.length === 0;
  at("pressure-rows").replaceChildren(...entries.map(row));
}

function row(entry) {
  const title = `${entry.systolic ?? "–"}/${entry.diastolic ?? "–"} mmHg`;
  const when = new Date(entry.when).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  const action = (name, act) => {
    const button = element("button", { type: "button", className: "small", textContent: name, ariaLabel: `${name} ${title}, ${when}` });
    button.addEventListener("click", act);
    return button;
  };
  return element("li", { className: "sample" },
    element("span", { className: "title", textContent: title }),
    element("time", { className: "subtitle", dateTime: new Date(entry.when).toISOString(), textContent: when }),
    element("span", { className: "actions" },
      action("Correct", () => edit(entry)),
      action("Delete", () => confirm(`Delete ${title} of ${when} from your records?`) && remove(entry))),
  );
}

async function remove({ uuids, syncIdentifier }) {
  const signal = shown;
  try {
    await (await connect()).delete(uuids);
    if (signal.aborted) return;
    if (corrected?.syncIdentifier === syncIdentifier) edit(undefined);
    at("pressures-heading").focus(); // the button goes away
    say("Deleted.");
  } catch (error) {
    if (!signal.aborted) say(explain(error));
  }
}

// Fills the form with an entry to correct, or empties it for another.
function edit(entry) {
  corrected = entry;
  at("form-heading").textContent = entry ? "Correct this blood pressure" : "Add a blood pressure";
  at("pressure-save").textContent = entry ? "Save correction" : "Save";
  at("pressure-cancel").hidden = !entry;
  at("systolic").value = entry?.systolic ?? "";
  at("diastolic").value = entry?.diastolic ?? "";
  at("when").value = local(entry?.when ?? Date.now());
  check();
  if (entry) at("systolic").focus();
}

// Refuses what the fields' own bounds let through.
function check() {
  at("when").max = local(Date.now() + MINUTE);
  const swapped = at("diastolic").valueAsNumber >= at("systolic").valueAsNumber;
  at("diastolic").setCustomValidity(swapped ? "The lower number must be less than the upper one." : "");
}

// The local time of a moment, as a field of type datetime-local has it.
function local(time) {
  return new Date(time - new Date(time).getTimezoneOffset() * MINUTE).toISOString().slice(0, "2020-01-01T00:00".length);
}
