//go:build js && wasm

package dom

import (
	"context"
	"syscall/js"
	"time"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// Body is the document's body.
func Body() *Element { return &Element{node: document().Get("body")} }

// SetTitle sets the document's title. Titles reach the browser's history and
// the window list, so they never say anything of a record.
func SetTitle(title string) { document().Set("title", title) }

// Attended reports whether the person can be looking at this page: it is
// visible and its window has the focus.
func Attended() bool {
	return document().Get("visibilityState").String() == "visible" && document().Call("hasFocus").Bool()
}

// OnAttention calls handle when that may have changed, until remove is called.
func OnAttention(handle func(attended bool)) (remove func()) {
	changed := func(Event) { handle(Attended()) }
	removes := []func(){OnWindow(WindowFocus, changed), OnWindow(WindowBlur, changed), OnDocument(VisibilityChange, changed)}
	return func() {
		for _, remove := range removes {
			remove()
		}
	}
}

// After calls f once after at least a duration, unless stop is called first.
func After(wait time.Duration, f func()) (stop func()) {
	return once(f, "setTimeout", "clearTimeout", float64(wait.Milliseconds()))
}

// Turn lets everything that is due run and returns in a later task.
func Turn() { jsx.Yield() }

// NextFrame calls f before the next paint, unless stop is called first.
func NextFrame(f func()) (stop func()) {
	return once(f, "requestAnimationFrame", "cancelAnimationFrame")
}

func once(f func(), start, cancel string, arguments ...any) (stop func()) {
	var callback js.Func
	done := false
	finish := func() bool {
		if done {
			return false
		}
		done = true
		callback.Release()
		return true
	}
	callback = js.FuncOf(func(js.Value, []js.Value) any {
		if finish() {
			f()
		}
		return nil
	})
	handle := js.Global().Call(start, append([]any{callback}, arguments...)...)
	return func() {
		if finish() {
			js.Global().Call(cancel, handle)
		}
	}
}

// ScrollOffset is how far the page is scrolled down, in CSS pixels.
func ScrollOffset() float64 { return js.Global().Get("scrollY").Float() }

// ScrollTo scrolls the page at once.
func ScrollTo(offset float64) {
	js.Global().Call("scrollTo", map[string]any{"top": offset, "left": 0, "behavior": "instant"})
}

// WindowHeight is the height of the window's inside, in CSS pixels.
func WindowHeight() float64 { return js.Global().Get("innerHeight").Float() }

// LocalOffset is the offset of the person's time zone from UTC at an instant
// given in ms since the Unix epoch. Go's own zone in js has the offset of
// today for every date.
func LocalOffset(ms int64) time.Duration {
	minutes := js.Global().Get("Date").New(float64(ms)).Call("getTimezoneOffset")
	if minutes.Type() != js.TypeNumber || minutes.IsNaN() {
		return 0
	}
	return -time.Duration(minutes.Int()) * time.Minute
}

// CopyText puts text on the clipboard. It must be called in a click.
func CopyText(ctx context.Context, text string) error {
	clipboard := js.Global().Get("navigator").Get("clipboard")
	if !clipboard.Truthy() {
		return &jsx.Error{Name: "NotSupportedError", Message: "no clipboard here"}
	}
	_, err := jsx.Await(ctx, clipboard.Call("writeText", text))
	return err
}

// Storage is what the browser says of this site's storage. Usage and Quota are
// in bytes and rough by design; Known tells whether it says anything.
type Storage struct {
	Persisted    bool
	Usage, Quota int64
	Known        bool
}

// StorageState asks the browser (Storage Standard section 4). WebKitGTK has no
// answer.
func StorageState(ctx context.Context) Storage {
	manager, ok := storageManager()
	if !ok {
		return Storage{}
	}
	var state Storage
	if estimate, err := jsx.Await(ctx, manager.Call("estimate")); err == nil {
		state.Usage = int64(number(estimate.Get("usage")))
		state.Quota = int64(number(estimate.Get("quota")))
		state.Known = true
	}
	if persisted, err := jsx.Await(ctx, manager.Call("persisted")); err == nil {
		state.Persisted = persisted.Truthy()
	}
	return state
}

// Persist asks the browser to keep this site's storage when space runs low, and
// reports whether it will.
func Persist(ctx context.Context) bool {
	manager, ok := storageManager()
	if !ok {
		return false
	}
	persisted, err := jsx.Await(ctx, manager.Call("persist"))
	return err == nil && persisted.Truthy()
}

func storageManager() (js.Value, bool) {
	manager := js.Global().Get("navigator").Get("storage")
	if !manager.Truthy() || manager.Get("estimate").Type() != js.TypeFunction {
		return js.Undefined(), false
	}
	return manager, true
}

func number(value js.Value) float64 {
	if value.Type() != js.TypeNumber {
		return 0
	}
	return value.Float()
}

// Touched reports whether fingers are this device's way to point, so that a
// focused field brings up a keyboard on the screen.
func Touched() bool {
	return js.Global().Call("matchMedia", "(pointer: coarse)").Get("matches").Bool()
}

// DeviceMemory is about how much memory the device has, in GiB (Device Memory API;
// Chromium), or 0.
func DeviceMemory() float64 { return number(js.Global().Get("navigator").Get("deviceMemory")) }

// Print has the browser print the page.
func Print() { js.Global().Call("print") }
