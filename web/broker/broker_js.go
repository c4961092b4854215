//go:build js && wasm

package broker

import (
	"context"
	"time"

	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// How often the window tells its opener that it is there: often while the
// person waits for the connection, seldom when one is there and only a reload
// of the portal could need it.
const (
	readyInterval      = 250 * time.Millisecond
	stillReadyInterval = 2 * time.Second
)

// Options says whom to connect to what.
type Options struct {
	Peer dom.Peer // where the portal's page is
	// Attach serves the portal of an origin on a port, and returns once that is under
	// way; after an error the portal says hello again.
	Attach func(ctx context.Context, origin string, port protocol.Port) error
	// Embedder is the origin of the page that has this window in a frame, where that
	// is to be served; "" serves in no frame.
	Embedder string
	// Attached is called with the origin of every portal that has connected, before
	// its first request is served. May be nil.
	Attached func(origin string)
	// Show is called when the portal's page asks for what stands before the person's
	// answer, the lock, to be shown. May be nil.
	Show func()
}

// To attaches portals to the engine that client asks.
func To(client *protocol.Client) func(context.Context, string, protocol.Port) error {
	return func(ctx context.Context, origin string, port protocol.Port) error {
		_, err := client.Do(ctx, protocol.Exchange{
			Method: protocol.MethodAttach,
			Params: protocol.AttachParams{Origin: origin},
			Ports:  []protocol.Port{port},
		})
		return err
	}
}

// Run connects the portal, again whenever it reloads, until ctx ends. In a frame
// without an Embedder it refuses whoever says hello.
func Run(ctx context.Context, options Options) {
	b := &broker{ctx: ctx, Options: options}
	remove := b.Peer.OnMessage(b.receive)
	b.beckon(kindReady, readyInterval)
	context.AfterFunc(ctx, func() {
		remove()
		b.stop()
	})
}

// End tells the page that a frame has served that it does so no more.
func End(peer dom.Peer) { peer.Post(kindEnded) }

// broker lives on the page's event loop: nothing in it needs a lock.
type broker struct {
	Options
	ctx  context.Context
	stop func() // ends the present interval
}

func (b *broker) beckon(kind string, interval time.Duration) {
	if b.stop != nil {
		b.stop()
	}
	b.Peer.Post(kind)
	b.stop = dom.Every(interval, func() { b.Peer.Post(kind) })
}

func (b *broker) receive(m dom.WindowMessage) {
	if m.Kind == kindShow && m.FromPeer && b.Show != nil {
		b.Show()
		return
	}
	v, reason := judge(hello{
		fromPeer: m.FromPeer, origin: m.Origin, kind: m.Kind, nonce: m.Nonce,
		ports: len(m.Ports), framed: !dom.IsTop(), embedder: b.Embedder,
	})
	switch v {
	case refuse:
		dom.PostOnPort(m.Ports[0], kindRefused, m.Nonce, reason)
	case connect:
		// From here on the opener must not take this window for one that has
		// forgotten it.
		b.beckon(kindStillReady, stillReadyInterval)
		// The port, the nonce and the origin stay together in this closure: a
		// later hello of another origin can't get between them.
		go b.connect(m.Origin, m.Nonce, m.Ports[0])
	}
}

func (b *broker) connect(origin, nonce string, port protocol.Port) {
	if b.Attached != nil {
		b.Attached(origin)
	}
	dom.PostOnPort(port, kindWelcome, nonce, "")
	err := b.Attach(b.ctx, origin, port)
	if err != nil && b.ctx.Err() == nil {
		b.beckon(kindReady, readyInterval) // the port went with the message; the portal says hello again
	}
}
