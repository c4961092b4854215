//go:build js && wasm

package dom

import (
	"context"
	"crypto/rand"
	"errors"
	"syscall/js"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/store"
)

var _ store.Turns = (*Turns)(nil)

// quick returns turns of the test's own, whose patience ends soon.
func quick() *Turns {
	return &Turns{name: "turns-" + rand.Text(), beat: 20 * time.Millisecond, patience: 8}
}

func take(t *testing.T, turns *Turns) func() {
	t.Helper()
	release, err := turns.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return release
}

func TestTurns(t *testing.T) {
	turns := quick()
	release := take(t, turns)
	if second, err := turns.Try(t.Context()); second != nil || err != nil {
		t.Errorf("Try gives a turn that is taken: %v", err)
	}
	next := make(chan func())
	go func() { next <- take(t, turns) }()
	// It waits far longer than its patience, since there are signs of life.
	select {
	case <-next:
		t.Error("a turn is taken from a holder that gives signs of life")
	case <-time.After(time.Duration(4*turns.patience) * turns.beat):
		release()
		release = <-next
	}
	release()
	release() // does nothing more
	last, err := turns.Try(t.Context())
	if last == nil || err != nil {
		t.Fatalf("a turn that was given back is not there: %v", err)
	}
	last()
}

// Who stops waiting leaves nothing behind.
func TestTurnsGivenUp(t *testing.T) {
	turns := quick()
	release := take(t, turns)
	ctx, cancel := context.WithCancel(t.Context())
	waited := make(chan error, 1)
	go func() {
		_, err := turns.Take(ctx)
		waited <- err
	}()
	cancel()
	if err := <-waited; !errors.Is(err, context.Canceled) {
		t.Errorf("Take = %v", err)
	}
	release()
	take(t, turns)()
}

// A turn is taken from a holder that is silent, which can give it back no more.
func TestTurnsTakenAway(t *testing.T) {
	turns := quick()
	silent := turns.request(map[string]any{})
	<-silent.settled
	release := take(t, turns)
	<-silent.ended
	if !jsx.Named(silent.err, "AbortError") {
		t.Errorf("the one it was taken from hears %v", silent.err)
	}
	silent.release()
	if other, _ := turns.Try(t.Context()); other != nil {
		t.Error("who lost the turn gave it to another")
	}
	release()
}

func TestTurnsWithoutLocks(t *testing.T) {
	navigator := js.Global().Get("navigator")
	js.Global().Get("Object").Call("defineProperty", navigator, "locks", map[string]any{"configurable": true, "value": js.Undefined()})
	defer navigator.Delete("locks")
	turns := quick()
	defer take(t, turns)()
	take(t, turns)()
}
