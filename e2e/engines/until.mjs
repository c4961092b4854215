// Waiting, for what no event tells.
import { setTimeout as pause } from "node:timers/promises";

/** How long anything may take in a browser on a busy machine, in milliseconds. */
export const patience = 30_000;

/** Asks again and again until the answer is truthy, and returns it; what names it in the error. */
export async function until(ask, what) {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${patience / 1000} s`);
    await pause(20);
  }
}
