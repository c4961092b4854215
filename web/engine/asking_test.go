package engine

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

var (
	labs  = store.TypeID("labResultRecord")
	steps = store.TypeID("stepCount")
)

func read(types ...store.TypeID) store.AuthorizationRequest {
	return store.AuthorizationRequest{Read: types}
}

// ask requests authorization at once and returns where the outcome will be.
func (w *world) ask(portal *protocol.Client, r store.AuthorizationRequest) <-chan error {
	return later(func() error {
		_, err := portal.Call(w.t.Context(), protocol.MethodRequestAuthorization, r, nil)
		return err
	})
}

func (w *world) status(portal *protocol.Client, r store.AuthorizationRequest) string {
	w.t.Helper()
	var result protocol.RequestStatusResult
	w.call(portal, protocol.MethodRequestStatus, r, &result)
	return result.Status
}

func TestAskingShowsASheetAndTheAnswerDecides(t *testing.T) {
	w := newWorld(t)
	portal := w.portal(portalOrigin)
	_, err := portal.Call(t.Context(), protocol.MethodQuery, store.Query{Type: labs}, nil)
	wantCode(t, err, store.CodeAuthorizationNotDetermined)
	if status := w.status(portal, read(labs, steps)); status != "shouldRequest" {
		t.Errorf("status before asking is %s", status)
	}

	done := w.ask(portal, read(labs, steps))
	asking := w.answer(store.Answer{Read: []store.TypeID{labs}})
	if asking.Origin != portalOrigin || asking.App != clinic || !slices.Equal(asking.Read, []store.TypeID{labs, steps}) {
		t.Errorf("the sheet was told %+v", asking)
	}
	if err := <-done; err != nil {
		t.Errorf("the app hears %v", err)
	}
	if status := w.status(portal, read(labs, steps)); status != "unnecessary" {
		t.Errorf("status after the answer is %s", status)
	}
	for _, id := range []store.TypeID{labs, steps} { // granted and denied alike
		w.call(portal, protocol.MethodQuery, store.Query{Type: id}, nil)
	}
	if err := <-w.ask(portal, read(labs)); err != nil {
		t.Errorf("asking for what is decided: %v", err)
	}
	if len(w.asked) != 0 {
		t.Error("a sheet was shown for what is decided")
	}
}

func TestObjectsArePickedEachTime(t *testing.T) {
	const prescription = `<VisionPrescription type="glasses" dateIssued="%s 00:00:00 +0000" expirationDate="never"><RightEye sphere="-1.25" sphereUnit="D" axis="90" axisUnit="deg"/></VisionPrescription>`
	export := `<?xml version="1.0"?><HealthData locale="en_GB"><ExportDate value="2024-05-02 10:00:00 +0000"/>` +
		fmt.Sprintf(prescription, "2020-01-01") + fmt.Sprintf(prescription, "2024-03-01") + `</HealthData>`
	w := newWorld(t)
	w.bring(file("export.xml", export), file("a1c.json", hemoglobin))
	portal := w.portal(portalOrigin)
	request := read("visionPrescription", labs)
	for pick := range 2 {
		if status := w.status(portal, request); status != "shouldRequest" {
			t.Fatalf("before pick %d the status is %s", pick, status)
		}
		done := w.ask(portal, request)
		asking := <-w.asked
		if len(asking.Objects) != 2 || asking.Objects[0].StartDate < asking.Objects[1].StartDate {
			t.Fatalf("the sheet offers %+v, want the two prescriptions, the newest first", asking.Objects)
		}
		picked := asking.Objects[pick].UUID
		w.call(w.page, protocol.MethodAnswer, protocol.AnswerParams{Asking: asking.Asking, Answer: store.Answer{
			Read: []store.TypeID{"visionPrescription"}, Objects: []string{picked},
		}}, nil)
		w.must(<-done)
		if found := w.samples(portal, store.Query{Type: "visionPrescription"}); len(found) != 1 || found[0].UUID != picked {
			t.Errorf("after pick %d the portal finds %+v", pick, found)
		}
	}
}

