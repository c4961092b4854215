package store_test

import (
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// watcher asks a client again and again whether it saw a change.
type watcher struct {
	t      *testing.T
	client *store.Client
	query  store.AnchoredQuery
}

func (w *watcher) saw() bool {
	w.t.Helper()
	before := w.query.Anchor
	changed, mark, err := w.client.Saw(background, w.query)
	if err != nil {
		w.t.Fatal(err)
	}
	if mark == before {
		w.t.Error("two marks are equal, which tells that nothing happened in between")
	}
	w.query.Anchor = mark
	return changed
}

func (w *watcher) want(want bool, after string) {
	w.t.Helper()
	if w.saw() != want {
		w.t.Errorf("after %s: saw is %t", after, !want)
	}
}

func TestSawTellsOfWhatTheClientSees(t *testing.T) {
	backend := mem.New()
	s, app := sharing(t, backend)
	granted := &watcher{t: t, client: app, query: store.AnchoredQuery{Type: "stepCount"}}
	granted.want(false, "beginning")
	granted.want(false, "nothing")
	importSamples(t, s, steps(phone, 1, 2, 1))
	granted.want(true, "a sample")
	granted.want(false, "nothing more")
	beats := 60.0
	save(t, app, store.Sample{Type: "heartRate", StartDate: 5, EndDate: 5, Value: &beats, Unit: "count/min"})
	granted.want(false, "a sample of another type")
	uuids := save(t, app, steps(phone, 3, 4, 1))
	granted.want(true, "a save")
	if err := app.Delete(background, uuids); err != nil {
		t.Fatal(err)
	}
	granted.want(true, "a deletion")
	reopened := &watcher{t: t, client: open(t, backend).App(portal), query: granted.query}
	reopened.want(false, "reopening the store")
}

func TestSawNeverTellsOfADeniedType(t *testing.T) {
	s := open(t, mem.New())
	request := store.AuthorizationRequest{Read: types{"stepCount"}}
	answer(t, s, portal, request, store.Answer{})
	denied := &watcher{t: t, client: s.App(portal), query: store.AnchoredQuery{Type: "stepCount"}}
	denied.want(false, "beginning")
	importSamples(t, s, steps(phone, 1, 2, 1))
	denied.want(false, "a sample")
	answer(t, s, portal, request, store.Answer{Read: types{"stepCount"}})
	denied.want(true, "being granted")
	if err := s.Revoke(background, portal); err != nil {
		t.Fatal(err)
	}
	denied.want(false, "a revocation")
	importSamples(t, s, steps(phone, 3, 4, 1))
	denied.want(false, "a sample after it")
}

func TestSawObeysTheBoundsOfAGrant(t *testing.T) {
	s := open(t, mem.New())
	request := store.AuthorizationRequest{Read: types{"stepCount"}}
	answer(t, s, portal, request, store.Answer{Read: types{"stepCount"}, HistoryStart: 1000})
	limited := &watcher{t: t, client: s.App(portal), query: store.AnchoredQuery{Type: "stepCount"}}
	limited.want(false, "beginning")
	importSamples(t, s, steps(phone, 1, 2, 1))
	limited.want(false, "a sample before the window")
	importSamples(t, s, steps(phone, 2000, 2001, 1))
	limited.want(true, "a sample within it")
}

func TestSawRefuses(t *testing.T) {
	s, app := sharing(t, mem.New())
	for _, q := range []store.AnchoredQuery{{}, {Type: "nothing"}, {Type: "stepCount", Predicate: &store.Predicate{}}} {
		_, _, err := app.Saw(background, q)
		wantCode(t, err, store.CodeInvalidArgument)
	}
	_, _, err := s.App("https://stranger.example").Saw(background, store.AnchoredQuery{Type: "stepCount"})
	wantCode(t, err, store.CodeAuthorizationNotDetermined)
	for _, mark := range []string{"x", "00000000-0000-8000-8000-000000000000"} {
		changed, _, err := app.Saw(background, store.AnchoredQuery{Type: "stepCount", Anchor: mark})
		if err != nil || changed {
			t.Errorf("a strange mark gives %t, %v", changed, err)
		}
	}
}
