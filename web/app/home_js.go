//go:build js && wasm

package app

import (
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// drawHome shows what there is, by type, or welcomes a person who has nothing
// here yet.
func (a *app) drawHome(s *screen) {
	body := dom.Div(waiting())
	s.page(dom.P(dom.Class("wordmark welcome-name"), dom.Text("Keepwell")), "Your records", body)
	s.start = func() { s.refill(func() { a.fillHome(s, body) }) }
	s.changed = func([]store.TypeID) { s.start() }
}

func (a *app) fillHome(s *screen, body *dom.Element) {
	var result protocol.CountsResult
	_, err := a.client.Call(s.ctx, protocol.MethodCounts, nil, &result)
	if !s.live() {
		return
	}
	if err != nil {
		body.Replace(message("problem", explain(err)))
		return
	}
	total := Total(result.Counts)
	if total == 0 {
		s.heading.SetText("Your health records, kept on your own device")
		s.root.SetClass("welcoming", true)
		body.Replace(a.welcome())
		return
	}
	// What stands above the records must be there before them, or they move away from
	// under a finger.
	storage := dom.StorageState(s.ctx)
	reminder := a.reminder(s, storage.Persisted)
	if !s.live() {
		return
	}
	s.heading.SetText("Your records")
	s.root.SetClass("welcoming", false)
	body.Replace(dom.P(dom.Class("lead"), dom.Text(Count(total, "record", "records")+" on this device.")))
	notices := dom.Div(dom.Class("notices"), a.disclosure(), reminder)
	if short(storage.Usage, storage.Quota) {
		notices.Add(dom.P(dom.Class("problem"), dom.Text(shortWords(storage.Quota-storage.Usage))))
	}
	body.Add(notices)
	for _, shelf := range Shelves(result.Counts) {
		body.Add(a.shelf(shelf))
	}
	dom.ScrollTo(s.stop.Scroll)
	s.stop.Scroll = 0
	a.tellDamage(s, notices)
}

// tellDamage says what of the store does not open, as far as it is known by now.
func (a *app) tellDamage(s *screen, notices *dom.Element) {
	var status protocol.StatusResult
	if _, err := a.client.Call(s.ctx, protocol.MethodStatus, nil, &status); err != nil || !s.live() || status.Damaged == 0 {
		return
	}
	notices.Add(dom.P(dom.Class("problem"), dom.Text(damageWords(status.Lost))))
}

// disclosure says, until a way to unlock is set, who could read the records.
func (a *app) disclosure() *dom.Element {
	if a.guard.protected {
		return nil
	}
	way := a.link(Route{Page: ProtectionPage}, dom.Text("Set a passphrase"))
	way.SetAttribute("class", "button")
	return dom.Div(dom.Class("guard disclosure"), dom.P(dom.Text(protection(protocol.KindDevice))), way)
}

// welcome is the first visit.
func (a *app) welcome() *dom.Element {
	return dom.Div(dom.Class("welcome"),
		dom.P(dom.Class("lead"), dom.Text("Keepwell gathers your records from doctors, hospitals, insurers and your phone in one place. "+
			"They are kept in this browser, and nothing you add here ever leaves this device. "+
			"When a site asks to see some of it, you decide, one kind of record at a time.")),
		a.intake.chooser("Import records", true),
		dom.P(dom.Class("note"), dom.Text("Coming from another browser or device? "), a.link(Route{Page: RestorePage}, dom.Text("Restore a backup"))),
		dom.P(dom.Class("note"), dom.Text("The sample records are of a person who does not exist. You can erase them at any time.")))
}

// shelf is one section of the home page.
func (a *app) shelf(shelf Shelf) *dom.Element {
	list := dom.UL(dom.Role("list"), dom.Class("types"))
	for _, item := range shelf.Items {
		list.Add(dom.LI(a.typeLink(item)))
	}
	return dom.Section(dom.H2(dom.Text(shelf.Title)), list)
}

// typeLink leads to the records of a type; a type without any leads nowhere.
func (a *app) typeLink(item Item) *dom.Element {
	parts := dom.Parts(
		dom.Span(dom.Class("tile"), dom.Icon(iconOf(item.Type))),
		dom.Span(dom.Class("types-title"), dom.Text(item.Type.Title)))
	if item.Count == 0 {
		return dom.Div(dom.Class("types-row none"), parts, dom.Span(dom.Class("types-count"), dom.Text("None yet")))
	}
	link := a.link(Route{Page: ListPage, Type: item.Type.ID}, parts,
		dom.Span(dom.Class("types-count"), dom.Text(Number(item.Count)), dom.Span(dom.Class("spoken"), dom.Text(" records"))),
		dom.Icon(nextIcon))
	link.SetAttribute("class", "types-row")
	return link
}
