//go:build js && wasm

package dom

import (
	"context"
	"encoding/json"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// Surface is an object of functions that the page offers to programs. Each
// returns a promise; one that fails rejects it with an Error that has a code.
type Surface map[string]func(context.Context, Arguments) (Reply, error)

// Reply is what a function resolves to: JSON, which is handed to JSON.parse
// without being read in Go, bytes as a Uint8Array, or a file as a Blob. The zero
// Reply is undefined.
type Reply struct {
	JSON  json.RawMessage
	Bytes []byte
	File  protocol.File
	Later *Later // what a promise of the boot script resolves to
}

// Offer puts the surface on globalThis under a name, frozen, and tells the
// window by an event. It stays for the life of the page.
func (s Surface) Offer(name, event string) {
	object := js.Global().Get("Object").New()
	for method, f := range s {
		object.Set(method, js.FuncOf(func(_ js.Value, arguments []js.Value) any {
			return call(f, Arguments{arguments})
		}))
	}
	js.Global().Set(name, js.Global().Get("Object").Call("freeze", object))
	js.Global().Call("dispatchEvent", js.Global().Get("Event").New(event))
}

func call(f func(context.Context, Arguments) (Reply, error), arguments Arguments) js.Value {
	return jsx.Promise(func() (any, error) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		defer arguments.watchSignal(cancel)()
		reply, err := f(ctx, arguments)
		switch {
		case err != nil:
			return nil, err
		case reply.Later != nil:
			return reply.Later.promise, nil
		case reply.File != nil:
			return blobOf(reply.File)
		case reply.Bytes != nil:
			return jsx.Uint8Array(reply.Bytes), nil
		case len(reply.JSON) > 0:
			return jsx.Call(js.Global().Get("JSON"), "parse", string(reply.JSON))
		}
		return js.Undefined(), nil
	})
}

// Arguments are what a program passed to a function of a Surface. Every
// accessor takes what is there as it is and never panics on it.
type Arguments struct{ values []js.Value }

func (a Arguments) at(index int) js.Value {
	if index >= len(a.values) {
		return js.Undefined()
	}
	return known(a.values[index])
}

// known returns a value whose type syscall/js knows, and undefined in place of
// a BigInt, on which js.Value.Type panics.
func known(value js.Value) js.Value {
	if js.Global().Get("Object").Invoke(value).InstanceOf(js.Global().Get("BigInt")) {
		return js.Undefined()
	}
	return value
}

// JSON is what JSON.stringify makes of an argument, or nil where it makes
// nothing or throws.
func (a Arguments) JSON(index int) json.RawMessage {
	text, err := jsx.Call(js.Global().Get("JSON"), "stringify", a.at(index))
	if err != nil || text.Type() != js.TypeString {
		return nil
	}
	return json.RawMessage(text.String())
}

// Text is a string argument, or "".
func (a Arguments) Text(index int) string {
	if value := a.at(index); value.Type() == js.TypeString {
		return value.String()
	}
	return ""
}

// Files are the Blobs and Files of an argument: one, an array of them or a
// FileList. Anything else, or among them, makes it none.
func (a Arguments) Files(index int) []protocol.File {
	value, blob := a.at(index), js.Global().Get("Blob")
	if value.InstanceOf(blob) {
		return []protocol.File{File(context.Background(), value)}
	}
	isList := js.Global().Get("Array").Call("isArray", value).Bool() || value.InstanceOf(js.Global().Get("FileList"))
	if !isList {
		return nil
	}
	var files []protocol.File
	for i := range value.Length() {
		item := value.Index(i)
		if !item.InstanceOf(blob) {
			return nil
		}
		files = append(files, namedFile(item, ""))
	}
	return files
}

// Callback returns the function at a property of an object argument as one
// that takes JSON, or nil. What the function throws is its own affair.
func (a Arguments) Callback(index int, property string) func(json.RawMessage) {
	f := a.property(index, property)
	if f.Type() != js.TypeFunction {
		return nil
	}
	return func(message json.RawMessage) {
		_, _ = jsx.Try(func() js.Value {
			return f.Invoke(js.Global().Get("JSON").Call("parse", string(message)))
		})
	}
}

func (a Arguments) property(index int, name string) js.Value {
	value := a.at(index)
	if value.Type() != js.TypeObject {
		return js.Undefined()
	}
	property, err := jsx.Get(value, name)
	if err != nil {
		return js.Undefined()
	}
	return known(property)
}

// watchSignal cancels when an AbortSignal among the arguments (as itself or as
// the property signal) aborts. The function that it returns ends the watch.
func (a Arguments) watchSignal(cancel context.CancelFunc) (stop func()) {
	constructor := js.Global().Get("AbortSignal")
	for index := range a.values {
		signal := a.property(index, "signal")
		if signal.Type() != js.TypeObject || !signal.InstanceOf(constructor) {
			continue
		}
		if signal.Get("aborted").Bool() {
			cancel()
		}
		return jsx.Listen(signal, "abort", func(js.Value) { cancel() })
	}
	return func() {}
}
