//go:build js && wasm

// Command edge serves the built site from Cloudflare Workers, with the headers
// that a plain file host does not send. The files lie behind the binding ASSETS;
// FRAME_ANCESTORS may name the origins that may frame frame.html. docs/hosting.md
// says how to deploy it.
package main

import (
	"fmt"
	"net/http"
	"syscall/js"

	"github.com/syumai/workers"
	"github.com/syumai/workers/cloudflare"
	"github.com/syumai/workers/cloudflare/fetch"

	"github.com/keepwell-health/keepwell/web/host"
)

func main() {
	ancestors, err := host.ParseOrigins(setting("FRAME_ANCESTORS"))
	if err != nil {
		// No policy is better guessed: the runtime answers each request with 500.
		panic(fmt.Errorf("FRAME_ANCESTORS: %w", err))
	}
	assets := fetch.NewClient(fetch.WithBinding(cloudflare.GetBinding("ASSETS"))).HTTPClient(fetch.RedirectModeManual)
	site := host.New(host.Fetched(assets, "https://assets.local/"), host.Options{FrameAncestors: ancestors})
	workers.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dropEmptyCoding(r)
		if r.Method == http.MethodHead {
			withoutBody(w)
		}
		site.ServeHTTP(w, r)
	}))
}

// setting returns the text of a variable, "" where it is not set. cloudflare.Getenv
// says "<null>" then.
func setting(name string) string {
	if value := cloudflare.GetBinding(name); value.Type() == js.TypeString {
		return value.String()
	}
	return ""
}

// dropEmptyCoding undoes what the adapter makes of an absent Transfer-Encoding: a
// list of one empty name, which looks like content.
func dropEmptyCoding(r *http.Request) {
	if r.Header.Get("Transfer-Encoding") == "" {
		r.TransferEncoding = nil
	}
}

// withoutBody has the adapter answer without a body. It makes one of the length that
// the headers state otherwise, of which HEAD never sends a byte.
func withoutBody(w http.ResponseWriter) {
	w.(interface{ WriteRawJSBody(js.Value) }).WriteRawJSBody(js.Null())
}
