// A line chart in SVG: values over time, with plain figures at both axes.
import { day, figure } from "./page.mjs";

const HEIGHT = 240; // CSS pixels, as all lengths here
const FRAME = { top: 28, right: 20, bottom: 28, left: 56 };
const TICK = { x: 80, y: 44 }; // the least room that a figure has
const DAY = 86_400_000; // ms

// The distances of figures at the axis of time: days, months and years.
const STEPS = [
  ...[1, 7, 14].map((days) => [days, 0, 0]),
  ...[1, 2, 3, 4, 6].map((months) => [0, months, 0]),
  ...[1, 2, 5, 10, 20, 50].map((years) => [0, 0, years]),
];

/** Draws a course, {name, unit, points: [{date, time, value, text, range}]}, as wide as given. */
export function drawChart({ name, unit, points }, width) {
  const range = points.findLast(({ range }) => range)?.range;
  const values = points.map(({ value }) => value);
  const levels = valueTicks([...values, range?.low, range?.high].filter(Number.isFinite));
  const x = scale(points[0].time, points.at(-1).time, FRAME.left + 8, width - FRAME.right);
  const y = scale(levels[0], levels.at(-1), HEIGHT - FRAME.bottom, FRAME.top);

  const chart = svg("svg", { class: "chart", role: "img", width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` });
  chart.setAttribute("aria-label", `${name}: ${points.length} values from ${day(points[0].date)} to ${day(points.at(-1).date)}, ` +
    `between ${figure(Math.min(...values))} and ${figure(Math.max(...values))} ${unit}. The table below has each.`);
  if (range) chart.append(band(range, levels, y, width));
  chart.append(text(unit, { x: 0, y: 14 }));
  for (const level of levels) {
    chart.append(svg("line", { class: "grid", x1: FRAME.left, x2: width, y1: y(level), y2: y(level) }));
    chart.append(text(level.toLocaleString(undefined, { maximumFractionDigits: 10 }), { x: FRAME.left - 8, y: y(level), "text-anchor": "end", "dominant-baseline": "middle" }));
  }
  for (const { time, label } of timeTicks(points[0].time, points.at(-1).time, (width - FRAME.left) / TICK.x)) {
    chart.append(svg("line", { class: "tick", x1: x(time), x2: x(time), y1: HEIGHT - FRAME.bottom, y2: HEIGHT - FRAME.bottom + 5 }));
    chart.append(text(label, { x: x(time), y: HEIGHT - 6, "text-anchor": "middle" }));
  }
  chart.append(svg("polyline", { class: "line", points: points.map(({ time, value }) => `${x(time)},${y(value)}`).join(" ") }));
  for (const { date, time, value, text: said } of points) {
    const dot = svg("circle", { class: "point", cx: x(time), cy: y(value), r: 4 });
    dot.append(Object.assign(svg("title"), { textContent: `${said}, ${day(date)}` }));
    chart.append(dot);
  }
  return chart;
}

function band({ low, high }, levels, y, width) {
  const top = y(high ?? levels.at(-1));
  return svg("rect", { class: "range", x: FRAME.left, width: width - FRAME.left, y: top, height: y(low ?? levels[0]) - top });
}

function scale(from, to, start, end) {
  const span = to - from || 1;
  return (value) => Math.round((start + ((value - from) / span) * (end - start)) * 10) / 10;
}

// Round figures that enclose the values.
function valueTicks(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const least = ((high - low || Math.abs(high) || 1) * TICK.y) / (HEIGHT - FRAME.top - FRAME.bottom);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least);
  const ticks = [];
  for (let at = Math.floor(low / step); ticks.length < 2 || (at - 1) * step < high; at++) ticks.push(Number((at * step).toPrecision(12)));
  return ticks;
}

// Days, or first days of months or years, within a time, no more than fit.
function timeTicks(from, to, most) {
  const [days, months, years] = STEPS.find(([days, months, years]) => (to - from) / DAY / (days + 30 * months + 365 * years) < most) ?? STEPS.at(-1);
  const date = new Date(from);
  date.setUTCHours(0, 0, 0, 0);
  if (!days) date.setUTCMonth(years ? 0 : date.getUTCMonth() - (date.getUTCMonth() % months), 1);
  if (years) date.setUTCFullYear(date.getUTCFullYear() - (date.getUTCFullYear() % years));
  const ticks = [];
  const format = years ? { year: "numeric" } : days ? { day: "numeric", month: "short" } : { month: "short", year: "numeric" };
  while (date.getTime() <= to) {
    if (date.getTime() >= from) ticks.push({ time: date.getTime(), label: date.toLocaleDateString(undefined, { ...format, timeZone: "UTC" }) });
    date.setUTCFullYear(date.getUTCFullYear() + years, date.getUTCMonth() + months, date.getUTCDate() + days);
  }
  return ticks.length > 0 ? ticks : [{ time: from, label: day(from) }];
}

function text(content, attributes) {
  return Object.assign(svg("text", attributes), { textContent: content });
}

function svg(name, attributes = {}) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
