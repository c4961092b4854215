// Looks for words in the raw files of a browser's profile, in whatever form Chromium
// may have written them: as text of one or two bytes a character, within the records
// and blocks of LevelDB, and compressed.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { Decompress as Zstd } from "fzstd";

/**
 * Which words stand in the files of a folder, and where. Each of the groups is
 * {words, where}; where lets a path through, and is every path unless given.
 */
export async function wordsIn(folder, ...groups) {
  const hits = [];
  const sought = groups.flatMap(({ words, where = () => true }) => words.map((word) => ({ word, where, forms: formsOf(word) })));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const here = entry.isFile() ? sought.filter(({ where }) => where(path)) : [];
    if (here.length === 0) continue;
    const texts = textsOf(await readFile(path).catch(() => Buffer.alloc(0))); // gone meanwhile
    for (const { word, forms } of here) {
      if (texts.some((text) => forms.some((form) => text.includes(form)))) hits.push(`${word} in ${path}`);
    }
  }
  return hits;
}

function formsOf(word) {
  const little = Buffer.from(word, "utf16le");
  return [Buffer.from(word), little, Buffer.from(little).swap16()];
}

/** A file and all that can be unpacked from it, and from that. */
function textsOf(data) {
  const texts = [data];
  for (let depth = 0, from = 0; depth < 3; depth++) { // a value within a block within a file
    const found = texts.slice(from).flatMap((text) => [...logs(text), ...blocks(text), ...values(text), ...streams(text)]);
    from = texts.length;
    texts.push(...found);
  }
  for (const unpack of [inflateRawSync, brotliDecompressSync]) texts.push(...tried(() => unpack(data)));
  return texts;
}

// logs joins the records of a LevelDB log, which its blocks of 32 KiB cut in pieces
// (log_format.md: checksum 4, length 2, type 1 to 4, data).
function logs(data) {
  const pieces = [];
  for (let at = 0; at + 7 <= data.length;) {
    const left = 0x8000 - (at % 0x8000);
    const length = data.readUInt16LE(at + 4), type = data[at + 6];
    if (left < 7) at += left;
    else if (type < 1 || type > 4 || 7 + length > left) return []; // no log, or its end
    else {
      pieces.push(data.subarray(at + 7, at + 7 + length));
      at += 7 + length;
    }
    if (type === 0 && length === 0) break;
  }
  return pieces.length > 1 ? [Buffer.concat(pieces)] : [];
}

// blocks unpacks those of a LevelDB table (table_format.md: each is followed by its
// compression, 1 for snappy and 2 for zstd, and a checksum of 4 bytes; the footer of
// 48 bytes names the index, which names the others).
function blocks(data) {
  const magic = Buffer.from("57fb808b247547db", "hex");
  if (data.length < 48 || !data.subarray(-8).equals(magic)) return [];
  const footer = data.subarray(-48);
  const [, , at] = handle(footer, 0); // of the metaindex
  const index = blockAt(data, ...handle(footer, at));
  return [index, ...entries(index).map((value) => blockAt(data, ...handle(value, 0)))];
}

function blockAt(data, offset, size) {
  const block = data.subarray(offset, offset + size);
  if (data[offset + size] === 1) return snappy(block);
  return data[offset + size] === 2 ? Buffer.concat(zstd(block)) : block;
}

/** The values of a block: entries of shared, unshared and value length, then key and value. */
function entries(block) {
  const found = [];
  const end = block.length - 4 - 4 * block.readUInt32LE(block.length - 4); // restart points
  for (let at = 0; at < end;) {
    const [, afterShared] = varint(block, at);
    const [unshared, afterUnshared] = varint(block, afterShared);
    const [length, start] = varint(block, afterUnshared);
    found.push(block.subarray(start + unshared, start + unshared + length));
    at = start + unshared + length;
  }
  return found;
}

/** A block handle: [offset, size, where the next thing begins]. */
function handle(data, at) {
  const [offset, next] = varint(data, at);
  const [size, end] = varint(data, next);
  return [offset, size, end];
}

// values unpacks those that Chromium's IndexedDB compressed: 0xFF, the pseudo version
// 17, 2 for snappy (idb_value_wrapping.cc).
function values(data) {
  return places(data, [0xff, 0x11, 2]).flatMap((at) => tried(() => snappy(data.subarray(at + 3))));
}

// streams unpacks what begins like gzip, zlib or zstd.
function streams(data) {
  const cut = { finishFlush: constants.Z_SYNC_FLUSH };
  return [
    // A header without options is 10 bytes (RFC 1952); gunzip would refuse what follows the stream.
    ...places(data, [0x1f, 0x8b, 8, 0]).flatMap((at) => tried(() => inflateRawSync(data.subarray(at + 10), cut))),
    ...places(data, [0x1f, 0x8b, 8]).flatMap((at) => tried(() => gunzipSync(data.subarray(at), cut))),
    ...[[0x78, 1], [0x78, 0x9c], [0x78, 0xda]].flatMap((magic) => places(data, magic)).flatMap((at) => tried(() => inflateSync(data.subarray(at), cut))),
    ...places(data, [0x28, 0xb5, 0x2f, 0xfd]).flatMap((at) => zstd(data.subarray(at))),
  ];
}

/** What comes out of a zstd stream before it ends or goes wrong. */
function zstd(data) {
  const pieces = [];
  tried(() => new Zstd((piece) => pieces.push(Buffer.from(piece))).push(data, true));
  return pieces;
}

/** Unpacks raw snappy (format_description.txt); what follows it is left alone. */
function snappy(data) {
  let [size, at] = varint(data, 0);
  if (size > 1 << 26) throw new Error("too large to be one");
  const out = Buffer.alloc(size);
  for (let to = 0; to < size;) {
    const tag = data[at++];
    if (tag === undefined) throw new Error("cut short");
    let length = (tag >> 2) + 1;
    if ((tag & 3) === 0) {
      if (length > 60) {
        const bytes = length - 60;
        length = data.readUIntLE(at, bytes) + 1;
        at += bytes;
      }
      if (at + length > data.length) throw new Error("cut short");
      data.copy(out, to, at, at + length);
      at += length;
      to += length;
      continue;
    }
    let offset;
    if ((tag & 3) === 1) {
      length = ((tag >> 2) & 7) + 4;
      offset = ((tag >> 5) << 8) | data[at++];
    } else {
      const bytes = (tag & 3) === 2 ? 2 : 4;
      offset = data.readUIntLE(at, bytes);
      at += bytes;
    }
    if (offset === 0 || offset > to) throw new Error("no such place");
    for (const end = Math.min(to + length, size); to < end; to++) out[to] = out[to - offset];
  }
  return out;
}

/** A LEB128 number: [value, where the next thing begins]. */
function varint(data, at) {
  let value = 0;
  for (let shift = 1; ; shift *= 128) {
    const byte = data[at++];
    if (byte === undefined) throw new Error("cut short");
    value += (byte & 127) * shift;
    if (byte < 128) return [value, at];
  }
}

function places(data, magic) {
  const found = [];
  const sought = Buffer.from(magic);
  for (let at = data.indexOf(sought); at >= 0; at = data.indexOf(sought, at + 1)) found.push(at);
  return found;
}

/** What an attempt gives, as a list; none when it fails: then nothing was packed so. */
function tried(act) {
  try {
    return [act()];
  } catch {
    return [];
  }
}
