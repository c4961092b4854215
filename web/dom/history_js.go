//go:build js && wasm

package dom

import "syscall/js"

// Place is one entry of the browser's history as the page left it there.
type Place struct {
	Fragment string // "#/apps"
	Entry    int    // the number given to PushPlace, or 0
}

// CurrentPlace reads where the history stands.
func CurrentPlace() Place {
	place := Place{Fragment: js.Global().Get("location").Get("hash").String()}
	if state := js.Global().Get("history").Get("state"); state.Type() == js.TypeNumber {
		place.Entry = state.Int()
	}
	return place
}

// PushPlace adds an entry to the history. Browsers keep histories on disk:
// neither the fragment nor the number may say anything of a record.
func PushPlace(place Place) {
	js.Global().Get("history").Call("pushState", place.Entry, "", place.Fragment)
}

// ReplacePlace rewrites the current entry.
func ReplacePlace(place Place) {
	js.Global().Get("history").Call("replaceState", place.Entry, "", place.Fragment)
}

// Back goes one entry back.
func Back() { js.Global().Get("history").Call("back") }

// KeepScroll takes the scroll position after Back and Forward into the page's
// own hands: a list has its height only once it is drawn.
func KeepScroll() { js.Global().Get("history").Set("scrollRestoration", "manual") }
