//go:build js && wasm

package app

import (
	"fmt"
	"strings"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// maxSearched is how many records a list may have to be searched: all of them
// are fetched for it.
const maxSearched = 5000

// recordList is the page of one type: its records, the newest first, fetched
// as they come into view.
type recordList struct {
	app    *app
	screen *screen
	row    store.Type
	list   *dom.List
	lead   *dom.Element
	search *dom.Field
	box    *dom.Element // around search
	chart  *fitness     // above the list; nil for types without figures

	total   int
	pager   *Pager
	loading bool
	all     []store.Sample // fetched for a search; nil before the first
	found   []store.Sample // what the search found; nil while there is none
}

func (a *app) drawList(s *screen) {
	row, ok := store.TypeByID(s.route.Type)
	if !ok {
		row = store.Type{ID: s.route.Type, Title: "Records"}
	}
	l := &recordList{app: a, screen: s, row: row, pager: NewPager()}
	l.lead = dom.P(dom.Class("lead"), dom.Role("status"))
	l.search = dom.Search(dom.Attribute("placeholder", "Search"), dom.Name("Search in "+row.Title),
		dom.On(dom.Input, func(dom.Event) { go l.filter() }))
	l.box = dom.Div(dom.Class("search"), dom.Role("search"), dom.Hidden(), l.search)
	l.list = dom.NewList(l.newLine, dom.Class("records"), dom.Name(row.Title))
	s.list = l.list
	back := a.back(Route{Page: HomePage}, "Records")
	if isFitness(row) {
		l.chart = a.newFitness(s, row)
		l.lead.SetAttribute("class", "lead entries")
		s.page(back, row.Title, a.entryLink(row), l.chart.box, dom.H2(dom.Text("All entries")), l.lead, l.box, l.list)
	} else {
		s.page(back, row.Title, a.entryLink(row), l.lead, l.box, l.list)
	}
	s.start = func() { s.refill(l.begin) }
	s.changed = func(types []store.TypeID) {
		if s.shows(types) {
			s.refill(l.changed)
		}
	}
}

// begin fills the page from its top, so that what is below it does not move any
// more once it is there.
func (l *recordList) begin() {
	if l.chart != nil {
		l.chart.start()
	}
	l.count()
}

func (l *recordList) changed() {
	if l.chart != nil {
		l.chart.load()
	}
	l.count()
}

// count learns how many records there are and shows them from the start, or
// where the person left.
func (l *recordList) count() {
	var result protocol.CountsResult
	_, err := l.app.client.Call(l.screen.ctx, protocol.MethodCounts, nil, &result)
	if !l.screen.live() {
		return
	}
	if err != nil {
		l.lead.SetText(explain(err))
		return
	}
	l.total, l.pager, l.all = result.Counts[l.row.ID], NewPager(), nil
	l.box.SetHidden(l.total < 10 || l.total > maxSearched)
	l.lead.SetText(Count(l.total, "record", "records"))
	l.list.SetCount(l.total)
	if stop := l.screen.stop; stop.Left {
		l.screen.stop.Left = false
		dom.ScrollTo(stop.Scroll)
		l.list.Reveal(stop.Active)
		l.list.FocusActive()
	}
}

// at returns the sample at an index of what is shown.
func (l *recordList) at(index int) (store.Sample, bool) {
	if l.found == nil {
		return l.pager.At(index)
	}
	if index < len(l.found) {
		return l.found[index], true
	}
	return store.Sample{}, false
}

// fetch brings what is in view, until nothing in view is missing. While one
// page is on its way the person may scroll on: the next one asked for is what
// is in view then.
func (l *recordList) fetch() {
	if l.loading {
		return
	}
	l.loading = true
	defer func() { l.loading = false }()
	for l.screen.live() {
		pager := l.pager
		page, missing := pager.Missing(l.list.Window())
		if !missing {
			return
		}
		var result protocol.QueryResult
		_, err := l.app.client.Call(l.screen.ctx, protocol.MethodQuery, pager.Query(l.row.ID, page), &result)
		if !l.screen.live() {
			return
		}
		if err != nil {
			l.lead.SetText(explain(err))
			return
		}
		pager.Put(page, result.Samples)
		l.list.Refresh()
	}
}

// filter shows the records that hold the words typed.
func (l *recordList) filter() {
	if l.all == nil {
		var result protocol.QueryResult
		query := store.Query{Type: l.row.ID, Sort: l.pager.Query(l.row.ID, 0).Sort}
		if _, err := l.app.client.Call(l.screen.ctx, protocol.MethodQuery, query, &result); err != nil || !l.screen.live() {
			return
		}
		l.all = result.Samples
	}
	words := strings.TrimSpace(l.search.Value())
	if words == "" {
		l.found = nil
		l.lead.SetText(Count(l.total, "record", "records"))
		l.list.SetCount(l.total)
		return
	}
	l.found = search(l.all, l.row, words, dom.LocalOffset)
	l.lead.SetText(fmt.Sprintf("%s of %s", Number(len(l.found)), Count(l.total, "record", "records")))
	l.list.SetCount(len(l.found))
}

// recordLine is one row of the list.
type recordLine struct {
	list                         *recordList
	index                        int
	item, link                   *dom.Element
	title, subtitle, day, source *dom.Element
}

func (l *recordList) newLine() dom.Row {
	r := &recordLine{list: l}
	r.title = dom.Span(dom.Class("line-title"))
	r.subtitle = dom.Span(dom.Class("line-subtitle"))
	r.day = dom.Span(dom.Class("line-day"))
	r.source = dom.Span(dom.Class("line-source"))
	r.link = dom.A(dom.Fragment(Route{Page: RecordPage}.Fragment()), dom.Class("line"), dom.On(dom.Click, r.open),
		dom.Span(dom.Class("line-row"), r.title, r.day), dom.Span(dom.Class("line-row"), r.subtitle, r.source))
	r.item = dom.LI(r.link)
	return r
}

func (r *recordLine) Item() *dom.Element { return r.item }
func (r *recordLine) Link() *dom.Element { return r.link }

// Show fills the row. The parts of a line end in a space so that a screen
// reader does not run them together.
func (r *recordLine) Show(index int) {
	r.index = index
	sample, there := r.list.at(index)
	r.item.SetClass("pending", !there)
	if !there {
		r.fill(line{Title: "…"})
		go r.list.fetch()
		return
	}
	r.fill(lineOf(sample, r.list.row, dom.LocalOffset))
}

func (r *recordLine) fill(l line) {
	r.title.SetText(l.Title + " ")
	r.subtitle.SetText(l.Subtitle + " ")
	r.day.SetText(l.Day + " ")
	r.source.SetText(l.Source)
}

func (r *recordLine) open(e dom.Event) {
	if e.Modified() {
		return
	}
	e.Prevent()
	if sample, there := r.list.at(r.index); there {
		r.list.list.Activate(r.index)
		r.list.app.open(Route{Page: RecordPage, Type: r.list.row.ID, UUID: sample.UUID})
	}
}
