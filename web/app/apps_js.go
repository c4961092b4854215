//go:build js && wasm

package app

import (
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
	"github.com/keepwell-health/keepwell/web/sheet"
)

// appsPage lists who ever asked and what they may do. Its controls stay while what
// they stand for changes: a person who turns one switch after another by keyboard is
// not thrown back to the top.
type appsPage struct {
	app     *app
	screen  *screen
	body    *dom.Element
	problem *dom.Element
	asked   string // who asked for what, as the cards show it
	cards   []*appCard
}

func (a *app) drawApps(s *screen) {
	p := &appsPage{app: a, screen: s, body: dom.Div(waiting()), problem: dom.Div()}
	s.page(nil, "Apps", dom.P(dom.Class("lead"), dom.Text("Sites that asked for your records, and what you allowed them.")), p.body, p.problem)
	s.start = func() { s.refill(p.fill) }
	s.changed = func([]store.TypeID) { s.start() }
}

func (p *appsPage) fill() {
	var result protocol.AppsResult
	_, err := p.app.client.Call(p.screen.ctx, protocol.MethodApps, nil, &result)
	if !p.screen.live() {
		return
	}
	if err != nil {
		p.fail(err)
		return
	}
	var log protocol.AccessLogResult
	_, err = p.app.client.Call(p.screen.ctx, protocol.MethodAccessLog, nil, &log)
	if !p.screen.live() {
		return
	}
	p.problem.Replace()
	if err != nil { // what apps may do is worth showing without what they did
		p.fail(err)
	}
	if asked := whoAsked(result.Apps); asked != p.asked || asked == "" {
		p.asked = asked
		p.build(result.Apps)
	}
	for i, entry := range result.Apps {
		p.cards[i].show(entry, accessLines(log.Accesses, entry.Origin, dom.LocalOffset))
	}
}

func (p *appsPage) fail(err error) { p.problem.Replace(message("problem", explain(err))) }

// build makes the cards anew.
func (p *appsPage) build(entries []store.App) {
	p.body.Replace()
	p.cards = p.cards[:0]
	if len(entries) == 0 {
		p.body.Add(dom.P(dom.Class("card empty"), dom.Text("No site has asked yet. When one does, you decide here what it may see, and it is listed on this page from then on, whatever you decide.")))
	}
	for _, entry := range entries {
		card := p.newCard(entry)
		p.cards = append(p.cards, card)
		p.body.Add(card.root)
	}
}

// setGrant changes one grant. It takes effect at the app's next call.
func (p *appsPage) setGrant(origin string, to store.Grant) {
	p.change(protocol.MethodSetGrant, protocol.SetGrantParams{Origin: origin, Grant: to}, "Changed for "+hostOf(origin)+".")
}

// change has the engine change what an app may do, and shows what came of it.
func (p *appsPage) change(method string, params any, said string) {
	_, err := p.app.client.Call(p.screen.ctx, method, params, nil)
	if !p.screen.live() {
		return
	}
	if err == nil {
		p.app.announcer.Say(said)
	}
	p.screen.refill(func() {
		p.fill()
		if err != nil {
			p.fail(err)
		}
	})
}

// appCard is one app with its grants.
type appCard struct {
	root    *dom.Element
	items   []*grantItem
	nothing *dom.Element // says that it has access to nothing
	actions *dom.Element
	revoke  *dom.Element // takes everything back
	did     *dom.Element
	lines   *dom.Element // of did

	page *appsPage
}

func (p *appsPage) newCard(entry store.App) *appCard {
	host := hostOf(entry.Origin)
	c := &appCard{page: p, nothing: dom.P(dom.Text("It has access to nothing.")), lines: dom.UL(dom.Class("plain note"))}
	c.did = dom.Details(dom.Class("more"), dom.SummaryOf(dom.Text("What it did")), c.lines)
	c.revoke = dom.Button(dom.Class("button danger"), dom.Text("Take back everything"), dom.Name("Take back everything from "+host),
		dom.OnClick(func() {
			go p.change(protocol.MethodRevoke, protocol.RevokeParams{Origin: entry.Origin}, "Taken back from "+host+".")
		}))
	c.actions = dom.Div(dom.Class("actions"), c.revoke)
	c.root = dom.Section(dom.Class("card app-card"), dom.H2(dom.Text(host)))
	if name := sheet.NameOf(entry.Description); name != "" {
		c.root.Add(dom.P(dom.Class("note"), dom.Text("Calls itself "), dom.New("bdi", dom.Text("“"+name+"”")),
			dom.Text(". Last asked "+Day(entry.LastAsked, "", dom.LocalOffset)+".")))
	}
	list := dom.UL(dom.Role("list"), dom.Class("plain permissions"))
	for range entry.Grants {
		item := p.newGrantItem(entry.Origin)
		c.items = append(c.items, item)
		list.Add(item.root)
	}
	c.root.Add(list, c.nothing, c.actions, c.did)
	return c
}

