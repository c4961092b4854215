//go:build js && wasm

package dom_test

import (
	"testing"

	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/dom/domtest"
)

func TestTextIsNeverMarkup(t *testing.T) {
	stage := domtest.Stage(t)
	hostile := `<img src=x onerror="alert(1)">&amp;`
	stage.Add(dom.P(dom.Text(hostile)))
	if got := stage.TextContent(); got != hostile {
		t.Errorf("text became %q", got)
	}
	stage.SetText(hostile)
	if got := stage.TextContent(); got != hostile {
		t.Errorf("text set became %q", got)
	}
}

func TestAttributesThatCarryCodeAreRefused(t *testing.T) {
	for _, name := range []string{"onclick", "style", "srcdoc"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("attribute %s was set", name)
				}
			}()
			dom.Div(dom.Attribute(name, "x"))
		}()
	}
}

func TestExternalLinks(t *testing.T) {
	link := dom.A(dom.External("https://portal.example/privacy"))
	if link.Attribute("rel") != "noopener noreferrer" || link.Attribute("target") != "_blank" {
		t.Errorf("rel %q, target %q", link.Attribute("rel"), link.Attribute("target"))
	}
	if link := dom.A(dom.External("javascript:alert(1)")); link.Attribute("href") != "" {
		t.Errorf("a script became the link %q", link.Attribute("href"))
	}
}

// A page that is left gives back every callback on it, however deep.
func TestRemovingGivesBackCallbacks(t *testing.T) {
	stage := domtest.Stage(t)
	released := 0
	count := func() *dom.Element {
		e := dom.Span()
		e.OnRelease(func() { released++ })
		return e
	}
	outer := dom.Div(count(), dom.Section(dom.P(count())))
	stage.Add(outer)
	stage.Replace(dom.P())
	if released != 2 {
		t.Errorf("replacing gave back %d of 2", released)
	}
	inner := dom.Div(count())
	stage.Add(inner)
	inner.Remove()
	if released != 3 {
		t.Errorf("removing gave back %d of 1", released-2)
	}
	stage.Replace()
	if released != 3 {
		t.Errorf("what was gone already was given back %d times more", released-3)
	}
}

// A button may take itself off the page while it is clicked.
func TestHandlerMayRemoveItsElement(t *testing.T) {
	stage := domtest.Stage(t)
	clicks := 0
	var button *dom.Element
	button = dom.Button(dom.OnClick(func() { clicks++; button.Remove() }))
	stage.Add(button)
	button.Press()
	button.Press()
	if clicks != 1 {
		t.Errorf("%d clicks counted, want 1", clicks)
	}
}

func TestNilPartsAddNothing(t *testing.T) {
	var missing *dom.Element
	if got := dom.Div(nil, missing, dom.Parts(nil), dom.Text("x")).TextContent(); got != "x" {
		t.Errorf("the element holds %q", got)
	}
}
