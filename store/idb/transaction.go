//go:build js && wasm

package idb

import (
	"context"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

type mode string

const (
	readOnly  mode = "readonly"
	readWrite mode = "readwrite"
)

// transaction is one IDBTransaction over one object store.
type transaction struct {
	connection *connection
	value      js.Value // IDBTransaction
	objects    js.Value // its IDBObjectStore
}

// begin starts a transaction. A connection that turns out to be lost is opened
// again, once; nothing has been asked of it at that point.
func (b *Backend) begin(ctx context.Context, m mode, objectStore string) (*transaction, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for attempt := 0; ; attempt++ {
		c, err := b.connected(ctx)
		if err != nil {
			return nil, err
		}
		// Strict durability: complete means that the data has reached the disk
		// (section 4.9, IDBTransactionOptions). Chromium's default does not.
		value, err := jsx.Call(c.database, "transaction", objectStore, string(m), map[string]any{"durability": "strict"})
		if err == nil {
			return &transaction{connection: c, value: value, objects: value.Call("objectStore", objectStore)}, nil
		}
		if attempt > 0 || !jsx.Named(err, "InvalidStateError") {
			return nil, err
		}
		c.lose()
	}
}

// lose gives the connection up; the next call opens another.
func (c *connection) lose() {
	c.lost.Store(true)
	c.close()
}

// request issues a request on the object store.
func (t *transaction) request(method string, args ...any) (js.Value, error) {
	return jsx.Call(t.objects, method, args...)
}

// await waits for one of the transaction's requests. When ctx ends first, the
// transaction is aborted.
func (t *transaction) await(ctx context.Context, request js.Value) (js.Value, error) {
	result, err := await(ctx, request)
	if err != nil {
		t.abort()
	}
	return result, err
}

// abort undoes the transaction, if it has not ended by itself.
func (t *transaction) abort() {
	_, _ = jsx.Call(t.value, "abort") // InvalidStateError: it has ended
}

// commit ends the transaction and waits until it has reached the disk or was
// undone. It takes no context: a transaction on its way to the disk can't be
// called back, and its outcome must be known.
func (t *transaction) commit() error {
	ended := make(chan error, 1)
	removers := []func(){
		jsx.Listen(t.value, "complete", func(js.Value) { ended <- nil }),
		// Quota errors are told here only, without a failed request.
		jsx.Listen(t.value, "abort", func(js.Value) { ended <- t.reason() }),
	}
	defer func() {
		for _, remove := range removers {
			remove()
		}
	}()
	if _, err := jsx.Call(t.value, "commit"); err != nil {
		return err
	}
	return <-ended
}

// reason tells why the transaction was aborted.
func (t *transaction) reason() error {
	if reason := t.value.Get("error"); reason.Truthy() {
		return jsx.AsError(reason)
	}
	return &jsx.Error{Name: "AbortError", Message: "the transaction was aborted"}
}
