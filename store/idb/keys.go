//go:build js && wasm

package idb

import (
	"context"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/store"
)

// Key returns the CryptoKey kept under name, or store.ErrNotFound.
func (b *Backend) Key(ctx context.Context, name string) (js.Value, error) {
	var key js.Value
	err := b.reading(ctx, keysStore, func(t *transaction) (err error) {
		key, err = t.get(ctx, name)
		return err
	})
	if err == nil && key.IsUndefined() {
		return key, store.ErrNotFound
	}
	return key, err
}

// PutKey keeps a CryptoKey under name. The key need not be extractable: the
// browser clones it (W3C Web Cryptography section 13.5).
func (b *Backend) PutKey(ctx context.Context, name string, key js.Value) error {
	err := b.writeKey(ctx, "put", key, name)
	if jsx.Named(err, "DataCloneError") {
		return unavailable(err, "this browser can't keep a key here; private browsing may be the cause")
	}
	return err
}

// DeleteKey removes the CryptoKey under name, if there is one.
func (b *Backend) DeleteKey(ctx context.Context, name string) error {
	return b.writeKey(ctx, "delete", name)
}

// KeyNames returns the names of the CryptoKeys that are kept.
func (b *Backend) KeyNames(ctx context.Context) ([]string, error) {
	var names []string
	err := b.reading(ctx, keysStore, func(t *transaction) (err error) {
		names, err = t.keys(ctx, "", "")
		return err
	})
	return names, err
}

func (b *Backend) writeKey(ctx context.Context, method string, args ...any) error {
	t, err := b.begin(ctx, readWrite, keysStore)
	if err != nil {
		return outcome("write a key", err)
	}
	if _, err = t.request(method, args...); err != nil {
		t.abort()
	} else {
		err = t.commit()
	}
	if disconnected(err) {
		t.connection.lose()
	}
	return outcome("write a key", err)
}
