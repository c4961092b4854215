//go:build js && wasm

package jsx

import (
	"sync"
	"syscall/js"
)

var turns = sync.OnceValue(func() *turner { return newTurner() })

// turner makes turns of the event loop with one MessageChannel: a posted
// message is a task of its own, and unlike a timer it is not held back.
type turner struct {
	port    js.Value
	mu      sync.Mutex
	waiting []chan struct{}
}

func newTurner() *turner {
	channel := js.Global().Get("MessageChannel").New()
	t := &turner{port: channel.Get("port1")}
	// Lives as long as the program: one listener, never removed.
	channel.Get("port2").Set("onmessage", js.FuncOf(func(js.Value, []js.Value) any {
		t.turned()
		return nil
	}))
	return t
}

func (t *turner) turned() {
	t.mu.Lock()
	next := t.waiting[0]
	t.waiting = t.waiting[1:]
	t.mu.Unlock()
	close(next)
}

// Yield lets the browser run what is due (input, paint, messages) and returns
// in a later task. runtime.Gosched never does that: it switches goroutines and
// keeps the event loop waiting.
func Yield() {
	t := turns()
	turned := make(chan struct{})
	t.mu.Lock()
	t.waiting = append(t.waiting, turned)
	t.mu.Unlock()
	t.port.Call("postMessage", 0)
	<-turned
}
