package storetest_test

import (
	"errors"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/storetest"
)

func TestMemory(t *testing.T) {
	storetest.TestBackend(t, func(*testing.T) store.Backend { return mem.New() })
}

// A Faulty that fails no call is like the Backend it wraps.
func TestFaultyWithoutFault(t *testing.T) {
	storetest.TestBackend(t, func(*testing.T) store.Backend {
		return storetest.NewFaulty(mem.New(), 0, storetest.BeforeEffect)
	})
}

func TestFaulty(t *testing.T) {
	batch := store.Batch{Put: []store.Entry{{Key: "a", Value: []byte("1")}}}
	for _, test := range []struct {
		name    string
		when    storetest.When
		down    bool
		written bool
		next    error
	}{
		{"before", storetest.BeforeEffect, false, false, nil},
		{"after", storetest.AfterEffect, false, true, nil},
		{"down", storetest.BeforeEffect, true, false, storetest.ErrFault},
	} {
		t.Run(test.name, func(t *testing.T) {
			inner := mem.New()
			f := storetest.NewFaulty(inner, 2, test.when)
			f.Down = test.down
			if _, err := f.Keys(t.Context(), "", ""); err != nil || f.Reached() {
				t.Fatalf("the first call: %v, reached %t", err, f.Reached())
			}
			if err := f.Apply(t.Context(), batch); !errors.Is(err, storetest.ErrFault) || !f.Reached() {
				t.Fatalf("the second call: %v, reached %t", err, f.Reached())
			}
			if _, err := inner.Get(t.Context(), "a"); (err == nil) != test.written {
				t.Errorf("written: %v, want %t", err, test.written)
			}
			if _, err := f.Keys(t.Context(), "", ""); !errors.Is(err, test.next) || f.Calls() != 3 {
				t.Errorf("the third call: %v, want %v", err, test.next)
			}
		})
	}
}
