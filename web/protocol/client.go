package protocol

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/keepwell-health/keepwell/store"
)

// Client asks an engine at the other end of a Port. It is safe for use by
// several goroutines.
type Client struct {
	port   Port
	events chan struct{} // holds one token when pending has changed
	done   chan struct{} // closed when the port has closed
	left   chan struct{} // closed by Leave

	mu        sync.Mutex
	lastID    int64
	waiting   map[int64]*waiter
	listeners map[string][]*listener
	pending   []Event
	ended     error // why there is nothing to ask any more; nil until Leave
}

// waiter is a request that has no response yet.
type waiter struct {
	response chan answer          // cap 1
	progress chan json.RawMessage // cap 1: the latest only
}

type answer struct {
	response Response
	buffers  [][]byte
	files    []File
}

type listener struct{ call func(params json.RawMessage) }

// Exchange is one request with all that may go beside it.
type Exchange struct {
	Method  string
	Params  any // marshalled; nil sends none; a json.RawMessage goes as it is
	Result  any // unmarshalled into; nil drops the result
	Files   []File
	Ports   []Port
	Buffers [][]byte
	// Received is set to the files that came beside the result; nil drops them.
	Received *[]File
	// Progress is called, by the goroutine that called Do, with the params of
	// `progress` events of this request; when they come faster than it works,
	// with the latest only.
	Progress func(params json.RawMessage)
}

// NewClient starts to receive from port, which is the Client's from now on.
func NewClient(port Port) *Client {
	c := &Client{
		port:      port,
		events:    make(chan struct{}, 1),
		done:      make(chan struct{}),
		left:      make(chan struct{}),
		waiting:   make(map[int64]*waiter),
		listeners: make(map[string][]*listener),
	}
	go c.receive()
	go c.tell()
	return c
}

// Call sends one request, waits for its response and unmarshals the result into
// result, which may be nil. It returns the buffers that came beside it.
//
// An error is a *store.Error from the engine, what Leave was given, or wraps
// ErrPortClosed. When ctx ends, Call asks the engine to cancel and still waits
// for its word, so that the caller knows whether the work was done (nil) or not
// (userCanceled).
func (c *Client) Call(ctx context.Context, method string, params, result any, files ...File) ([][]byte, error) {
	return c.Do(ctx, Exchange{Method: method, Params: params, Result: result, Files: files})
}

// CallRaw is Call with JSON that has been, and will be, dealt with elsewhere.
func (c *Client) CallRaw(ctx context.Context, method string, params json.RawMessage, files ...File) (json.RawMessage, [][]byte, error) {
	exchange := Exchange{Method: method, Files: files}
	if len(params) > 0 {
		exchange.Params = params
	}
	return c.do(ctx, exchange)
}

// Do is Call with everything that may go beside a request.
func (c *Client) Do(ctx context.Context, x Exchange) ([][]byte, error) {
	result, buffers, err := c.do(ctx, x)
	if err != nil || x.Result == nil {
		return buffers, err
	}
	if err := json.Unmarshal(result, x.Result); err != nil {
		return nil, fmt.Errorf("protocol: the result of %s is not of its shape", x.Method)
	}
	return buffers, nil
}

// On calls f with the params of every event of that name, one event at a time
// and in order; f may itself Call. remove takes the listener off.
func (c *Client) On(event string, f func(params json.RawMessage)) (remove func()) {
	l := &listener{call: f}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listeners[event] = append(c.listeners[event], l)
	return func() { c.removeListener(event, l) }
}

// Done is closed when the port has closed and nothing can be asked any more.
func (c *Client) Done() <-chan struct{} { return c.done }

// Leave fails the requests under way, and all later ones, with why. It makes a last
// one, without params, and waits no longer than most for the response to it.
func (c *Client) Leave(why error, method string, most time.Duration) {
	c.mu.Lock()
	if c.ended != nil {
		c.mu.Unlock()
		return
	}
	c.ended = why
	c.mu.Unlock()
	id, w := c.register()
	defer c.forget(id)
	close(c.left)
	request, _ := json.Marshal(Request{ID: id, Method: method}) // two plain values always marshal
	if c.port.Send(Message{JSON: request}) != nil {
		return
	}
	select {
	case <-w.response:
	case <-c.done:
	case <-time.After(most):
	}
}

// Close closes the port; requests under way end with ErrPortClosed.
func (c *Client) Close() error { return c.port.Close() }

// closed is the error of a request that can't be answered any more.
func (c *Client) closed(method string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		return c.ended
	}
	return fmt.Errorf("%w (%s)", ErrPortClosed, method)
}

