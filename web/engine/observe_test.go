package engine

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

const allergies store.TypeID = "allergyRecord"

// observing has a portal observe a type, and returns where the signals come.
func (w *world) observing(portal *protocol.Client, p protocol.ObserveParams) <-chan protocol.Observed {
	w.t.Helper()
	signals := make(chan protocol.Observed, 10)
	portal.On(protocol.EventObserved, func(params json.RawMessage) {
		var o protocol.Observed
		w.must(json.Unmarshal(params, &o))
		signals <- o
	})
	w.call(portal, protocol.MethodObserve, p, nil)
	return signals
}

// reader is a portal that was granted some of the types that it asked for.
func (w *world) reader(asked, granted []store.TypeID) *protocol.Client {
	w.t.Helper()
	portal := w.portal(portalOrigin)
	done := w.ask(portal, read(asked...))
	w.answer(store.Answer{Read: granted, FutureRecords: store.FutureAlways})
	w.must(<-done)
	return portal
}

// The signal of the granted type shows that the denied one's has had its time.
func TestAnObserverHearsOfWhatWasGrantedOnly(t *testing.T) {
	w := newWorld(t)
	portal := w.reader([]store.TypeID{labs, allergies}, []store.TypeID{labs})
	denied := w.observing(portal, protocol.ObserveParams{Type: allergies})
	first := <-w.signalsAfter(portal, labs, file("pen.json", penicillin), file("a1c.json", hemoglobin))
	if first.Observer != 4 || first.Mark == "" {
		t.Errorf("the first signal is %+v, want the observer of labs", first)
	}
	if heard := <-denied; heard != first { // both listen to the one event
		t.Errorf("heard %+v of a denied type", heard)
	}
}

func (w *world) signalsAfter(portal *protocol.Client, id store.TypeID, files ...protocol.File) <-chan protocol.Observed {
	w.t.Helper()
	signals := w.observing(portal, protocol.ObserveParams{Type: id})
	for _, one := range files {
		w.bring(one)
	}
	return signals
}

func TestAnObserverHearsOfAnotherTab(t *testing.T) {
	here, there := twoTabs(t)
	portal := there.reader([]store.TypeID{labs}, []store.TypeID{labs})
	signals := there.observing(portal, protocol.ObserveParams{Type: labs})
	here.bring(file("a1c.json", hemoglobin))
	<-signals
}

func TestAnObserverGoesOnOnAnotherPort(t *testing.T) {
	w := newWorld(t)
	var begun protocol.ObserveResult
	portal := w.reader([]store.TypeID{labs}, []store.TypeID{labs})
	w.call(portal, protocol.MethodObserve, protocol.ObserveParams{Type: labs}, &begun)
	w.must(portal.Close())
	w.bring(file("a1c.json", hemoglobin))
	heard := <-w.observing(w.portal(portalOrigin), protocol.ObserveParams{Type: labs, Mark: begun.Mark})
	if heard.Mark == begun.Mark {
		t.Error("the mark did not move")
	}
}

func TestAnObserverHearsThatMoreWasGranted(t *testing.T) {
	w := newWorld(t)
	w.bring(file("a1c.json", hemoglobin))
	portal := w.reader([]store.TypeID{labs}, nil)
	signals := w.observing(portal, protocol.ObserveParams{Type: labs})
	done := w.ask(portal, read(labs, allergies))
	w.answer(store.Answer{Read: []store.TypeID{labs}})
	w.must(<-done)
	<-signals
}

func TestAnObserverThatWasEndedIsStill(t *testing.T) {
	w := newWorld(t)
	portal := w.reader([]store.TypeID{labs, allergies}, []store.TypeID{labs, allergies})
	signals := w.observing(portal, protocol.ObserveParams{Type: labs})
	w.call(portal, protocol.MethodObserve, protocol.ObserveParams{Type: allergies}, nil)
	w.call(portal, protocol.MethodUnobserve, protocol.UnobserveParams{Observer: 3}, nil)
	w.call(portal, protocol.MethodUnobserve, protocol.UnobserveParams{Observer: 3}, nil)
	w.bring(file("a1c.json", hemoglobin))
	w.bring(file("pen.json", penicillin))
	if heard := <-signals; heard.Observer != 4 {
		t.Errorf("observer %d speaks", heard.Observer)
	}
}

func TestObserveRefuses(t *testing.T) {
	w := newWorld(t)
	portal := w.reader([]store.TypeID{labs}, []store.TypeID{labs})
	for _, c := range []struct {
		params string
		code   store.Code
	}{
		{`{}`, store.CodeInvalidArgument},
		{`{"type":"nothing"}`, store.CodeInvalidArgument},
		{`{"type":7}`, store.CodeInvalidArgument},
		{`{"type":"labResultRecord","limit":1}`, store.CodeInvalidArgument},
		{`{"type":"labResultRecord","predicate":{}}`, store.CodeInvalidArgument},
		{`{"type":"allergyRecord"}`, store.CodeAuthorizationNotDetermined},
		{`{"type":"labResultRecord","predicate":` + strings.Repeat(`{"not":`, 9_000) + `{}` + strings.Repeat(`}`, 9_000) + `}`,
			store.CodeDataSizeExceeded},
	} {
		_, err := portal.Call(t.Context(), protocol.MethodObserve, json.RawMessage(c.params), nil)
		wantCode(t, err, c.code)
	}
	for range appLimits.observed {
		w.call(portal, protocol.MethodObserve, protocol.ObserveParams{Type: labs}, nil)
	}
	_, err := portal.Call(t.Context(), protocol.MethodObserve, protocol.ObserveParams{Type: labs}, nil)
	wantCode(t, err, store.CodeDataSizeExceeded)
	if left := len(w.engine.observers); left != appLimits.observed {
		t.Errorf("%d observers are kept", left)
	}
}
