// Ends the browser by SIGKILL at random instants while it works, again and again over
// one profile. After each restart every record that was acknowledged must be there,
// byte for byte, and no import may be there in part. ROUNDS says how often, SEED
// repeats a run (its choices; not the computer's timing).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { allowAll, connect } from "./app.mjs";
import { importOf, Model, seeded } from "./crashmodel.mjs";
import { importTexts } from "./files.mjs";
import { newProfile, openPage, ready, removeProfile, startBrowser, startDemo } from "./harness.mjs";
import { watchWrites, Writes } from "./writes.mjs";
import { goTo, press } from "./person.mjs";

const rounds = Number(process.env.ROUNDS ?? 50);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
let random; // for the choices of a round
const dice = seeded(seed); // for what the work itself needs, however often that is

let demo, profile;
before(async () => {
  demo = await startDemo();
  profile = await newProfile();
});
after(async () => {
  await session?.chromium.kill();
  if (profile) await removeProfile(profile);
  await demo?.stop();
});

// What the test knows of the store from one round to the next.
let model = new Model();
let passphrases = []; // that may open it: one, or two while a change is not decided; none before the first
let code = null; // the recovery code: {text, sure}
let granted = false; // the portal may save
let imports = 0, saves = 0;
let session; // of the browser that runs now
const tally = { working: 0, writing: 0, calls: {}, writes: {} };

/**
 * What to be killed in. needs tells when it makes sense; the moment comes after 1 to
 * most writes (of one kind) and up to linger ms, or within span ms.
 */
const scenarios = {
  import: { weight: 3, most: 12, span: 900, work: () => forever(bring) },
  saves: { weight: 2, portal: true, most: 6, span: 200, work: () => forever(saveOrDelete) },
  both: { weight: 1, portal: true, most: 12, span: 900, work: () => Promise.all([forever(bring), forever(saveOrDelete)]) },
  "first passphrase": { weight: 4, needs: () => passphrases.length === 0 && model.held.size > 0, most: 7, span: 1500, work: setPassphrase },
  "another passphrase": { weight: 1, needs: () => passphrases.length > 0, most: 1, span: 1200, work: () => forever(setPassphrase) },
  "recovery code": { weight: 1, needs: () => passphrases.length > 0 && !code, most: 1, span: 900, work: getRecoveryCode },
  unlocking: { weight: 1, needs: () => passphrases.length > 0, most: 0, span: 1200, work: () => forever(relock) },
  compaction: { weight: 3, needs: () => passphrases.length > 0, of: "compaction", most: 2, linger: 40, span: 1500, prepare: makeWaste, work: relock },
  "saves while locked": { weight: 1, needs: () => passphrases.length > 0 && granted, portal: true, locked: true, most: 4, span: 300, work: () => forever(save) },
  erasing: { weight: 1, needs: () => passphrases.length > 0, most: 3, span: 100, work: erase },
};

test(`${rounds} rounds of killing the browser, seed ${seed}`, { timeout: 60_000 + rounds * 30_000 }, async () => {
  try {
    for (let round = 1; round <= rounds; round++) {
      random = seeded(seed * 1000 + round);
      await killed(round, choose());
    }
    await restart({});
  } finally {
    report();
  }
});

function choose() {
  const fit = Object.entries(scenarios).filter(([, scenario]) => scenario.needs?.() ?? true);
  return random.one(fit.flatMap((entry) => Array(entry[1].weight).fill(entry)));
}

/** One round: start over what the last one left, look, work, and be killed. */
async function killed(round, [name, scenario]) {
  await restart(scenario);
  if (scenario.needs?.() === false) [name, scenario] = ["import", scenarios.import]; // the last round undid it
  await scenario.prepare?.();
  const byWrites = scenario.most > 0 && random.below(4) > 0;
  const wait = 1 + random.below(scenario.most), delay = random.one([0, 0, 0, 1, 2, scenario.linger ?? 4]), time = random.below(scenario.span);
  const moment = byWrites
    ? Promise.race([session.writes.more(wait, scenario.of).then(() => passed(delay)), passed(scenario.span + 2000)])
    : passed(time);
  const work = scenario.work();
  const ended = work.then(() => passed(800)); // what goes on behind a call has that long
  ended.catch(() => {}); // of work that is cut off: nobody awaits it then
  await Promise.race([moment, ended]);
  const calls = [...session.calls], writes = [...session.writes.open.values()];
  session.dead = true;
  await session.chromium.kill();
  await work.catch(() => {}); // cut off, as intended
  last = { round, name, calls, writes, background: [] };
}

/** What the last round was killed in; what went on behind calls shows at the next start. */
let last;

