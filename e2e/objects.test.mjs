// What an Apple Health export holds beside numbers: workouts, electrocardiograms,
// routes, activity; each has a page that says and draws what its bytes hold.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answerSheet } from "@keepwell-health/keepwell/testing";
import { connect } from "./app.mjs";
import { faults, inEveryLook } from "./axe.mjs";
import { importTexts } from "./files.mjs";
import { openPage, ready, screenshot, startBrowser, startDemo } from "./harness.mjs";
import { navigate, openType, unfold } from "./person.mjs";

const voltages = Array.from({ length: 512 * 30 }, (_, i) => {
  const beat = (i % 430) / 430; // of one beat, about 71 a minute
  return (900 * Math.exp(-(((beat - 0.3) / 0.012) ** 2)) + 150 * Math.exp(-(((beat - 0.55) / 0.05) ** 2)) - 20).toFixed(3);
});
const ecg = `Name,Sam Example\nDate of Birth,"Jan 2, 1980"\nRecorded Date,2024-03-01 07:15:30 +0100\nClassification,Sinus Rhythm\n` +
  `Symptoms,Fatigue\nSoftware Version,2.0\nDevice,"Watch6,7"\nSample Rate,512 hertz\n\n\nLead,Lead I\nUnit,µV\n\n${voltages.join("\n")}\n`;
const points = Array.from({ length: 200 }, (_, i) =>
  `<trkpt lon="${(13.4 + 0.01 * Math.sin(i / 32)).toFixed(6)}" lat="${(52.5 + 0.006 * Math.sin(i / 16)).toFixed(6)}"><ele>${30 + i / 10}</ele>` +
  `<time>${new Date(Date.UTC(2024, 2, 1, 8, 0, i * 9)).toISOString()}</time></trkpt>`);
const gpx = `<?xml version="1.0"?><gpx version="1.1"><trk><trkseg>${points.join("\n")}</trkseg></trk></gpx>`;
const xml = `<?xml version="1.0" encoding="UTF-8"?>
<HealthData locale="en_GB">
<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="30" durationUnit="min" sourceName="Watch" startDate="2024-03-01 08:00:00 +0000" endDate="2024-03-01 08:30:00 +0000">
 <MetadataEntry key="HKIndoorWorkout" value="0"/>
 <WorkoutEvent type="HKWorkoutEventTypePause" date="2024-03-01 08:10:00 +0000"/>
 <WorkoutStatistics type="HKQuantityTypeIdentifierActiveEnergyBurned" startDate="2024-03-01 08:00:00 +0000" endDate="2024-03-01 08:30:00 +0000" sum="301.26" unit="kcal"/>
 <WorkoutRoute sourceName="Watch" startDate="2024-03-01 08:00:00 +0000" endDate="2024-03-01 08:30:00 +0000"><FileReference path="/workout-routes/route_2024-03-01.gpx"/></WorkoutRoute>
</Workout>
<ActivitySummary dateComponents="2024-03-01" activeEnergyBurned="312" activeEnergyBurnedGoal="400" activeEnergyBurnedUnit="kcal" appleExerciseTime="31" appleExerciseTimeGoal="30" appleStandHours="9" appleStandHoursGoal="12"/>
<Audiogram type="HKDataTypeIdentifierAudiogram" sourceName="Clinic" startDate="2024-03-01 08:00:00 +0000" endDate="2024-03-01 08:00:00 +0000">
 <SensitivityPoint frequencyValue="250" frequencyUnit="Hz" leftEarValue="10" leftEarUnit="dBHL" rightEarValue="15" rightEarUnit="dBHL"/>
</Audiogram>
</HealthData>`;

let demo, chromium, page, watch;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
  ({ page, watch } = await openPage(chromium.browser, demo.page));
  await ready(page);
  await page.evaluate(async (xml, ecg, gpx) => {
    const file = (path, text) => {
      const made = new File([text], path.split("/").at(-1));
      Object.defineProperty(made, "webkitRelativePath", { value: path });
      return made;
    };
    await keepwell.import([
      file("export/export.xml", xml),
      file("export/electrocardiograms/ecg_2024-03-01.csv", ecg),
      file("export/workout-routes/route_2024-03-01.gpx", gpx),
    ]);
  }, xml, ecg, gpx);
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

