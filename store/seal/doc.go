// Package seal makes stored values unreadable: a random master key, wrapped
// once for each way to unlock (passphrase, passkey, recovery code, or a key
// that the browser keeps until one of those is set), subkeys derived from it,
// and the envelope of a sealed value. docs/format.md gives every byte.
//
// Values are sealed with AES-256-GCM, by WebCrypto in the browser, which is ten
// times as fast as Go's in wasm, and by the standard library natively; the
// bytes are the same. All else is done by the standard library on both.
//
// What is readable while locked, and so at rest: that a store exists, how many
// values it has and how long they are, which unlock methods it has and when
// they were set. Permissions, types, dates, sources and origins are not: apps
// get databaseInaccessible until the person unlocks.
package seal
