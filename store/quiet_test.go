package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// testClock is a store's clock that a test sets.
type testClock struct{ now time.Time }

func (c *testClock) set(o *store.Options) { o.Now = func() time.Time { return c.now } }

func show(t *testing.T, s *store.Store, origin string) bool {
	t.Helper()
	shown, err := s.Show(background, origin)
	if err != nil {
		t.Fatal(err)
	}
	return shown
}

func TestQuietGrowsToABound(t *testing.T) {
	c := &testClock{time.Unix(1e9, 0)}
	s := open(t, mem.New(), c.set)
	request := store.AuthorizationRequest{Read: types{"stepCount"}}
	ask(t, s, portal, request)
	for i, want := range []time.Duration{0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60} {
		if !show(t, s, portal) {
			t.Fatalf("sheet %d is not shown", i+1)
		}
		c.now = c.now.Add(3 * time.Hour) // for as long it stands, which does not count
		wantCode(t, s.Answer(background, portal, request, store.Answer{Canceled: true}), store.CodeUserCanceled)
		if want == 0 {
			continue
		}
		c.now = c.now.Add(want*time.Minute - time.Millisecond)
		if show(t, s, portal) {
			t.Errorf("after %d closed sheets quiet ends before %v min", i+1, int(want))
		}
		c.now = c.now.Add(time.Millisecond)
	}
	show(t, s, portal)
	c.now = c.now.Add(-24 * time.Hour)
	if !show(t, s, portal) {
		t.Error("a clock that was set back by a day quiets for a day")
	}
}

func TestAnAnswerEndsQuiet(t *testing.T) {
	c := &testClock{time.Unix(1e9, 0)}
	backend := mem.New()
	s := open(t, backend, c.set)
	request := store.AuthorizationRequest{Read: types{"stepCount"}}
	ask(t, s, portal, request)
	for range 3 { // none of them is closed: the app takes them off
		show(t, s, portal)
	}
	elsewhere := open(t, backend, c.set) // as a window that was loaded again
	if show(t, elsewhere, portal) {
		t.Error("another window shows a fourth sheet at once")
	}
	answer(t, s, portal, request, store.Answer{})
	if !show(t, s, portal) {
		t.Error("an answer, of whatever content, must start over")
	}
}

// A site that asks under one name after the other is kept with its last ones alone;
// whom the person answered stays.
func TestAppsWithoutAnAnswerAreBounded(t *testing.T) {
	c := &testClock{time.Unix(1e9, 0)}
	s := open(t, mem.New(), c.set)
	request := store.AuthorizationRequest{Read: types{"stepCount"}}
	answer(t, s, portal, request, store.Answer{})
	const asked, kept = 130, 100
	for n := range asked {
		c.now = c.now.Add(time.Second)
		ask(t, s, fmt.Sprintf("https://n%03d.evil.example", n), request)
	}
	apps, err := s.Apps(background)
	if err != nil || len(apps) != kept+1 {
		t.Fatalf("%d apps are kept, %v; want %d", len(apps), err, kept+1)
	}
	if first, last := apps[0].Origin, apps[kept].Origin; first != "https://n030.evil.example" || last != portal {
		t.Errorf("those from %s to %s are kept", first, last)
	}
}