func TestAClosedSheetGrantsNothing(t *testing.T) {
	for name, closeSheet := range map[string]func(w *world, asking protocol.Asking){
		"by the person": func(w *world, asking protocol.Asking) {
			w.call(w.page, protocol.MethodAnswer, protocol.AnswerParams{
				Asking: asking.Asking,
				// What was ticked before closing counts for nothing.
				Answer: store.Answer{Canceled: true, Read: []store.TypeID{labs}},
			}, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			portal := w.portal(portalOrigin)
			done := w.ask(portal, read(labs))
			closeSheet(w, <-w.asked)
			wantCode(t, <-done, store.CodeUserCanceled)
			if status := w.status(portal, read(labs)); status != "shouldRequest" {
				t.Errorf("status is %s", status)
			}
			_, err := portal.Call(t.Context(), protocol.MethodQuery, store.Query{Type: labs}, nil)
			wantCode(t, err, store.CodeAuthorizationNotDetermined)
		})
	}
}

// The window is closed while its sheet stands: its worker ends with it, so the
// portal hears nothing more; what counts is that nothing was granted.
func TestAPageThatGoesGrantsNothing(t *testing.T) {
	w := newWorld(t)
	portal := w.portal(portalOrigin)
	done := w.ask(portal, read(labs))
	<-w.asked
	w.must(w.page.Close())
	if err := <-done; err == nil {
		t.Error("the request succeeded")
	}
	w.page = w.newPage(t.Context())
	if status := w.status(w.portal(portalOrigin), read(labs)); status != "shouldRequest" {
		t.Errorf("status is %s", status)
	}
}

func TestAPortalThatGivesUpTakesTheSheetOff(t *testing.T) {
	w := newWorld(t)
	portal := w.portal(portalOrigin)
	ctx, cancel := context.WithCancel(t.Context())
	done := later(func() error {
		_, err := portal.Call(ctx, protocol.MethodRequestAuthorization, read(labs), nil)
		return err
	})
	asking := <-w.asked
	cancel()
	wantCode(t, <-done, store.CodeUserCanceled)
	if ended := <-w.ended; ended != asking.Asking {
		t.Errorf("sheet %d ended, want %d", ended, asking.Asking)
	}
	_, err := w.page.Call(t.Context(), protocol.MethodAnswer, protocol.AnswerParams{
		Asking: asking.Asking, Answer: store.Answer{Read: []store.TypeID{labs}},
	}, nil)
	wantCode(t, err, store.CodeUserCanceled)
	if status := w.status(portal, read(labs)); status != "shouldRequest" {
		t.Errorf("an answer that came too late counted: %s", status)
	}
}

func TestAPortalThatNavigatesAwayTakesTheSheetOff(t *testing.T) {
	w := newWorld(t)
	portal := w.portal(portalOrigin)
	done := w.ask(portal, read(labs))
	asking := <-w.asked
	w.must(portal.Close())
	if err := <-done; err == nil {
		t.Error("the request succeeded")
	}
	if ended := <-w.ended; ended != asking.Asking {
		t.Errorf("sheet %d ended, want %d", ended, asking.Asking)
	}
}

