//go:build js && wasm

package dom

import (
	"context"
	"errors"
	"sync"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// Port makes a protocol.Port of a MessagePort, a Worker, or the global scope of
// a worker. It starts to receive at the first Receive; until then, and if it has
// not sent either, it may itself be sent over another port.
func Port(target js.Value) protocol.Port { return &port{target: target} }

// File makes a protocol.File of a Blob or File. Reads fail once ctx ends.
func File(ctx context.Context, blob js.Value) protocol.File { return jsx.NewBlob(ctx, blob) }

// EngineScope is the port of the engine to the page that started its worker.
func EngineScope() protocol.Port { return Port(js.Global()) }

type port struct {
	target js.Value
	limit  int // see protocol.Limiter; 0 is none

	mu       sync.Mutex
	channel  *jsx.Port
	messages chan protocol.Message
	cancel   context.CancelFunc // ends reads of the files that came in
}

// handed is what a File must be to leave this realm: jsx.Blob is.
type handed interface{ Value() js.Value }

func blobOf(file protocol.File) (js.Value, error) {
	blob, ok := file.(handed)
	if !ok {
		return js.Undefined(), errors.New("dom: this file is no Blob")
	}
	return blob.Value(), nil
}

func (p *port) Send(m protocol.Message) error {
	envelope := jsx.Envelope{JSON: m.JSON, Buffers: m.Buffers}
	for _, file := range m.Files {
		blob, err := blobOf(file)
		if err != nil {
			return err
		}
		envelope.Files = append(envelope.Files, blob)
	}
	for _, other := range m.Ports {
		inner, ok := other.(*port)
		if !ok || inner.started() {
			return errors.New("dom: this port can't be transferred")
		}
		envelope.Ports = append(envelope.Ports, inner.target)
	}
	return p.start().Send(envelope)
}

// Limit implements protocol.Limiter.
func (p *port) Limit(limit int) { p.limit = limit }

func (p *port) Receive() <-chan protocol.Message {
	p.start()
	return p.messages
}

func (p *port) Close() error {
	channel := p.start() // a port that was never started is closed like any other
	p.cancel()
	return channel.Close()
}

func (p *port) started() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.channel != nil
}

func (p *port) start() *jsx.Port {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.channel != nil {
		return p.channel
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	p.channel = jsx.NewPort(p.target)
	p.channel.Limit(p.limit) // before the first message: no callback has run yet
	p.messages = make(chan protocol.Message)
	go p.translate(ctx, p.channel)
	return p.channel
}

func (p *port) translate(ctx context.Context, channel *jsx.Port) {
	defer close(p.messages)
	for envelope := range channel.Receive() {
		m := protocol.Message{JSON: envelope.JSON, Buffers: envelope.Buffers}
		for _, blob := range envelope.Files {
			m.Files = append(m.Files, File(ctx, blob))
		}
		for _, target := range envelope.Ports {
			m.Ports = append(m.Ports, Port(target))
		}
		select {
		case p.messages <- m:
		case <-ctx.Done():
			return
		}
	}
}