// show shows what the app may do now, and what it did.
func (c *appCard) show(entry store.App, accesses []string) {
	for i, grant := range entry.Grants {
		c.items[i].show(grant)
	}
	allowed, _ := grantLines(entry, dom.LocalOffset)
	if len(allowed) == 0 && c.revoke.Focused() {
		c.page.screen.heading.Focus(false) // the button that has the focus is about to go
	}
	c.nothing.SetHidden(len(allowed) > 0)
	c.actions.SetHidden(len(allowed) == 0)
	c.did.SetHidden(len(accesses) == 0)
	c.lines.Replace()
	for _, line := range accesses {
		c.lines.Add(dom.LI(dom.Text(line)))
	}
}

// grantItem is what an app may do with one type, for the person to change.
type grantItem struct {
	root    *dom.Element
	toggles []*dom.Toggle
	extra   *dom.Element // what limits or widens it
	hint    *dom.Element // says why a change was not made
	history *dom.Element // how far back it reads

	page   *appsPage
	origin string
	grant  store.Grant
}

func (p *appsPage) newGrantItem(origin string) *grantItem {
	return &grantItem{page: p, origin: origin, root: dom.LI()}
}

// show shows a grant of now. The switches are made anew when there are others, as
// for a per-object type that was turned off.
func (g *grantItem) show(grant store.Grant) {
	switches := switchesOf(grant)
	if g.extra == nil || len(switches) != len(g.toggles) {
		g.build(grant, switches)
	}
	g.grant = grant
	for i, one := range switches {
		g.toggles[i].Set(one.On)
	}
	lines, _ := grantLines(store.App{Grants: []store.Grant{grant}}, dom.LocalOffset)
	g.extra.SetHidden(len(lines) == 0 || lines[0].Extra == "")
	if len(lines) > 0 {
		g.extra.SetText(lines[0].Extra)
	}
	g.history.SetHidden(!grant.Read)
}

func (g *grantItem) build(grant store.Grant, switches []grantSwitch) {
	if g.extra != nil {
		g.page.screen.heading.Focus(false) // the switch that has the focus is about to go
	}
	g.root.Replace()
	g.toggles = g.toggles[:0]
	for i, one := range switches {
		toggle := dom.Switch(dom.Class("switch"), dom.On(dom.Change, func(dom.Event) { g.change(switchesOf(g.grant)[i].To) }))
		g.toggles = append(g.toggles, toggle)
		g.root.Add(dom.Label(dom.Class("sheet-row"), dom.Span(dom.Text(one.Title),
			dom.Span(dom.Class("spoken"), dom.Text(" for "+hostOf(g.origin)))), toggle.Element))
	}
	g.extra, g.hint = dom.P(dom.Class("note")), dom.Div()
	g.history = g.historyOf(titleOf(grant.Type))
	g.root.Add(g.extra, g.hint, g.history)
}

// change makes another grant of this one. What takes something back is never held up.
func (g *grantItem) change(to store.Grant) {
	widens := to.Read && !g.grant.Read || to.Share && !g.grant.Share || to.HistoryStart < g.grant.HistoryStart
	g.hint.Replace()
	if widens && !g.page.app.deliberate() {
		g.hint.Replace(message("problem", notMeant))
		g.show(g.grant)
		return
	}
	go g.page.setGrant(g.origin, to)
}

// historyOf lets the person change how far back an app reads a type.
func (g *grantItem) historyOf(title string) *dom.Element {
	buttons := dom.Div(dom.Class("actions"))
	for _, choice := range sheet.Histories {
		buttons.Add(dom.Button(dom.Class("button small"), dom.Text(choice.Title()), dom.OnClick(func() {
			to := g.grant
			to.HistoryStart = choice.Since(time.Now())
			g.change(to)
		})))
	}
	return dom.Details(dom.Class("more"), dom.SummaryOf(dom.Span(dom.Text("How far back"),
		dom.Span(dom.Class("spoken"), dom.Text(" "+hostOf(g.origin)+" reads "+title)))), buttons)
}
