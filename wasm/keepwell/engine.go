//go:build js && wasm

package main

import (
	"context"
	"os"
	"sync/atomic"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/idb"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/web/engine"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// databaseName is the IndexedDB database of the one store an origin has.
const databaseName = "keepwell"

// serveEngine serves the person's page on port until that closes.
func serveEngine(ctx context.Context, port protocol.Port) error {
	var v vault
	engine.New(engine.Options{
		Open:       v.open,
		Erase:      v.erase,
		Protection: v.protection,
		Panicked:   func(stack []byte) { os.Stderr.Write(stack) },
	}).Serve(ctx, port, engine.Person())
	return nil
}

// vault is the store with its keys, once they are open.
type vault struct{ keys atomic.Pointer[seal.Keyring] }

func (v *vault) open(ctx context.Context) (*store.Store, error) {
	backend, err := idb.Open(ctx, databaseName)
	if err != nil {
		return nil, err
	}
	s, err := v.openStore(ctx, backend)
	if err != nil {
		_ = backend.Close() // the first failure is the one to tell
	}
	return s, err
}

func (v *vault) openStore(ctx context.Context, backend *idb.Backend) (*store.Store, error) {
	keys, err := seal.OpenKeyring(ctx, backend, seal.NewBrowserKeys(backend))
	if err != nil {
		return nil, err
	}
	records, err := keys.Sealer()
	if err != nil {
		return nil, err
	}
	metadata, err := keys.SealerOf(seal.ClassMetadata)
	if err != nil {
		return nil, err
	}
	v.keys.Store(keys)
	return store.Open(ctx, backend, records, store.Options{Permissions: metadata})
}

// erase destroys the keys, then the values, which are unreadable by then. A store
// that does not open goes with its whole database.
func (v *vault) erase(ctx context.Context, s *store.Store) error {
	keys := v.keys.Swap(nil)
	if s == nil || keys == nil {
		return idb.Delete(ctx, databaseName)
	}
	if err := keys.Erase(ctx); err != nil {
		return err
	}
	if err := s.Erase(ctx); err != nil {
		return err
	}
	return s.Close()
}

// protection says what keeps the records from who has the disk; "" before the
// store was opened.
func (v *vault) protection() string {
	if keys := v.keys.Load(); keys != nil {
		return keys.Protection()
	}
	return ""
}
