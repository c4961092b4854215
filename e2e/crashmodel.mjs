// What must be there after a crash: the records that were acknowledged, and of each
// call whose answer was not heard either all or nothing.
import { createHash } from "node:crypto";

/** Random numbers from a seed (mulberry32), so that a run can be had again. */
export function seeded(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { below: (n) => Math.floor(next() * n), one: (list) => list[Math.floor(next() * list.length)] };
}

const shared = 150; // records that every import replaces
const own = 80; // records that an import adds
const beats = 200; // samples that an import adds

/** The n-th import: {files, changes}. It replaces records of the one before and adds some. */
export function importOf(n) {
  const changes = [];
  const lines = [];
  const add = (id) => {
    const line = JSON.stringify({
      resourceType: "Condition", id, meta: { source: "https://clinic.example/fhir" }, recordedDate: "2020-02-02",
      code: { text: `Made up, edition ${n}` }, note: [{ text: filler(`${n} ${id}`) }], subject: { reference: "Patient/1" },
    });
    lines.push(line);
    changes.push([`record ${id}`, digest(line)]);
  };
  for (let i = 0; i < shared; i++) add(`shared-${i}`);
  for (let i = 0; i < own; i++) add(`own-${n}-${i}`);
  const samples = [];
  for (let i = 0; i < beats; i++) {
    const start = Date.UTC(2021, 0, 1) + (n * beats + i) * 60_000;
    const at = new Date(start).toISOString().replace("T", " ").replace(/\.\d+Z/, " +0000");
    samples.push(`<Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" unit="count/min" startDate="${at}" endDate="${at}" value="${50 + (i % 70)}"/>`);
    changes.push([`heartRate ${start}`, String(50 + (i % 70))]);
  }
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="en_GB">\n${samples.join("\n")}\n</HealthData>\n`;
  return { files: [["records.ndjson", lines.join("\n")], ["export.xml", xml]], changes };
}

// filler is text that compression makes little of, so that an import is many segments.
function filler(of) {
  let text = "";
  for (let i = 0; i < 48; i++) text += createHash("sha256").update(`${of} ${i}`).digest("base64");
  return text;
}

export const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** What a store must hold. A call is {kind, changes}: [key, value] pairs, value null for what goes. */
export class Model {
  held = new Map();
  pending = new Set();
  acknowledged = 0; // records and samples written by calls that were answered

  begin(kind, changes) {
    const call = { kind, changes };
    this.pending.add(call);
    return call;
  }

  heard(call) {
    this.pending.delete(call);
    this.held = after(this.held, [call]);
    this.acknowledged += call.changes.filter(([, value]) => value !== null).length;
  }

  refused(call) {
    this.pending.delete(call);
  }

  /** Compares with what a store shows, and goes on from it. Returns what is wrong. */
  settle(shown) {
    const pending = [...this.pending];
    this.pending.clear();
    let least;
    for (let chosen = 0; chosen < 2 ** pending.length; chosen++) {
      const candidate = after(this.held, pending.filter((_, i) => chosen & (1 << i)));
      const wrong = differences(candidate, shown);
      if (!least || wrong.length < least.length) least = wrong;
      if (wrong.length > 0) continue;
      this.held = candidate;
      return [];
    }
    return least;
  }
}

function after(held, calls) {
  const next = new Map(held);
  for (const { changes } of calls) {
    for (const [key, value] of changes) value === null ? next.delete(key) : next.set(key, value);
  }
  return next;
}

function differences(wanted, shown) {
  const wrong = [];
  for (const [key, value] of wanted) {
    if (!shown.has(key)) wrong.push(`${key} is lost`);
    else if (shown.get(key) !== value) wrong.push(`${key} is another`);
  }
  for (const key of shown.keys()) if (!wanted.has(key)) wrong.push(`${key} should not be there`);
  return wrong;
}
