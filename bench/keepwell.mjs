// Keepwell under the same measure as the peers, by what its page offers programs.
// Every function runs in the page.

/** Imports the file of an input that the bench added: [milliseconds, records, longest task]. */
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
  return [time, report.added, longest];
}

/** The latest records of a type: [milliseconds, records]. */
export async function latest(type, limit) {
  const start = performance.now();
  const { samples } = await keepwell.query({ type, limit, sort: [{ key: "startDate", ascending: false }] });
  return [performance.now() - start, samples.length];
}
