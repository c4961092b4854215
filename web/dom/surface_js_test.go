//go:build js && wasm

package dom_test

import (
	"context"
	"encoding/json"
	"errors"
	"syscall/js"
	"testing"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/web/dom"
)

// coded is an error with a code that may be shown.
type coded struct{ error }

func (c coded) Public() (code, text string) { return "noData", c.Error() }

// offered puts one function on the page and returns the object it stands on.
func offered(t *testing.T, f func(context.Context, dom.Arguments) (dom.Reply, error)) js.Value {
	t.Helper()
	dom.Surface{"f": f}.Offer("surfaceOfTest", "surface-ready")
	t.Cleanup(func() { js.Global().Delete("surfaceOfTest") })
	return js.Global().Get("surfaceOfTest")
}

func TestSurfaceReplies(t *testing.T) {
	for _, test := range []struct {
		name  string
		reply dom.Reply
		check func(js.Value) bool
	}{
		{"JSON", dom.Reply{JSON: json.RawMessage(`{"a":[1,{"b":null}]}`)}, func(v js.Value) bool {
			return v.Get("a").Index(1).Get("b").IsNull()
		}},
		{"bytes", dom.Reply{Bytes: []byte{0, 255}}, func(v js.Value) bool {
			return v.InstanceOf(js.Global().Get("Uint8Array")) && v.Length() == 2 && v.Index(1).Int() == 255
		}},
		{"a file", dom.Reply{File: dom.File(t.Context(), js.Global().Get("Blob").New([]any{"abc"}))}, func(v js.Value) bool {
			return v.InstanceOf(js.Global().Get("Blob")) && v.Get("size").Int() == 3
		}},
		{"no bytes", dom.Reply{Bytes: []byte{}}, func(v js.Value) bool { return v.Length() == 0 }},
		{"nothing", dom.Reply{}, js.Value.IsUndefined},
	} {
		t.Run(test.name, func(t *testing.T) {
			object := offered(t, func(context.Context, dom.Arguments) (dom.Reply, error) { return test.reply, nil })
			value, err := jsx.Await(t.Context(), object.Call("f"))
			if err != nil || !test.check(value) {
				t.Errorf("resolved to %v, %v", value, err)
			}
		})
	}
}

func TestSurfaceRejectsWithACode(t *testing.T) {
	object := offered(t, func(context.Context, dom.Arguments) (dom.Reply, error) {
		return dom.Reply{}, coded{errors.New("this record is no longer there")}
	})
	_, err := jsx.Await(t.Context(), object.Call("f"))
	var thrown *jsx.Error
	if !errors.As(err, &thrown) || thrown.Value.Get("code").String() != "noData" || !thrown.Value.InstanceOf(js.Global().Get("Error")) {
		t.Errorf("rejected with %v", err)
	}
}

func TestSurfaceIsFrozen(t *testing.T) {
	object := offered(t, func(context.Context, dom.Arguments) (dom.Reply, error) { return dom.Reply{}, nil })
	if !js.Global().Get("Object").Call("isFrozen", object).Bool() {
		t.Error("another script can replace the functions")
	}
}

func TestSurfaceObeysASignal(t *testing.T) {
	object := offered(t, func(ctx context.Context, _ dom.Arguments) (dom.Reply, error) {
		<-ctx.Done()
		return dom.Reply{}, coded{ctx.Err()}
	})
	controller := js.Global().Get("AbortController").New()
	promise := object.Call("f", 1, map[string]any{"signal": controller.Get("signal")})
	controller.Call("abort")
	if _, err := jsx.Await(t.Context(), promise); err == nil {
		t.Error("an aborted call resolved")
	}
	// Aborted before the call.
	promise = object.Call("f", 1, map[string]any{"signal": controller.Get("signal")})
	if _, err := jsx.Await(t.Context(), promise); err == nil {
		t.Error("a call with an aborted signal resolved")
	}
}

// Programs pass anything: no argument may end the page.
func TestArgumentsOfAnyShape(t *testing.T) {
	circular := js.Global().Get("Object").New()
	circular.Set("self", circular)
	trap := js.Global().Call("eval", `({get onProgress() { throw new Error("trap") }, get signal() { throw new Error("trap") }})`)
	for _, argument := range []any{nil, 1, "text", true, map[string]any{}, []any{1, "x"}, js.Undefined(), circular, trap,
		js.Global().Call("eval", "Symbol()"), js.Global().Call("eval", "10n"), map[string]any{"length": 1e9}, []any{js.Null()},
		js.Global().Call("eval", "Object.assign(new Array(2 ** 31), {toJSON: () => 0})"), js.Global().Call("eval", "({signal: 10n, onProgress: 10n})")} {
		object := offered(t, func(_ context.Context, a dom.Arguments) (dom.Reply, error) {
			a.JSON(0)
			a.Text(0)
			if files := a.Files(0); len(files) != 0 {
				t.Errorf("%v holds %d files", argument, len(files))
			}
			if f := a.Callback(0, "onProgress"); f != nil {
				t.Errorf("%v holds a function", argument)
			}
			a.JSON(7)
			return dom.Reply{}, nil
		})
		if _, err := jsx.Await(t.Context(), object.Call("f", argument)); err != nil {
			t.Errorf("%v: %v", argument, err)
		}
	}
}

func TestArgumentsHoldFiles(t *testing.T) {
	file := js.Global().Get("File").New([]any{"{}"}, "bundle.json")
	for _, argument := range []any{file, []any{file}} {
		object := offered(t, func(_ context.Context, a dom.Arguments) (dom.Reply, error) {
			files := a.Files(0)
			if len(files) != 1 || files[0].Name() != "bundle.json" || files[0].Size() != 2 {
				t.Errorf("files: %v", files)
			}
			return dom.Reply{}, nil
		})
		if _, err := jsx.Await(t.Context(), object.Call("f", argument)); err != nil {
			t.Error(err)
		}
	}
}
