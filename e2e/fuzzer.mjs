// A portal without the SDK. Both functions run in its page.

/** Opens a port to the window of Keepwell that is there, as web/broker/broker.go has it, and keeps it. */
export async function handshake(host) {
  const said = await new Promise((resolve) => addEventListener("message", resolve, { once: true }));
  const window = said.source;
  for (const junk of [null, 7, "hello", {}, { keepwell: 1 }, { keepwell: "hello" }, { keepwell: "hello", nonce: {} }, { keepwell: "hello", nonce: "x".repeat(1e6) }]) {
    window.postMessage(junk, host); // without a port, or none that is one
    window.postMessage(junk, host, [new MessageChannel().port1, new MessageChannel().port1]);
  }
  const { port1: port, port2 } = new MessageChannel();
  window.postMessage({ keepwell: "hello", nonce: "fuzz" }, host, [port2]);
  const next = () => new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data)));
  if ((await next()).keepwell !== "welcome") throw new Error("not welcome");
  const params = { name: "Fuzz", purpose: "care", usage: { share: "a", update: "b", clinical: "c" }, privacyPolicy: `${location.origin}/privacy.html` };
  port.postMessage({ json: JSON.stringify({ id: 1, method: "hello", params }) });
  const { error } = JSON.parse((await next()).json);
  if (error) throw new Error(error.message);
  globalThis.port = port;
}

/**
 * Sends so many messages over that port, with a few hundred under way, and resolves to
 * {answered, awaited, results, errors: {code: n}, strange}: strange is what was heard
 * and is not of the protocol, or quotes a value that was sent.
 */
