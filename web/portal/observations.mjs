// Tests with several values among a person's records, and the course of one of them:
// its values of one code and one unit over time.

const REACH = 5000; // samples that are looked through, the latest
const MOST = 100; // values of a course, the latest; their ids must fit in an address

/**
 * Resolves to what has at least two values among the samples of a clinical type, by
 * name: {key, name, unit, samples}, the newest first.
 */
export async function testsOf(health, type, signal) {
  const { samples } = await health.query({ type, limit: REACH }, { signal });
  const tests = Map.groupBy(samples.filter(isValue), ({ displayName, unit }) => JSON.stringify([displayName, unit]));
  return [...tests].filter(([, samples]) => samples.length > 1)
    .map(([key, samples]) => ({ key, name: samples[0].displayName, unit: samples[0].unit ?? "", samples }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

const isValue = ({ value, fhir, status, undated }) =>
  value !== undefined && fhir?.resourceType === "Observation" && status !== "entered-in-error" && !undated;

/**
 * Resolves to the course of a test: {name, unit, points, others}, a point being {date,
 * time, value, text, range}, the oldest first. Of one name may be several tests,
 * glucose in blood and in urine: the course is the latest's, and others counts the rest.
 */
export async function courseOf(health, { name, unit, samples }, signal) {
  const all = await withResources(health, samples.slice(0, MOST).reverse(), signal);
  const same = all.filter(({ resource }) => codeOf(resource) === codeOf(all.at(-1).resource));
  const points = same.map(({ sample, resource }) => ({
    date: sample.startText ?? sample.startDate, time: sample.startDate, value: sample.value, text: sample.subtitle,
    range: rangeOf(resource),
  }));
  return { name, unit, points, others: all.length - same.length };
}

// Resolves to samples with their Observations. A sample does not tell the code and
// the reference range; the resource does, and FHIR's search brings many at once.
async function withResources(health, samples, signal) {
  const ids = samples.map(({ fhir }) => encodeURIComponent(fhir.identifier));
  const response = await health.fetch(`Observation?_id=${ids}&_count=${2 * MOST}`, { signal });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.issue[0].diagnostics); // an OperationOutcome
  // Where two sources use one id, the second's address is its uuid.
  const found = new Map(answer.entry?.map(({ fullUrl, resource }) => [fullUrl.split("/").at(-1), resource]));
  return samples.map((sample) => ({ sample, resource: found.get(`urn:uuid:${sample.uuid}`) ?? found.get(sample.fhir.identifier) }))
    .filter(({ resource }) => resource);
}

// Laboratories have codes of their own; LOINC's are the same everywhere.
function codeOf({ code }) {
  const codings = code?.coding ?? [];
  const coding = codings.find(({ system }) => system === "http://loinc.org") ?? codings[0];
  return JSON.stringify([coding?.system, coding?.code]);
}

// Of several ranges, for one age or another, none can be told to be this person's.
function rangeOf({ referenceRange }) {
  const [{ low, high }] = referenceRange?.length === 1 ? referenceRange : [{}];
  return low || high ? { low: low?.value, high: high?.value } : undefined;
}
