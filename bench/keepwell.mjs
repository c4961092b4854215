// Keepwell under the same measure as the peers, by what its page offers programs.
// Every function runs in the page.

/** Imports the file of an input that the bench added: [milliseconds, records, longest task, report]. */
export async function importFile(input) {
  let longest = 0; // ms of the main thread's longest task, 50 or more (Long Tasks section 3)
  const observer = new PerformanceObserver((list) => {
    for (const task of list.getEntries()) longest = Math.max(longest, task.duration);
  });
  observer.observe({ type: "longtask" });
  const start = performance.now();
  const report = await keepwell.import([input.files[0]]);
  const time = performance.now() - start;
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  observer.disconnect();
  return [time, report.added, longest, { skippedCount: report.skippedCount, unchanged: report.unchanged }];
}

/** The latest records of a type: [milliseconds, records]. */
export async function latest(type, limit) {
  const start = performance.now();
  const { samples } = await keepwell.query({ type, limit, sort: [{ key: "startDate", ascending: false }] });
  return [performance.now() - start, samples.length];
}

/** The same in a portal that has a store: [milliseconds, records]. */
export async function latestOfPortal(type, limit) {
  const start = performance.now();
  const { samples } = await store.query({ type, limit, sort: [{ key: "startDate", ascending: false }] });
  return [performance.now() - start, samples.length];
}

/** A year of daily sums of steps: milliseconds. */
export async function yearOfDays(year) {
  const start = performance.now();
  const predicate = { startDate: new Date(year, 0, 1).getTime(), endDate: new Date(year + 1, 0, 1).getTime() };
  const { statistics } = await keepwell.statisticsCollection({ type: "stepCount", options: ["cumulativeSum"], interval: { day: 1 }, predicate });
  if (![365, 366].includes(statistics.length)) throw new Error("not as many days as a year has");
  return performance.now() - start;
}

/** The sums of every day of a type, by date. */
export async function sumsByDay(type, timeZone) {
  const { statistics } = await keepwell.statisticsCollection({ type, options: ["cumulativeSum"], interval: { day: 1 } });
  const date = new Intl.DateTimeFormat("sv", { timeZone }); // Swedish dates are ISO 8601's
  return Object.fromEntries(statistics.map(({ startDate, sum }) => [date.format(new Date(startDate)), sum]));
}

/** Sets a passphrase as the only way in but the device's, which ends with it. */
export const protect = (passphrase) => keepwell.setPassphrase(passphrase);

/** Locks, unlocks and lists: [milliseconds, records]. */
export async function unlockToList(passphrase, type, limit) {
  await keepwell.lock();
  const start = performance.now();
  await keepwell.unlock({ passphrase });
  const { samples } = await keepwell.query({ type, limit });
  return [performance.now() - start, samples.length];
}
