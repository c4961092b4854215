//go:build js && wasm

package sheet

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/dom/domtest"
	"github.com/keepwell-health/keepwell/web/protocol"
	"github.com/keepwell-health/keepwell/web/static"
)

// shown is a sheet on the page with its model, its clock and its answers.
type shown struct {
	view    *View
	model   *Model
	clock   *clock
	root    *dom.Element
	answers []store.Answer
}

func show(t *testing.T, asking protocol.Asking) *shown {
	t.Helper()
	domtest.Dress(t, static.Stylesheet)
	s := &shown{clock: newClock(), root: domtest.Stage(t)}
	model, err := New(asking, documents, s.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	s.model = model
	s.view = Show(s.root, model, func(answer store.Answer) { s.answers = append(s.answers, answer) })
	t.Cleanup(s.view.Close)
	return s
}

// arm lets the time pass after which the buttons count.
func (s *shown) arm() {
	s.model.Attend(true)
	s.clock.advance(ArmDelay)
}

func holds(e *dom.Element, text string) bool { return strings.Contains(e.TextContent(), text) }

func TestSheetHeadingNamesTheOriginAndHasTheFocus(t *testing.T) {
	s := show(t, both)
	if got, want := s.view.Heading.TextContent(), s.model.Heading(); got != want {
		t.Errorf("the heading reads %q, want %q", got, want)
	}
	if !s.view.Heading.Focused() {
		t.Error("the heading does not have the focus")
	}
	s.arm()
	s.view.Deny.Press()
	if got, want := s.view.Heading.TextContent(), s.model.Heading(); got != want || !s.view.Heading.Focused() {
		t.Errorf("on the second page the heading reads %q, focused %v", got, s.view.Heading.Focused())
	}
}

func TestSheetSwitchesAreOffAndNamed(t *testing.T) {
	s := show(t, both)
	if len(s.view.Toggles) != 3 {
		t.Fatalf("%d switches, want 3", len(s.view.Toggles))
	}
	for _, toggle := range s.view.Toggles {
		if toggle.On() || toggle.Attribute("role") != "switch" || toggle.Attribute("type") != "checkbox" {
			t.Errorf("a switch is on (%v), of role %q and type %q", toggle.On(), toggle.Attribute("role"), toggle.Attribute("type"))
		}
	}
}

func TestSheetAnswersWhatIsSwitchedOn(t *testing.T) {
	s := show(t, both)
	s.view.Toggles[2].Press()
	s.arm()
	s.view.Allow.Press()
	s.view.Toggles[0].Press()
	s.arm()
	s.view.Allow.Press()
	want := []store.Answer{{Read: []store.TypeID{"labResultRecord", "stepCount"}, FutureRecords: store.FutureAsk}}
	if !reflect.DeepEqual(s.answers, want) {
		t.Errorf("answers %+v, want %+v", s.answers, want)
	}
	if len(s.root.ChildTexts()) != 0 {
		t.Error("an answered sheet is still there")
	}
}

func TestSheetLetsObjectsBePicked(t *testing.T) {
	s := show(t, asks("https://portal.example", []store.TypeID{"visionPrescription", "cdaDocument", "verifiableClinicalRecord"}, nil))
	if len(s.view.Toggles) != 3 || holds(s.root, "Turn all on") || holds(s.root, "How far back") {
		t.Errorf("%d switches in %q", len(s.view.Toggles), s.root.TextContent())
	}
	for _, want := range []string{"Glasses 2 Mar 2024 · Export", "Verifiable Health Records for portal.example to readYou have none."} {
		if !holds(s.root, want) {
			t.Errorf("the sheet does not show %q in %q", want, s.root.TextContent())
		}
	}
	s.view.Toggles[1].Press()
	s.arm()
	s.view.Allow.Press()
	want := []store.Answer{{Read: []store.TypeID{"visionPrescription"}, Objects: []string{"late"}}}
	if !reflect.DeepEqual(s.answers, want) {
		t.Errorf("answers %+v, want %+v", s.answers, want)
	}
}

func TestSheetIgnoresEarlyClicks(t *testing.T) {
	s := show(t, both)
	s.model.Attend(true)
	s.clock.advance(ArmDelay - time.Millisecond)
	s.view.Allow.Press()
	s.view.Deny.Press()
	if page, _ := s.model.Position(); page != 1 {
		t.Error("an early click answered the page")
	}
}

func TestSheetEscapeGrantsNothing(t *testing.T) {
	s := show(t, both)
	s.view.Toggles[0].Press()
	domtest.Key("Escape")
	domtest.Key("Escape")
	if want := []store.Answer{{Canceled: true}}; !reflect.DeepEqual(s.answers, want) {
		t.Errorf("answers %+v, want %+v", s.answers, want)
	}
}

func TestSheetDecideLaterGrantsNothing(t *testing.T) {
	s := show(t, both)
	s.view.Toggles[0].Press()
	s.view.Later.Press()
	if want := []store.Answer{{Canceled: true}}; !reflect.DeepEqual(s.answers, want) {
		t.Errorf("answers %+v, want %+v", s.answers, want)
	}
}

// Refusing must be as easy as allowing (GDPR article 7; EDPB guidelines
// 03/2022): the two buttons are equal in size, place in reach and style.
func TestSheetButtonsAreEqual(t *testing.T) {
	s := show(t, both)
	for _, armed := range []bool{false, true} {
		if armed {
			s.arm()
			s.view.arm()
		}
		deny, allow := s.view.Deny.Box(), s.view.Allow.Box()
		if deny.Width != allow.Width || deny.Height != allow.Height || deny.Top != allow.Top {
			t.Errorf("armed %v: Don’t Allow is %+v, Allow Selected %+v", armed, deny, allow)
		}
		if deny.Height < 44 || deny.Width < 44 { // WCAG 2.5.5
			t.Errorf("the buttons are only %v by %v px", deny.Width, deny.Height)
		}
		for _, property := range []string{"color", "background-color", "border-top-color", "border-top-width", "font-size",
			"font-weight", "opacity", "box-shadow", "cursor", "outline-style", "text-decoration-line"} {
			if d, a := s.view.Deny.Style(property), s.view.Allow.Style(property); d != a {
				t.Errorf("armed %v: %s is %s for Don’t Allow and %s for Allow Selected", armed, property, d, a)
			}
		}
	}
	if s.view.Deny.Attribute("tabindex") != s.view.Allow.Attribute("tabindex") || s.view.Allow.Focused() {
		t.Error("one of the buttons is easier to reach")
	}
}

func TestSheetTurnAll(t *testing.T) {
	s := show(t, both)
	if holds(s.root, "Turn all on") {
		t.Error("the clinical page offers to turn all on")
	}
	s.arm()
	s.view.Deny.Press()
	if !holds(s.root, "Turn all on") {
		t.Error("the fitness page does not offer to turn all on")
	}
	s.view.setAll(true)
	for _, toggle := range s.view.Toggles {
		if !toggle.On() {
			t.Error("a switch stayed off")
		}
	}
	if s.model.Page().Chosen() != 2 {
		t.Errorf("%d chosen, want 2", s.model.Page().Chosen())
	}
}

// A portal's words are shown as words, whatever they hold.
func TestSheetShowsHostileTextAsText(t *testing.T) {
	hostile := both
	hostile.App.Name = `<b>Bank</b>`
	hostile.App.Usage.Clinical = "Press “Allow\u202E” <script>alert(1)</script>"
	hostile.App.PrivacyPolicy = "javascript:alert(1)"
	s := show(t, hostile)
	for _, want := range []string{`<b>Bank</b>`, `Press “Allow” <script>alert(1)</script>`, "javascript:alert(1)"} {
		if !holds(s.root, want) {
			t.Errorf("the sheet does not show %q as text", want)
		}
	}
}
