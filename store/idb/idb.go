//go:build js && wasm

package idb

import (
	"context"
	"sync"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/store"
)

// version is the database's version for good: a frozen tab would hold up an
// upgrade without a word, so data migrates inside the values instead.
const version = 1

const (
	valuesStore = "values"
	keysStore   = "keys"
)

// Backend is a store.Backend on one IndexedDB database. When the browser drops
// the connection, the next call opens it again, once; it never creates the
// database anew, so that storage which was cleared is not taken for an empty
// store.
type Backend struct {
	name    string
	factory js.Value

	opening sync.Mutex // held while a connection is opened

	mu         sync.Mutex
	connection *connection // nil when lost
	closed     error       // why no call is answered any more; nil while they are
}

var _ store.Backend = (*Backend)(nil)

// Open opens the database of that name, and creates it when there is none. It
// returns a *store.Error with healthDataUnavailable where the browser keeps no
// data, and store.ErrQuota where there is no room for a database.
func Open(ctx context.Context, name string) (*Backend, error) {
	factory, err := indexedDB()
	if err != nil {
		return nil, err
	}
	b := &Backend{name: name, factory: factory}
	b.connection, err = connect(ctx, factory, name, true)
	if err != nil {
		return nil, openError(err)
	}
	return b, nil
}

// Delete removes the database of that name with all that it holds. Connections
// in other tabs are told to close; it waits for them until ctx ends.
func Delete(ctx context.Context, name string) error {
	factory, err := indexedDB()
	if err != nil {
		return err
	}
	request, err := jsx.Call(factory, "deleteDatabase", name)
	if err != nil {
		return openError(err)
	}
	_, err = await(ctx, request)
	return outcome("delete the database", err)
}

// Close closes the connection once the running transactions have ended, for which it
// waits a while. Calls after it return store.ErrClosed.
func (b *Backend) Close() error {
	b.mu.Lock()
	last := b.connection
	b.closed, b.connection = store.ErrClosed, nil
	b.mu.Unlock()
	if last != nil {
		last.settle()
		last.close()
	}
	return nil
}

// connected returns the open connection, or opens it again.
func (b *Backend) connected(ctx context.Context) (*connection, error) {
	b.opening.Lock()
	defer b.opening.Unlock()
	current, err := b.current()
	if err != nil || current != nil {
		return current, err
	}
	opened, err := connect(ctx, b.factory, b.name, false)
	if err != nil {
		return nil, openError(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed != nil {
		opened.close()
		return nil, b.closed
	}
	b.connection = opened
	return opened, nil
}

func (b *Backend) current() (*connection, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed != nil:
		return nil, b.closed
	case b.connection == nil:
		return nil, nil
	case b.connection.evicted.Load():
		b.closed = openError(errRemoved)
		b.connection = nil
		return nil, b.closed
	case b.connection.lost.Load():
		b.connection = nil
		return nil, nil
	}
	return b.connection, nil
}
