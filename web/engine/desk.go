package engine

import (
	"context"
	"sync"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// desk keeps the sheets that people have before them. An origin has at most one
// at a time; its other requests wait in line.
type desk struct {
	mu    sync.Mutex
	last  int64             // the id given last
	open  map[int64]*asking // sheets without an answer
	lines map[string]*line  // by origin
}

// asking is a sheet that has no answer yet.
type asking struct {
	id      int64
	origin  string
	request store.AuthorizationRequest
	page    *session   // that shows it
	outcome chan error // cap 1: nil when the person answered
}

// line is the requests of one origin, one after the other. A sheet that is
// closed without an answer sends home all who wait behind it.
type line struct {
	turn   chan struct{} // cap 1: held by who has the turn
	closed chan struct{} // closed, and replaced, when a sheet is closed
}

func newDesk() *desk {
	return &desk{open: make(map[int64]*asking), lines: make(map[string]*line)}
}

// errClosed is what an app hears of a sheet that got no answer, whoever closed
// it, and of one that was not shown because earlier ones were closed.
func errClosed() error {
	return store.Errorf(store.CodeUserCanceled, "the person closed the request without an answer")
}

// enter waits for the turn of an origin. leave gives it on.
func (d *desk) enter(ctx context.Context, origin string) (leave func(), err error) {
	l, closed := d.line(origin)
	select {
	case l.turn <- struct{}{}:
		return func() { <-l.turn }, nil
	case <-closed:
		return nil, errClosed()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (d *desk) line(origin string) (l *line, closed <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l = d.lines[origin]
	if l == nil {
		l = &line{turn: make(chan struct{}, 1), closed: make(chan struct{})}
		d.lines[origin] = l
	}
	return l, l.closed
}

// show puts a sheet before the person and waits until it is answered, closed,
// or nobody wants the answer any more. The caller holds the origin's turn.
func (d *desk) show(ctx context.Context, page *session, params protocol.Asking) error {
	a := d.put(page, params)
	params.Asking = a.id
	page.tell(protocol.EventAsking, params)
	select {
	case err := <-a.outcome:
		return err
	case <-ctx.Done():
	}
	if d.take(a.id, page) == nil {
		return <-a.outcome // the person was faster: what they decided stands
	}
	page.tell(protocol.EventAskingEnded, protocol.AskingEnded{Asking: a.id})
	return ctx.Err()
}

func (d *desk) put(page *session, params protocol.Asking) *asking {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last++
	a := &asking{
		id: d.last, origin: params.Origin, request: params.AuthorizationRequest,
		page: page, outcome: make(chan error, 1),
	}
	d.open[a.id] = a
	return a
}

// take makes the caller the one who settles the sheet: nil when another has
// done so or the page does not show it.
func (d *desk) take(id int64, page *session) *asking {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.open[id]
	if a == nil || a.page != page {
		return nil
	}
	delete(d.open, id)
	return a
}

// canceled settles a sheet that was taken and then closed.
func (d *desk) canceled(a *asking) {
	d.mu.Lock()
	l := d.lines[a.origin]
	close(l.closed)
	l.closed = make(chan struct{})
	d.mu.Unlock()
	a.outcome <- errClosed()
}