func (c *Client) do(ctx context.Context, x Exchange) (json.RawMessage, [][]byte, error) {
	params, err := marshalParams(x.Params)
	if err != nil {
		return nil, nil, store.Errorf(store.CodeInvalidArgument, "%s: the parameters can't be written as JSON", x.Method)
	}
	select {
	case <-c.left:
		return nil, nil, c.closed(x.Method)
	default:
	}
	id, w := c.register()
	defer c.forget(id)
	request, err := json.Marshal(Request{ID: id, Method: x.Method, Params: params})
	if err != nil {
		return nil, nil, store.Errorf(store.CodeInvalidArgument, "%s: the parameters are not JSON", x.Method)
	}
	message := Message{JSON: request, Buffers: x.Buffers, Files: x.Files, Ports: x.Ports}
	if err := c.port.Send(message); err != nil {
		return nil, nil, c.closed(x.Method)
	}
	return c.await(ctx, id, w, x)
}

// await waits for the response of request id. A nil channel is never ready, so
// the cancel is sent once.
func (c *Client) await(ctx context.Context, id int64, w *waiter, x Exchange) (json.RawMessage, [][]byte, error) {
	canceled := ctx.Done()
	for {
		select {
		case progress := <-w.progress:
			if x.Progress != nil {
				x.Progress(progress)
			}
		case a := <-w.response:
			return a.outcome(x)
		case <-canceled:
			canceled = nil
			c.sendCancel(id)
		case <-c.left:
			return nil, nil, c.closed(x.Method)
		case <-c.done:
			// The response may have come just before the port closed.
			select {
			case a := <-w.response:
				return a.outcome(x)
			default:
				return nil, nil, c.closed(x.Method)
			}
		}
	}
}

func (a answer) outcome(x Exchange) (json.RawMessage, [][]byte, error) {
	if a.response.Error != nil {
		return nil, nil, a.response.Error.FromWire()
	}
	if x.Received != nil {
		*x.Received = a.files
	}
	return a.response.Result, a.buffers, nil
}

// sendCancel asks for request id to end; the response to it interests nobody.
func (c *Client) sendCancel(id int64) {
	params, _ := json.Marshal(CancelParams{Request: id}) // an integer always marshals
	c.mu.Lock()
	c.lastID++
	request, _ := json.Marshal(Request{ID: c.lastID, Method: MethodCancel, Params: params})
	c.mu.Unlock()
	// A port that is closed ends the wait by itself.
	_ = c.port.Send(Message{JSON: request})
}

func (c *Client) register() (int64, *waiter) {
	w := &waiter{response: make(chan answer, 1), progress: make(chan json.RawMessage, 1)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastID++
	c.waiting[c.lastID] = w
	return c.lastID, w
}

func (c *Client) forget(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiting, id)
}

func (c *Client) receive() {
	defer close(c.done)
	for m := range c.port.Receive() {
		if response, ok := readResult(m.JSON); ok {
			c.respond(answer{response, m.Buffers, m.Files})
			continue
		}
		var in struct {
			Response
			Event
		}
		if json.Unmarshal(m.JSON, &in) != nil {
			continue // not of this protocol; the engine is trusted, so this is a stray
		}
		switch {
		case in.Event.Event == EventProgress:
			c.progressed(in.Event)
		case in.Event.Event != "":
			c.queue(in.Event)
		default:
			c.respond(answer{in.Response, m.Buffers, m.Files})
		}
	}
}

func (c *Client) respond(a answer) {
	c.mu.Lock()
	w := c.waiting[a.response.ID]
	c.mu.Unlock()
	if w == nil {
		return
	}
	select {
	case w.response <- a:
	default: // a second response to one request
	}
}

// progressed hands progress to its request and replaces what was not taken yet.
func (c *Client) progressed(e Event) {
	var params struct {
		Request int64 `json:"request"`
	}
	if json.Unmarshal(e.Params, &params) != nil {
		return
	}
	c.mu.Lock()
	w := c.waiting[params.Request]
	c.mu.Unlock()
	if w == nil {
		return
	}
	select {
	case <-w.progress:
	default:
	}
	w.progress <- e.Params // only this goroutine fills it, so there is room
}

func (c *Client) queue(e Event) {
	c.mu.Lock()
	c.pending = append(c.pending, e)
	c.mu.Unlock()
	select {
	case c.events <- struct{}{}:
	default:
	}
}

// tell calls the listeners on a goroutine of its own, so that one that Calls
// does not keep its own response from being received.
func (c *Client) tell() {
	for {
		select {
		case <-c.events:
		case <-c.done:
			return
		}
		for _, e := range c.takePending() {
			for _, l := range c.listenersOf(e.Event) {
				l.call(e.Params)
			}
		}
	}
}

func (c *Client) takePending() []Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	events := c.pending
	c.pending = nil
	return events
}

func (c *Client) listenersOf(event string) []*listener {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]*listener(nil), c.listeners[event]...)
}

func (c *Client) removeListener(event string, l *listener) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.listeners[event][:0:0]
	for _, other := range c.listeners[event] {
		if other != l {
			kept = append(kept, other)
		}
	}
	c.listeners[event] = kept
}

func marshalParams(params any) (json.RawMessage, error) {
	if params == nil {
		return nil, nil
	}
	if raw, ok := params.(json.RawMessage); ok {
		if !json.Valid(raw) {
			return nil, errors.New("not JSON")
		}
		return raw, nil
	}
	return json.Marshal(params)
}
