// The stores that a web developer would take today, each given the same file: read,
// split into lines, JSON.parse, put in batches. Neither encrypts. Bundled by esbuild
// into one script; every function returns milliseconds.
import Dexie from "dexie";
import { createRxDatabase } from "rxdb";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
import { SaxesParser } from "saxes";

const BATCH = 5_000; // rows a bulk write; larger ones gained neither of them anything

/** Yields rows {id, type, date, resource} of an NDJSON file in batches. */
async function* batches(file) {
  let batch = [];
  let rest = "";
  const row = (line) => {
    const resource = JSON.parse(line);
    batch.push({ id: `${resource.resourceType}/${resource.id}`, type: resource.resourceType, date: dateOf(resource), resource });
  };
  for await (const text of file.stream().pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      row(line);
      if (batch.length === BATCH) {
        yield batch;
        batch = [];
      }
    }
  }
  if (rest) row(rest);
  if (batch.length) yield batch;
}

/** The clinically relevant date, by the fields that the generated resources have. */
function dateOf(resource) {
  return (
    resource.effectiveDateTime ?? resource.onsetDateTime ?? resource.authoredOn ?? resource.occurrenceDateTime ??
    resource.performedDateTime ?? resource.performedPeriod?.start ?? resource.recordedDate ?? resource.date ??
    resource.period?.start ?? resource.effectivePeriod?.start ?? ""
  );
}

async function timed(work) {
  const start = performance.now();
  const value = await work();
  return [performance.now() - start, value];
}

const dexie = {
  async open() {
    const db = new Dexie("dexie");
    db.version(1).stores({ records: "id, [type+date]" });
    await db.open();
    return db;
  },
  async import(db, file) {
    for await (const batch of batches(file)) await db.records.bulkPut(batch);
    return db.records.count();
  },
  latest: (db, type, limit) =>
    db.records.where("[type+date]").between([type, Dexie.minKey], [type, Dexie.maxKey]).reverse().limit(limit).toArray(),
};

const schema = {
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: {
    id: { type: "string", maxLength: 100 },
    type: { type: "string", maxLength: 40 },
    date: { type: "string", maxLength: 40 },
    resource: { type: "object" },
  },
  required: ["id", "type", "date", "resource"],
  indexes: [["type", "date"]],
};

const rxdb = {
  async open() {
    const db = await createRxDatabase({ name: "rxdb", storage: getRxStorageDexie(), multiInstance: false, eventReduce: false });
    await db.addCollections({ records: { schema } });
    return db;
  },
  async import(db, file) {
    for await (const batch of batches(file)) {
      const { error } = await db.records.bulkUpsert(batch);
      if (error.length) throw new Error(`rxdb refused ${error.length} rows`);
    }
    return db.records.count().exec();
  },
  // Its planner takes the index only when the query names all of it.
  latest: (db, type, limit) =>
    db.records
      .find({ selector: { type, date: { $gte: "" } }, sort: [{ type: "desc" }, { date: "desc" }], index: ["type", "date"], limit })
      .exec(),
};

const peers = { dexie, rxdb };
let db;

const record = (a) => ({
  type: a.type, source: a.sourceName, version: a.sourceVersion, device: a.device, unit: a.unit, value: a.value,
  start: Date.parse(a.startDate), end: Date.parse(a.endDate),
});

/** Ways to take in export.xml; each returns how many records it found. */
const health = {
  // Parses and looks at every record, and keeps nothing.
  async "DOMParser alone"(file) {
    const document = new DOMParser().parseFromString(await file.text(), "text/xml");
    let count = 0;
    for (const element of document.documentElement.children) {
      if (element.localName !== "Record") continue;
      record(Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])));
      count++;
    }
    return count;
  },
  async "saxes and Dexie"(file) {
    const db = new Dexie("health");
    db.version(1).stores({ records: "++id, [type+start]" });
    const parser = new SaxesParser();
    let batch = [];
    parser.on("opentag", ({ name, attributes }) => name === "Record" && batch.push(record(attributes)));
    for await (const text of file.stream().pipeThrough(new TextDecoderStream())) {
      parser.write(text);
      if (batch.length >= BATCH) await db.records.bulkAdd(batch.splice(0));
    }
    parser.close();
    await db.records.bulkAdd(batch);
    return db.records.count();
  },
};

globalThis.bench = {
  /** Imports the file of the page's input: [milliseconds, rows]. */
  async import(name) {
    db = await peers[name].open();
    return timed(() => peers[name].import(db, document.querySelector("input").files[0]));
  },
  /** Takes in the export.xml of the page's input: [milliseconds, records]. */
  importHealth: (name) => timed(() => health[name](document.querySelector("input").files[0])),
  /** The latest rows of a type: [milliseconds, rows]. */
  async latest(name, type, limit) {
    db ??= await peers[name].open();
    const [time, rows] = await timed(() => peers[name].latest(db, type, limit));
    return [time, rows.length];
  },
};
