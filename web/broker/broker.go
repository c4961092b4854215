// Package broker connects a portal to the person's engine, in the window of the
// Keepwell origin that the portal's click opened: only such a window has the
// person's storage in every browser, and only in it may a consent sheet stand. Where
// a portal serves Keepwell's files itself, opener and window are one, the portal's
// own page; where the browser gives a frame that storage too, the page that framed it
// stands for the opener.
//
// The handshake, which web/sdk/keepwell.mjs speaks from the other side:
//
//	window -> opener, any origin   {keepwell: "ready"}            until a portal has connected,
//	                               {keepwell: "still-ready"}      from then on, for a portal that reloads
//	opener -> window, its origin   {keepwell: "hello", nonce}     and a MessagePort
//	window -> port                 {keepwell: "welcome", nonce}   then the port speaks web/protocol
//	                            or {keepwell: "refused", nonce, reason}
//	frame -> page around it        {keepwell: "ended"}            to one that it has served
//	page -> itself                 {keepwell: "show"}             have the person unlock what is locked
//
// "ready" and "still-ready" go to whoever opened the window and say nothing
// else. The origin that grants are kept under is the hello's event.origin: what
// the browser says, never what the portal says. A port's own messages carry no
// origin, so port and origin are tied together once, by the one hello.
package broker

import "github.com/keepwell-health/keepwell/web/protocol"

// Kinds of the handshake's messages.
const (
	kindReady      = "ready"
	kindStillReady = "still-ready"
	kindHello      = "hello"
	kindWelcome    = "welcome"
	kindRefused    = "refused"
	kindShow       = "show"
	kindEnded      = "ended"
)

// Longest nonce that is answered, in characters; the SDK's has 22.
const maxNonce = 64

// hello is what decides about a message that came to the window.
type hello struct {
	fromPeer bool
	origin   string
	kind     string
	nonce    string
	ports    int
	framed   bool   // this window is inside another
	embedder string // the one origin that a frame serves; "" serves in no frame
}

// verdict is what to do with a message.
type verdict int

const (
	ignore  verdict = iota // not of the handshake, or from somebody else: say nothing
	refuse                 // tell the sender why
	connect                // serve its port
)

// judge decides about a message. The reason comes with refuse and is safe to
// show: it holds nothing that the sender has not said.
func judge(h hello) (v verdict, reason string) {
	switch {
	case h.kind != kindHello, !h.fromPeer, h.ports != 1, h.nonce == "", len(h.nonce) > maxNonce:
		return ignore, ""
	case h.embedder != "" && h.origin != h.embedder:
		return ignore, ""
	case h.framed && h.embedder == "":
		return refuse, "Keepwell answers portals in a window or page of its own, not in a frame"
	}
	if err := protocol.CheckOrigin(h.origin); err != nil {
		return refuse, protocol.ToWire(err).Message
	}
	return connect, ""
}
