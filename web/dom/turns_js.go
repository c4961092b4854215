//go:build js && wasm

package dom

import (
	"context"
	"math/rand/v2"
	"sync"
	"syscall/js"
	"time"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// Turns gives out one turn among the tabs of this origin, by an exclusive lock (Web
// Locks API). A tab that is frozen does not give a lock back: who waits takes it away
// when its holder has not given a sign of life for a while. That one may not notice
// until it wakes, so what it does then must be checked elsewhere.
//
// Where a browser has no locks, everybody has a turn.
type Turns struct {
	name     string
	beat     time.Duration // between two signs of life of a holder
	patience int           // beats without one, as counted here, until its turn is taken away
}

// NewTurns joins the tabs that use the same name.
func NewTurns(name string) *Turns {
	return &Turns{name: name, beat: time.Second / 2, patience: 10}
}

// Try implements store.Turns.
func (t *Turns) Try(ctx context.Context) (release func(), err error) {
	h := t.request(map[string]any{"ifAvailable": true})
	if err := h.wait(ctx); err != nil || !h.granted {
		return nil, err
	}
	return t.keep(h), nil
}

// Take implements store.Turns.
func (t *Turns) Take(ctx context.Context) (release func(), err error) {
	if release, err := t.Try(ctx); release != nil || err != nil {
		return release, err
	}
	signs := js.Global().Get("BroadcastChannel").New(t.name)
	defer signs.Call("close")
	alive := make(chan struct{}, 1)
	defer jsx.Listen(signs, "message", func(js.Value) {
		select {
		case alive <- struct{}{}:
		default:
		}
	})()
	h := t.request(map[string]any{})
	// Beats are counted, and not the clock: it leaps when a device wakes. That several
	// who wait don't take it from each other, none is as patient as the next.
	left := t.patience + rand.IntN(t.patience/2+1)
	patience := left
	ticker := time.NewTicker(t.beat)
	defer ticker.Stop()
	for {
		select {
		case <-h.settled:
			if !h.granted {
				return nil, h.err
			}
			return t.keep(h), nil
		case <-alive:
			left = patience
		case <-ticker.C:
			if left--; left == 0 {
				h.release()
				h = t.request(map[string]any{"steal": true})
			}
		case <-ctx.Done():
			h.release()
			return nil, ctx.Err()
		}
	}
}

// keep gives signs of life until the turn is given back or taken away. release
// returns when the turn is free, so that Try finds it so.
func (t *Turns) keep(h *hold) (release func()) {
	signs := js.Global().Get("BroadcastChannel").New(t.name)
	go func() {
		ticker := time.NewTicker(t.beat)
		defer ticker.Stop()
		defer signs.Call("close")
		for {
			select {
			case <-ticker.C:
				signs.Call("postMessage", js.Null())
			case <-h.ended:
				return
			}
		}
	}()
	return func() {
		h.release()
		<-h.done
	}
}

// hold is one request for the lock.
type hold struct {
	settled chan struct{} // closed once it is granted or refused
	granted bool
	err     error         // why it was refused, if not for being taken
	ended   chan struct{} // closed once it is being given back, or was taken away
	done    chan struct{} // closed once the browser knows, too
	release func()        // gives it back, or up
}

// request asks for the lock.
func (t *Turns) request(options map[string]any) *hold {
	h := &hold{settled: make(chan struct{}), ended: make(chan struct{}), done: make(chan struct{})}
	settle := sync.OnceFunc(func() { close(h.settled) })
	end := sync.OnceFunc(func() { close(h.ended) })
	locks := js.Global().Get("navigator").Get("locks")
	if !locks.Truthy() {
		h.granted, h.release = true, end
		settle()
		close(h.done)
		return h
	}
	var resolve js.Value
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any {
		resolve = args[0]
		return nil
	})
	held := js.Global().Get("Promise").New(executor) // which calls the executor at once
	executor.Release()
	h.release = sync.OnceFunc(func() { resolve.Invoke(); end() })
	granted := js.FuncOf(func(_ js.Value, args []js.Value) any {
		h.granted = args[0].Truthy() // null: not available
		settle()
		if !h.granted {
			return nil
		}
		return held // the lock is held until it is fulfilled
	})
	request, err := jsx.Call(locks, "request", t.name, options, granted)
	go func() {
		if err == nil {
			_, err = jsx.Await(context.Background(), request) // rejects when the lock is taken away
		}
		h.err = err
		granted.Release()
		settle()
		end()
		close(h.done)
	}()
	return h
}

// wait returns when the request is granted or refused.
func (h *hold) wait(ctx context.Context) error {
	select {
	case <-h.settled:
		return h.err
	case <-ctx.Done():
		h.release()
		return ctx.Err()
	}
}
