//go:build js && wasm

package dom

import (
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// Recall returns what Remember kept under a name on this device, or "".
func Recall(name string) string {
	value, _ := jsx.Try(func() js.Value {
		storage, err := jsx.Get(js.Global(), "localStorage")
		if err != nil {
			return js.Undefined()
		}
		return storage.Call("getItem", name)
	})
	if value.Type() != js.TypeString {
		return ""
	}
	return value.String()
}

// Remember keeps a setting in localStorage, where the browser lets it; "" forgets
// it. It is readable on the disk: it must say nothing of a record.
func Remember(name, value string) {
	_, _ = jsx.Try(func() js.Value {
		storage, err := jsx.Get(js.Global(), "localStorage")
		if err != nil {
			return js.Undefined()
		}
		if value == "" {
			return storage.Call("removeItem", name)
		}
		return storage.Call("setItem", name, value)
	})
}