func TestAnOriginHasOneSheetAtATime(t *testing.T) {
	w := newWorld(t)
	portal, again := w.portal(portalOrigin), w.portal(portalOrigin)
	other := w.portal("https://other.example")
	first, second := w.ask(portal, read(labs)), (<-chan error)(nil)
	asking := <-w.asked
	second = w.ask(again, read(labs, steps))
	third := w.ask(other, read(steps))
	if next := <-w.asked; next.Origin != "https://other.example" {
		t.Fatalf("a second sheet for %s", next.Origin)
	}
	w.call(w.page, protocol.MethodAnswer, protocol.AnswerParams{Asking: asking.Asking, Answer: store.Answer{Read: []store.TypeID{labs}}}, nil)
	if err := <-first; err != nil {
		t.Error(err)
	}
	next := w.answer(store.Answer{})
	if next.Origin != portalOrigin || !slices.Contains(next.Read, steps) {
		t.Errorf("next comes %+v", next)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
	w.must(other.Close())
	<-third
}

func TestWhoWaitsBehindAClosedSheetIsSentHome(t *testing.T) {
	w := newWorld(t)
	portal := w.portal(portalOrigin)
	var waiting []<-chan error
	for range 10 {
		waiting = append(waiting, w.ask(portal, read(labs)))
	}
	w.answer(store.Answer{Canceled: true})
	// One that came to the desk only after the close shows the next sheet.
	for len(waiting) > 0 {
		select {
		case asking := <-w.asked:
			w.call(w.page, protocol.MethodAnswer, protocol.AnswerParams{Asking: asking.Asking, Answer: store.Answer{Canceled: true}}, nil)
		case err := <-waiting[0]:
			wantCode(t, err, store.CodeUserCanceled)
			waiting = waiting[1:]
		}
	}
}

func TestAnAppThatAsksAgainAndAgainIsQuieted(t *testing.T) {
	const closed = 3
	w := newWorld(t)
	portal := w.portal(portalOrigin)
	for range closed {
		done := w.ask(portal, read(labs))
		w.answer(store.Answer{Canceled: true})
		wantCode(t, <-done, store.CodeUserCanceled)
	}
	wantCode(t, <-w.ask(portal, read(labs)), store.CodeUserCanceled)
	if len(w.asked) != 0 {
		t.Fatal("a sheet was shown all the same")
	}
	other := w.portal("https://other.example")
	done := w.ask(other, read(labs))
	w.answer(store.Answer{})
	w.must(<-done) // others are not quieted with it

	w.clock.now = w.clock.now.Add(time.Minute)
	done = w.ask(portal, read(labs))
	w.answer(store.Answer{})
	w.must(<-done)
}

// A portal can take off its own sheet, and can load the window anew, which ends the
// engine: neither gives it sheets without end.
func TestQuietOutlivesWindowsAndSheetsTakenOff(t *testing.T) {
	w := newWorld(t)
	shared, err := w.engine.store(t.Context())
	w.must(err)
	for range 3 {
		w.engine = New(Options{Open: func(context.Context) (*store.Store, error) { return shared, nil }})
		w.page = w.newPage(t.Context())
		ctx, takeOff := context.WithCancel(t.Context())
		portal := w.portal(portalOrigin)
		done := later(func() error {
			_, err := portal.Call(ctx, protocol.MethodRequestAuthorization, read(labs), nil)
			return err
		})
		<-w.asked
		takeOff()
		wantCode(t, <-done, store.CodeUserCanceled)
	}
	wantCode(t, <-w.ask(w.portal(portalOrigin), read(labs)), store.CodeUserCanceled)
	if len(w.asked) != 0 {
		t.Error("a sheet was shown all the same")
	}
}

func TestAPageAnswersItsOwnSheetsOnly(t *testing.T) {
	w := newWorld(t)
	stranger := w.newPage(t.Context())
	done := w.ask(w.portal(portalOrigin), read(labs))
	asking := <-w.asked
	_, err := stranger.Call(t.Context(), protocol.MethodAnswer, protocol.AnswerParams{
		Asking: asking.Asking, Answer: store.Answer{Read: []store.TypeID{labs}},
	}, nil)
	wantCode(t, err, store.CodeUserCanceled)
	w.call(w.page, protocol.MethodAnswer, protocol.AnswerParams{Asking: asking.Asking, Answer: store.Answer{}}, nil)
	w.must(<-done)
}

func TestRequiredTypesThatAreDenied(t *testing.T) {
	w := newWorld(t)
	portal := w.portal(portalOrigin)
	types := []store.TypeID{labs, "allergyRecord", "conditionRecord"}
	done := w.ask(portal, store.AuthorizationRequest{Read: types, Required: types})
	w.answer(store.Answer{Read: types[:2]}) // the page's call succeeds
	wantCode(t, <-done, store.CodeRequiredAuthorizationDenied)
}

func TestBadRequestsForAuthorization(t *testing.T) {
	w := newWorld(t)
	portal := w.portal(portalOrigin)
	for name, r := range map[string]store.AuthorizationRequest{
		"nothing":                  {},
		"an unknown type":          read("bloodOfDragons"),
		"a clinical type to share": {ToShare: []store.TypeID{labs}},
		"two required types":       {Read: []store.TypeID{labs, "allergyRecord"}, Required: []store.TypeID{labs, "allergyRecord"}},
	} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, <-w.ask(portal, r), store.CodeInvalidArgument)
		})
	}
	bare := protocol.NewClient(w.attach(portalOrigin))
	w.call(bare, protocol.MethodHello, store.AppDescription{Name: "Clinic"}, nil)
	wantCode(t, <-w.ask(bare, read(labs)), store.CodeUsageDescriptionMissing)
	if len(w.asked) != 0 {
		t.Error("a sheet was shown for a bad request")
	}
}
