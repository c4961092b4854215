//go:build js && wasm

package dom

import (
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// Overlay lies over a page that is not Keepwell's own: a modal dialog (HTML section
// 4.11.4), which the browser keeps above everything else on the page and out of
// which the keyboard does not lead. It stands in a shadow tree, so that neither the
// page's styles reach it nor Keepwell's the page.
type Overlay struct {
	host   js.Value
	dialog *Element
	stop   func()
}

// NewOverlay makes an overlay that shows nothing yet, with the looks of the style
// sheet at that address. dismissed is called when the person sends away what it
// shows, by Escape or a phone's way back.
func NewOverlay(styles string, dismissed func()) *Overlay {
	o := &Overlay{host: document().Call("createElement", "div")}
	o.dialog = New("dialog", Class("overlay"), Name("Keepwell"), Attribute("lang", "en"), Attribute("dir", "ltr"))
	sheet := New("link", Attribute("rel", "stylesheet"), Attribute("href", styles))
	o.host.Call("attachShadow", map[string]any{"mode": "open"}).Call("append", sheet.node, o.dialog.node)
	Body().node.Call("append", o.host)
	o.stop = jsx.Listen(o.dialog.node, "close", func(js.Value) {
		if len(o.dialog.children) > 0 && !o.open() {
			dismissed()
		}
	})
	return o
}

// Show puts content above the page. What was shown before must be hidden.
func (o *Overlay) Show(content *Element) {
	if !o.host.Get("isConnected").Bool() { // the page was drawn anew meanwhile
		Body().node.Call("append", o.host)
	}
	o.dialog.Add(content)
	if !o.open() {
		o.dialog.node.Call("showModal")
	}
}

// Hide gives the page back, and the focus to where it was.
func (o *Overlay) Hide() {
	o.dialog.Replace()
	o.dialog.node.Call("close")
}

// Remove takes the overlay off the page for good.
func (o *Overlay) Remove() {
	o.Hide()
	o.stop()
	o.host.Call("remove")
}

func (o *Overlay) open() bool { return o.dialog.node.Get("open").Bool() }
