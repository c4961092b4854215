package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// saving returns a save of one sample.
func saving(id store.TypeID, start int64) protocol.SaveParams {
	value := 1.0
	return protocol.SaveParams{Samples: []store.Sample{{Type: id, StartDate: start, EndDate: start + 1, Value: &value, Unit: "count"}}}
}

func (w *world) save(client *protocol.Client, id store.TypeID, start int64) []string {
	w.t.Helper()
	var result protocol.SaveResult
	w.call(client, protocol.MethodSave, saving(id, start), &result)
	return result.UUIDs
}

// walker returns a portal that may write steps and may not write flights, in a
// tab whose store has a passphrase.
func (w *world) walker() *protocol.Client {
	w.t.Helper()
	w.setPassphrase("first")
	portal := w.portal(portalOrigin)
	done := w.ask(portal, store.AuthorizationRequest{ToShare: []store.TypeID{"stepCount", "flightsClimbed"}})
	w.answer(store.Answer{Share: []store.TypeID{"stepCount"}})
	w.must(<-done)
	return portal
}

func (w *world) unlock() {
	w.t.Helper()
	w.must(w.try(protocol.MethodUnlock, protocol.Secret{Passphrase: "first"}, nil))
}

// What a portal saves while the records are locked is there after unlocking, as
// far as it may write it, and it is told neither way.
func TestAPortalSavesWhileLocked(t *testing.T) {
	w := newDevice().tab(t)
	portal := w.walker()
	if uuids := w.save(portal, "stepCount", 1000); len(uuids) != 1 {
		t.Fatalf("before the lock it gets %d uuids", len(uuids))
	}
	w.must(w.try(protocol.MethodLock, protocol.LockParams{All: true}, nil))
	for start, id := range []store.TypeID{"stepCount", "flightsClimbed", "stepCount"} {
		if uuids := w.save(portal, id, int64(2000+start)); uuids == nil || len(uuids) != 0 {
			t.Errorf("while locked it gets %v, want []", uuids)
		}
	}
	if s := w.lockStatus(); !s.Locked || s.Waiting != 3 {
		t.Errorf("while locked the status is %+v", s)
	}
	_, err := portal.Call(t.Context(), protocol.MethodSave, saving(store.AllergyRecord, 1), nil)
	wantCode(t, err, store.CodeInvalidArgument)
	w.refused(store.CodeDatabaseInaccessible, protocol.MethodSave, saving("stepCount", 1))
	_, err = portal.Call(t.Context(), protocol.MethodDelete, protocol.DeleteParams{UUIDs: []string{"x"}}, nil)
	wantCode(t, err, store.CodeDatabaseInaccessible)

	var fetched protocol.FetchResult
	answer, err := portal.Do(t.Context(), protocol.Exchange{Method: protocol.MethodFetch, Params: protocol.FetchParams{URL: "Condition"}, Result: &fetched})
	if err != nil || fetched.Status != 503 || !bytes.Contains(answer[0], []byte("OperationOutcome")) {
		t.Errorf("a fetch is answered with %d, %v", fetched.Status, err)
	}

	changed := w.changes()
	w.unlock()
	if c := <-changed; len(c.Types) != 1 || c.Types[0] != "stepCount" {
		t.Errorf("the page hears of %v", c.Types)
	}
	if s := w.lockStatus(); s.Waiting != 0 {
		t.Errorf("%d still wait", s.Waiting)
	}
	if found := w.samples(portal, store.Query{Type: "stepCount"}); len(found) != 3 {
		t.Errorf("there are %d samples, want 3", len(found))
	}
	if found := w.samples(w.page, store.Query{Type: "flightsClimbed"}); len(found) != 0 {
		t.Errorf("%d samples that the portal may not write", len(found))
	}
}

// A save in a tab that is locked shows at once in one that is not.
func TestAnOpenTabTakesInWhatALockedOneGot(t *testing.T) {
	d := newDevice()
	open, locked := d.tab(t), d.tab(t)
	open.walker()
	changed := open.changes()
	if !locked.lockStatus().Locked {
		t.Fatal("the other tab is open")
	}
	locked.save(locked.portal(portalOrigin), "stepCount", 1000)
	<-changed
	if found := open.samples(open.page, store.Query{Type: "stepCount"}); len(found) != 1 {
		t.Errorf("there are %d samples", len(found))
	}
	if waiting := locked.lockStatus().Waiting; waiting != 0 {
		t.Errorf("%d wait", waiting)
	}
}

