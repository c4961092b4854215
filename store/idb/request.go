//go:build js && wasm

package idb

import (
	"context"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// await waits for an IDBRequest and returns its result. It may be used inside a
// transaction: the goroutine that waits goes on within the request's callback,
// while the transaction is active (the Go scheduler runs until all goroutines
// wait before it returns to the event loop).
func await(ctx context.Context, request js.Value) (js.Value, error) {
	done := make(chan error, 1)
	var settle js.Func
	settle = js.FuncOf(func(_ js.Value, args []js.Value) any {
		settle.Release()
		if failed := request.Get("error"); failed.Truthy() {
			// A failed request that is looked after here need not also be
			// reported as an uncaught error of the page.
			args[0].Call("preventDefault")
			done <- jsx.AsError(failed)
			return nil
		}
		done <- nil
		return nil
	})
	request.Set("onsuccess", settle)
	request.Set("onerror", settle)
	select {
	case err := <-done:
		if err != nil {
			return js.Undefined(), err
		}
		return request.Get("result"), nil
	case <-ctx.Done():
		return js.Undefined(), ctx.Err()
	}
}
