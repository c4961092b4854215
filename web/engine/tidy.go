package engine

import (
	"context"
	"time"
)

const (
	tidyRetry    = 20 * time.Second // after an import or another tab stood in the way
	tidyAttempts = 30               // in one go: ten minutes
)

// tidySoon has the open store tidied: at once, or when what is under way allows it.
func (e *Engine) tidySoon() {
	select {
	case e.untidy <- struct{}{}:
	default:
	}
	go e.tidy()
}

// tidy compacts the store in the background: deleted records go, and after the
// first unlock method everything is sealed anew. What was saved while locked and
// could not be taken in then is tried again. Other requests are served between its
// steps; one that is broken off goes on at the next start.
func (e *Engine) tidy() {
	for len(e.untidy) > 0 && e.tidying.CompareAndSwap(false, true) {
		e.compact()
		e.tidying.Store(false)
	}
}

// compact tries until the store is tidy: again after a while, or once told to.
func (e *Engine) compact() {
	for range tidyAttempts {
		select {
		case <-e.untidy:
		case <-time.After(tidyRetry):
		}
		s := e.opened.Load() // it may be another than the one that was in the way
		if s == nil || e.awake(context.Background(), true) != nil {
			return
		}
		_ = s.MergeJournal(context.Background()) // what could not be taken in before
		_, err := s.Compact(context.Background(), false)
		if err == nil || isLocked(err) {
			return
		}
		// What else fails, as a full disk, changes nothing and is met by the next
		// write, which tells the person.
	}
}
