//go:build js && wasm

package dom

import (
	"syscall/js"
	"time"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// WindowMessage is a message of another window (HTML section 9.3), as the
// browser delivered it. Kind and Nonce are strings that its data holds under
// "keepwell" and "nonce"; everything else in the data is ignored.
type WindowMessage struct {
	FromOpener bool   // event.source is this window's opener
	Origin     string // event.origin, which the browser vouches for
	Kind       string
	Nonce      string
	Ports      []protocol.Port // transferred to this window
}

// IsTop reports whether this window is framed by nobody.
func IsTop() bool {
	return js.Global().Get("self").Equal(js.Global().Get("top"))
}

// HasOpener reports whether the window that opened this one can be reached.
func HasOpener() bool { return !opener().IsNull() }

// PostToOpener sends {keepwell: kind} to the opener, whatever its origin: kind
// must be nothing that anybody may not know.
func PostToOpener(kind string) {
	if o := opener(); !o.IsNull() {
		o.Call("postMessage", map[string]any{"keepwell": kind}, "*")
	}
}

// OnWindowMessage listens to messages of other windows until remove is called.
func OnWindowMessage(handle func(WindowMessage)) (remove func()) {
	return jsx.Listen(js.Global(), "message", func(event js.Value) {
		m, ok := readWindowMessage(event)
		if ok {
			handle(m)
		}
	})
}

// PostOnPort sends {keepwell: kind, nonce, reason} over a port that is not used
// for the protocol yet.
func PostOnPort(p protocol.Port, kind, nonce, reason string) {
	p.(*port).target.Call("postMessage", map[string]any{"keepwell": kind, "nonce": nonce, "reason": reason})
}

// Every calls f at an interval until stop is called. Browsers stretch the
// interval in windows that are hidden.
func Every(interval time.Duration, f func()) (stop func()) {
	callback := js.FuncOf(func(js.Value, []js.Value) any {
		f()
		return nil
	})
	timer := js.Global().Call("setInterval", callback, interval.Milliseconds())
	return func() {
		js.Global().Call("clearInterval", timer)
		callback.Release()
	}
}

func opener() js.Value { return js.Global().Get("opener") }

func readWindowMessage(event js.Value) (WindowMessage, bool) {
	data := event.Get("data")
	if data.Type() != js.TypeObject {
		return WindowMessage{}, false
	}
	kind := data.Get("keepwell")
	if kind.Type() != js.TypeString {
		return WindowMessage{}, false
	}
	m := WindowMessage{Origin: event.Get("origin").String(), Kind: kind.String()}
	if nonce := data.Get("nonce"); nonce.Type() == js.TypeString {
		m.Nonce = nonce.String()
	}
	if o := opener(); !o.IsNull() {
		m.FromOpener = event.Get("source").Equal(o)
	}
	ports := event.Get("ports")
	for i := range ports.Length() {
		m.Ports = append(m.Ports, Port(ports.Index(i)))
	}
	return m, true
}
