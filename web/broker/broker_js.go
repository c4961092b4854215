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

// Run connects the portal that opened this window, again whenever it reloads,
// until ctx ends. It does nothing, and reports false, in a window without an
// opener; in a frame it refuses whoever says hello. attached is called with the origin of every portal
// that has connected, before its first request is served.
func Run(ctx context.Context, client *protocol.Client, attached func(origin string)) bool {
	if !dom.HasOpener() {
		return false
	}
	b := &broker{ctx: ctx, client: client, attached: attached}
	remove := dom.OnWindowMessage(b.receive)
	b.beckon(kindReady, readyInterval)
	context.AfterFunc(ctx, func() {
		remove()
		b.stop()
	})
	return true
}

// broker lives on the page's event loop: nothing in it needs a lock.
type broker struct {
	ctx      context.Context
	client   *protocol.Client
	attached func(origin string)
	stop     func() // ends the present interval
}

func (b *broker) beckon(kind string, interval time.Duration) {
	if b.stop != nil {
		b.stop()
	}
	dom.PostToOpener(kind)
	b.stop = dom.Every(interval, func() { dom.PostToOpener(kind) })
}

func (b *broker) receive(m dom.WindowMessage) {
	v, reason := judge(hello{
		fromOpener: m.FromOpener, origin: m.Origin, kind: m.Kind, nonce: m.Nonce,
		ports: len(m.Ports), framed: !dom.IsTop(),
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
	if b.attached != nil {
		b.attached(origin)
	}
	dom.PostOnPort(port, kindWelcome, nonce, "")
	_, err := b.client.Do(b.ctx, protocol.Exchange{
		Method: protocol.MethodAttach,
		Params: protocol.AttachParams{Origin: origin},
		Ports:  []protocol.Port{port},
	})
	if err != nil && b.ctx.Err() == nil {
		b.beckon(kindReady, readyInterval) // the port went with the message; the portal says hello again
	}
}
