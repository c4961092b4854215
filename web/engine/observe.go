package engine

import (
	"context"
	"slices"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// observer watches a type for a portal. Commits wake it; what it then sees, with
// the portal's own eyes, decides whether the portal hears of it. A commit of
// other types, or of samples that the portal may not see, looks to the portal
// like no commit.
type observer struct {
	id      int64
	session *session
	query   store.AnchoredQuery // its anchor is the mark of the last look
	wake    chan struct{}       // cap 1
	end     context.CancelFunc
}

// observe answers once the observer listens: no change after the answer is missed.
func observe(ctx context.Context, c *call, p protocol.ObserveParams) (reply, error) {
	if len(c.params) > c.session.limits.watching {
		return reply{}, tooMuch("what an observer asks for is too large")
	}
	o := &observer{
		id: c.id, session: c.session, wake: make(chan struct{}, 1),
		query: store.AnchoredQuery{Type: p.Type, Predicate: p.Predicate, Anchor: p.Mark},
	}
	watching, end := context.WithCancel(c.session.ctx)
	o.end = end
	if err := c.session.addObserver(o); err != nil {
		end()
		return reply{}, err
	}
	if p.Mark != "" { // looks at what happened meanwhile, and if the store is locked, later
		o.nudge()
	} else if _, err := o.look(ctx, c); err != nil {
		c.session.removeObserver(o.id)
		return reply{}, err
	}
	result := protocol.ObserveResult{Mark: o.query.Anchor}
	c.session.work.Go(func() { o.run(watching) })
	return reply{result: result}, nil
}

func unobserve(_ context.Context, c *call, p protocol.UnobserveParams) (reply, error) {
	c.session.removeObserver(p.Observer)
	return reply{}, nil
}

// run looks whenever it is woken. While the store is closed or locked it has
// nothing to look at; opening it wakes the observer again.
func (o *observer) run(ctx context.Context) {
	defer o.session.removeObserver(o.id)
	for {
		select {
		case <-o.wake:
		case <-ctx.Done():
			return
		}
		if o.session.engine.opened.Load() == nil {
			continue
		}
		changed, err := o.look(ctx, &call{session: o.session})
		if store.CodeOf(err) == store.CodeInvalidArgument {
			return // it never can see anything
		}
		if err == nil && changed && ctx.Err() == nil {
			o.session.tell(protocol.EventObserved, protocol.Observed{Observer: o.id, Mark: o.query.Anchor})
		}
	}
}

// glance is what an observer saw.
type glance struct {
	changed bool
	mark    string
}

// look moves the mark to now and reports whether anything was passed.
func (o *observer) look(ctx context.Context, c *call) (changed bool, err error) {
	seen, err := granted(ctx, c, func(client *store.Client) (g glance, err error) {
		g.changed, g.mark, err = client.Saw(ctx, o.query)
		return g, err
	})
	if err == nil {
		o.query.Anchor = seen.mark
	}
	return seen.changed, err
}

func (o *observer) nudge() {
	select {
	case o.wake <- struct{}{}:
	default: // it will look anyway
	}
}

func (s *session) addObserver(o *observer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.watches) >= s.limits.observed {
		return tooMuch("too many observers are there already")
	}
	if s.watches[o.id] != nil {
		return invalid("an observer of this id is there already")
	}
	if s.watches == nil {
		s.watches = make(map[int64]*observer)
	}
	s.watches[o.id] = o
	s.engine.addObserver(o)
	return nil
}

func (s *session) removeObserver(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.watches[id]; o != nil {
		o.end()
		delete(s.watches, id)
		s.engine.removeObserver(o)
	}
}

func (e *Engine) addObserver(o *observer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.observers[o] = true
}

func (e *Engine) removeObserver(o *observer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.observers, o)
}

// wakeObservers has those of some types look; none means all of them.
func (e *Engine) wakeObservers(types []store.TypeID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for o := range e.observers {
		if len(types) == 0 || slices.Contains(types, o.query.Type) {
			o.nudge()
		}
	}
}
