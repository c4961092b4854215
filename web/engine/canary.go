package engine

import (
	"context"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// A canary lies beside the store, in localStorage, which a worker does not have:
// the page hands the engine what it kept, before anything else, and keeps what the
// engine tells it. While a comparison is in doubt the old one stays, and apps find
// the store as good as locked: a state of before may have grants that the person
// took back.

// canary takes what the page kept.
func canary(_ context.Context, c *call, kept store.Canary) (reply, error) {
	if v := c.session.engine.options.Vault; v != nil {
		v.Keep(kept)
	}
	return reply{}, nil
}

// accept goes on with the store as it is.
func accept(ctx context.Context, c *call, _ protocol.Empty) (reply, error) {
	e := c.session.engine
	s, err := e.store(ctx)
	if err != nil {
		return reply{}, err
	}
	if err := s.Accept(); err != nil {
		return reply{}, err
	}
	e.tellCanary()
	e.mergeJournal(ctx)
	e.wakeObservers(nil)
	e.tidySoon() // former keys were kept for what waited
	return reply{}, nil
}

// tellCanary has the pages keep the canary of now. A store without a commit has
// nothing to lose.
func (e *Engine) tellCanary() {
	s := e.opened.Load()
	if s == nil || s.Integrity() != store.IntegrityOK {
		return
	}
	now, err := s.Canary()
	if err != nil || now.Counter == 0 {
		return
	}
	for _, page := range e.allPages() {
		page.tell(protocol.EventCanary, now)
	}
}

// store opens the store for the caller.
func (c *call) store(ctx context.Context) (*store.Store, error) {
	s, err := c.session.engine.store(ctx)
	if err == nil && !c.session.who.person && s.Integrity() != store.IntegrityOK {
		return nil, seal.ErrLocked // in the same words: what the browser did is not theirs to know
	}
	return s, err
}
