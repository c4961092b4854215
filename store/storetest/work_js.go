//go:build js && wasm

package storetest

import (
	"context"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// otherWork waits for a turn of the event loop, which ends a transaction of
// IndexedDB that has no request on its way.
func otherWork(ctx context.Context) error {
	jsx.Yield()
	return ctx.Err()
}