function count() {
  if (!last) return;
  const { round, name, calls, writes, background } = last;
  const all = [...calls, ...background];
  if (all.length + writes.length > 0) tally.working++;
  if (writes.length > 0) tally.writing++;
  for (const kind of all.length > 0 ? all : ["nothing"]) tally.calls[kind] = (tally.calls[kind] ?? 0) + 1;
  for (const kind of writes) tally.writes[kind] = (tally.writes[kind] ?? 0) + 1;
  last = null;
  console.log(`  ${round}. ${name}: killed in ${all.join(", ") || "nothing"}${writes.length > 0 ? `, writing ${writes.join(", ")}` : ""}`);
}

function report() {
  const listed = (of) => Object.entries(of).sort(([, a], [, b]) => b - a).map(([kind, n]) => `${kind} ${n}`).join(", ");
  console.log(`crash: ${rounds} rounds, seed ${seed}: ${tally.working} with work under way, ${tally.writing} of them inside a write to the disk
  records acknowledged: ${model.acknowledged}, records lost: ${lost}, imports torn: ${torn}
  interrupted: ${listed(tally.calls)}
  writes interrupted: ${listed(tally.writes)}`);
  if (last) console.log(`  not settled: ${JSON.stringify({ ...last, passphrases, code })}`);
}

// ---- starting again, and looking

let lost = 0, torn = 0;

/** Starts the browser over the profile, unlocks, and compares everything with the model. */
async function restart({ portal = false, locked = false }) {
  session = { chromium: await startBrowser({ profile }), writes: new Writes(), calls: new Set(), dead: false };
  const prepare = (page) => watchWrites(page, session.writes);
  if (portal) {
    session.portal = (await openPage(session.chromium.browser, demo.portal)).page;
    session.page = await connect(session.portal, demo.page);
    await prepare(session.page);
  } else session.page = (await openPage(session.chromium.browser, demo.page, { prepare })).page;
  await ready(session.page);
  await session.page.evaluate(scarce);
  if (last && await staleValues() > 0 && last.calls.length === 0) last.background.push("sealing anew");
  await open();
  assert.equal((await status()).integrity, "ok", "what is there is taken for another state");
  await look();
  if (last && session.writes.kinds.has("compaction") && last.calls.length === 0) last.background.push("compaction");
  count();
  if (portal && !granted) await allowAll(session.portal, session.page, { toShare: ["stepCount"], read: ["stepCount"] });
  granted ||= portal;
  if (locked && passphrases.length > 0) await session.page.evaluate(() => keepwell.lock());
}

// Where memory is scarce deriving a key from a passphrase takes a quarter of the time, in
// which nothing is written: more of the moments fall into what a crash may tear.
const scarce = () => Object.defineProperty(navigator, "deviceMemory", { value: 0.5, configurable: true });

/** How many values are sealed under a former key: their epoch is in bytes 2 to 5, the keyring's in 29 to 32 (docs/format.md). */
const staleValues = () => session.page.evaluate(() => new Promise((done) => {
  indexedDB.open("keepwell").onsuccess = ({ target: { result: database } }) => {
    const values = database.transaction("values").objectStore("values");
    const keys = values.getAllKeys(), all = values.getAll();
    values.transaction.oncomplete = () => {
      database.close();
      const epoch = (key, at) => new DataView(all.result[keys.result.indexOf(key)].buffer).getUint32(at);
      done(keys.result.filter((key) => /^(segment|index|app|log)\/|^(head|epoch|orders)$/.test(key) && epoch(key, 2) < epoch("keyring", 29)).length);
    };
  };
}));

/** Unlocks by each secret that must open the store, or may. */
async function open() {
  const { locked } = await status();
  assert.equal(locked, locked && passphrases.length > 0, "locked, though no passphrase was ever set");
  if (!locked) {
    assert.ok(passphrases.every(({ sure }) => !sure), "a passphrase that was acknowledged is gone");
    passphrases = [];
    return;
  }
  const opening = [], answers = [];
  for (const one of passphrases) {
    answers.push(await unlocking({ passphrase: one.text }));
    if (answers.at(-1) === "") opening.push(one);
  }
  assert.equal(opening.length, 1, `of ${passphrases.length} passphrases one must open the store: ${answers.join("; ")}`);
  passphrases = [{ text: opening[0].text, sure: true }];
  const { protection } = await status();
  if (code && (code.sure || protection.includes("recovery"))) {
    await session.page.evaluate(() => keepwell.lock());
    assert.equal(await unlocking({ recoveryCode: code.text }), "");
    code.sure = true;
  } else code = null;
}

const status = () => session.page.evaluate(() => keepwell.status());
/** Unlocks, and returns why not. */
const unlocking = (secret) => session.page.evaluate((secret) => keepwell.unlock(secret).then(() => "", ({ code, message }) => `${code}: ${message}`), secret);

