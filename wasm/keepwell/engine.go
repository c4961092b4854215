//go:build js && wasm

package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/keepwell-health/keepwell/store/idb"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/web/app"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/engine"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// databaseName is the IndexedDB database of the one store an origin has.
const databaseName = "keepwell"

// turns gives out the turn to write among the tabs.
var turns = dom.NewTurns("keepwell-writer")

// serveEngine serves the person's page on port until that closes.
func serveEngine(ctx context.Context, port protocol.Port) error {
	newEngine().Serve(ctx, port, engine.Person())
	return nil
}

// serveFrame serves the page that has this one in a frame until the records are
// locked: it reads, and nothing else. The engine is in this very program.
func serveFrame(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	e := newEngine()
	page, port := protocol.Pipe()
	client := protocol.NewClient(page)
	client.On(protocol.EventLocked, func(json.RawMessage) { _ = client.Close() })
	go e.Serve(ctx, port, engine.Person())
	return app.RunFramed(ctx, client, func(ctx context.Context, origin string, port protocol.Port) error {
		go e.Serve(ctx, port, engine.Reader(origin))
		return nil
	})
}

func newEngine() *engine.Engine {
	return engine.New(engine.Options{
		Vault:    engine.NewVault(connect, destroy),
		Tabs:     dom.NewTabs("keepwell"),
		Spool:    func(ctx context.Context, mediaType string) engine.Spool { return dom.NewSpool(ctx, mediaType) },
		Yield:    dom.Turn,
		Panicked: func(stack []byte) { os.Stderr.Write(stack) },
	})
}

func connect(ctx context.Context) (engine.Disk, error) {
	backend, err := idb.Open(ctx, databaseName)
	if err != nil {
		return engine.Disk{}, err
	}
	return engine.Disk{Backend: backend, Keys: seal.NewBrowserKeys(backend), Turns: turns, Location: dom.Location()}, nil
}

func destroy(ctx context.Context) error { return idb.Delete(ctx, databaseName) }
