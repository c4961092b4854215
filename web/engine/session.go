package engine

import (
	"context"
	"encoding/json"
	"errors"
	"runtime/debug"
	"sync"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// session is one port and who holds it.
type session struct {
	engine *Engine
	port   protocol.Port
	who    Principal
	page   *session // the page that attached this portal; nil when none did
	limits limits
	table  map[string]method

	ctx  context.Context // ends with the session; portals that it attached live in it
	work sync.WaitGroup  // requests under way and portals attached

	mu      sync.Mutex
	running map[int64]context.CancelFunc
	taken   int64                 // the greatest ID that was taken
	left    bool                  // no more is taken
	app     *store.AppDescription // what a portal said in its hello
	apps    []*session            // of a page: the portals that it attached, oldest first
	watches map[int64]*observer   // of a portal, by the request that began it
}

func newSession(e *Engine, port protocol.Port, who Principal, page *session) *session {
	s := &session{
		engine: e, port: port, who: who, page: page,
		limits: appLimits, table: e.appMethods,
		running: make(map[int64]context.CancelFunc),
	}
	if who.reader {
		s.table = e.readerMethods
	}
	if who.person {
		s.limits, s.table = personLimits, e.personMethods
	} else if limiter, ok := port.(protocol.Limiter); ok {
		limiter.Limit(s.limits.message)
	}
	return s
}

func (s *session) serve(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	s.ctx = ctx
	if s.who.person {
		s.engine.addPage(s)
	}
	s.receive(ctx)
	if s.who.person {
		s.engine.removePage(s)
	}
	cancel() // portals that this page attached end too, and their sheets with them
	s.work.Wait()
	_ = s.port.Close() // it may be closed from the other end already
}

func (s *session) receive(ctx context.Context) {
	for {
		select {
		case m, ok := <-s.port.Receive():
			if !ok {
				return
			}
			s.accept(ctx, m)
		case <-ctx.Done():
			return
		}
	}
}

// call is a request on its way through the engine.
type call struct {
	session *session
	id      int64
	params  json.RawMessage
	files   []protocol.File
	ports   []protocol.Port
}

// accept checks a message and starts its request.
func (s *session) accept(ctx context.Context, m protocol.Message) {
	request, err := s.read(m)
	if !s.take(request.ID) {
		return
	}
	if err != nil {
		s.refuse(request.ID, m, err)
		return
	}
	if request.Method == protocol.MethodCancel {
		s.cancel(request)
		return
	}
	method, ok := s.table[request.Method]
	if !ok {
		s.refuse(request.ID, m, invalid("no method has this name here"))
		return
	}
	ctx, err = s.begin(ctx, request.ID)
	if err != nil {
		s.refuse(request.ID, m, err)
		return
	}
	c := &call{session: s, id: request.ID, params: request.Params, files: m.Files, ports: m.Ports}
	if method.inOrder {
		s.run(ctx, c, method)
		return
	}
	s.work.Go(func() { s.run(ctx, c, method) })
}

// take reports whether a request is still taken.
func (s *session) take(id int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.left {
		s.taken = max(s.taken, id) // what can't be read has none
	}
	return !s.left
}

// leave takes no more, and says so: what the portal sent meanwhile it sends again to
// the next engine, since it knows that it was not done.
func (s *session) leave() {
	s.mu.Lock()
	s.left = true
	last := s.taken
	s.mu.Unlock()
	s.tell(protocol.EventLeft, protocol.Left{Request: last})
}

// read finds the request in a message. With an error it still returns the
// request's ID when that can be told, so that the sender knows what was refused.
func (s *session) read(m protocol.Message) (protocol.Request, error) {
	var request protocol.Request
	if len(m.JSON) > s.limits.message {
		return request, tooMuch("the message is too large")
	}
	if err := checkDepth(m.JSON, s.limits.depth); err != nil {
		request.ID = protocol.LeadingID(m.JSON)
		return request, err
	}
	if ours, ok := protocol.ReadRequest(m.JSON); ok {
		request = ours
	} else if err := decode(m.JSON, &request); err != nil {
		var only struct{ ID int64 }
		if json.Unmarshal(m.JSON, &only) == nil {
			request.ID = only.ID
		}
		return request, err
	}
	if request.ID < 1 {
		return protocol.Request{}, invalid("id must be a number from 1 up")
	}
	if !s.limits.beside && len(m.Files)+len(m.Ports)+len(m.Buffers) > 0 {
		return request, invalid("nothing may come beside the JSON")
	}
	return request, nil
}

// refuse answers a message that starts nothing, and gives back what it brought.
func (s *session) refuse(id int64, m protocol.Message, err error) {
	for _, port := range m.Ports {
		_ = port.Close()
	}
	s.respondError(id, err)
}

// begin notes that a request is under way.
func (s *session) begin(ctx context.Context, id int64) (context.Context, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.running) >= s.limits.inFlight {
		return nil, tooMuch("too many requests are under way")
	}
	if s.running[id] != nil {
		return nil, invalid("a request of this id is under way")
	}
	ctx, cancel := context.WithCancel(ctx)
	s.running[id] = cancel
	return ctx, nil
}

