//go:build js && wasm

package app

import (
	"strings"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// drawApps lists who ever asked and what they may do.
func (a *app) drawApps(s *screen) {
	body := dom.Div(waiting())
	s.page(nil, "Apps", dom.P(dom.Class("lead"), dom.Text("Sites that asked for your records, and what you allowed them.")), body)
	s.start = func() { go a.fillApps(s, body) }
	s.changed = func([]store.TypeID) { go a.fillApps(s, body) }
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
	allowed, denied := grantLines(entry, dom.LocalOffset)
	card := dom.Section(dom.Class("card app-card"), dom.H2(dom.Text(hostOf(entry.Origin))))
	if entry.Description.Name != "" {
		card.Add(dom.P(dom.Class("note"), dom.Text("Calls itself "), dom.New("bdi", dom.Text("“"+entry.Description.Name+"”")),
			dom.Text(". Last asked "+Day(entry.LastAsked, "", dom.LocalOffset)+".")))
	}
	if len(allowed) == 0 {
		card.Add(dom.P(dom.Text("It has access to nothing.")), accessList(accesses))
		return card
	}
	list := dom.UL(dom.Role("list"), dom.Class("grants"))
	for _, grant := range allowed {
		list.Add(a.grantItem(s, body, entry, grant))
	}
	card.Add(list)
	if len(denied) > 0 {
		card.Add(dom.P(dom.Class("note"), dom.Text("Not allowed: "+Listed(titles(denied))+".")))
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

func (a *app) grantItem(s *screen, body *dom.Element, entry store.App, grant grantLine) *dom.Element {
	words := "May " + grant.May
	if grant.Extra != "" {
		words += " (" + grant.Extra + ")"
	}
	return dom.LI(
		dom.Span(dom.Class("grants-title"), dom.Text(grant.Title), dom.Span(dom.Class("note"), dom.Text(words))),
		dom.Button(dom.Class("button small"), dom.Text("Take back"),
			dom.Name("Take back "+grant.Title+" from "+hostOf(entry.Origin)),
			dom.OnClick(func() { go a.revoke(s, body, entry, grant.Type) })))
}

func titles(lines []grantLine) []string {
	words := make([]string, len(lines))
	for i, line := range lines {
		words[i] = line.Title
	}
	return words
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
	a.fillApps(s, body)
}

// hostOf is an origin as browsers show it.
func hostOf(origin string) string { return strings.TrimPrefix(origin, "https://") }
