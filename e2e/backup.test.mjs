// Backups: what a person takes out of one browser comes back in another, to the
// byte; the age command opens it; what is no good backup changes nothing.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { answerSheet, openKeepwell } from "@keepwell-health/keepwell/testing";
import { faults } from "./axe.mjs";
import { allSamples, importPaths, importTexts, rawTexts, unzip } from "./files.mjs";
import { openPage, ready, screenshot, sharedData, skipWithoutData, startBrowser, startDemo } from "./harness.mjs";
import { alerted, goTo } from "./person.mjs";

const passphrase = "granite plume orchard nine";

const fhir = [
  ["allergy.json", JSON.stringify({ resourceType: "AllergyIntolerance", id: "pen", recordedDate: "2019-03", code: { text: "Penicillin" } })],
  ["lines.json", '{\r\n\t"resourceType": "Condition",\n "id": "lines", "code": {"text": "J\u00fcrgen\u2019s"},\n "onsetAge": {"value": 1.00}\n}'],
  ["export.xml", '<HealthData locale="en_US">' + [1, 2, 3].map((n) => `<Record type="HKQuantityTypeIdentifierStepCount" sourceName="Phone" unit="count" ` +
    `startDate="2024-03-0${n} 10:00:00 +0100" endDate="2024-03-0${n} 10:05:00 +0100" value="${n}00"/>`).join("") + "</HealthData>"],
];

let demo, chromium, session, folder, page, watch, loaded, backup, content;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  folder = await mkdtemp(join(tmpdir(), "keepwell-backup-"));
  ({ page, watch } = await openPage(chromium.browser, demo.page));
  await ready(page);
  loaded = watch.requests.length;
  await importTexts(page, fhir);
  if (!skipWithoutData) await importPaths(page, [join(sharedData, "synthea-r4/Marine_Kulas_7862749d-d45c-4b38-9274-aac6282086a6.json")]);
  session = await chromium.browser.target().createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder, eventsEnabled: true });
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

const headed = (text) =>
  page.waitForFunction((text) => [...document.querySelectorAll("h1, h2")].some((h) => h.offsetParent && h.textContent.startsWith(text)), { polling: 50 }, text);

/** Reaches a control, or the one of that name, by the Tab key, as a person without a mouse does. */
async function tabTo(name) {
  const control = typeof name === "string" ? await page.waitForSelector(`::-p-aria([name="${name}"])`) : name;
  for (let presses = 0; presses < 60; presses++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`${name} can't be reached by the keyboard`);
}

async function press(name) {
  await tabTo(name);
  await page.keyboard.press("Enter");
}

async function type(name, text) {
  await tabTo(name);
  await page.keyboard.type(text);
}

/** Gives files to the page's own picker of that name, beside which its input stands. */
async function pick(name, ...paths) {
  const button = await page.waitForSelector(`::-p-aria([name="${name}"][role="button"])`);
  const input = await button.evaluateHandle((element) => element.nextElementSibling);
  await input.uploadFile(...paths);
}

/** Does something by which the page saves a file; resolves to its name once it is whole. */
async function download(act) {
  let name;
  const whole = new Promise((done, failed) => {
    session.on("Browser.downloadWillBegin", (event) => (name = event.suggestedFilename));
    session.on("Browser.downloadProgress", ({ state }) => state === "completed" ? done() : state === "canceled" && failed(new Error("canceled")));
  });
  await act();
  await whole;
  session.removeAllListeners();
  return name;
}