/** Opens the one object of a type. */
async function open(type) {
  await navigate(page, "Records");
  await openType(page, type);
  await page.waitForSelector(".records li:not(.pending)");
  await page.click(".records a");
  await page.waitForSelector(".facts");
  await page.waitForFunction(() => !document.querySelector(".waiting"));
}

const facts = () => page.$$eval(".facts div:not(.nested)", (rows) => Object.fromEntries(rows.map((row) => [...row.children].map((cell) => cell.textContent))));
const picture = (name) => inEveryLook(page, (look) => screenshot(page, `${name}-${look}`));

test("a workout says what was done and shows its route", async () => {
  await open("Workouts");
  await page.waitForSelector(".route svg");
  const said = await facts();
  assert.equal(said.Activity, "Running");
  assert.equal(said.Duration, "30 min");
  assert.equal(said["Active Energy"], "301 kcal");
  assert.match(said.Pause, /08:10/);
  assert.match(await page.$eval(".route svg", (svg) => svg.getAttribute("aria-label")), /^Track of [\d.]+ km/);
  assert.deepEqual(await faults(page), []);
  await page.$eval(".route", (route) => route.scrollIntoView());
  await picture("workout");
});

test("an electrocardiogram is drawn on its paper and read as a table", async () => {
  await open("Electrocardiograms");
  const said = await facts();
  assert.equal(said.Classification, "Sinus Rhythm");
  assert.equal(said.Symptoms, "Fatigue");
  assert.equal(said.Length, "30 s");
  assert.equal(await page.$eval(".ecg svg", (svg) => svg.getAttribute("width")), "3000.0");
  const seconds = await page.$$eval(".wide tbody tr", (rows) => rows.map((row) => row.textContent));
  assert.equal(seconds.length, 30);
  assert.match(seconds[0], /0\.88 mV|0\.89 mV|0\.9 mV/);
  assert.deepEqual(await faults(page), []);
  await page.focus(".ecg");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector(".ecg")?.scrollLeft > 0);
  await picture("ecg");
});

test("activity, hearing and the bytes themselves", async () => {
  await open("Activity");
  assert.equal((await facts()).Move, "312 kcal of a goal of 400 kcal");
  await open("Audiogram");
  assert.equal((await facts())["250 Hz"], "left ear 10 dBHL, right ear 15 dBHL");
  await unfold(page, "XML");
  await page.waitForSelector("pre.code");
  assert.match(await page.$eval("pre.code", (pre) => pre.textContent), /^<Audiogram /);
  assert.deepEqual(await faults(page), []);
});

test("a portal asks for what is picked one by one, and gets those alone", async () => {
  const prescription = (day, type) => `<VisionPrescription type="${type}" dateIssued="${day} 00:00:00 +0000" expirationDate="never">` +
    '<RightEye sphere="-1.25" sphereUnit="D" axis="90" axisUnit="deg"/></VisionPrescription>';
  const { report } = await importTexts(page, [["export.xml", '<?xml version="1.0"?><HealthData locale="en_GB">' +
    prescription("2020-05-04", "contacts") + prescription("2024-03-01", "glasses") + "</HealthData>"]]);
  assert.equal(report.added, 2);
  const { page: portal } = await openPage(chromium.browser, demo.portal);
  const window = await connect(portal, demo.page);
  const asking = portal.evaluate(() => store.requestAuthorization({ read: ["visionPrescription", "verifiableClinicalRecord"] }));
  await window.bringToFront();
  await window.waitForSelector(".sheet");
  assert.match(await window.$eval(".sheet", (sheet) => sheet.innerText), /documents that you pick[^]*You have none[^]*1 Mar 2024[^]*4 May 2020/);
  assert.deepEqual(await faults(window), []);
  await inEveryLook(window, (look) => screenshot(window, `sheet-objects-${look}`));
  const [offered] = await Promise.all([answerSheet(window, { read: ["Vision Prescriptions 4 May 2020"] }), asking]);
  assert.equal(offered.read.length, 2);
  const found = await portal.evaluate(async () => (await store.query({ type: "visionPrescription" })).samples);
  assert.deepEqual(found.map(({ startDate }) => new Date(startDate).getUTCFullYear()), [2020]);
  assert.equal(await portal.evaluate(() => store.requestStatus({ read: ["visionPrescription"] })), "shouldRequest");
});

test("nothing went wrong behind the pages", () => assert.deepEqual(watch.errors, []));
