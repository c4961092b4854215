//go:build js && wasm

package idb

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall/js"
	"time"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/store"
)

// errRemoved says that the database was there and is gone.
var errRemoved = fmt.Errorf("idb: the database is gone: %w", store.ErrRemoved)

// connection is one IDBDatabase and what its events have told.
type connection struct {
	database js.Value
	lost     atomic.Bool // it is of no use any more; another may be opened
	evicted  atomic.Bool // another tab erases the database: leave it alone
	close    func()
}

func newConnection(database js.Value) *connection {
	c := &connection{database: database}
	var removers []func()
	c.close = sync.OnceFunc(func() {
		for _, remove := range removers {
			remove()
		}
		database.Call("close")
	})
	removers = append(removers,
		// Section 5.2, "closing": the browser cleared the data, or the medium failed.
		jsx.Listen(database, "close", func(js.Value) {
			c.lost.Store(true)
			c.close()
		}),
		// The version never changes, so this is a deletion. Making way at once is
		// what lets it happen.
		jsx.Listen(database, "versionchange", func(js.Value) {
			c.evicted.Store(true)
			c.close()
		}))
	return c
}

// settleWait is how long transactions under way may take.
const settleWait = time.Second

// settle waits until the transactions under way have ended: one that writes to all
// comes after them (section 2.7.2). Of a worker that is ended with one open WebKit
// does not let go of it, and nobody can write any more.
func (c *connection) settle() {
	last, err := jsx.Call(c.database, "transaction", []any{valuesStore, keysStore}, string(readWrite))
	if err != nil {
		return // the connection is lost, and they with it
	}
	ended := make(chan struct{}, 2)
	for _, event := range []string{"complete", "abort"} {
		defer jsx.ListenOnce(last, event, func(js.Value) { ended <- struct{}{} })()
	}
	select {
	case <-ended:
	case <-time.After(settleWait):
	}
}

// connect opens the database. Unless create is set, one that is not there stays
// so and the error is errRemoved.
func connect(ctx context.Context, factory js.Value, name string, create bool) (*connection, error) {
	request, err := jsx.Call(factory, "open", name, version)
	if err != nil {
		return nil, err
	}
	removed := false
	stop := jsx.ListenOnce(request, "upgradeneeded", func(js.Value) {
		if !create {
			removed = true
			request.Get("transaction").Call("abort")
			return
		}
		database := request.Get("result")
		database.Call("createObjectStore", valuesStore)
		database.Call("createObjectStore", keysStore)
	})
	opened := make(chan struct{})
	var database js.Value
	go func() {
		defer close(opened)
		defer stop()
		// Without ctx: a connection that comes too late must still be closed.
		database, err = await(context.Background(), request)
	}()
	select {
	case <-opened:
	case <-ctx.Done():
		go func() {
			if <-opened; err == nil {
				database.Call("close")
			}
		}()
		return nil, ctx.Err()
	}
	switch {
	case removed:
		return nil, errRemoved
	case err != nil:
		return nil, err
	}
	go renewLog(factory, name+"-log")
	return newConnection(database), nil
}