func (s *session) end(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.running[id]; cancel != nil {
		cancel()
		delete(s.running, id)
	}
}

// cancel ends the context of a request, which then answers for itself. It is no
// error when that request has ended already.
func (s *session) cancel(request protocol.Request) {
	var p protocol.CancelParams
	if err := decode(request.Params, &p); err != nil {
		s.respondError(request.ID, err)
		return
	}
	s.mu.Lock()
	cancel := s.running[p.Request]
	s.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	s.respond(request.ID, reply{})
}

// run does a request and answers it. A panic is this request's failure and
// nobody else's; its value may quote a record, so it goes nowhere.
func (s *session) run(ctx context.Context, c *call, m method) {
	defer s.end(c.id)
	if m.gathers && !s.who.person {
		leave, err := s.engine.enterReads(ctx)
		if err != nil {
			s.respondError(c.id, err)
			return
		}
		defer leave() // with the answer out of the door
	}
	r, err := s.contained(ctx, c, m)
	// Out of the table before the answer is out of the door: the sender may use
	// the place at once.
	s.end(c.id)
	if err != nil {
		s.respondError(c.id, err)
		return
	}
	s.respond(c.id, r)
}

func (s *session) contained(ctx context.Context, c *call, m method) (r reply, err error) {
	defer func() {
		if recover() == nil {
			return
		}
		if panicked := s.engine.options.Panicked; panicked != nil {
			panicked(debug.Stack())
		}
		err = store.Errorf(store.CodeUnknown, "something went wrong inside Keepwell")
	}()
	return m.do(ctx, c)
}

// appender is a result that writes itself, for those too large for encoding/json.
type appender interface{ AppendJSON(dst []byte) []byte }

// reply is what a method answers; a nil result is {}.
type reply struct {
	result  any
	buffers [][]byte
	files   []protocol.File // to the person's page only
}

var errTooLarge = tooMuch("the result is too large; ask for it in pages, by limit and offset")

func (s *session) respond(id int64, r reply) {
	message, err := appendReply(nil, id, r.result)
	switch {
	case err != nil:
		s.respondError(id, store.Errorf(store.CodeUnknown, "the result can't be written as JSON"))
		return
	case len(message) > s.limits.result:
		s.respondError(id, errTooLarge)
		return
	}
	s.send(protocol.Message{JSON: message, Buffers: r.buffers, Files: r.files})
}

func appendReply(dst []byte, id int64, result any) ([]byte, error) {
	dst = protocol.AppendResultStart(dst, id)
	switch result := result.(type) {
	case nil:
		dst = append(dst, "{}"...)
	case appender:
		dst = result.AppendJSON(dst)
	default:
		text, err := json.Marshal(result)
		if err != nil {
			return nil, err
		}
		dst = append(dst, text...)
	}
	return protocol.AppendResultEnd(dst), nil
}

func (s *session) respondError(id int64, err error) {
	message, marshalErr := json.Marshal(protocol.Response{ID: id, Error: protocol.ToWire(err)})
	if marshalErr != nil {
		panic("engine: a code and a text always marshal: " + marshalErr.Error())
	}
	s.send(protocol.Message{JSON: message})
	if errors.Is(err, store.ErrRemoved) {
		s.engine.tellLocked(protocol.Locked{Removed: true})
	}
}

// tell sends an event.
func (s *session) tell(event string, params any) {
	text, err := json.Marshal(params)
	if err != nil {
		panic("engine: the params of events always marshal: " + err.Error())
	}
	message, err := json.Marshal(protocol.Event{Event: event, Params: text})
	if err != nil {
		panic("engine: an event always marshals: " + err.Error())
	}
	s.send(protocol.Message{JSON: message})
}

// send may fail only because the port has closed; the session then ends by
// itself, and nobody is left to tell.
func (s *session) send(m protocol.Message) { _ = s.port.Send(m) }