/** Compares all that the store shows with what it must hold. */
async function look() {
  const shown = new Map(await session.page.evaluate(async () => {
    const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const found = [];
    for (const type of Object.keys(await keepwell.counts())) {
      const seen = new Map();
      for (const sample of (await keepwell.query({ type })).samples) {
        const key = sample.fhir ? `record ${sample.fhir.identifier}` : `${type} ${sample.startDate}`;
        const value = sample.fhir ? hex(await crypto.subtle.digest("SHA-256", await keepwell.resource(sample.uuid))) : String(sample.value);
        seen.set(key, seen.has(key) ? `${seen.get(key)} and ${value}` : value);
      }
      found.push(...seen);
    }
    return found;
  }));
  const unheard = [...model.pending].map(({ kind, changes }) => `${kind} of ${changes.slice(0, 4).map(([key]) => key).join(", ")}`);
  const wrong = model.settle(shown);
  const apps = await session.page.evaluate(() => keepwell.apps());
  if (model.held.size === 0) granted = apps.length > 0; // an erasure may have gone through
  else if (granted && apps.length === 0) wrong.push("the portal's grant is lost");
  if (wrong.length === 0) return;
  lost += wrong.filter((what) => !what.endsWith("should not be there")).length;
  torn += unheard.filter((call) => call.startsWith("import")).length;
  assert.fail(`${wrong.length} differences: ${wrong.slice(0, 5).join("; ")}; not heard of: ${unheard.join("; ")}`);
}

// ---- the work

async function forever(work) {
  while (!session.dead) await work();
}

/** Runs a call that shows as under way meanwhile. */
async function call(kind, act) {
  session.calls.add(kind);
  const result = await act();
  session.calls.delete(kind);
  return result;
}

async function bring() {
  const { files, changes } = importOf(imports++);
  const pending = model.begin("import", changes);
  const { error } = await call("import", () => importTexts(session.page, files));
  assert.equal(error, undefined);
  model.heard(pending);
}

async function save() {
  const starts = Array.from({ length: 1 + dice.below(4) }, () => Date.UTC(2022, 0, 1) + saves++ * 60_000);
  const pending = model.begin("save", starts.map((start) => [`stepCount ${start}`, "7"]));
  const refused = await call("save", () => session.portal.evaluate((starts) => store.save(starts.map((startDate) =>
    ({ type: "stepCount", startDate, endDate: startDate, value: 7, unit: "count" }))).then(() => "", ({ code }) => code), starts));
  if (refused === "") return model.heard(pending);
  if (refused === "databaseInaccessible") return model.refused(pending);
  assert.equal(refused, "healthDataUnavailable"); // lost on its way to an engine that was ended: done or not
  assert.ok(model.pending.size < 8);
}

async function saveOrDelete() {
  const steps = [...model.held.keys()].filter((key) => key.startsWith("stepCount"));
  if (steps.length < 4 || dice.below(3) > 0) return save();
  const gone = [...new Set([dice.one(steps), dice.one(steps)])];
  const pending = model.begin("delete", gone.map((key) => [key, null]));
  await call("delete", () => session.portal.evaluate(async (starts) => {
    const { samples } = await store.query({ type: "stepCount" });
    await store.delete(samples.filter(({ startDate }) => starts.includes(startDate)).map(({ uuid }) => uuid));
  }, gone.map((key) => Number(key.split(" ")[1]))));
  model.heard(pending);
}

async function setPassphrase() {
  const text = `orbit velvet kettle ${dice.below(1e6)}`;
  passphrases.unshift({ text, sure: false });
  const kind = passphrases.length > 1 ? "another passphrase" : "first passphrase";
  await call(kind, () => session.page.evaluate((text) => keepwell.setPassphrase(text), text));
  passphrases = [{ text, sure: true }];
}

async function getRecoveryCode() {
  const { page } = session;
  await page.bringToFront();
  await goTo(page, "#/protection");
  await press(page, "Get a recovery code");
  await page.waitForSelector(".recovery");
  const groups = await page.$$eval(".recovery li", (items) => items.map((item) => item.textContent));
  const asked = await page.$eval("label[for=recovery-back]", (label) => Number(label.textContent.match(/\d+/)[0]));
  await page.type("#recovery-back", groups[asked - 1]);
  code = { text: groups.join("-"), sure: false };
  await call("recovery code", async () => {
    await press(page, "I kept it");
    await page.waitForFunction(() => document.querySelectorAll(".grants li").length === 2);
  });
  code.sure = true;
}

async function relock() {
  await session.page.evaluate(() => keepwell.lock());
  await call("unlocking", async () => assert.equal(await unlocking({ passphrase: passphrases[0].text }), ""));
}

/** Makes old segments that a compaction rewrites. */
async function makeWaste() {
  for (let n = 0; n < 3; n++) await bring();
}

async function erase() {
  const gone = [...model.held.keys()].map((key) => [key, null]);
  passphrases.forEach((one) => (one.sure = false));
  if (code) code.sure = false;
  const pending = model.begin("erase", gone);
  await call("erase", () => session.page.evaluate(() => keepwell.erase()));
  model.heard(pending);
  passphrases = [];
  code = null;
  granted = false;
}
