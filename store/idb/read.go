//go:build js && wasm

package idb

import (
	"context"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/store"
)

// Get implements store.Backend.
func (b *Backend) Get(ctx context.Context, key string) ([]byte, error) {
	var value []byte
	err := b.reading(ctx, valuesStore, func(t *transaction) error {
		found, err := t.get(ctx, key)
		if err != nil {
			return err
		}
		if found.IsUndefined() {
			return store.ErrNotFound
		}
		value, err = bytesOf(found)
		return err
	})
	return value, err
}

func (t *transaction) get(ctx context.Context, key string) (js.Value, error) {
	request, err := t.request("get", key)
	if err != nil {
		return js.Undefined(), err
	}
	return t.await(ctx, request)
}

// bytesOf copies a stored value into Go. Another kind of value is not ours.
func bytesOf(value js.Value) ([]byte, error) {
	if !jsx.IsBytes(value) {
		return nil, store.Errorf(store.CodeCorruptStore, "a stored value is not bytes")
	}
	return jsx.Bytes(value), nil
}

// reading runs f in a read-only transaction. When the connection is lost on the
// way, f runs once more on a new one: it must start over.
func (b *Backend) reading(ctx context.Context, objectStore string, f func(*transaction) error) error {
	for attempt := 0; ; attempt++ {
		t, err := b.begin(ctx, readOnly, objectStore)
		if err != nil {
			return outcome("read", err)
		}
		err = f(t)
		if err == nil {
			return nil
		}
		if !disconnected(err) {
			return outcome("read", err)
		}
		t.connection.lose()
		if attempt > 0 {
			return outcome("read", err)
		}
	}
}

// outcome words an exception and passes on every other error, which has been
// worded already.
func outcome(doing string, err error) error {
	if _, bare := err.(*jsx.Error); bare {
		return failure(doing, err)
	}
	return err
}
