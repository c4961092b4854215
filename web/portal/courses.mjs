// The part of a list that draws one test over time, of those that have several values.
import { drawChart } from "./chart.mjs";
import { courseOf, testsOf } from "./observations.mjs";
import { at, day, element, explain, figure, say } from "./page.mjs";

const TYPES = ["labResultRecord", "vitalSignRecord"]; // those with values

let view; // what is shown: {health, signal, tests}
let course; // what is drawn

at("test").addEventListener("change", () => choose().catch((error) => view.signal.aborted || say(explain(error))));
new ResizeObserver(draw).observe(at("chart"));

/** Offers the tests among the records of a type, and draws the one that was chosen. */
export async function showCourses(health, type, signal) {
  const tests = TYPES.includes(type) ? await testsOf(health, type, signal) : [];
  view = { health, signal, tests };
  const chosen = tests.find(({ key }) => key === at("test").value) ?? tests.toSorted((a, b) => b.samples.length - a.samples.length)[0];
  at("test").replaceChildren(...tests.map(({ key, name, samples }) =>
    element("option", { value: key, textContent: `${name} (${samples.length})`, selected: key === chosen.key })));
  if (chosen) await choose();
  at("course").hidden = !chosen;
  draw();
}

/** Leaves nothing of an earlier list. */
export function clearCourses() {
  at("course").hidden = true;
  at("test").replaceChildren();
}

async function choose() {
  const { health, signal, tests } = view;
  const key = at("test").value;
  const chosen = await courseOf(health, tests.find((test) => test.key === key), signal);
  if (key !== at("test").value) return; // another one was chosen meanwhile
  course = chosen;
  at("chart-note").textContent = note(course);
  at("value-rows").replaceChildren(...course.points.toReversed().map(valueRow));
  draw();
}

function draw() {
  const width = at("chart").clientWidth; // 0 while it is out of sight
  if (width > 0) at("chart").replaceChildren(...(course.points.length > 0 ? [drawChart(course, width)] : []));
}

function valueRow({ date, text, range }) {
  return element("tr", {},
    element("th", { scope: "row", textContent: day(date) }),
    element("td", { textContent: text }),
    element("td", { textContent: range ? rangeText(range) : "–" }),
  );
}

function note({ points, unit, others }) {
  const range = points.findLast(({ range }) => range)?.range;
  return [
    range && `The band is the latest reference range: ${rangeText(range)} ${unit}.`,
    others > 0 && `Left out: ${others} of the same name and another code.`,
  ].filter(Boolean).join(" ");
}

function rangeText({ low, high }) {
  if (low === undefined) return `up to ${figure(high)}`;
  return high === undefined ? `from ${figure(low)}` : `${figure(low)} to ${figure(high)}`;
}
