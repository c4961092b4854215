//go:build js && wasm

package app

import (
	"context"
	"strings"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// maxCounted bounds the entries of a period that are fetched to be counted.
const maxCounted = 10_000

// periodUnits are the tabs above a chart.
var periodUnits = []struct {
	unit PeriodUnit
	name string
}{{PeriodDay, "Day"}, {PeriodWeek, "Week"}, {PeriodMonth, "Month"}, {PeriodYear, "Year"}}

// fitness is the upper part of the page of a quantity or category type: its
// figures over a period, as a chart, in words and as a table.
type fitness struct {
	app    *app
	screen *screen
	row    store.Type
	period Period

	box     *dom.Element
	tabs    map[PeriodUnit]*dom.Element
	title   *dom.Element
	earlier *dom.Element
	later   *dom.Element
	lead    *dom.Element
	detail  *dom.Element
	plot    *dom.Plot
	readout *dom.Element
	table   *dom.Element
	order   *dom.Element // holds the order of sources where there are several
}

func (a *app) newFitness(s *screen, row store.Type) *fitness {
	f := &fitness{app: a, screen: s, row: row, tabs: map[PeriodUnit]*dom.Element{}}
	tabs := dom.Div(dom.Class("tabs"), dom.Role("group"), dom.Name("Period"))
	for _, entry := range periodUnits {
		tab := dom.Button(dom.Text(entry.name), dom.OnClick(func() { f.zoom(entry.unit) }))
		f.tabs[entry.unit] = tab
		tabs.Add(tab)
	}
	f.title = dom.H2(dom.Class("period-title"))
	f.earlier = dom.Button(dom.Class("button round"), dom.Icon(backIcon), dom.OnClick(func() { f.move(f.period.Previous()) }))
	f.later = dom.Button(dom.Class("button round"), dom.Icon(nextIcon), dom.OnClick(func() { f.move(f.period.Next()) }))
	today := dom.Button(dom.Class("button small quiet"), dom.Text("Today"), dom.OnClick(func() { f.move(PeriodAt(f.period.Unit, f.now())) }))
	f.lead, f.detail = dom.Span(dom.Class("figure")), dom.Span(dom.Class("figure-detail"))
	f.plot = dom.NewPlot(dom.Class("chart"), dom.Role("img"))
	f.readout = dom.P(dom.Class("readout"), dom.Decorative())
	f.table, f.order = dom.Div(dom.Class("wide"), dom.TabIndex(0), dom.Role("group"), dom.Name("Figures")), dom.Div(dom.Hidden())
	f.box = dom.Section(dom.Class("fitness"),
		tabs,
		dom.Div(dom.Class("period"), f.earlier, f.title, f.later, today),
		dom.Div(dom.Class("card figures-card"), dom.P(f.lead, dom.Text(" "), f.detail), f.plot, f.readout),
		dom.Details(dom.Class("more"), dom.SummaryOf(dom.Text("Figures as a table")), f.table),
		f.order)
	return f
}

func (f *fitness) now() time.Time { return time.Now().In(dom.Location()) }

// start shows the period that was shown last, or the week of the newest sample,
// in that sample's unit.
func (f *fitness) start() {
	period, seen := f.app.periods[f.row.ID]
	if !seen {
		period = PeriodAt(PeriodWeek, f.now())
	}
	if newest, there := f.newest(); there {
		f.row = shownIn(f.row, newest.Unit)
		if !seen {
			period = PeriodAt(PeriodWeek, time.UnixMilli(newest.StartDate).In(dom.Location()))
		}
	}
	f.period = period
	f.load()
	f.loadOrder()
}

func (f *fitness) newest() (newest store.Sample, there bool) {
	var result protocol.QueryResult
	query := store.Query{Type: f.row.ID, Limit: 1, Sort: []store.Sort{{Key: "startDate"}}}
	if _, err := f.app.client.Call(f.screen.ctx, protocol.MethodQuery, query, &result); err != nil || len(result.Samples) == 0 {
		return store.Sample{}, false
	}
	return result.Samples[0], true
}

// zoom shows another length of time: around today where the period shown holds
// it, else from the period's start.
func (f *fitness) zoom(unit PeriodUnit) {
	at := f.period.Start
	if now := f.now(); f.period.Contains(now) {
		at = now
	}
	f.move(PeriodAt(unit, at))
}

// move shows another period and says so.
func (f *fitness) move(period Period) {
	f.period = period
	f.app.periods[f.row.ID] = period
	go func() {
		if figures, ok := f.load(); ok {
			f.app.announcer.Say(figures.Describe(f.row.Title, f.now()))
		}
	}()
}

// load fetches the figures of the period and shows them, unless the person has
// gone on meanwhile.
func (f *fitness) load() (figures Figures, ok bool) {
	period := f.period
	f.frame()
	figures, err := f.fetch(f.screen.ctx, period)
	if !f.screen.live() || period != f.period {
		return figures, false
	}
	if err != nil {
		f.lead.SetText("")
		f.detail.SetText(explain(err))
		return figures, false
	}
	f.show(figures)
	return figures, true
}

// frame shows which period it is, before its figures are there.
func (f *fitness) frame() {
	now := f.now()
	f.title.SetText(f.period.Title(now))
	for unit, tab := range f.tabs {
		pressed := "false"
		if unit == f.period.Unit {
			pressed = "true"
		}
		tab.SetAttribute("aria-pressed", pressed)
	}
	f.earlier.SetAttribute("aria-label", "Previous "+string(f.period.Unit))
	f.later.SetAttribute("aria-label", "Next "+string(f.period.Unit))
}

// fetch asks for the figures of a period. Nothing measured is no error.
func (f *fitness) fetch(ctx context.Context, period Period) (Figures, error) {
	for _, reading := range readingsOf(f.row) {
		figures, err := f.fetchReading(ctx, period, reading)
		if store.CodeOf(err) == store.CodeNoData {
			continue
		}
		return figures, err
	}
	return NewFigures(f.row, period, nil, nil), nil
}

// within selects what is counted in a period.
func (r Reading) within(period Period) *store.Predicate {
	if r.Values == nil {
		return period.Predicate()
	}
	return &store.Predicate{And: []store.Predicate{*period.Predicate(), *r.Values}}
}

// fetchReading asks for the figures of a period that one reading of the type
// gives; the error is of CodeNoData where it gives none.
func (f *fitness) fetchReading(ctx context.Context, period Period, reading Reading) (Figures, error) {
	var whole store.StatisticsResult
	var parts store.StatisticsCollectionResult
	predicate, options := reading.within(period), optionsFor(f.row)
	if _, err := f.app.client.Call(ctx, protocol.MethodStatistics, store.StatisticsQuery{
		Type: f.row.ID, Predicate: predicate, Options: options, Unit: f.row.Unit,
	}, &whole); err != nil {
		return Figures{}, err
	}
	if _, err := f.app.client.Call(ctx, protocol.MethodStatisticsCollection, store.StatisticsCollectionQuery{
		Type: f.row.ID, Predicate: predicate, Options: options, Unit: f.row.Unit, Interval: period.Interval(),
	}, &parts); err != nil {
		return Figures{}, err
	}
	figures := NewFigures(f.row, period, &whole.Statistics, parts.Statistics)
	if f.row.Kind == store.KindCategory {
		var entries protocol.QueryResult
		query := store.Query{Type: f.row.ID, Predicate: predicate, Limit: maxCounted}
		if _, err := f.app.client.Call(ctx, protocol.MethodQuery, query, &entries); err != nil {
			return Figures{}, err
		}
		figures.CountEntries(entries.Samples)
	}
	figures.Detail = strings.TrimSpace(reading.Words + " " + figures.Detail)
	return figures, nil
}

func (f *fitness) show(figures Figures) {
	f.lead.SetText(figures.Lead)
	f.detail.SetText(figures.Detail)
	if figures.Lead == "" {
		f.detail.SetText("Nothing measured in this time.")
	}
	f.plot.SetAttribute("aria-label", figures.Describe(f.row.Title, f.now()))
	chart := figures.Chart()
	chart.Hover = func(column int) { f.readout.SetText(figures.Readout(column)) }
	f.plot.Show(chart)
	f.readout.SetText(figures.Readout(-1))
	f.table.Replace(figureTable(f.row.Title, figures, f.now()))
}

// figureTable is what the chart shows, for eyes, ears and fingers.
func figureTable(title string, figures Figures, now time.Time) *dom.Element {
	head := dom.TR(dom.TH(dom.Scope("col"), dom.Text("When")))
	for _, name := range figures.Heads {
		head.Add(dom.TH(dom.Scope("col"), dom.Text(name)))
	}
	body := dom.TBody()
	for _, column := range figures.Columns {
		row := dom.TR(dom.TH(dom.Scope("row"), dom.Text(column.Name)))
		for i := range figures.Heads {
			cell := "–"
			if i < len(column.Cells) {
				cell = column.Cells[i]
			}
			row.Add(dom.TD(dom.Text(cell)))
		}
		body.Add(row)
	}
	return dom.Table(dom.Class("figure-table"), dom.Caption(dom.Text(title+", "+figures.Period.Title(now))), dom.THead(head), body)
}
