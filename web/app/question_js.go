//go:build js && wasm

package app

import "github.com/keepwell-health/keepwell/web/dom"

// question is a deed that a second, different click confirms.
type question struct {
	ask, keep, confirm string // the buttons
	dangerous          bool   // so that the first one says it already
	beside             *dom.Element
	warning            string
	do                 func(asked *dom.Element) // with the place for what goes wrong
}

// parts makes the question, whose deed no site can lead a click to.
func (q question) parts(a *app) dom.Part {
	ask := dom.Button(dom.Class("button"), dom.Text(q.ask))
	if q.dangerous {
		ask.SetAttribute("class", "button danger")
	}
	actions := dom.Div(dom.Class("actions"), q.beside, ask)
	keep := dom.Button(dom.Class("button"), dom.Text(q.keep))
	confirm := dom.Button(dom.Class("button danger"), dom.Text(q.confirm))
	asked := dom.Div(dom.Class("card confirm"), dom.Hidden(), dom.Role("group"), dom.Name("Confirm"),
		dom.P(dom.Text(q.warning)), dom.Div(dom.Class("actions"), keep, confirm))
	show := func(asking bool, focus *dom.Element) {
		actions.SetHidden(asking)
		asked.SetHidden(!asking)
		focus.Focus(true)
	}
	ask.Add(dom.OnClick(func() { show(true, keep) }))
	keep.Add(dom.OnClick(func() { show(false, ask) }))
	confirm.Add(dom.OnClick(a.deliberately(func() { q.do(asked) })))
	return dom.Parts(actions, asked)
}

// erasing asks whether to erase everything.
func erasing(do func(asked *dom.Element)) question {
	return question{
		ask: "Erase everything…", keep: "Keep my records", confirm: "Erase everything now", dangerous: true,
		warning: "All records, and everything you allowed to sites, will be gone from this device. This can’t be undone.",
		do:      do,
	}
}
