//go:build js && wasm

// Command edge serves the built site from Cloudflare Workers, with the headers
// that a plain file host does not send. The files lie behind the binding ASSETS;
// FRAME_ANCESTORS may name the origins that may frame the pages.
package main

import (
	"strings"

	"github.com/syumai/workers"
	"github.com/syumai/workers/cloudflare"
	"github.com/syumai/workers/cloudflare/fetch"

	"github.com/keepwell-health/keepwell/web/host"
)

func main() {
	assets := fetch.NewClient(fetch.WithBinding(cloudflare.GetBinding("ASSETS"))).HTTPClient(fetch.RedirectModeManual)
	workers.Serve(host.New(host.Fetched(assets, "https://assets.local/"), host.Options{
		FrameAncestors: strings.Fields(cloudflare.Getenv("FRAME_ANCESTORS")),
	}))
}
