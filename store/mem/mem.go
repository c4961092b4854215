// Package mem keeps values in memory. It is the reference for every other
// Backend: the shortest code that keeps the port's promises.
package mem

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"github.com/keepwell-health/keepwell/store"
)

// Backend keeps values in a map beside their keys in order. Its zero value is
// not ready; make one with New.
type Backend struct {
	mu     sync.RWMutex
	values map[string][]byte
	keys   []string // of values, ascending
	closed bool
}

// New returns an empty Backend.
func New() *Backend { return &Backend{values: map[string][]byte{}} }

// Clone returns a copy that shares nothing with b: what would be found after a
// crash at this instant.
func (b *Backend) Clone() *Backend {
	b.mu.RLock()
	defer b.mu.RUnlock()
	clone := New()
	clone.keys = slices.Clone(b.keys)
	for key, value := range b.values {
		clone.values[key] = bytes.Clone(value)
	}
	return clone
}

// Get implements store.Backend.
func (b *Backend) Get(ctx context.Context, key string) ([]byte, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if err := b.usable(ctx); err != nil {
		return nil, err
	}
	value, ok := b.values[key]
	if !ok {
		return nil, store.ErrNotFound
	}
	return slices.Clone(value), nil
}

// Scan implements store.Backend. It copies the range first, so that yield may
// take its time without holding up writers.
func (b *Backend) Scan(ctx context.Context, from, to string, yield func(key string, value []byte) error) error {
	entries, err := b.entries(ctx, from, to)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := yield(entry.Key, entry.Value); err != nil {
			return err
		}
	}
	return nil
}

func (b *Backend) entries(ctx context.Context, from, to string) ([]store.Entry, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if err := b.usable(ctx); err != nil {
		return nil, err
	}
	low, high := b.span(from, to)
	entries := make([]store.Entry, 0, high-low)
	for _, key := range b.keys[low:high] {
		entries = append(entries, store.Entry{Key: key, Value: slices.Clone(b.values[key])})
	}
	return entries, nil
}

// Keys implements store.Backend.
func (b *Backend) Keys(ctx context.Context, from, to string) ([]string, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if err := b.usable(ctx); err != nil {
		return nil, err
	}
	low, high := b.span(from, to)
	return slices.Clone(b.keys[low:high]), nil
}

// Apply implements store.Backend.
func (b *Backend) Apply(ctx context.Context, batch store.Batch) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.usable(ctx); err != nil {
		return err
	}
	for _, expected := range batch.Expect {
		if value, ok := b.values[expected.Key]; ok != (expected.Value != nil) || !bytes.Equal(value, expected.Value) {
			return store.ErrConflict
		}
	}
	for _, doomed := range batch.Delete {
		b.delete(doomed)
	}
	for _, entry := range batch.Put {
		b.put(entry.Key, entry.Value)
	}
	return nil
}

// Close implements store.Backend.
func (b *Backend) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return nil
}

func (b *Backend) usable(ctx context.Context) error {
	if b.closed {
		return store.ErrClosed
	}
	return ctx.Err()
}

// span returns the positions of the keys in [from, to); an empty to has no end.
func (b *Backend) span(from, to string) (low, high int) {
	low, _ = slices.BinarySearch(b.keys, from)
	high = len(b.keys)
	if to != "" {
		high, _ = slices.BinarySearch(b.keys, to)
	}
	return low, max(low, high)
}

func (b *Backend) delete(doomed store.Range) {
	low, high := b.span(doomed.From, doomed.To)
	if doomed.To == "" { // the one key
		at, found := slices.BinarySearch(b.keys, doomed.From)
		if !found {
			return
		}
		low, high = at, at+1
	}
	for _, key := range b.keys[low:high] {
		delete(b.values, key)
	}
	b.keys = slices.Delete(b.keys, low, high)
}

func (b *Backend) put(key string, value []byte) {
	if at, found := slices.BinarySearch(b.keys, key); !found {
		b.keys = slices.Insert(b.keys, at, key)
	}
	b.values[key] = append(make([]byte, 0, len(value)), value...) // never nil: nil stands for absent
}
