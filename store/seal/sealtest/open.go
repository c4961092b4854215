// Package sealtest opens stores for tests that are not about keys.
package sealtest

import (
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/seal"
)

// Open returns a store on an empty backend, sealed as in the browser before a method
// is set. It is closed when the test ends.
func Open(t testing.TB, backend store.Backend, options store.Options) *store.Store {
	t.Helper()
	keyring, err := seal.OpenKeyring(t.Context(), backend, seal.NewMemoryKeys())
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := keyring.Sealer()
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), backend, sealer, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
