//go:build js && wasm

package dom

import (
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// Picture shows an image from its bytes. Nothing is loaded from anywhere; a
// script in it, as SVG may hold, does not run in an img.
func Picture(contentType string, data []byte, description string) *Element {
	blob := js.Global().Get("Blob").New([]any{jsx.Uint8Array(data)}, map[string]any{"type": contentType})
	address := js.Global().Get("URL").Call("createObjectURL", blob)
	image := New("img", Attribute("alt", description), Attribute("decoding", "async"))
	image.node.Set("src", address)
	image.OnRelease(func() { js.Global().Get("URL").Call("revokeObjectURL", address) })
	return image
}
