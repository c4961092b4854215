//go:build js && wasm

package dom

import (
	"syscall/js"
	"time"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// WindowMessage is a message of a window (HTML section 9.3), as the
// browser delivered it. Kind and Nonce are strings that its data holds under
// "keepwell" and "nonce"; everything else in the data is ignored.
type WindowMessage struct {
	FromPeer bool   // event.source is the Peer
	Origin   string // event.origin, which the browser vouches for
	Kind     string
	Nonce    string
	Ports    []protocol.Port // transferred to this window
}

// Peer is the window that a portal's page is in.
type Peer struct{ window js.Value }

// Opener is the window that opened this one, if it can be reached.
func Opener() (Peer, bool) {
	opener := js.Global().Get("opener")
	return Peer{opener}, !opener.IsNull()
}

// Self is this very window, where the portal's page is the one that started
// Keepwell.
func Self() Peer { return Peer{js.Global().Get("self")} }

// Embedder is the page that has this window in a frame, and its origin as the
// browser gives it (HTML section 7.2.5, ancestorOrigins; Chromium and WebKit). A page
// that is in a frame itself is none.
func Embedder() (peer Peer, origin string, ok bool) {
	parent := js.Global().Get("parent")
	origins := js.Global().Get("location").Get("ancestorOrigins")
	if IsTop() || !parent.Equal(js.Global().Get("top")) || !origins.Truthy() || origins.Length() != 1 {
		return Peer{}, "", false
	}
	return Peer{parent}, origins.Index(0).String(), true
}

// Post sends {keepwell: kind} to the peer, whatever its origin: kind must be
// nothing that anybody may not know.
func (p Peer) Post(kind string) {
	p.window.Call("postMessage", map[string]any{"keepwell": kind}, "*")
}

// IsTop reports whether this window is framed by nobody.
func IsTop() bool {
	return js.Global().Get("self").Equal(js.Global().Get("top"))
}

// OnMessage listens to messages of the peer, and of whoever else sends any, until
// remove is called.
func (p Peer) OnMessage(handle func(WindowMessage)) (remove func()) {
	return jsx.Listen(js.Global(), "message", func(event js.Value) {
		m, ok := p.read(event)
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

func (p Peer) read(event js.Value) (WindowMessage, bool) {
	data := event.Get("data")
	if data.Type() != js.TypeObject {
		return WindowMessage{}, false
	}
	kind := data.Get("keepwell")
	if kind.Type() != js.TypeString {
		return WindowMessage{}, false
	}
	m := WindowMessage{
		FromPeer: event.Get("source").Equal(p.window),
		Origin:   event.Get("origin").String(), Kind: kind.String(),
	}
	if nonce := data.Get("nonce"); nonce.Type() == js.TypeString {
		m.Nonce = nonce.String()
	}
	ports := event.Get("ports")
	for i := range ports.Length() {
		m.Ports = append(m.Ports, Port(ports.Index(i)))
	}
	return m, true
}
