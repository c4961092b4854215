//go:build js && wasm

package dom

import (
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// Tabs hints to the other tabs of this origin, by a BroadcastChannel (HTML
// section 9.5). A hint says nothing but that there is something to look for.
type Tabs struct{ channel js.Value }

// NewTabs joins the tabs that use the same name.
func NewTabs(name string) *Tabs {
	return &Tabs{channel: js.Global().Get("BroadcastChannel").New(name)}
}

// Tell hints to every other tab.
func (t *Tabs) Tell() { t.channel.Call("postMessage", js.Null()) }

// Listen calls heard at every hint of another tab, for as long as the program
// lives.
func (t *Tabs) Listen(heard func()) {
	jsx.Listen(t.channel, "message", func(js.Value) { heard() })
}
