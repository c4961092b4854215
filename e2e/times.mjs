// Whether one call of the SDK takes longer than another, as web/engine/timing_test.go has it.

/**
 * Runs in a portal's page that holds its store as `store`: compares how long a method takes
 * with each of two lists of arguments, and resolves to {ratio, differs, pairs}: how many times
 * as long the first takes, and whether that is a difference. slowed is added to the first: 0.2
 * is a fifth of its time.
 *
 * Both are called by turns, in an order drawn anew each time, so that what else the machine does
 * meets both; the median of the pairs' ratios does not mind the pairs that it met. It goes on until
 * the median's confidence interval of 99% (of order statistics, so of no assumption on the
 * distribution) lies on one side of the tolerance, or long enough. A page's clock has steps of
 * 100 us, so that a call is timed together with its repetitions.
 */
export async function compareTimes(method, first, second, slowed = 0) {
  const tolerance = Math.log(1.15), z = 2.576, step = 20, most = 1000; // pairs
  const batchTime = 2; // ms that what is timed should take at least
  const once = async (args) => {
    try {
      if (method === "observe") return (await store.observe(...args, () => {}))();
      if (method === "pages") return await Array.fromAsync(store.pages(...args));
      const value = await store[method](...args);
      if (value instanceof Response) await value.text();
    } catch {} // is what it is; its time counts
  };
  let repetitions = 1;
  const time = async (args, slowed) => {
    const start = performance.now();
    for (let n = 0; n < repetitions; n++) await once(args);
    const end = performance.now() + (performance.now() - start) * slowed;
    while (performance.now() < end);
    return performance.now() - start;
  };
  for (let took = 0; took < batchTime && repetitions < 64; took = await time(second, 0)) repetitions *= 2;

  const ratios = []; // logarithms
  for (;;) {
    let a, b;
    if (Math.random() < 0.5) [a, b] = [await time(first, slowed), await time(second, 0)];
    else [b, a] = [await time(second, 0), await time(first, slowed)];
    ratios.push(Math.log(a / b));
    const pairs = ratios.length;
    if (pairs % step !== 0) continue;
    const sorted = ratios.toSorted((x, y) => x - y);
    const margin = Math.ceil((z / 2) * Math.sqrt(pairs)); // the binomial distribution's, approximately
    const middle = Math.floor(pairs / 2);
    const [low, median, high] = [sorted[Math.max(0, middle - margin)], sorted[middle], sorted[Math.min(pairs - 1, middle + margin)]];
    const answer = (differs) => ({ ratio: Math.exp(median), differs, pairs, repetitions });
    if (low > tolerance || high < -tolerance) return answer(true);
    if (low > -tolerance && high < tolerance) return answer(false);
    if (pairs >= most) return answer(Math.abs(median) > tolerance);
  }
}