/** Runs age as a person does: it asks for the passphrase on a terminal. */
async function age(...words) {
  const answers = words.includes("-p") ? 2 : 1;
  const run = spawn("script", ["-qec", `age ${words.join(" ")}`, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
  run.stdin.write(`${passphrase}\n`.repeat(answers));
  let output = "";
  run.stdout.on("data", (text) => (output += text));
  const [status] = await once(run, "exit");
  assert.equal(status, 0, output);
}

/** All that the page can tell of the store, but for UUIDs, which are its own. */
async function everything() {
  const samples = await allSamples(page);
  const raw = await rawTexts(page, samples.filter((sample) => sample.fhir).map((sample) => sample.uuid));
  return {
    counts: await page.evaluate(() => keepwell.counts()),
    samples: samples.map(({ uuid, ...rest }) => JSON.stringify({ ...rest, raw: raw.get(uuid) })).sort(),
    apps: await page.evaluate(() => keepwell.apps()),
    accesses: await page.evaluate(() => keepwell.accessLog()),
    raw: [...raw.values()].sort(),
  };
}

/** Lets the example portal read allergies, and has it read them. */
async function grantAndRead() {
  const { page: portal } = await openPage(chromium.browser, demo.portal);
  const allergies = '::-p-aria([name="Allergies"][role="button"])';
  const sheet = await openKeepwell(portal, () => portal.locator(allergies).click());
  await portal.bringToFront();
  await portal.locator("#back").click();
  await portal.locator("#authorize").click();
  await answerSheet(sheet, { read: ["Allergies", "Steps"] });
  await portal.bringToFront();
  await portal.waitForFunction(() => /Your answer was taken/.test(document.getElementById("status").textContent), { polling: 50 });
  await portal.locator(allergies).click();
  await portal.waitForFunction(() => /^\d+ records?/.test(document.getElementById("status").textContent), { polling: 50 });
  await page.bringToFront();
  await page.waitForFunction(async () => (await keepwell.accessLog()).length > 0, { polling: 200 }); // written now and then
  await portal.close();
  await sheet.close();
}

/** What keepwell rejects with, or what it resolves to. The call gets the files of an input as files. */
async function outcome(call, ...paths) {
  const input = await page.evaluateHandle(() => Object.assign(document.createElement("input"), { type: "file", multiple: true }));
  if (paths.length > 0) await input.uploadFile(...paths);
  return input.evaluate(async (input, call) => {
    try {
      return { result: await Function("files", `return keepwell.${call}`)(input.files) };
    } catch (error) {
      return { error: error.code, message: error.message };
    }
  }, call);
}

const restoring = (mode, phrase = passphrase) => `restore(files[0], {passphrase: ${JSON.stringify(phrase)}, mode: ${JSON.stringify(mode)}})`;

test("where the browser may delete records, the page reminds of a backup", async () => {
  await goTo(page, "#/add");
  await headed("Add records");
  await goTo(page, "#/");
  await headed("Your records");
  assert.equal((await page.evaluate(() => keepwell.status())).persisted, false, "this Chromium keeps everything: the test needs one that does not");
  await page.waitForFunction(() => [...document.querySelectorAll(".disclosure p")].some((p) => /a backup on another device/.test(p.textContent)), { polling: 50 });
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "backup-reminder");
  await press("Remind me of a backup later");
  await goTo(page, "#/add");
  await headed("Add records");
  await goTo(page, "#/");
  await headed("Your records");
  await page.waitForSelector(".types");
  await page.evaluate(() => keepwell.status());
  assert.equal(await page.$('::-p-aria([name="Remind me of a backup later"])'), null);
});

test("a backup is made by the keyboard, and saved under a name that says nothing", async () => {
  await grantAndRead();
  content = await everything();
  assert.ok(content.apps.length === 1 && content.accesses.length > 0 && content.counts.stepCount === 3, JSON.stringify(content.counts));
  await goTo(page, "#/privacy");
  await headed("Privacy");
  await press("Back up");
  await headed("Back up");
  await page.waitForFunction(() => /No backup of these records/.test(document.querySelector(".guard")?.textContent), { polling: 50 });
  await type("Passphrase for the backup", "password1");
  await page.waitForFunction(() => /passwords that many people use/.test(document.querySelector(".step [role=status]")?.textContent), { polling: 50 });
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "backup-form");
  await page.keyboard.down("Control");
  await page.keyboard.press("a");
  await page.keyboard.up("Control");
  await page.keyboard.type(passphrase);
  await type("Once more", passphrase + "!");
  await press("Make a backup");
  await alerted(page, /not the same/);
  await page.keyboard.press("End");
  await page.keyboard.press("Backspace");
  const name = await download(() => page.keyboard.press("Enter"));
  assert.match(name, /^keepwell-backup-\d{4}-\d\d-\d\d\.age$/);
  backup = join(folder, name);
  await headed("Your backup is ready");
  await page.waitForFunction(() => /nothing changed since/.test(document.querySelector(".guard")?.textContent), { polling: 50 });
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "backup-ready");
});

