package storetest

import (
	"slices"
	"testing"

	"github.com/keepwell-health/keepwell/store"
)

// pattern returns size bytes in which every byte value occurs.
func pattern(size int) []byte {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i + i>>8 + size)
	}
	return data
}

func put(t *testing.T, b store.Backend, key string, value []byte) {
	t.Helper()
	apply(t, b, store.Batch{Put: []store.Entry{{Key: key, Value: value}}})
}

func apply(t *testing.T, b store.Backend, batch store.Batch) {
	t.Helper()
	if err := b.Apply(t.Context(), batch); err != nil {
		t.Fatalf("Apply: %v", err)
	}
}

func get(t *testing.T, b store.Backend, key string) []byte {
	t.Helper()
	value, err := b.Get(t.Context(), key)
	if err != nil {
		t.Fatalf("Get of %s: %v", key, err)
	}
	return value
}

func scan(t *testing.T, b store.Backend, from, to string) []store.Entry {
	t.Helper()
	var entries []store.Entry
	err := b.Scan(t.Context(), from, to, func(key string, value []byte) error {
		entries = append(entries, store.Entry{Key: key, Value: value})
		return nil
	})
	if err != nil {
		t.Fatalf("Scan: %v", err)
	}
	return entries
}

// wantKeys checks a range by Keys and by Scan.
func wantKeys(t *testing.T, b store.Backend, from, to string, want []string) {
	t.Helper()
	keys, err := b.Keys(t.Context(), from, to)
	if err != nil || !slices.Equal(keys, want) {
		t.Errorf("Keys from %q to %q = %q (%v), want %q", from, to, keys, err, want)
	}
	var scanned []string
	for _, entry := range scan(t, b, from, to) {
		scanned = append(scanned, entry.Key)
	}
	if !slices.Equal(scanned, want) {
		t.Errorf("Scan from %q to %q = %q, want %q", from, to, scanned, want)
	}
}
