//go:build js && wasm

package jsx

import (
	"sync"
	"syscall/js"
)

// Listen calls f for each event of the given type until the returned function
// is called, which may be done more than once and from f itself. f must not
// block.
func Listen(target js.Value, event string, f func(event js.Value)) (remove func()) {
	callback := js.FuncOf(func(_ js.Value, args []js.Value) any {
		f(first(args))
		return nil
	})
	target.Call("addEventListener", event, callback)
	return sync.OnceFunc(func() {
		target.Call("removeEventListener", event, callback)
		callback.Release()
	})
}

// ListenOnce calls f for the next event of the given type only.
func ListenOnce(target js.Value, event string, f func(event js.Value)) (remove func()) {
	remove = Listen(target, event, func(value js.Value) {
		remove()
		f(value)
	})
	return remove
}
