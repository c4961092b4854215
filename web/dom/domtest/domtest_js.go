//go:build js && wasm

package domtest

import (
	"syscall/js"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/web/dom"
)

// Stage is an empty element on the page for the length of a test.
func Stage(t *testing.T) *dom.Element {
	t.Helper()
	stage := dom.Div()
	dom.Body().Add(stage)
	t.Cleanup(stage.Remove)
	return stage
}

// Dress applies a style sheet for the length of a test.
func Dress(t *testing.T, stylesheet string) {
	t.Helper()
	sheet := js.Global().Get("CSSStyleSheet").New()
	sheet.Call("replaceSync", stylesheet)
	document := js.Global().Get("document")
	document.Set("adoptedStyleSheets", []any{sheet})
	t.Cleanup(func() { document.Set("adoptedStyleSheets", []any{}) })
}

// Key presses a key where the focus is.
func Key(key string) {
	event := js.Global().Get("KeyboardEvent").New("keydown", map[string]any{"key": key, "bubbles": true, "cancelable": true})
	js.Global().Get("document").Get("activeElement").Call("dispatchEvent", event)
}

// Frame waits until the browser has painted and told of scrolling.
func Frame() {
	for range 2 {
		painted := make(chan struct{})
		dom.NextFrame(func() { close(painted) })
		<-painted
	}
}

// Until waits for a condition that an event will bring about, checking after
// every frame, and fails the test after ten seconds.
func Until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for start := time.Now(); !holds(); {
		if time.Since(start) > 10*time.Second {
			t.Fatalf("waited ten seconds until %s", what)
		}
		Frame()
	}
}
