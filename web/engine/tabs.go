package engine

import (
	"context"
	"errors"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// Tabs reaches the engines of the other tabs on the same store. What it carries
// are hints: one that is lost costs no correctness, only time.
type Tabs interface {
	// Tell hints to every other tab that something was written. It never waits.
	Tell()
	// Listen calls heard at every hint of another tab. heard must not wait.
	Listen(heard func())
}

// listen looks for what another tab wrote whenever it hints so. Hints that come
// during a look are answered by one more.
func (e *Engine) listen(tabs Tabs) {
	hints := make(chan struct{}, 1)
	tabs.Listen(func() {
		select {
		case hints <- struct{}{}:
		default:
		}
	})
	go func() {
		for range hints {
			e.refresh(context.Background())
		}
	}()
}

// refresh shows what another tab wrote. A store that another tab erased is let
// go of: the next request opens the one that is there now.
func (e *Engine) refresh(ctx context.Context) {
	s := e.opened.Load()
	if s == nil {
		if v := e.options.Vault; v != nil && v.outlived(ctx) {
			e.tellLocked(protocol.Locked{})
			return
		}
		e.tellPages(nil) // what they asked for last may have failed in the middle of the other tab's work
		return
	}
	err := e.awake(ctx, true)
	if err == nil {
		err = s.Refresh(ctx)
	}
	if errors.Is(err, store.ErrRemoved) {
		e.tellLocked(protocol.Locked{Removed: true})
		return
	}
	if !isLocked(err) {
		e.mergeJournal(ctx)  // a locked tab may have taken a save
		e.wakeObservers(nil) // the other tab may have changed what apps see, too
		return               // what else may fail, the next request will meet and report
	}
	e.opening.Lock()
	defer e.opening.Unlock()
	if e.opened.CompareAndSwap(s, nil) {
		e.grants.Add(1)
		if e.options.Vault != nil {
			e.options.Vault.forget()
		}
		_ = s.Close()
		e.tellPages(nil)
	}
}
