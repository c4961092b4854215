//go:build js && wasm

package idb

import (
	"bytes"
	"context"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/store"
)

// Apply implements store.Backend. ctx counts until the batch is handed over;
// then Apply waits for the outcome, so that no write is left undecided.
func (b *Backend) Apply(ctx context.Context, batch store.Batch) error {
	t, err := b.begin(ctx, readWrite, valuesStore)
	if err != nil {
		return outcome("write", err)
	}
	if err = t.apply(ctx, batch); err != nil {
		t.abort()
	} else {
		err = t.commit()
	}
	if disconnected(err) {
		t.connection.lose()
	}
	return outcome("write", err)
}

func (t *transaction) apply(ctx context.Context, batch store.Batch) error {
	if err := t.check(ctx, batch.Expect); err != nil {
		return err
	}
	for _, r := range batch.Delete {
		if err := t.delete(r); err != nil {
			return err
		}
	}
	for _, entry := range batch.Put {
		if _, err := t.request("put", jsx.Uint8Array(entry.Value), entry.Key); err != nil {
			return err
		}
	}
	return nil
}

// check reads what is expected and compares. The readers of one batch go out
// together: they take one turn of the event loop.
func (t *transaction) check(ctx context.Context, expectations []store.Expectation) error {
	if len(expectations) == 0 {
		return nil
	}
	requests := make([]js.Value, len(expectations))
	for i, e := range expectations {
		request, err := t.request("get", e.Key)
		if err != nil {
			return err
		}
		requests[i] = request
	}
	if _, err := t.await(ctx, requests[len(requests)-1]); err != nil {
		return err
	}
	for i, e := range expectations {
		if !holds(e, requests[i].Get("result")) {
			return store.ErrConflict
		}
	}
	return nil
}

func holds(e store.Expectation, found js.Value) bool {
	if found.IsUndefined() || e.Value == nil {
		return found.IsUndefined() && e.Value == nil
	}
	return jsx.IsBytes(found) && bytes.Equal(jsx.Bytes(found), e.Value)
}

func (t *transaction) delete(r store.Range) error {
	if r.To == "" {
		_, err := t.request("delete", r.From)
		return err
	}
	if r.From >= r.To {
		return nil
	}
	_, err := t.request("delete", keyRange(r.From, r.To, includesFrom))
	return err
}
