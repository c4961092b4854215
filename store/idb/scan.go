//go:build js && wasm

package idb

import (
	"context"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

const (
	keysPage     = 4096    // keys in one request
	firstPage    = 32      // values in the first request of a scan
	largestPage  = 1024    // values in one request
	pageBytes    = 4 << 20 // aim for the values of one request, in bytes
	afterFrom    = true    // the range leaves out its lower bound
	includesFrom = false
)

// page is a run of entries, still in JavaScript.
type page struct {
	keys   js.Value // Array of string
	values js.Value // Array of Uint8Array, or undefined
	length int
	bytes  int
	err    error // of the reader; ends the scan
}

// Scan implements store.Backend. The transaction runs to its end by itself,
// page by page, whatever yield waits for: a transaction does not outlive a turn
// of the event loop without requests. What yield has not taken yet is held
// outside the Go heap.
func (b *Backend) Scan(ctx context.Context, from, to string, yield func(key string, value []byte) error) error {
	if to != "" && from >= to {
		return b.alive(ctx)
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	pages := jsx.NewQueue[page]()
	defer pages.Abandon()
	go func() {
		defer pages.Close()
		if err := b.readPages(reading, from, to, pages.Push); err != nil {
			pages.Push(page{err: err})
		}
	}()
	for p := range pages.Receive() {
		if p.err != nil {
			return p.err
		}
		if err := p.each(ctx, yield); err != nil {
			return err
		}
	}
	return nil
}

func (p page) each(ctx context.Context, yield func(key string, value []byte) error) error {
	for i := range p.length {
		if err := ctx.Err(); err != nil {
			return err
		}
		value, err := bytesOf(p.values.Index(i))
		if err != nil {
			return err
		}
		if err := yield(p.keys.Index(i).String(), value); err != nil {
			return err
		}
	}
	return nil
}

// readPages reads [from, to) in one transaction. It does not start over on a
// lost connection: pages have been handed on.
func (b *Backend) readPages(ctx context.Context, from, to string, push func(page)) error {
	t, err := b.begin(ctx, readOnly, valuesStore)
	if err != nil {
		return outcome("read", err)
	}
	count, bound := firstPage, includesFrom
	for {
		p, err := t.readPage(ctx, keyRange(from, to, bound), count)
		if err != nil {
			if disconnected(err) {
				t.connection.lose()
			}
			return outcome("read", err)
		}
		if p.length > 0 {
			push(p)
			from, bound = p.keys.Index(p.length-1).String(), afterFrom
		}
		if p.length < count || to != "" && from >= to {
			return nil
		}
		count = nextCount(count, p.bytes)
	}
}

// nextCount aims at pages of pageBytes.
func nextCount(count, bytes int) int {
	switch {
	case bytes > pageBytes:
		return max(1, count/2)
	case bytes < pageBytes/2:
		return min(largestPage, count*2)
	}
	return count
}

func (t *transaction) readPage(ctx context.Context, keys js.Value, count int) (page, error) {
	keysRequest, err := t.request("getAllKeys", keys, count)
	if err != nil {
		return page{}, err
	}
	valuesRequest, err := t.request("getAll", keys, count)
	if err != nil {
		return page{}, err
	}
	// Requests are done in order (section 2.7.1): the second's end is the first's.
	values, err := t.await(ctx, valuesRequest)
	if err != nil {
		return page{}, err
	}
	p := page{keys: keysRequest.Get("result"), values: values, length: values.Length()}
	for i := range p.length {
		if size := values.Index(i).Get("byteLength"); size.Type() == js.TypeNumber {
			p.bytes += size.Int()
		}
	}
	return p, nil
}

// Keys implements store.Backend.
func (b *Backend) Keys(ctx context.Context, from, to string) ([]string, error) {
	if to != "" && from >= to {
		return nil, b.alive(ctx)
	}
	var names []string
	err := b.reading(ctx, valuesStore, func(t *transaction) (err error) {
		names, err = t.keys(ctx, from, to)
		return err
	})
	return names, err
}

func (t *transaction) keys(ctx context.Context, from, to string) ([]string, error) {
	var names []string
	for bound := includesFrom; ; bound = afterFrom {
		request, err := t.request("getAllKeys", keyRange(from, to, bound), keysPage)
		if err != nil {
			return nil, err
		}
		found, err := t.await(ctx, request)
		if err != nil {
			return nil, err
		}
		for i := range found.Length() {
			names = append(names, found.Index(i).String())
		}
		if found.Length() < keysPage {
			return names, nil
		}
		if from = names[len(names)-1]; to != "" && from >= to {
			return names, nil
		}
	}
}

// alive reports why a call that needs no reading would fail.
func (b *Backend) alive(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := b.current()
	return err
}

// keyRange returns the IDBKeyRange of [from, to), or of (from, to) with open.
// An empty to is no end. The range must not be empty.
func keyRange(from, to string, open bool) js.Value {
	ranges := js.Global().Get("IDBKeyRange")
	if to == "" {
		return ranges.Call("lowerBound", from, open)
	}
	return ranges.Call("bound", from, to, open, true)
}
