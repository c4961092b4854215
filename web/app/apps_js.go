//go:build js && wasm

package app

import (
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
	"github.com/keepwell-health/keepwell/web/sheet"
)

// drawApps lists who ever asked and what they may do.
func (a *app) drawApps(s *screen) {
	body := dom.Div(waiting())
	s.page(nil, "Apps", dom.P(dom.Class("lead"), dom.Text("Sites that asked for your records, and what you allowed them.")), body)
	s.start = func() { s.refill(func() { a.fillApps(s, body) }) }
	s.changed = func([]store.TypeID) { s.start() }
}

func (a *app) fillApps(s *screen, body *dom.Element) {
	var result protocol.AppsResult
	_, err := a.client.Call(s.ctx, protocol.MethodApps, nil, &result)
	if !s.live() {
		return
	}
	if err != nil {
		body.Replace(message("problem", explain(err)))
		return
	}
	var log protocol.AccessLogResult
	_, err = a.client.Call(s.ctx, protocol.MethodAccessLog, nil, &log)
	if !s.live() {
		return
	}
	body.Replace()
	if err != nil { // what apps may do is worth showing without what they did
		body.Add(message("problem", explain(err)))
	}
	if len(result.Apps) == 0 {
		body.Add(dom.P(dom.Class("card empty"), dom.Text("No site has asked yet. When one does, you decide here what it may see, and it is listed on this page from then on, whatever you decide.")))
		return
	}
	for _, entry := range result.Apps {
		body.Add(a.appCard(s, body, entry, accessLines(log.Accesses, entry.Origin, dom.LocalOffset)))
	}
}

// appCard is one app with its grants.
func (a *app) appCard(s *screen, body *dom.Element, entry store.App, accesses []string) *dom.Element {
	card := dom.Section(dom.Class("card app-card"), dom.H2(dom.Text(hostOf(entry.Origin))))
	if entry.Description.Name != "" {
		card.Add(dom.P(dom.Class("note"), dom.Text("Calls itself "), dom.New("bdi", dom.Text("“"+entry.Description.Name+"”")),
			dom.Text(". Last asked "+Day(entry.LastAsked, "", dom.LocalOffset)+".")))
	}
	list := dom.UL(dom.Role("list"), dom.Class("plain permissions"))
	for _, grant := range entry.Grants {
		list.Add(a.grantItem(s, body, entry, grant))
	}
	card.Add(list)
	if allowed, _ := grantLines(entry, dom.LocalOffset); len(allowed) == 0 {
		card.Add(dom.P(dom.Text("It has access to nothing.")), accessList(accesses))
		return card
	}
	card.Add(dom.Div(dom.Class("actions"), dom.Button(dom.Class("button danger"), dom.Text("Take back everything"),
		dom.Name("Take back everything from "+hostOf(entry.Origin)), dom.OnClick(func() { go a.revoke(s, body, entry) }))), accessList(accesses))
	return card
}

// accessList is what an app did; nothing when it did nothing.
func accessList(lines []string) *dom.Element {
	if len(lines) == 0 {
		return nil
	}
	list := dom.UL(dom.Class("plain note"))
	for _, line := range lines {
		list.Add(dom.LI(dom.Text(line)))
	}
	return dom.Details(dom.Class("more"), dom.SummaryOf(dom.Text("What it did")), list)
}

// grantItem is what an app may do with one type, for the person to change.
func (a *app) grantItem(s *screen, body *dom.Element, entry store.App, grant store.Grant) *dom.Element {
	item := dom.LI()
	for _, one := range switchesOf(grant) {
		toggle := dom.Switch(dom.Class("switch"), dom.On(dom.Change, func(dom.Event) { go a.setGrant(s, body, entry, one.To) }))
		toggle.Set(one.On)
		item.Add(dom.Label(dom.Class("sheet-row"), dom.Span(dom.Text(one.Title),
			dom.Span(dom.Class("spoken"), dom.Text(" for "+hostOf(entry.Origin)))), toggle.Element))
	}
	if lines, _ := grantLines(store.App{Grants: []store.Grant{grant}}, dom.LocalOffset); len(lines) > 0 && lines[0].Extra != "" {
		item.Add(dom.P(dom.Class("note"), dom.Text(lines[0].Extra)))
	}
	if grant.Read {
		item.Add(a.historyOf(s, body, entry, grant))
	}
	return item
}

// historyOf lets the person change how far back an app reads a type.
func (a *app) historyOf(s *screen, body *dom.Element, entry store.App, grant store.Grant) *dom.Element {
	buttons := dom.Div(dom.Class("actions"))
	for _, choice := range sheet.Histories {
		buttons.Add(dom.Button(dom.Class("button small"), dom.Text(choice.Title()), dom.OnClick(func() {
			to := grant
			to.HistoryStart = choice.Since(time.Now())
			go a.setGrant(s, body, entry, to)
		})))
	}
	return dom.Details(dom.Class("more"), dom.SummaryOf(dom.Span(dom.Text("How far back"),
		dom.Span(dom.Class("spoken"), dom.Text(" "+hostOf(entry.Origin)+" reads "+titleOf(grant.Type))))), buttons)
}

// setGrant changes one grant. It takes effect at the app's next call.
func (a *app) setGrant(s *screen, body *dom.Element, entry store.App, to store.Grant) {
	params := protocol.SetGrantParams{Origin: entry.Origin, Grant: to}
	_, err := a.client.Call(s.ctx, protocol.MethodSetGrant, params, nil)
	if !s.live() {
		return
	}
	s.heading.Focus(false) // the control that had it is about to go
	if err == nil {
		a.announcer.Say("Changed for " + hostOf(entry.Origin) + ".")
	}
	s.refill(func() {
		a.fillApps(s, body)
		if err != nil {
			body.Add(message("problem", explain(err)))
		}
	})
}

// revoke takes back some types from an app, or all.
func (a *app) revoke(s *screen, body *dom.Element, entry store.App, types ...store.TypeID) {
	_, err := a.client.Call(s.ctx, protocol.MethodRevoke, protocol.RevokeParams{Origin: entry.Origin, Types: types}, nil)
	if !s.live() {
		return
	}
	if err != nil {
		body.Add(message("problem", explain(err)))
		return
	}
	// The button that had the focus is about to go.
	s.heading.Focus(false)
	a.announcer.Say("Taken back from " + hostOf(entry.Origin) + ".")
	s.refill(func() { a.fillApps(s, body) })
}
