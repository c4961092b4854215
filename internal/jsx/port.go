//go:build js && wasm

package jsx

import (
	"sync"
	"syscall/js"
)

// Envelope is one message on a Port. In JavaScript it is the object
//
//	{json: string, buffers?: ArrayBuffer[], files?: File[], ports?: MessagePort[]}
//
// without the lists that are empty, which cost time to make, to carry and to read.
type Envelope struct {
	JSON    []byte
	Buffers [][]byte
	Files   []js.Value // Blob or File
	Ports   []js.Value // MessagePort
}

// Port carries envelopes over a MessagePort, or over anything with the same
// methods: a Worker, or the global scope of one (HTML sections 9.4.3, 10.2.6).
type Port struct {
	target js.Value
	queue  *Queue[Envelope]
	remove []func()
	close  sync.Once
	limit  int // see Limit; 0 is none
	turn   int // what came in the present turn of the event loop, as crowded weighs it
}

// A Port with a limit takes so much in one turn of the event loop, by messages and by
// UTF-16 code units of their texts, before it is closed. Who waits for answers never
// comes near. What comes faster than it is read would keep everybody else waiting for
// minutes where messages of all ports come in the order sent, as in Chromium and WebKit.
const (
	maxTurn  = 4096
	turnUnit = 16 << 10 // code units that weigh as much as a message
)

// NewPort starts receiving from the target. Messages that are not envelopes are
// dropped: the other side may be anyone.
func NewPort(target js.Value) *Port {
	p := &Port{target: target, queue: NewQueue[Envelope]()}
	p.remove = append(p.remove,
		Listen(target, "message", p.receive),
		// Chromium tells when the other end is gone; elsewhere nothing does.
		Listen(target, "close", func(js.Value) { p.queue.Close() }))
	if target.Get("start").Type() == js.TypeFunction {
		target.Call("start")
	}
	return p
}

// Send posts the envelope. The other side gets copies of the buffers made here,
// transferred; ports are transferred and not usable here any more.
func (p *Port) Send(e Envelope) error {
	message := map[string]any{"json": string(e.JSON)}
	var transfer []any
	if len(e.Buffers) > 0 {
		buffers := make([]any, len(e.Buffers))
		for i, data := range e.Buffers {
			buffers[i] = Uint8Array(data).Get("buffer")
		}
		message["buffers"] = buffers
		transfer = append(transfer, buffers...)
	}
	if len(e.Files) > 0 {
		message["files"] = anys(e.Files)
	}
	if len(e.Ports) > 0 {
		ports := anys(e.Ports)
		message["ports"] = ports
		transfer = append(transfer, ports...)
	}
	_, err := Call(p.target, "postMessage", message, transfer)
	return err
}

func anys(values []js.Value) []any {
	list := make([]any, len(values))
	for i, value := range values {
		list[i] = value
	}
	return list
}

// Limit keeps the other side from filling the memory of this one, and from taking all
// of its time: more than maxTurn in one turn closes the port. Of a text that
// is longer than units UTF-16 code units only one unit more is taken, by which
// the reader knows it. Of buffers, files and ports nothing is taken: one empty
// buffer stands for them all.
func (p *Port) Limit(units int) { p.limit = units }

// Receive returns the channel of arriving envelopes, in the order sent; it is
// closed by Close and, where the browser tells, when the other end is gone.
func (p *Port) Receive() <-chan Envelope { return p.queue.Receive() }

// Close stops receiving and, for a MessagePort, closes the channel.
func (p *Port) Close() error {
	p.close.Do(func() {
		for _, remove := range p.remove {
			remove()
		}
		if messagePort := js.Global().Get("MessagePort"); p.target.InstanceOf(messagePort) {
			p.target.Call("close")
		}
		p.queue.Abandon()
	})
	return nil
}

func (p *Port) receive(event js.Value) {
	parse := parseEnvelope
	if p.limit > 0 {
		parse = p.parseLimited
	}
	e, ok := parse(event.Get("data"))
	if p.limit > 0 && p.crowded(len(e.JSON)) {
		_ = p.Close() // it never fails
		return
	}
	if ok {
		p.queue.Push(e)
	}
}

// Each step over to JavaScript costs a microsecond or more, and a message takes
// many: what is the same for all of them is made once.
var (
	array = js.Global().Get("Array")
	// slice is String.prototype.slice as a function of text, start and end: js.Value
	// calls methods of objects only.
	slice = js.Global().Get("Function").Get("prototype").Get("call").
		Call("bind", js.Global().Get("String").Get("prototype").Get("slice"))
)

// crowded notes a message and reports whether too much has come in this turn: before
// what this port sent itself at the turn's beginning came back.
func (p *Port) crowded(size int) bool {
	if p.turn == 0 {
		go func() {
			Yield()
			p.turn = 0
		}()
	}
	p.turn += 1 + size/turnUnit
	return p.turn > maxTurn
}

func (p *Port) parseLimited(data js.Value) (Envelope, bool) {
	text, ok := textOf(data)
	if !ok {
		return Envelope{}, false
	}
	e := Envelope{JSON: []byte(slice.Invoke(text, 0, p.limit+1).String())}
	for _, beside := range []string{"buffers", "files", "ports"} {
		if value := data.Get(beside); value.Type() == js.TypeObject && value.Length() > 0 {
			e.Buffers = [][]byte{nil}
		}
	}
	return e, true
}

// textOf returns the text of a message; ok is false where it is no envelope.
func textOf(data js.Value) (text js.Value, ok bool) {
	if data.Type() != js.TypeObject {
		return js.Undefined(), false
	}
	text = data.Get("json")
	return text, text.Type() == js.TypeString
}

func parseEnvelope(data js.Value) (Envelope, bool) {
	text, ok := textOf(data)
	if !ok {
		return Envelope{}, false
	}
	e := Envelope{JSON: []byte(text.String())}
	for _, buffer := range list(data.Get("buffers")) {
		if !IsBytes(buffer) {
			return Envelope{}, false
		}
		e.Buffers = append(e.Buffers, Bytes(buffer))
	}
	for _, file := range list(data.Get("files")) {
		if !file.InstanceOf(js.Global().Get("Blob")) {
			return Envelope{}, false
		}
		e.Files = append(e.Files, file)
	}
	for _, port := range list(data.Get("ports")) {
		if !port.InstanceOf(js.Global().Get("MessagePort")) {
			return Envelope{}, false
		}
		e.Ports = append(e.Ports, port)
	}
	return e, true
}

// list returns the elements of an array; of anything else none.
func list(value js.Value) []js.Value {
	if value.Type() != js.TypeObject || !value.InstanceOf(array) {
		return nil
	}
	values := make([]js.Value, value.Length())
	for i := range values {
		values[i] = value.Index(i)
	}
	return values
}