test("the age command opens it, and every record is in it to the byte", async () => {
  const archive = join(folder, "backup.zip");
  await age("-d", "-o", archive, backup);
  const members = unzip(await readFile(archive));
  const records = [];
  for (const [name, bytes] of members) {
    if (/^fhir\/.*(?<!\.index)\.ndjson$/.test(name)) records.push(...bytes.toString("latin1").slice(0, -1).split("\n"));
    if (name.startsWith("resources/")) records.push(bytes.toString("latin1"));
  }
  assert.deepEqual(records.sort(), content.raw);
  assert.ok(records.includes(Buffer.from(fhir[1][1]).toString("latin1")));
  assert.equal(JSON.parse(members.get("manifest.json")).counts.samples, 3);
});

test("a backup that is brought like any file is led to its page, and restored into an empty store", async () => {
  await page.evaluate(() => keepwell.erase());
  await goTo(page, "#/add");
  await headed("Add records");
  await goTo(page, "#/");
  await headed("Your health records");
  await pick("Import records", backup);
  await headed("keepwell-backup-");
  assert.equal(await page.evaluate(() => location.hash), "#/restore");
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "restore-passphrase");
  await type("Passphrase of the backup", "granite plume orchard ten");
  await page.keyboard.press("Enter");
  await alerted(page, /does not open this backup/);
  await type("Passphrase of the backup", passphrase);
  await page.keyboard.press("Enter");
  await headed("What the backup holds");
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "restore-summary");
  await press("Restore it");
  await page.waitForSelector(".figures");
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "restore-done");
  assert.deepEqual(await everything(), content);
});

test("merging adds and keeps, replacing puts back what was", async () => {
  await importTexts(page, [["more.json", JSON.stringify({ resourceType: "Condition", id: "more", code: { text: "Asthma" } })]]);
  const more = content.raw.length + 1;
  const { result: merged } = await outcome(restoring("merge"), backup);
  assert.deepEqual([merged.added, merged.replaced], [0, 0]);
  assert.equal((await everything()).raw.length, more);

  await goTo(page, "#/privacy");
  await headed("Privacy");
  await press("Restore a backup");
  await headed("Restore a backup");
  await pick("Choose the backup file", backup);
  await headed("keepwell-backup-");
  await type("Passphrase of the backup", passphrase);
  await page.keyboard.press("Enter");
  await headed("What the backup holds");
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "restore-choice");
  await tabTo(await page.$("input[name=restore]"));
  await page.keyboard.press("ArrowDown");
  await press("Replace everything here…");
  await page.waitForSelector(".confirm:not([hidden])");
  assert.deepEqual(await faults(page), []);
  await screenshot(page, "restore-replace");
  await press("Replace everything now");
  await page.waitForSelector(".figures");
  assert.deepEqual(await everything(), content);
});

