//go:build js && wasm

package app

import (
	"github.com/keepwell-health/keepwell/web/dom"
)

// Icons of the ways through the pages.
var (
	recordsIcon = dom.Drawing{"M5 4.500h14v15H5z", "M8.500 9h7", "M8.500 12.500h7", "M8.500 16h4"}
	addIcon     = dom.Drawing{"M3.500 12a8.500 8.500 0 1 0 17 0a8.500 8.500 0 1 0-17 0", "M12 8v8", "M8 12h8"}
	appsIcon    = dom.Drawing{"M4.500 4.500h6v6h-6z", "M13.500 4.500h6v6h-6z", "M4.500 13.500h6v6h-6z", "M13.500 13.500h6v6h-6z"}
	lockIcon    = dom.Drawing{"M6 10.500h12v9H6z", "M8.500 10.500v-3a3.500 3.500 0 0 1 7 0v3", "M12 14v2"}
	shieldIcon  = dom.Drawing{"M12 3.500l7.500 2.800v5.200c0 4.600-3.100 7.700-7.500 9c-4.400-1.300-7.500-4.400-7.500-9V6.300z"}
	nextIcon    = dom.Drawing{"M9.500 6l6 6l-6 6"}
	upIcon      = dom.Drawing{"M6 14.500l6-6l6 6"}
	downIcon    = dom.Drawing{"M6 9.500l6 6l6-6"}
	backIcon    = dom.Drawing{"M14.500 6l-6 6l6 6"}
)

// build makes what stands around every page: the navigation, the place for an
// import under way, and the live region.
func (a *app) build() {
	a.root = dom.Find("pages")
	a.announcer = dom.NewAnnouncer()
	a.banner = dom.Div(dom.Class("banner"), dom.Hidden())
	a.warning = dom.Section(dom.Class("warning"), dom.Name("About your records"), dom.Hidden())
	a.portal = dom.P(dom.Class("portal"), dom.Role("status"), dom.Hidden())
	a.main = dom.Main(dom.ID("main"), dom.TabIndex(-1))
	a.nav = map[Page]*dom.Element{}
	skip := dom.Button(dom.Class("skip"), dom.Text("Skip to the page"), dom.OnClick(func() { a.current.heading.Focus(true) }))
	a.root.Add(skip, a.navigation(), a.warning, a.portal, a.banner, a.main, a.announcer.Region(), dropHint())
	if opening := dom.Find("opening"); opening != nil {
		opening.Remove()
	}
}

func (a *app) navigation() *dom.Element {
	bar := dom.Nav(dom.Class("nav"), dom.Name("Keepwell"), dom.P(dom.Class("wordmark"), dom.Text("Keepwell")))
	list := dom.UL(dom.Role("list"))
	for _, entry := range []struct {
		page Page
		name string
		icon dom.Drawing
	}{
		{HomePage, "Records", recordsIcon}, {AddPage, "Add", addIcon}, {AppsPage, "Apps", appsIcon}, {PrivacyPage, "Privacy", shieldIcon},
	} {
		link := a.link(Route{Page: entry.page}, dom.Icon(entry.icon), dom.Span(dom.Text(entry.name)))
		a.nav[entry.page] = link
		list.Add(dom.LI(link))
	}
	a.lockItem = dom.LI(dom.Hidden(), dom.Button(dom.Class("nav-lock"), dom.Icon(lockIcon), dom.Span(dom.Text("Lock")),
		dom.OnClick(func() { go a.lock(true) })))
	list.Add(a.lockItem)
	bar.Add(list, dom.P(dom.Class("nav-note"), dom.Text("Everything here stays on this device.")))
	return bar
}

// dropHint covers the window while files are dragged over it.
func dropHint() *dom.Element {
	return dom.Div(dom.Class("drop"), dom.Decorative(), dom.P(dom.Text("Drop to add these records")))
}

func (a *app) dragged(over bool) { a.root.SetClass("dropping", over) }

// link leads to a route. A click with a modifier is left to the browser.
func (a *app) link(route Route, parts ...dom.Part) *dom.Element {
	return dom.A(dom.Fragment(route.Fragment()), dom.On(dom.Click, func(e dom.Event) {
		if e.Modified() {
			return
		}
		e.Prevent()
		a.open(route)
	}), dom.Parts(parts...))
}

// page starts a screen: the way up, which may be nil, the heading, which takes
// the focus, and what stands under it.
func (s *screen) page(up *dom.Element, title string, parts ...dom.Part) {
	s.heading = dom.H1(dom.TabIndex(-1), dom.Text(title))
	s.root = dom.Div(dom.Class("page"), up, s.heading, dom.Parts(parts...))
}

// back leads one level up.
func (a *app) back(route Route, name string) *dom.Element {
	link := a.link(route, dom.Icon(backIcon), dom.Span(dom.Text(name)))
	link.SetAttribute("class", "back")
	return link
}

// message is a paragraph that is spoken as it appears.
func message(class, text string) *dom.Element {
	return dom.P(dom.Class(class), dom.Role("alert"), dom.Text(text))
}

// waiting stands where something is on its way; it fades in late.
func waiting() *dom.Element {
	return dom.P(dom.Class("waiting"), dom.Text("One moment…"))
}

// fact is a row of a description list.
func fact(label string, parts ...dom.Part) *dom.Element {
	return dom.Div(dom.DT(dom.Text(label)), dom.DD(parts...))
}
