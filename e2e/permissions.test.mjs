// What a portal learns of a history window, and the way from a portal to the page
// where the person changes what it may do.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allowAll, connect } from "./app.mjs";
import { openPage, startBrowser, startDemo } from "./harness.mjs";
import { goTo, headed, press, unfold } from "./person.mjs";

const named = (name) => `::-p-aria([name="${name}"])`;

let demo, chromium, portal, keepwell, origin; // of the portal, as the person sees it
before(async () => {
  demo = await startDemo();
  origin = new URL(demo.portal).origin;
  chromium = await startBrowser();
  ({ page: portal } = await openPage(chromium.browser, demo.portal));
  keepwell = await connect(portal, demo.page);
  await allowAll(portal, keepwell, { read: ["stepCount", "heartRate", "bodyMass"] });
});
after(async () => {
  await chromium?.stop();
  await demo?.stop();
});

const earliest = () => portal.evaluate(() => store.earliestAuthorizedSampleDate(["stepCount", "heartRate", "bodyMass"]));

test("a portal learns from when it may read, of the types with a history window alone", async () => {
  assert.deepEqual(await earliest(), {});
  await goTo(keepwell, "#/apps");
  await unfold(keepwell, `How far back ${origin} reads Steps`);
  await press(keepwell, "From the last month on");
  await portal.waitForFunction(async () => (await store.earliestAuthorizedSampleDate(["stepCount"])).stepCount > 0, { polling: 50 });
  const { stepCount, ...others } = await earliest();
  const days = (Date.now() - stepCount) / 86_400_000;
  assert.ok(days > 27 && days < 33, `${days} days`);
  assert.deepEqual(others, {});
  await press(keepwell, `Read Steps for ${origin}`); // no more
  await portal.waitForFunction(async () => Object.keys(await store.earliestAuthorizedSampleDate(["stepCount"])).length === 0, { polling: 50 });
  assert.equal(await portal.evaluate(() => store.earliestAuthorizedSampleDate(["nothing"]).catch(({ code }) => code)), "invalidArgument");
});

test("a portal leads to the page that changes what it may do", async () => {
  await goTo(keepwell, "#/");
  await headed(keepwell, "Your health records, kept on your own device");
  await keepwell.evaluate(() => (globalThis.mark = "not loaded again"));
  await portal.evaluate(() => store.permissionManager());
  await headed(keepwell, "Apps");
  assert.equal(await keepwell.evaluate(() => mark), "not loaded again");
});

test("it opens the window that was closed", async () => {
  await keepwell.close();
  const opened = new Promise((resolve) => portal.once("popup", resolve));
  await portal.evaluate(() => store.permissionManager());
  const window = await opened;
  await headed(window, "Apps");
  await portal.evaluate(() => store.requestStatus({ read: ["stepCount"] })); // connected again by itself
});
