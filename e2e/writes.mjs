// What the engine writes to the disk, told from inside its worker while it happens:
// by it a test can end the browser in the middle of a certain kind of write.

/**
 * Watches every engine of a page.
 */
export async function watchWrites(page, writes = new Writes()) {
  const session = await page.createCDPSession();
  session.on("Target.attachedToTarget", async ({ sessionId, targetInfo }) => {
    const worker = session.connection().session(sessionId);
    worker.on("Runtime.bindingCalled", ({ payload }) => writes.told(sessionId, JSON.parse(payload)));
    const sent = [["Runtime.enable"], ["Runtime.addBinding", { name: "tellOfWrite" }], ["Runtime.runIfWaitingForDebugger"]];
    if (targetInfo.type === "worker") sent.splice(2, 0, ["Runtime.evaluate", { expression: `(${observe})()` }]);
    for (const [method, params] of sent) await worker.send(method, params).catch(() => {}); // it may be gone by now
  });
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
  return writes;
}

// observe runs in the worker, before its first instruction.
function observe() {
  const known = new WeakMap();
  let last = 0;
  const note = (store, what) => {
    const transaction = store.transaction;
    if (!known.has(transaction)) {
      const number = ++last;
      const touched = [];
      known.set(transaction, touched);
      queueMicrotask(() => tellOfWrite(JSON.stringify({ number, touched }))); // a batch's requests go out in one turn
      for (const end of ["complete", "abort"]) {
        transaction.addEventListener(end, () => tellOfWrite(JSON.stringify({ number, end })));
      }
    }
    known.get(transaction).push(what);
  };
  const { put, delete: remove } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (value, key) {
    note(this, `put ${this.name} ${key}`);
    return put.call(this, value, key);
  };
  IDBObjectStore.prototype.delete = function (key) {
    note(this, `delete ${this.name} ${key.lower ?? key}`);
    return remove.call(this, key);
  };
}

export class Writes {
  open = new Map(); // kinds of those under way, by transaction
  kinds = new Set(); // of all so far
  #waiting = [];

  told(worker, { number, touched, end }) {
    const id = `${worker} ${number}`;
    if (end) return void this.open.delete(id);
    const kind = kindOf(touched);
    this.open.set(id, kind);
    this.kinds.add(kind);
    for (const waiting of this.#waiting) {
      if ((waiting.kind ?? kind) === kind && --waiting.count === 0) waiting.reached();
    }
  }

  /** Resolves when so many more transactions, of a kind if one is given, have begun to write. */
  more(count, kind) {
    return new Promise((reached) => this.#waiting.push({ count, kind, reached }));
  }
}

/** What a transaction does, by what it touches (docs/format.md, section 1). */
function kindOf(touched) {
  const any = (pattern) => touched.some((what) => pattern.test(what));
  if (any(/^\w+ keys /)) return "device key";
  if (any(/^delete values keyring/)) return "erasure";
  if (any(/^put values keyring/)) return "keyring";
  if (any(/^delete values journal/)) return "merge of the journal";
  if (any(/^put values journal/)) return "entry of the journal";
  if (any(/^put values head/)) return any(/^delete values (index|segment)/) ? "compaction" : "commit";
  if (any(/^delete values/)) return "sweep";
  if (any(/^put values (segment|index)/)) return "segments";
  return touched[0].split(/[ /]/)[2];
}
