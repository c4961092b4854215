package engine

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// channel joins tabs as a BroadcastChannel does: who tells does not hear itself.
type channel struct {
	mu   sync.Mutex
	tabs []*tab
}

type tab struct {
	channel *channel
	heard   func()
}

func (c *channel) join() *tab {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &tab{channel: c}
	c.tabs = append(c.tabs, t)
	return t
}

func (t *tab) Listen(heard func()) { t.heard = heard }

func (t *tab) Tell() {
	t.channel.mu.Lock()
	defer t.channel.mu.Unlock()
	for _, other := range t.channel.tabs {
		if other != t && other.heard != nil {
			other.heard()
		}
	}
}

// twoTabs are two engines on one store.
func twoTabs(t *testing.T) (here, there *world) {
	t.Helper()
	backend, device, shared := mem.New(), seal.NewMemoryKeys(), &channel{}
	open := func(ctx context.Context) (*store.Store, error) {
		keys, err := seal.OpenKeyring(ctx, backend, device)
		if err != nil {
			return nil, err
		}
		sealer, err := keys.Sealer()
		if err != nil {
			return nil, err
		}
		return store.Open(ctx, unclosed{backend}, sealer, store.Options{Shared: true})
	}
	newTab := func() *world {
		w := &world{t: t, asked: make(chan protocol.Asking, 10), ended: make(chan int64, 10), clock: &clock{}}
		w.engine = New(Options{Open: open, Tabs: shared.join()})
		w.page = w.newPage(t.Context())
		w.call(w.page, protocol.MethodStatus, nil, nil) // opens the store
		return w
	}
	return newTab(), newTab()
}

// unclosed is a backend that one tab does not close under another.
type unclosed struct{ store.Backend }

func (unclosed) Close() error { return nil }

// heard returns what the page is told by an event.
func heard[T any](w *world, event string) <-chan T {
	told := make(chan T, 100)
	w.page.On(event, func(params json.RawMessage) {
		var one T
		w.must(json.Unmarshal(params, &one))
		told <- one
	})
	return told
}

func (w *world) changes() <-chan protocol.Changed {
	return heard[protocol.Changed](w, protocol.EventChanged)
}

func TestATabShowsWhatAnotherBrought(t *testing.T) {
	here, there := twoTabs(t)
	changed := there.changes()
	here.bring(file("a1c.json", hemoglobin))
	for {
		if c := <-changed; slices.Contains(c.Types, labs) {
			break
		}
	}
	if found := there.samples(there.page, store.Query{Type: labs}); len(found) != 1 {
		t.Errorf("the other tab finds %d samples", len(found))
	}
}

func TestARevocationInAnotherTabTakesEffectAtOnce(t *testing.T) {
	here, there := twoTabs(t)
	changed := there.changes()
	here.bring(file("a1c.json", hemoglobin))
	<-changed
	portal := there.portal(portalOrigin)
	done := there.ask(portal, read(labs))
	there.answer(store.Answer{Read: []store.TypeID{labs}})
	there.must(<-done)
	if found := there.samples(portal, store.Query{Type: labs}); len(found) != 1 {
		t.Fatalf("the portal reads %d samples", len(found))
	}
	here.call(here.page, protocol.MethodRevoke, protocol.RevokeParams{Origin: portalOrigin}, nil)
	if found := there.samples(portal, store.Query{Type: labs}); len(found) != 0 {
		t.Error("the portal in the other tab still reads")
	}
}

func TestATabLetsGoOfAStoreThatAnotherErased(t *testing.T) {
	here, there := twoTabs(t)
	changed := there.changes()
	here.bring(file("a1c.json", hemoglobin))
	<-changed
	here.call(here.page, protocol.MethodErase, nil, nil)
	for {
		if c := <-changed; len(c.Types) == 0 || len(there.samples(there.page, store.Query{Type: labs})) == 0 {
			break
		}
	}
	if found := there.samples(there.page, store.Query{Type: labs}); len(found) != 0 {
		t.Errorf("the other tab still finds %d samples", len(found))
	}
	there.bring(file("pen.json", penicillin))
}
