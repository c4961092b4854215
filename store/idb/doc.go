// Package idb is the Backend that keeps values in the browser's IndexedDB
// (W3C Indexed Database API 3.0). It exists only for js && wasm.
//
// A database has a fixed version and two object stores with keys kept outside
// the values: "values", which is the Backend's key space, and "keys", which
// holds CryptoKeys whose bytes no script can read. Keys are ASCII, so that the
// order of IndexedDB (UTF-16 code units, section 2.4) is byte order. Values are
// Uint8Arrays; Chromium keeps those above 64 KiB and Firefox those above 1 MiB
// in files of their own, which makes segments of 256 KiB cheap to rewrite
// around.
//
// Inside a transaction nothing is awaited but IndexedDB, since Firefox and
// WebKit end a transaction that waits for anything else.
package idb
