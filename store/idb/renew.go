//go:build js && wasm

package idb

import (
	"context"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// renewLog keeps Chromium from losing the whole store after its process was killed,
// or the power went, in the middle of a write.
//
// Chromium keeps an origin's databases in one LevelDB. After a crash that goes on
// with the log it finds (the option reuse_logs), and appends to it behind a last
// record that may be torn. All is well until the recovery after that one, which
// meets the torn record in the middle of the log, takes the database for corrupt,
// and has it deleted: what was acknowledged since, and everything before.
//
// Nothing of that shows to a page. But deleting any database of the origin has its
// range compacted, for which LevelDB writes what is in memory to a table and begins
// a new log; the torn one is deleted. So each connection makes a database and deletes
// it, which takes some 15 ms that nobody waits for.
func renewLog(factory js.Value, name string) {
	if js.Global().Get("navigator").Get("userAgentData").IsUndefined() {
		return // only Chromium has it; the others do not use LevelDB
	}
	ctx := context.Background()
	request, err := jsx.Call(factory, "open", name)
	if err != nil {
		return // so would be the store's own database, which tells
	}
	if database, err := await(ctx, request); err == nil {
		database.Call("close")
	}
	if request, err := jsx.Call(factory, "deleteDatabase", name); err == nil {
		_, _ = await(ctx, request) // a database that stays is empty, and goes next time
	}
}
