// A list that stays true: an observer says that something changed, and an anchored
// query then brings what came and what went.

const LATEST = 100; // samples that a list shows

/**
 * Yields at once, and again whenever samples of a type that this app may see
 * change, until the signal aborts.
 */
export async function* changes(health, type, signal) {
  let changed = Promise.withResolvers();
  const stop = await health.observe({ type }, () => changed.resolve(), { signal });
  signal.addEventListener("abort", () => changed.resolve());
  try {
    while (!signal.aborted) {
      changed = Promise.withResolvers(); // before anybody asks, so that no change is missed
      yield;
      await changed.promise;
    }
  } finally {
    stop();
  }
}

/**
 * Yields the latest samples of a type, newest first, whenever they change, with the
 * uuids of what is new since this tab last showed them.
 */
export async function* follow(health, type, signal) {
  const predicate = await sinceLatest(health, type, signal);
  const fresh = new Set(await cameMeanwhile(health, { type, predicate }, signal));
  const found = new Map(); // samples by uuid
  let anchor;
  for await (const _ of changes(health, type, signal)) {
    const result = await health.anchored({ type, predicate, anchor }, { signal });
    for (const { uuid } of result.deleted) found.delete(uuid);
    for (const sample of result.samples) {
      if (anchor && !found.has(sample.uuid)) fresh.add(sample.uuid);
      found.set(sample.uuid, sample);
    }
    // Where all is new to an earlier anchor, what this app may see was changed.
    if (!anchor && fresh.size >= found.size) fresh.clear();
    anchor = result.anchor;
    sessionStorage.setItem(anchorOf(type), anchor);
    const samples = [...found.values()].sort((a, b) => b.startDate - a.startDate).slice(0, LATEST);
    yield { samples, fresh };
  }
}

// Bounds what is asked for by the oldest sample that a list shows: ten years of
// steps stay where they are.
async function sinceLatest(health, type, signal) {
  const { samples: [oldest] } = await health.query({ type, limit: 1, offset: LATEST - 1 }, { signal });
  return oldest && { startDate: oldest.startDate, strictStartDate: true };
}

// An anchor tells nothing of a record, so this tab may keep it. It leads to what
// came while the list was not shown.
const anchorOf = (type) => `anchor/${type}`;

async function cameMeanwhile(health, query, signal) {
  const anchor = sessionStorage.getItem(anchorOf(query.type));
  if (!anchor) return [];
  try {
    const { samples } = await health.anchored({ ...query, anchor }, { signal });
    return samples.map(({ uuid }) => uuid);
  } catch (error) {
    if (error.code !== "invalidArgument") throw error; // that one is of records that were erased
    return [];
  }
}
