//go:build js && wasm

package jsx

import "syscall/js"

var (
	uint8Array  = js.Global().Get("Uint8Array")
	arrayBuffer = js.Global().Get("ArrayBuffer")
)

// Uint8Array returns a JavaScript copy of the bytes, over a buffer of its own.
func Uint8Array(data []byte) js.Value {
	array := uint8Array.New(len(data))
	js.CopyBytesToJS(array, data)
	return array
}

// Bytes returns a copy of an ArrayBuffer or of a view on one. It panics when
// the value is neither: see IsBytes.
func Bytes(value js.Value) []byte {
	view := View(value)
	data := make([]byte, view.Length())
	js.CopyBytesToGo(data, view)
	return data
}

// IsBytes reports whether the value is an ArrayBuffer or a view on one.
func IsBytes(value js.Value) bool {
	return value.InstanceOf(arrayBuffer) || arrayBuffer.Call("isView", value).Bool()
}

// View returns the value's bytes as a Uint8Array on the same buffer.
func View(value js.Value) js.Value {
	switch {
	case value.InstanceOf(uint8Array):
		return value
	case value.InstanceOf(arrayBuffer):
		return uint8Array.New(value)
	}
	return uint8Array.New(value.Get("buffer"), value.Get("byteOffset"), value.Get("byteLength"))
}
