//go:build js && wasm

package app

import (
	"context"

	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// protectionPage is how the records unlock, while it is shown.
type protectionPage struct {
	app    *app
	screen *screen
	words  *dom.Element
	list   *dom.Element
	adding *dom.Element // buttons for what can be added
	slot   *dom.Element // the step under way
	known  protocol.MethodsResult
}

// drawProtection lists the unlock methods and lets the person add, change and
// remove them.
func (a *app) drawProtection(s *screen) {
	p := &protectionPage{
		app: a, screen: s, words: dom.P(dom.Class("guard")), list: dom.Div(), adding: dom.Div(dom.Class("actions")), slot: dom.Div(),
	}
	s.page(a.back(Route{Page: PrivacyPage}, "Privacy"), "Protection", p.words, p.list, p.adding, p.slot, a.idleSection())
	s.start = func() { go p.load() }
}

func (p *protectionPage) load() {
	known, err := p.app.methods(p.screen.ctx)
	if !p.screen.live() {
		return
	}
	if err != nil {
		p.slot.Replace(message("problem", explain(err)))
		return
	}
	p.fill(known)
	if p.bare() {
		p.askPassphrase("")
	}
}

// bare reports whether the records open to whoever has the disk.
func (p *protectionPage) bare() bool { return p.has(protocol.KindDevice) }

func (p *protectionPage) has(kind string) bool { return len(ofKind(p.known.Methods, kind)) > 0 }

func (p *protectionPage) fill(known protocol.MethodsResult) {
	p.known = known
	p.app.guard.learn(known)
	p.words.SetText(protection(kindsOf(known.Methods)))
	p.list.Replace()
	p.adding.Replace()
	if p.bare() {
		return
	}
	rows := dom.UL(dom.Role("list"), dom.Class("grants"))
	for _, m := range known.Methods {
		rows.Add(p.row(m))
	}
	p.list.Add(dom.Section(dom.Class("card"), dom.H2(dom.Text("Ways to unlock")), rows))
	if !p.has(protocol.KindPassphrase) {
		p.adding.Add(dom.Button(dom.Class("button"), dom.Text("Set a passphrase"), dom.OnClick(func() { p.askPassphrase("") })))
	}
	if dom.PasskeysThere() {
		p.adding.Add(dom.Button(dom.Class("button"), dom.Text("Add a passkey"), dom.OnClick(func() { go p.addPasskey() })))
	}
	if !p.has(protocol.KindRecovery) {
		p.adding.Add(dom.Button(dom.Class("button"), dom.Text("Get a recovery code"), dom.OnClick(func() { go p.showRecovery("") })))
	}
}

func (p *protectionPage) row(m protocol.UnlockMethod) *dom.Element {
	title := methodTitle(m.Kind)
	buttons := dom.Div(dom.Class("actions"))
	switch m.Kind {
	case protocol.KindPassphrase:
		buttons.Add(dom.Button(dom.Class("button small"), dom.Text("Change"), dom.Name("Change the passphrase"),
			dom.OnClick(func() { p.askPassphrase(m.ID) })))
	case protocol.KindRecovery:
		buttons.Add(dom.Button(dom.Class("button small"), dom.Text("Replace"), dom.Name("Replace the recovery code"),
			dom.OnClick(func() { go p.showRecovery(m.ID) })))
	}
	if len(p.known.Methods) > 1 {
		buttons.Add(dom.Button(dom.Class("button small"), dom.Text("Remove"), dom.Name("Remove the "+title),
			dom.OnClick(func() { p.confirmRemoval(m) })))
	}
	return dom.LI(dom.Span(dom.Class("grants-title"), dom.Text(title),
		dom.Span(dom.Class("note"), dom.Text(methodNote(m, dom.LocalOffset)))), buttons)
}

// confirmRemoval asks once more, by another button.
func (p *protectionPage) confirmRemoval(m protocol.UnlockMethod) {
	keep := dom.Button(dom.Class("button"), dom.Text("Keep it"), dom.OnClick(p.done))
	remove := dom.Button(dom.Class("button danger"), dom.Text("Remove it"), dom.OnClick(p.app.deliberately(func() {
		go func() {
			p.change(p.app.client.Call(p.screen.ctx, protocol.MethodRemoveMethod, protocol.RemoveMethodParams{ID: m.ID}, &p.known))
		}()
	})))
	p.step(methodTitle(m.Kind)+" no longer unlocks", dom.P(dom.Text("It opens nothing from then on. The other ways stay.")),
		dom.Div(dom.Class("actions"), keep, remove))
	keep.Focus(true)
}

// change shows what a call that changes the methods, into p.known, has done.
func (p *protectionPage) change(_ [][]byte, err error) bool {
	if !p.screen.live() {
		return false
	}
	if err != nil {
		p.problem(explain(err))
		return false
	}
	p.fill(p.known)
	p.done()
	p.app.announcer.Say("Saved.")
	return true
}

// step shows one step in the slot.
func (p *protectionPage) step(title string, parts ...dom.Part) {
	p.slot.Replace(dom.Section(dom.Class("card step"), dom.H2(dom.TabIndex(-1), dom.Text(title)), dom.Parts(parts...)))
}

func (p *protectionPage) problem(text string) {
	p.slot.Add(message("problem", text))
}

func (p *protectionPage) done() {
	p.slot.Replace()
	p.screen.heading.Focus(true)
}

// addPasskey has the browser make a passkey and sets it.
func (p *protectionPage) addPasskey() {
	p.step("Add a passkey", dom.P(dom.Text("Your browser asks where to keep it: on this device, on a phone or on a security key.")))
	output, err := dom.CreatePasskey(p.screen.ctx)
	if !p.screen.live() {
		return
	}
	if err != nil {
		p.problem(explain(passkeyError(err)))
		return
	}
	params := protocol.AddMethodParams{Secret: protocol.Secret{Passkey: &output}}
	p.change(p.app.client.Call(p.screen.ctx, protocol.MethodAddMethod, params, &p.known))
}

// kindsOf joins the kinds of methods as a status does.
func kindsOf(methods []protocol.UnlockMethod) string {
	kinds := ""
	for _, kind := range []string{protocol.KindDevice, protocol.KindPassphrase, protocol.KindPasskey, protocol.KindRecovery} {
		if len(ofKind(methods, kind)) == 0 {
			continue
		}
		if kinds != "" {
			kinds += "+"
		}
		kinds += kind
	}
	return kinds
}

// setPassphrase sets the passphrase, in place of the one that there is.
func (a *app) setPassphrase(ctx context.Context, text string) error {
	known, err := a.methods(ctx)
	if err != nil {
		return err
	}
	params := protocol.AddMethodParams{Secret: protocol.Secret{Passphrase: text}}
	params.MemoryKiB, params.Passes = passphraseCost(dom.DeviceMemory())
	if present := ofKind(known.Methods, protocol.KindPassphrase); len(present) > 0 {
		params.Replaces = present[0].ID
	}
	if _, err = a.client.Call(ctx, protocol.MethodAddMethod, params, &known); err != nil {
		return err
	}
	a.guard.learn(known)
	a.guard.locks.Tell() // other tabs have the keys of before, if this was the first
	return nil
}

// idleSection lets the person choose when the records lock by themselves.
func (a *app) idleSection() *dom.Element {
	choices := dom.Div(dom.Class("group"))
	for _, minutes := range idleChoices {
		radio := dom.Radio("idle")
		radio.Set(a.guard.idle == idleOf(idleText(minutes)))
		radio.Add(dom.On(dom.Change, func(dom.Event) { a.guard.setIdle(minutes) }))
		choices.Add(dom.Label(dom.Class("sheet-row option"), radio, dom.Span(dom.Text(idleWords(minutes)))))
	}
	return dom.Section(dom.New("fieldset", dom.Legend(dom.H2(dom.Text("Lock by itself"))),
		dom.P(dom.Class("note"), dom.Text("When you have not touched Keepwell for this long, in sight or not, in every tab. It takes effect once there is a passphrase or a passkey.")),
		choices))
}
