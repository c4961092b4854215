//go:build js && wasm

package app

import (
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// loadOrder shows the order of sources where it decides anything: of sums over
// several.
func (f *fitness) loadOrder() {
	if f.row.Aggregation != store.AggregationCumulative {
		return
	}
	var result protocol.SourcesResult
	_, err := f.app.client.Call(f.screen.ctx, protocol.MethodSourceOrder, protocol.TypeParams{Type: f.row.ID}, &result)
	if err != nil || !f.screen.live() || len(result.Sources) < 2 {
		return
	}
	f.showOrder(result.Sources)
}

// showOrder lists the sources with buttons to move them.
// It returns the buttons, up and down of each.
func (f *fitness) showOrder(sources []store.Source) (buttons [][2]*dom.Element) {
	list := dom.OL(dom.Class("order"))
	for at, source := range sources {
		name := sourceName(source)
		up := f.mover(sources, at, -1, "Move "+name+" up")
		down := f.mover(sources, at, 1, "Move "+name+" down")
		up.SetDisabled(at == 0)
		down.SetDisabled(at == len(sources)-1)
		buttons = append(buttons, [2]*dom.Element{up, down})
		list.Add(dom.LI(dom.Span(dom.Class("order-name"), dom.Text(name)), up, down))
	}
	details := dom.Details(dom.Class("more"), dom.SummaryOf(dom.Text("Order of sources")),
		dom.P(dom.Class("note"), dom.Text("Where several of these measured at the same time, the one further up counts, so that nothing is counted twice.")), list)
	if f.order.Attribute("data-open") != "" {
		details.SetAttribute("open", "")
	}
	f.order.Replace(details)
	f.order.SetHidden(false)
	return buttons
}

func (f *fitness) mover(sources []store.Source, at, by int, name string) *dom.Element {
	icon := upIcon
	if by > 0 {
		icon = downIcon
	}
	return dom.Button(dom.Class("button round"), dom.Icon(icon), dom.Name(name), dom.OnClick(func() {
		go f.reorder(moved(sources, at, by), sources[at], at+by, by)
	}))
}

// reorder stores a new order. The engine says that the type changed, and the
// figures follow.
func (f *fitness) reorder(sources []store.Source, source store.Source, to, by int) {
	ids := make([]string, len(sources))
	for i := range sources {
		ids[i] = sources[i].ID
	}
	_, err := f.app.client.Call(f.screen.ctx, protocol.MethodSetSourceOrder, protocol.SourceOrderParams{Type: f.row.ID, Sources: ids}, nil)
	if !f.screen.live() {
		return
	}
	if err != nil {
		f.order.Add(message("problem", explain(err)))
		return
	}
	f.order.SetAttribute("data-open", "true")
	// The focus follows the source, on a button that still moves it.
	buttons := f.showOrder(sources)[to]
	if by < 0 && to > 0 || to == len(sources)-1 {
		buttons[0].Focus(true)
	} else {
		buttons[1].Focus(true)
	}
	f.app.announcer.Say(sourceName(source) + " is now number " + Number(to+1) + " of " + Number(len(sources)) + ".")
}
