package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// lockOfTest gives out turns as a browser's lock does, and lets a test take one away.
type lockOfTest struct{ token chan struct{} }

func newLock() *lockOfTest { return &lockOfTest{make(chan struct{}, 1)} }

func (l *lockOfTest) Take(ctx context.Context) (func(), error) {
	select {
	case l.token <- struct{}{}:
		return sync.OnceFunc(func() { <-l.token }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *lockOfTest) Try(ctx context.Context) (func(), error) {
	select {
	case l.token <- struct{}{}:
		return sync.OnceFunc(func() { <-l.token }), nil
	default:
		return nil, nil
	}
}

func withTurns(turns store.Turns) func(*store.Options) {
	return func(o *store.Options) { o.Turns, o.Shared = turns, true }
}

// TestTurns has many tabs import at once: all of it is there.
func TestTurns(t *testing.T) {
	backend, lock := mem.New(), newLock()
	var tabs sync.WaitGroup
	for n := range 6 {
		tab := open(t, backend, withTurns(lock))
		tabs.Go(func() {
			var records []record
			for at := range 50 {
				records = append(records, record{clinicA, "Condition", fmt.Sprint(n, "-", at), "", 1000})
			}
			importRecords(t, tab, records...)
		})
	}
	tabs.Wait()
	if got := len(query(t, open(t, backend).Person(), store.Query{Type: store.ConditionRecord})); got != 300 {
		t.Errorf("%d records are there, want 300", got)
	}
}

// TestTurnIsGivenBack ends imports in every way.
func TestTurnIsGivenBack(t *testing.T) {
	lock := newLock()
	s := open(t, mem.New(), withTurns(lock))
	free := func(after string) {
		t.Helper()
		turn, _ := lock.Try(background)
		if turn == nil {
			t.Fatalf("after %s the turn is not given back", after)
		}
		turn()
	}
	im := begin(t, s)
	if turn, _ := lock.Try(background); turn != nil {
		t.Error("an import has no turn")
	}
	im.Rollback(background)
	free("a rollback")
	commit(t, begin(t, s))
	free("a commit")
	compact(t, s, true)
	free("a compaction")

	turn, _ := lock.Take(background)
	_, err := s.Compact(background, true)
	wantCode(t, err, store.CodeUnknown)
	ctx, cancel := context.WithCancel(background)
	cancel()
	_, err = s.BeginImport(ctx)
	wantCode(t, err, store.CodeUserCanceled)
	turn()
	commit(t, begin(t, s))
	free("waiting in vain")

	medium := mem.New()
	broken := open(t, medium, withTurns(lock))
	medium.Close()
	if _, err := broken.BeginImport(background); err == nil {
		t.Error("an import starts on a closed medium")
	}
	free("a start that failed")
}

// TestLostTurn wakes a tab that another took its turn from: it says so, and what
// it had begun is gone.
func TestLostTurn(t *testing.T) {
	backend := mem.New()
	frozen := open(t, backend, withTurns(newLock()))
	im := begin(t, frozen)
	addRecord(im, record{clinicA, "Condition", "lost", "", 1000})
	importRecords(t, open(t, backend, withTurns(newLock())), record{clinicA, "Condition", "kept", "", 1000})
	err := im.Commit(background)
	if codeOf(t, err) != store.CodeUnknown || !strings.Contains(err.Error(), "another tab took over") {
		t.Errorf("Commit = %v", err)
	}
	if err := im.Rollback(background); err != nil {
		t.Error(err)
	}
	frozen.Refresh(background)
	if got := idsOf(query(t, frozen.Person(), store.Query{Type: store.ConditionRecord})); len(got) != 1 || got[0] != "kept" {
		t.Errorf("records %v", got)
	}
}
