package sheet

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// clock is a time that stands still until it is moved.
type clock struct{ at time.Time }

func (c *clock) now() time.Time          { return c.at }
func (c *clock) advance(d time.Duration) { c.at = c.at.Add(d) }

func newClock() *clock { return &clock{time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)} }

var both = protocol.Asking{
	Asking: 7,
	Origin: "https://portal.example",
	App: store.AppDescription{
		Name:          "Sample Portal",
		Usage:         store.Usage{Share: "To draw your steps.", Update: "To keep your weight.", Clinical: "To list your results."},
		Purpose:       "care",
		PrivacyPolicy: "https://portal.example/privacy",
	},
	AuthorizationRequest: store.AuthorizationRequest{
		Read:     []store.TypeID{"stepCount", "labResultRecord", "allergyRecord", "conditionRecord"},
		ToShare:  []store.TypeID{"bodyMass"},
		Required: []store.TypeID{"labResultRecord", "allergyRecord", "conditionRecord"},
	},
}

// documents are what the person has to pick from.
var documents = []Object{
	{UUID: "late", Type: "visionPrescription", Title: "Glasses", Note: "2 Mar 2024 · Export"},
	{UUID: "one", Type: "cdaDocument", Title: "Summary", Note: "4 May 2023 · Export"},
	{UUID: "early", Type: "visionPrescription", Title: "Contacts", Note: "1 Mar 2020 · Export"},
}

func asks(origin string, read, share []store.TypeID) protocol.Asking {
	return protocol.Asking{Origin: origin, AuthorizationRequest: store.AuthorizationRequest{Read: read, ToShare: share}}
}

// attended returns a sheet whose buttons count.
func attended(t *testing.T, asking protocol.Asking) (*Model, *clock) {
	t.Helper()
	c := newClock()
	m, err := New(asking, documents, c.now)
	if err != nil {
		t.Fatal(err)
	}
	m.Attend(true)
	c.advance(ArmDelay)
	return m, c
}

func turnOn(t *testing.T, m *Model, ids ...store.TypeID) {
	t.Helper()
	for _, id := range ids {
		found := false
		for _, s := range m.Page().Switches() {
			if s.Type == id {
				s.On, found = true, true
			}
		}
		if !found {
			t.Fatalf("no switch for %s on this page", id)
		}
	}
}

func TestClinicalPageComesFirstAndNothingIsSelected(t *testing.T) {
	m, c := attended(t, both)
	if m.Page().Kind != ClinicalPage {
		t.Fatalf("the first page is %s", m.Page().Kind)
	}
	var titles []string
	for _, s := range m.Page().Switches() {
		titles = append(titles, s.Title)
	}
	if want := []string{"Allergies", "Conditions", "Lab Results"}; !reflect.DeepEqual(titles, want) {
		t.Errorf("the clinical page lists %v, want %v, by the catalogue and not by the portal", titles, want)
	}
	if m.Page().Chosen() != 0 || m.Future() != store.FutureAsk {
		t.Error("something is chosen beforehand")
	}
	if step := m.Allow(); step != NextPage {
		t.Fatalf("Allow led to %v", step)
	}
	if m.Page().Kind != FitnessPage || m.Page().Chosen() != 0 {
		t.Errorf("the second page is %s with %d chosen", m.Page().Kind, m.Page().Chosen())
	}
	c.advance(ArmDelay)
	if step := m.Allow(); step != Finished {
		t.Fatalf("the last Allow led to %v", step)
	}
	if got := m.Answer(); !reflect.DeepEqual(got, store.Answer{}) {
		t.Errorf("an untouched sheet grants %+v", got)
	}
}