// Two tabs that are unlocked at once take a save in once.
func TestTwoTabsUnlockAtOnce(t *testing.T) {
	d := newDevice()
	here, there := d.tab(t), d.tab(t)
	portal := here.walker()
	here.must(here.try(protocol.MethodLock, protocol.LockParams{All: true}, nil))
	for n := range 20 {
		here.save(portal, "stepCount", int64(1000+n))
	}
	done := later(func() error {
		return there.try(protocol.MethodUnlock, protocol.Secret{Passphrase: "first"}, nil)
	})
	here.unlock()
	here.must(<-done)
	for _, w := range []*world{here, there} {
		w.engine.refresh(t.Context())
		if found := w.samples(w.page, store.Query{Type: "stepCount"}); len(found) != 20 {
			t.Errorf("there are %d samples, want 20", len(found))
		}
	}
}

// A save that finds the records locked, and is written when they are open already,
// is taken in too.
func TestASaveOvertakenByUnlocking(t *testing.T) {
	d := newDevice()
	w := d.tab(t)
	portal := w.walker()
	w.must(w.try(protocol.MethodLock, protocol.LockParams{All: true}, nil))
	d.backend.journaled = func() {
		secret, err := seal.Passphrase("first", nil)
		w.must(err)
		w.must(w.engine.options.Vault.Unlock(t.Context(), secret))
		_, err = w.engine.store(t.Context())
		w.must(err)
	}
	w.save(portal, "stepCount", 1000)
	if found := w.samples(w.page, store.Query{Type: "stepCount"}); len(found) != 1 {
		t.Errorf("there are %d samples", len(found))
	}
}

// What a portal saves just when an engine ends is not done by it, and the portal
// learns that: the next engine does it.
func TestAnEngineTakesLeave(t *testing.T) {
	w := newDevice().tab(t)
	portal := w.walker()
	w.save(portal, "stepCount", 1000)
	left := make(chan int64, 1)
	portal.On(protocol.EventLeft, func(params json.RawMessage) {
		var p protocol.Left
		w.must(json.Unmarshal(params, &p))
		left <- p.Request
	})
	w.must(w.try(protocol.MethodLeave, nil, nil))
	last := <-left
	late := later(func() error {
		_, err := portal.Call(t.Context(), protocol.MethodSave, saving("stepCount", 2000), nil)
		return err
	})
	w.unlock() // the page goes on until it ends the engine, and may think better of it
	var found protocol.QueryResult
	w.must(w.try(protocol.MethodQuery, store.Query{Type: "stepCount"}, &found))
	if len(found.Samples) != 1 {
		t.Errorf("after the leave there are %d samples", len(found.Samples))
	}
	w.must(portal.Close())
	if err := <-late; !errors.Is(err, protocol.ErrPortClosed) {
		t.Errorf("after the leave the portal is answered: %v", err)
	}
	if last < 2 {
		t.Errorf("the request taken last is %d", last)
	}
}

// A message without an ID in the end must not have the portal send all of it again.
func TestAnEngineTakesLeaveAfterNonsense(t *testing.T) {
	w := newDevice().tab(t)
	w.walker()
	port := w.attach(portalOrigin)
	for _, text := range []string{`{"id":7,"method":"bye?","params":{}}`, "nonsense", `{"id":8,"method":"` + strings.Repeat("x", 1<<20) + `"}`} {
		w.must(port.Send(protocol.Message{JSON: []byte(text)}))
	}
	for _, id := range []int64{7, 0, 0} {
		var response protocol.Response
		w.must(json.Unmarshal((<-port.Receive()).JSON, &response))
		if response.ID != id || response.Error == nil {
			t.Errorf("the answer is %+v, want an error for %d", response, id)
		}
	}
	w.must(w.try(protocol.MethodLeave, nil, nil))
	if event := string((<-port.Receive()).JSON); event != `{"event":"left","params":{"request":7}}` {
		t.Errorf("the engine leaves with %s", event)
	}
}
