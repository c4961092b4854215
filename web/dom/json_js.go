//go:build js && wasm

package dom

import (
	"strings"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// JSONText returns the text at a JSON Pointer (RFC 6901) of a document. The
// browser's parser reads it: some hundred MB/s, where Go's would hold up the
// page.
func JSONText(document []byte, pointer string) (text string, ok bool) {
	value, err := jsx.Call(js.Global().Get("JSON"), "parse", string(document))
	if err != nil {
		return "", false
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for _, step := range strings.Split(pointer, "/")[1:] {
		if value.Type() != js.TypeObject {
			return "", false
		}
		value = value.Get(unescape.Replace(step))
	}
	if value.Type() != js.TypeString {
		return "", false
	}
	return value.String(), true
}