func TestAnswer(t *testing.T) {
	type page struct {
		on   []store.TypeID
		deny bool
	}
	for _, test := range []struct {
		name   string
		pages  []page
		future store.FutureChoice
		want   store.Answer
	}{
		{"some of each", []page{{on: []store.TypeID{"labResultRecord"}}, {on: []store.TypeID{"bodyMass"}}}, "",
			store.Answer{Read: []store.TypeID{"labResultRecord"}, Share: []store.TypeID{"bodyMass"}, FutureRecords: "ask"}},
		{"future records", []page{{on: []store.TypeID{"labResultRecord"}}, {}}, store.FutureAlways,
			store.Answer{Read: []store.TypeID{"labResultRecord"}, FutureRecords: "always"}},
		{"a future without records", []page{{}, {on: []store.TypeID{"stepCount"}}}, store.FutureAlways,
			store.Answer{Read: []store.TypeID{"stepCount"}}},
		{"refused although switched on", []page{{on: []store.TypeID{"labResultRecord"}, deny: true}, {on: []store.TypeID{"stepCount"}}}, "",
			store.Answer{Read: []store.TypeID{"stepCount"}}},
		{"all refused", []page{{deny: true}, {deny: true}}, "", store.Answer{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, c := attended(t, both)
			if test.future != "" {
				m.SetFuture(test.future)
			}
			for _, p := range test.pages {
				turnOn(t, m, p.on...)
				if p.deny {
					m.Deny()
				} else {
					m.Allow()
				}
				c.advance(ArmDelay)
			}
			if got := m.Answer(); !reflect.DeepEqual(got, test.want) {
				t.Errorf("Answer = %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestCancelDecidesNothing(t *testing.T) {
	m, c := attended(t, both)
	turnOn(t, m, "labResultRecord")
	if m.Allow() != NextPage {
		t.Fatal("Allow did not lead to the next page")
	}
	if m.Cancel() != Finished { // at once, before the buttons count
		t.Fatal("Cancel was ignored")
	}
	if got := m.Answer(); !reflect.DeepEqual(got, store.Answer{Canceled: true}) {
		t.Errorf("a canceled sheet answers %+v", got)
	}
	c.advance(ArmDelay)
	if m.Allow() != Ignored || m.Deny() != Ignored || m.Cancel() != Ignored {
		t.Error("a finished sheet can be answered again")
	}
}

func TestUnfinishedSheetAnswersNothing(t *testing.T) {
	m, _ := attended(t, both)
	turnOn(t, m, "labResultRecord")
	if got := m.Answer(); !reflect.DeepEqual(got, store.Answer{Canceled: true}) {
		t.Errorf("an open sheet answers %+v", got)
	}
}

func TestTurnAllOnlyOnTheFitnessPage(t *testing.T) {
	m, _ := attended(t, both)
	m.TurnAll(true)
	if m.Page().TurnAllOn() || m.Page().Chosen() != 0 {
		t.Error("clinical records can be turned on all at once")
	}
	m.Deny()
	m.TurnAll(true)
	if !m.Page().TurnAllOn() || m.Page().Chosen() != 2 {
		t.Errorf("%d of 2 fitness switches were turned on", m.Page().Chosen())
	}
	m.TurnAll(false)
	if m.Page().Chosen() != 0 {
		t.Error("the fitness switches were not turned off")
	}
}

// Of per-object types the person picks the very objects, on a page of their own.
func TestObjectsArePicked(t *testing.T) {
	m, c := attended(t, asks("https://portal.example", []store.TypeID{"visionPrescription", "stepCount", "cdaDocument", "allergyRecord"}, nil))
	m.Deny()
	c.advance(ArmDelay)
	page := m.Page()
	if page.Kind != ObjectsPage || page.Chosen() != 0 || page.TurnAllOn() {
		t.Fatalf("the second page is %s with %d chosen", page.Kind, page.Chosen())
	}
	var offered []string
	for _, s := range page.Switches() {
		offered = append(offered, s.Object)
	}
	if want := []string{"one", "late", "early"}; !reflect.DeepEqual(offered, want) {
		t.Errorf("the page offers %v, want %v: by the catalogue, and in the order given", offered, want)
	}
	if got, want := m.Heading(), "portal.example asks to read documents that you pick"; got != want {
		t.Errorf("Heading = %q, want %q", got, want)
	}
	page.Of("visionPrescription")[1].On = true
	if got, want := m.Tally(), "1 of 3 selected."; got != want {
		t.Errorf("Tally = %q, want %q", got, want)
	}
	m.Allow()
	c.advance(ArmDelay)
	if m.Page().Kind != FitnessPage || len(m.Page().Switches()) != 1 {
		t.Fatalf("the third page is %s with %d switches", m.Page().Kind, len(m.Page().Switches()))
	}
	m.Deny()
	want := store.Answer{Read: []store.TypeID{"visionPrescription"}, Objects: []string{"early"}}
	if got := m.Answer(); !reflect.DeepEqual(got, want) {
		t.Errorf("the answer is %+v, want %+v", got, want)
	}
}

// Whether the person has any must show on their sheet alone: the sheet comes, and
// is answered, all the same.
func TestATypeWithoutObjectsIsAnsweredLikeAnyOther(t *testing.T) {
	m, _ := attended(t, asks("https://portal.example", []store.TypeID{"verifiableClinicalRecord"}, nil))
	if page := m.Page(); page.Kind != ObjectsPage || len(page.Types) != 1 || len(page.Switches()) != 0 {
		t.Fatalf("the page is %+v", m.Page())
	}
	if m.Allow() != Finished || !reflect.DeepEqual(m.Answer(), store.Answer{}) {
		t.Errorf("the answer is %+v", m.Answer())
	}
}

func TestButtonsWaitForAttention(t *testing.T) {
	c := newClock()
	m, err := New(both, nil, c.now)
	if err != nil {
		t.Fatal(err)
	}
	c.advance(time.Hour)
	if m.Allow() != Ignored || m.Wait() != ArmDelay {
		t.Error("the sheet was answered while nobody looked")
	}
	m.Attend(true)
	c.advance(ArmDelay - time.Millisecond)
	if m.Deny() != Ignored || m.Wait() != time.Millisecond {
		t.Errorf("a button counted %v early", m.Wait())
	}
	m.Attend(true) // a second focus event in the same window
	c.advance(time.Millisecond)
	if m.Wait() != 0 {
		t.Error("a repeated focus event made the buttons wait again")
	}
	m.Attend(false)
	if m.Allow() != Ignored {
		t.Error("the sheet was answered behind another window")
	}
	m.Attend(true)
	if m.Allow() != Ignored {
		t.Error("the buttons counted at once when the person came back")
	}
	c.advance(ArmDelay)
	if m.Allow() != NextPage {
		t.Error("an armed button was ignored")
	}
	if m.Allow() != Ignored {
		t.Error("a double click answered two pages")
	}
}

func TestNew(t *testing.T) {
	for _, test := range []struct {
		name  string
		read  []store.TypeID
		share []store.TypeID
		pages []PageKind
	}{
		{"clinical only", []store.TypeID{"labResultRecord"}, nil, []PageKind{ClinicalPage}},
		{"other records are clinical", []store.TypeID{"otherRecord"}, nil, []PageKind{ClinicalPage}},
		{"fitness only", []store.TypeID{"stepCount"}, nil, []PageKind{FitnessPage}},
		{"characteristics are fitness", []store.TypeID{"dateOfBirth"}, nil, []PageKind{FitnessPage}},
		{"to write only", nil, []store.TypeID{"bodyMass"}, []PageKind{FitnessPage}},
		{"a type named twice", []store.TypeID{"stepCount", "stepCount"}, nil, []PageKind{FitnessPage}},
		{"nothing", nil, nil, nil},
		{"an unknown type", []store.TypeID{"horoscopeRecord"}, nil, nil},
		{"clinical records to write", nil, []store.TypeID{"labResultRecord"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := New(asks("https://portal.example", test.read, test.share), nil, time.Now)
			if test.pages == nil {
				if !errors.Is(err, ErrNothingAsked) {
					t.Errorf("New: %v, want ErrNothingAsked", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var kinds []PageKind
			for _, page := range m.pages {
				kinds = append(kinds, page.Kind)
				if len(page.Switches()) != 1 {
					t.Errorf("%d switches on the %s page, want 1", len(page.Switches()), page.Kind)
				}
			}
			if !reflect.DeepEqual(kinds, test.pages) {
				t.Errorf("pages %v, want %v", kinds, test.pages)
			}
		})
	}
}

func TestWords(t *testing.T) {
	m, _ := attended(t, both)
	if got, want := m.Heading(), "portal.example asks to read your health records"; got != want {
		t.Errorf("Heading = %q, want %q", got, want)
	}
	if got, want := m.Usage(), []string{"To list your results."}; !reflect.DeepEqual(got, want) {
		t.Errorf("Usage = %q, want %q", got, want)
	}
	if m.Purpose() != "To treat or advise you" {
		t.Errorf("Purpose = %q", m.Purpose())
	}
	m.Deny()
	if got, want := m.Heading(), "portal.example asks to read and add to your fitness data"; got != want {
		t.Errorf("Heading = %q, want %q", got, want)
	}
	if got, want := m.Usage(), []string{"To draw your steps.", "To keep your weight."}; !reflect.DeepEqual(got, want) {
		t.Errorf("Usage = %q, want %q", got, want)
	}
	local, _ := attended(t, asks("http://localhost:8081", []store.TypeID{"stepCount"}, nil))
	if local.Host() != "http://localhost:8081" {
		t.Errorf("Host hides a scheme that is not https: %q", local.Host())
	}
}

// What is required is between the engine and the app: the sheet must read the
// same with it and without, or a person could be pressed by it.
func TestRequiredTypesAreNotRevealed(t *testing.T) {
	without := both
	without.Required = nil
	a, _ := attended(t, both)
	b, _ := attended(t, without)
	if !reflect.DeepEqual(a.pages, b.pages) || a.Heading() != b.Heading() || a.Explanation() != b.Explanation() ||
		a.Tally() != b.Tally() || !reflect.DeepEqual(a.Usage(), b.Usage()) {
		t.Error("the sheet differs when types are required")
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"Sample Portal":        "Sample Portal",
		"  two\n\n lines\t":    "two lines",
		"\u202Eelpmas\u202C":   "elpmas",
		"\u2066isolated\u2069": "isolated",
		"zero\u200Bwidth":      "zerowidth",
		"null\x00byte":         "nullbyte",
		"broken \xff utf-8":    "broken utf-8",
		"Ärzteportal 医療":       "Ärzteportal 医療",
		"":                     "",
		"\u00A0\u3000":         "",
		"\u2800 \u3164\u115F":  "",
		"Kee\u3164pwell":       "Kee pwell",
		"\u0301\u0302 a\u0301": "a\u0301",
		"किशोर र्त्स्न्या": "किशोर र्त्स्न्या",
		"שִׁ֑לוֹם": "שִׁ֑לוֹם",
		"Z" + strings.Repeat("\u0322\u0310", 30) + "a": "Z\u0322\u0310\u0322\u0310a",
		strings.Repeat("a", maxName):                   strings.Repeat("a", maxName),
		strings.Repeat("é", maxName+10):                strings.Repeat("é", maxName) + "…",
	} {
		if got := plain(text, maxName); got != want {
			t.Errorf("plain(%q) = %q, want %q", text, got, want)
		}
	}
}
