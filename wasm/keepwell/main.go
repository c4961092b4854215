//go:build js && wasm

// Command keepwell is the browser module. Its page (web/static/start.mjs) starts it
// twice: on the page, where it owns the DOM, or a layer above that of a portal, and
// in a worker, where it owns the store. A frame (web/static/frame.mjs) starts it once.
package main

import (
	"context"
	"fmt"
	"os"
	"syscall/js"

	"github.com/keepwell-health/keepwell/web/app"
	"github.com/keepwell-health/keepwell/web/dom"
)

func main() {
	boot := js.Global().Get("keepwellBoot")
	js.Global().Delete("keepwellBoot")
	if err := run(context.Background(), boot); err != nil {
		fmt.Fprintln(os.Stderr, "keepwell:", err) // errors name places and rules, never values
		os.Exit(1)
	}
}

// run takes the half that is asked for; it returns when that ends.
func run(ctx context.Context, boot js.Value) error {
	switch role := boot.Get("role").String(); role {
	case "engine":
		return serveEngine(ctx, dom.Port(boot.Get("port")))
	case "page":
		return app.Run(ctx, dom.NewBoot(boot))
	case "embedded":
		return app.RunEmbedded(ctx, dom.NewBoot(boot))
	case "frame":
		return serveFrame(ctx)
	default:
		return fmt.Errorf("no role is called %q", role)
	}
}