test("what is no good backup says why, and changes nothing", async () => {
  const good = await readFile(backup);
  const bad = async (name, bytes) => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };
  await bad("diary.txt", "Dear diary");
  await age("-p", "-o", join(folder, "diary.age"), join(folder, "diary.txt"));
  const flipped = Buffer.from(good);
  flipped[good.length >> 1] ^= 1;
  const table = [
    ["a wrong passphrase", backup, /does not open this backup/, "granite plume orchard ten"],
    ["no passphrase", backup, /needs a passphrase/, ""],
    ["cut short", await bad("cut.age", good.subarray(0, -100)), /cut short or damaged/],
    ["a flipped bit", await bad("flipped.age", flipped), /cut short or damaged/],
    ["another program's age file", join(folder, "diary.age"), /no backup of Keepwell/],
    ["the zip archive inside", join(folder, "backup.zip"), /no backup of Keepwell/],
    ["a text", join(folder, "diary.txt"), /no backup of Keepwell/],
  ];
  for (const [n, [what, path, message, phrase]] of table.entries()) {
    const { error, message: said } = await outcome(restoring(["merge", "replace"][n % 2], phrase), path);
    assert.equal(error, "invalidArgument", what);
    assert.match(said, message, what);
  }
  for (const call of ["restore(files[0])", "restore()", "export()", "export({passphrase: 'x', plain: true})", "restore(files[0], {passphrase: 'x', mode: 'all'})"]) {
    assert.equal((await outcome(call, backup)).error, "invalidArgument", call);
  }
  assert.deepEqual(await everything(), content);
  const { report } = await importPaths(page, [backup, join(folder, "diary.txt")]);
  assert.match(report.skipped.find((skip) => skip.file.endsWith(".age")).reason, /encrypted backup/);
});

test("an export and a restore can be stopped, and leave everything as it was", async () => {
  // Stops at the first news of a phase, when the work is under way.
  const stopAt = (phase, call) => `status().then(() => {
    const controller = new AbortController();
    const watch = { signal: controller.signal, onProgress: (p) => p.phase === "${phase}" && controller.abort() };
    return ${call};
  })`;
  const phrase = JSON.stringify(passphrase);
  assert.equal((await outcome(stopAt("opening", `keepwell.export({passphrase: ${phrase}, ...watch})`))).error, "userCanceled");
  for (const phase of ["opening", "checking"]) {
    const { error } = await outcome(stopAt(phase, `keepwell.restore(files[0], {passphrase: ${phrase}, mode: "replace", ...watch})`), backup);
    assert.equal(error, "userCanceled", phase);
  }
  assert.deepEqual(await everything(), content);
});

test("after a warning a copy without encryption is saved, and an import takes it", async () => {
  await goTo(page, "#/backup");
  await headed("Back up");
  await press("Save a copy without encryption…");
  await page.waitForSelector(".confirm:not([hidden])");
  assert.deepEqual(await faults(page), []);
  await page.$eval(".confirm", (box) => box.scrollIntoView({ block: "center" }));
  await screenshot(page, "backup-copy");
  await tabTo("Save it without encryption");
  const name = await download(() => page.keyboard.press("Enter"));
  assert.match(name, /^keepwell-copy-\d{4}-\d\d-\d\d\.zip$/);
  await headed("The copy is ready");
  const members = unzip(await readFile(join(folder, name)));
  assert.ok([...members.keys()].every((member) => /^(fhir\/.*\.ndjson|resources\/.*\.json|documents\/.*)$/.test(member)), [...members.keys()].join());
  await page.evaluate(() => keepwell.erase());
  const { report } = await importPaths(page, [join(folder, name)]);
  assert.ok(report.skipped.every((skip) => skip.file.includes("/documents/")), JSON.stringify(report.skipped[0]));
  assert.deepEqual((await everything()).raw, content.raw);
});

test("a locked store gives no backup and takes none; who can't unlock restores after erasing", async () => {
  await page.evaluate((phrase) => keepwell.setPassphrase(phrase), "orbit velvet kettle marsh");
  await page.evaluate(() => keepwell.lock());
  assert.equal((await outcome(`export({passphrase: "x"})`)).error, "databaseInaccessible");
  assert.equal((await outcome(restoring("replace"), backup)).error, "databaseInaccessible");
  await page.evaluate(() => keepwell.erase());
  assert.equal((await outcome(restoring("replace"), backup)).error, undefined);
  assert.deepEqual(await everything(), content);
});

test("nothing was requested, and nothing failed unseen", () => {
  const own = /^blob:|\/assets\/engine\.\w+\.js$/; // a lock starts the engine anew, from the cache
  assert.deepEqual(watch.requests.slice(loaded).filter(({ url }) => !own.test(url)), []);
  assert.deepEqual(watch.errors, []);
});
