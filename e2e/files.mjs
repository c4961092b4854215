// Files for the tests: giving them to the page as a person does, and cutting the
// exact text of every resource out of a bundle, to compare with what comes back.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { inflateRawSync } from "node:zlib";

/**
 * Puts files of the disk into a file input of the test's own and imports them by
 * keepwell.import: {report, progress}. Nothing of the page's DOM is needed.
 */
export async function importPaths(page, paths) {
  const input = await page.evaluateHandle(() => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    return input;
  });
  await input.uploadFile(...paths);
  const outcome = await input.evaluate(runImport);
  await input.dispose();
  return outcome;
}

/** Imports files made up by a test: [name, content] pairs, a content being text or {base64}. */
export async function importTexts(page, files) {
  const input = await page.evaluateHandle((files) => {
    const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return { files: files.map(([name, content]) => new File([content.base64 === undefined ? content : bytes(content.base64)], name)) };
  }, files);
  const outcome = await input.evaluate(runImport);
  await input.dispose();
  return outcome;
}

// runImport runs in the page.
async function runImport({ files }) {
  const progress = [];
  try {
    const report = await keepwell.import([...files], { onProgress: (step) => progress.push(step) });
    return { report, progress };
  } catch (error) {
    return { error: { isError: error instanceof Error, code: error.code, message: error.message }, progress };
  }
}

/** Every sample that the store holds, of all types. */
export function allSamples(page) {
  return page.evaluate(async () => {
    const lists = [];
    for (const type of Object.keys(await keepwell.counts())) lists.push((await keepwell.query({ type })).samples);
    return lists.flat();
  });
}

/** The raw bytes behind samples, as text that keeps each byte (Latin-1), by uuid. */
export async function rawTexts(page, uuids) {
  const texts = await page.evaluate(async (uuids) => {
    const texts = [];
    for (const uuid of uuids) {
      const bytes = await keepwell.resource(uuid);
      let text = "";
      for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
      texts.push(text);
    }
    return texts;
  }, uuids);
  return new Map(uuids.map((uuid, index) => [uuid, texts[index]]));
}

/** The exact text of every entry.resource of a bundle, as bytes kept in Latin-1. */
export async function resourcesOf(path) {
  const text = (await readFile(path)).toString("latin1");
  const spans = [];
  walk(text, skipSpace(text, 0), [], (path, start, end) => {
    if (/^entry\.\d+\.resource$/.test(path.join("."))) spans.push(text.slice(start, end));
  });
  if (spans.length === 0) throw new Error(`${basename(path)} is not a bundle`);
  return spans;
}

// walk visits every value of a JSON text with its path and its span. It is made for
// well-formed text and shares nothing with the reader it checks.
function walk(text, at, path, visit) {
  const start = at;
  if (text[at] === "{" || text[at] === "[") at = walkChildren(text, at, path, visit);
  else if (text[at] === '"') at = endOfString(text, at);
  else while (!/[\s,\]}]/.test(text[at])) at++;
  visit(path, start, at);
  return at;
}

function walkChildren(text, at, path, visit) {
  const isObject = text[at] === "{";
  at = skipSpace(text, at + 1);
  for (let index = 0; text[at] !== "}" && text[at] !== "]"; index++) {
    let key = index;
    if (isObject) {
      const end = endOfString(text, at);
      key = JSON.parse(text.slice(at, end));
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    at = skipSpace(text, walk(text, at, [...path, key], visit));
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return at + 1;
}

function endOfString(text, at) {
  for (at++; text[at] !== '"'; at++) if (text[at] === "\\") at++;
  return at + 1;
}

function skipSpace(text, at) {
  while (/\s/.test(text[at] ?? "")) at++;
  return at;
}

/** The members of a zip archive: name to bytes. */
export function unzip(archive) {
  const members = new Map();
  const end = archive.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [packed, name, extra, comment] = [20, 28, 30, 32].map((field, n) => (n ? archive.readUInt16LE(at + field) : archive.readUInt32LE(at + field)));
    const local = archive.readUInt32LE(at + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    members.set(archive.toString("utf8", at + 46, at + 46 + name), inflateRawSync(archive.subarray(start, start + packed)));
    at += 46 + name + extra + comment;
  }
  return members;
}
