//go:build js && wasm

package dom

import (
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// EventType is the name of a DOM event.
type EventType string

// The events that the pages listen to.
const (
	Click            EventType = "click"
	Change           EventType = "change"
	Input            EventType = "input"
	KeyDown          EventType = "keydown"
	Toggled          EventType = "toggle"
	FocusIn          EventType = "focusin"
	FocusOut         EventType = "focusout"
	Scroll           EventType = "scroll"
	Resize           EventType = "resize"
	WindowFocus      EventType = "focus"
	WindowBlur       EventType = "blur"
	VisibilityChange EventType = "visibilitychange"
	Submit           EventType = "submit"
	PointerDown      EventType = "pointerdown"
	Wheel            EventType = "wheel"
	PageShow         EventType = "pageshow" // also from the back-forward cache
	PageHide         EventType = "pagehide"
	Freeze           EventType = "freeze" // Page Lifecycle; Chromium
	Resume           EventType = "resume"
	PopState         EventType = "popstate"
	HashChange       EventType = "hashchange"
	DragEnter        EventType = "dragenter"
	DragOver         EventType = "dragover"
	DragLeave        EventType = "dragleave"
	Drop             EventType = "drop"
)

// Event is a DOM event, valid while its handler runs.
type Event struct{ value js.Value }

// Prevent stops what the browser would do by itself.
func (e Event) Prevent() { e.value.Call("preventDefault") }

// Key names the key of a KeyDown: "Enter", "ArrowDown" (UI Events, key values).
func (e Event) Key() string { return e.value.Get("key").String() }

// Modified reports whether Ctrl, Alt, Shift or Meta was held, or a button other
// than the main one: a link then means "somewhere else", and the browser
// should do it.
func (e Event) Modified() bool {
	for _, name := range []string{"ctrlKey", "altKey", "shiftKey", "metaKey"} {
		if e.value.Get(name).Truthy() {
			return true
		}
	}
	button := e.value.Get("button")
	return button.Type() == js.TypeNumber && button.Int() != 0
}

// On listens to an event for as long as the element lives.
func On(event EventType, handle func(Event)) Part {
	return partFunc(func(e *Element) { e.OnRelease(listen(e.node, event, handle)) })
}

// OnClick listens to clicks and to what counts as one by keyboard.
func OnClick(handle func()) Part { return On(Click, func(Event) { handle() }) }

// OnWindow listens to an event of the window until remove is called.
func OnWindow(event EventType, handle func(Event)) (remove func()) {
	return listen(js.Global(), event, handle)
}

// OnDocument listens to an event of the document until remove is called.
func OnDocument(event EventType, handle func(Event)) (remove func()) {
	return listen(document(), event, handle)
}

func listen(target js.Value, event EventType, handle func(Event)) (remove func()) {
	return jsx.Listen(target, string(event), func(value js.Value) { handle(Event{value}) })
}
