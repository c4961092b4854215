package engine

import (
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// canaries returns what a page is told to keep.
func (w *world) canaries() <-chan store.Canary { return heard[store.Canary](w, protocol.EventCanary) }

// newest returns the last canary that was told, once count more have come.
func newest(told <-chan store.Canary, count int) (last store.Canary) {
	for range count {
		last = <-told
	}
	return last
}

// While it is in doubt what the browser did to the store, the person sees what is
// there, and apps find it as good as locked.
func TestAStoreThatWasSetBack(t *testing.T) {
	d := newDevice()
	w := d.tab(t)
	portal := w.walker()
	told := w.canaries()
	w.save(portal, "stepCount", 1000)
	before := d.backend.Backend.(*mem.Backend).Clone()
	w.save(portal, "stepCount", 2000)
	kept := newest(told, 2)
	if kept.Counter == 0 || kept.Store == "" || kept.Head == "" {
		t.Fatalf("the page is told to keep %+v", kept)
	}

	d.backend = &medium{Backend: before}
	w = d.tab(t)
	told = w.canaries()
	w.must(w.try(protocol.MethodCanary, kept, nil))
	w.unlock()
	if s := w.lockStatus(); s.Integrity != store.IntegrityRolledBack {
		t.Fatalf("the status is %+v", s)
	}
	portal = w.portal(portalOrigin)
	_, err := portal.Call(t.Context(), protocol.MethodQuery, store.Query{Type: "stepCount"}, nil)
	if wantCode(t, err, store.CodeDatabaseInaccessible); protocol.ToWire(err).Message != protocol.ToWire(seal.ErrLocked).Message {
		t.Errorf("the portal can tell doubt from a lock: %v", err)
	}
	_, err = portal.Call(t.Context(), protocol.MethodRequestStatus, store.AuthorizationRequest{ToShare: []store.TypeID{"stepCount"}}, nil)
	wantCode(t, err, store.CodeDatabaseInaccessible)
	if uuids := w.save(portal, "stepCount", 3000); len(uuids) != 0 {
		t.Errorf("a save in doubt gets %d uuids", len(uuids))
	}
	w.save(w.page, "flightsClimbed", 1000) // a commit, after which the old canary still counts
	if found := w.samples(w.page, store.Query{Type: "stepCount"}); len(found) != 1 {
		t.Errorf("the person sees %d samples", len(found))
	}
	if len(told) != 0 {
		t.Errorf("the page is told to forget %+v for %+v", kept, <-told)
	}

	w.must(w.try(protocol.MethodAccept, nil, nil))
	if now := <-told; now == kept || now.Store != kept.Store {
		t.Errorf("the page is told to keep %+v", now)
	}
	if found := w.samples(portal, store.Query{Type: "stepCount"}); len(found) != 2 {
		t.Errorf("accepted, the portal sees %d samples", len(found))
	}
	if s := w.lockStatus(); s.Integrity != store.IntegrityOK || s.Waiting != 0 {
		t.Errorf("accepted, the status is %+v", s)
	}
}

// An empty store in place of one with records is told; one that the person erased
// is not.
func TestAStoreThatWasReset(t *testing.T) {
	d := newDevice()
	w := d.tab(t)
	told := w.canaries()
	w.save(w.page, "stepCount", 1000)
	kept := newest(told, 1)
	w.must(w.try(protocol.MethodCanary, kept, nil))
	w.must(w.try(protocol.MethodErase, nil, nil))
	if s := w.lockStatus(); s.Integrity != store.IntegrityOK {
		t.Errorf("after erasing the status is %+v", s)
	}

	w = newDevice().tab(t)
	w.must(w.try(protocol.MethodCanary, kept, nil))
	if s := w.lockStatus(); s.Integrity != store.IntegrityReset {
		t.Errorf("in another store the status is %+v", s)
	}
}
