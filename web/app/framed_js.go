//go:build js && wasm

package app

import (
	"context"
	"slices"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/broker"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// RunFramed serves the page that has this window in a frame, until the records are
// locked or ctx ends. It shows nothing and asks nothing: nobody could tell what lies
// over a frame.
//
// A page is served only if the person has answered it before, whatever they answered,
// and their records are open. To any other it says nothing at all, so that it can't
// tell why: that there are no records, that they are locked, or that the browser did
// not give their storage.
func RunFramed(ctx context.Context, client *protocol.Client, attach func(ctx context.Context, origin string, port protocol.Port) error) error {
	peer, origin, ok := dom.Embedder()
	if !ok || protocol.CheckOrigin(origin) != nil {
		return nil
	}
	a := &app{ctx: ctx, client: client}
	a.keepCanary()
	var status protocol.StatusResult
	if _, err := client.Call(ctx, protocol.MethodStatus, nil, &status); err != nil || status.Locked {
		return err
	}
	var known protocol.AppsResult
	if _, err := client.Call(ctx, protocol.MethodApps, nil, &known); err != nil {
		return err
	}
	answered := func(app store.App) bool { return app.Origin == origin && len(app.Grants) > 0 }
	if !slices.ContainsFunc(known.Apps, answered) {
		return nil
	}
	broker.Run(ctx, broker.Options{Peer: peer, Embedder: origin, Attach: attach})
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-client.Done():
		broker.End(peer) // locked
		return nil
	}
}