export async function fuzz(seed, count) {
  // mulberry32, a generator of 32 bits
  const random = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n) => Math.floor(random() * n);
  const one = (list) => list[below(list.length)];
  const secret = "Zq7Xw"; // is in texts that are sent as values, and must not come back

  const types = ["allergyRecord", "stepCount", "labResultRecord", "heartRate", "noSuchType", "", 7, null, ["stepCount"], secret];
  const texts = ["", secret, "\ud800", "a\udfff\ud800", "\u0000", "__proto__", secret.repeat(1000), "https://evil.example", "00000000-0000-8000-8000-000000000000"];
  const numbers = [0, 1, -1, -1e9, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 100];
  const scalar = () => one([() => one(texts), () => one(numbers), () => one(types), () => true, () => null, () => ({}), () => []])();
  const deep = (depth, open, close) => open.repeat(depth) + "1" + close.repeat(depth);
  const predicate = (depth = 0) => depth > 3 ? {} : one([
    () => ({ startDate: scalar(), endDate: scalar() }),
    () => ({ uuids: [scalar()] }), () => ({ sources: scalar() }),
    () => ({ not: predicate(depth + 1) }), () => ({ and: [predicate(depth + 1), predicate(depth + 1)] }), () => ({ or: scalar() }),
    () => ({ quantity: { operator: one(["<", "~", 1]), value: scalar(), unit: scalar() } }),
    () => ({ fhir: { resourceType: scalar() } }), () => ({ metadata: { key: scalar(), values: scalar() } }), () => scalar(),
  ])();
  const options = () => one([["mostRecent"], ["cumulativeSum", "separateBySource"], ["duration"], [secret], scalar()]);
  const params = {
    query: () => ({ type: one(types), limit: one(numbers), offset: one(numbers), predicate: predicate(), sort: [{ key: one(["startDate", secret]), ascending: scalar() }] }),
    anchored: () => ({ type: one(types), anchor: scalar(), limit: one(numbers), predicate: predicate() }),
    sources: () => ({ type: one(types) }),
    resource: () => ({ uuid: scalar() }),
    authorizationStatus: () => ({ type: one(types) }),
    earliestAuthorizedSampleDate: () => ({ types: one([[one(types)], types, scalar()]) }),
    requestStatus: () => ({ read: [one(types)], toShare: [one(types)], required: scalar() }),
    // What is decided, or wrong: a sheet would wait for the person.
    requestAuthorization: () => one([{ read: ["stepCount"] }, { toShare: ["allergyRecord"] }, { toShare: ["labResultRecord"] }, { read: [secret] }, { read: scalar() }, {}]),
    statistics: () => ({ type: one(types), options: options(), unit: scalar(), predicate: predicate() }),
    statisticsCollection: () => ({ type: one(types), options: options(), interval: { [one(["hour", "day", "year", secret])]: one(numbers) }, anchorDate: scalar() }),
    save: () => ({ samples: [{ type: one(types), startDate: one(numbers), endDate: one(numbers), value: scalar(), unit: scalar(), syncVersion: scalar() }] }),
    delete: () => ({ uuids: [scalar()] }),
    observe: () => ({ type: one(types), mark: scalar(), predicate: predicate() }),
    unobserve: () => ({ observer: one(numbers) }),
    fetch: () => ({
      method: one(["GET", "POST", "HEAD", secret]),
      url: one(["", "metadata", "AllergyIntolerance", "AllergyIntolerance/_search", `Observation?code=${secret}`, "../../etc", "%zz", secret, `https://evil.example/${secret}`]),
      headers: one([undefined, scalar(), { accept: one(texts) }, { prefer: "handling=lenient", "if-none-match": scalar() }, { "content-type": "application/x-www-form-urlencoded" }]),
      body: one([undefined, scalar(), `date=${secret}&_sort=date`, JSON.stringify({ resourceType: "Bundle", type: "batch", entry: [{ request: { method: "GET", url: one(texts) } }] })]),
    }),
    hello: () => ({ name: secret }),
    cancel: () => ({ request: one(numbers) }),
    // What only the person's page may do.
    erase: () => ({}), apps: () => ({}), counts: () => ({}), export: () => ({ passphrase: secret }), import: () => ({ files: [] }),
    setGrant: () => ({ origin: location.origin, type: "heartRate", read: true }), attach: () => ({ origin: "https://evil.example" }),
    answer: () => ({ asking: 1, answer: { read: ["heartRate"] } }), lock: () => ({ all: true }), accessLog: () => ({}), [secret]: scalar,
  };
  const methods = Object.keys(params);
  let id = 1;
  const request = () => {
    const method = one(methods);
    return { id: ++id, method, params: params[method]() };
  };
  // A request with one character, or a part, that is another's.
  const damaged = () => {
    const text = JSON.stringify(request());
    const at = below(text.length);
    return text.slice(0, at) + one(["", "\"", "{", "}", ",", "\ud800", "\\u", "9".repeat(400), secret]) + text.slice(at + below(4));
  };
  const rest = (json, beside = one([{}, { buffers: [], files: [], ports: [] }])) => ({ json, ...beside });

  // Each returns [message, transferred, whether an answer must come].
  const kinds = [
    [60, () => [rest(JSON.stringify(request())), [], true]],
    [25, () => [rest(damaged()), [], true]],
    [3, () => [rest(JSON.stringify({ ...request(), [one(["id", "method", "params", "more"])]: scalar() })), [], true]],
    [3, () => [rest(JSON.stringify({ id: scalar(), method: scalar(), params: scalar() })), [], true]],
    [3, () => [one([7, "text", null, undefined, [], {}, { json: 7 }, { json: null }, new Date(), new Map([[1, 2]]), new Uint8Array(3), new Blob([secret]), new Error(secret)]), [], false]],
    [2, () => [rest(one(["", "null", "7", "[]", "{", "\ud800", secret, "{}{}", "{\"id\":1e999}"])), [], true]],
    [2, () => {
      const buffer = new ArrayBuffer(below(1e4));
      return [rest(JSON.stringify(request()), { buffers: [buffer] }), [buffer], true];
    }],
    [1, () => {
      const { port1 } = new MessageChannel();
      return [rest(JSON.stringify(request()), { ports: [port1] }), [port1], true];
    }],
    [0.5, () => [rest(JSON.stringify(request()), { ports: scalar(), files: [new File([secret], "a")], buffers: { length: 1e9 } }), [], true]],
    [0.5, () => {
      const { port1 } = new MessageChannel(); // beside the message only
      return [rest(JSON.stringify(request())), [port1], true];
    }],
    [0.3, () => [rest(`{"id":${++id},"method":"query","params":{"type":"stepCount","predicate":${deep(10_000, '{"not":', "}")}}}`), [], true]],
    [0.2, () => [rest(deep(100_000, "[", "]")), [], true]],
    [0.02, () => [rest(JSON.stringify({ id: ++id, method: "query", params: { type: secret.repeat(one([200_000, 300_000])) } })), [], true]],
  ];
  const total = kinds.reduce((sum, [weight]) => sum + weight, 0);
  const draw = () => {
    let left = random() * total;
    return (kinds.find(([weight]) => (left -= weight) < 0) ?? kinds[0])[1]();
  };

  const heard = { answered: 0, awaited: 0, results: 0, errors: {}, strange: [] };
  const judge = (data) => {
    const { json, buffers = [], files = [], ports = [], ...more } = data;
    const message = JSON.parse(json);
    const keys = Object.keys(message).join();
    if (Object.keys(more).length + files.length + ports.length > 0) return false;
    if (message.event === "observed") return keys === "event,params";
    heard.answered++;
    if (keys === "id,result") return Boolean(++heard.results);
    const { error } = message;
    heard.errors[error.code] = (heard.errors[error.code] ?? 0) + 1;
    const text = error.message.replace(/^(no field is called ).*/s, "$1"); // names are said, values are not
    return keys === "id,error" && Object.keys(error).join() === "code,message" && buffers.length === 0 && !text.includes(secret);
  };
  let most, enough; // requests under way: to pause at, and to go on from
  let goOn;
  port.onmessage = ({ data }) => {
    if (!judge(data) && heard.strange.length < 20) heard.strange.push(data.json.slice(0, 500));
    if (heard.awaited - heard.answered <= enough) goOn?.();
  };
  for (let sent = 0; sent < count; sent++) {
    // Now and then a flood, of which the engine refuses most; else it gets to nearly all.
    if (sent % 400 === 0) enough = (most = one([400, ...Array(9).fill(40)])) / 2;
    const [message, transfer, answered] = draw();
    if (answered) heard.awaited++;
    port.postMessage(message, transfer);
    if (heard.awaited - heard.answered >= most) await new Promise((resolve) => (goOn = resolve));
  }
  enough = 0;
  if (heard.answered < heard.awaited) await new Promise((resolve) => (goOn = resolve));
  return heard;
}
