//go:build js && wasm

package app

import (
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// lockScreen stands in place of the pages until the records are unlocked.
type lockScreen struct {
	app     *app
	root    *dom.Element
	body    *dom.Element
	problem *dom.Element
	waiting *dom.Element // says how many saves of sites wait
	known   protocol.MethodsResult
	busy    bool
}

func (a *app) showLockScreen() {
	l := &lockScreen{app: a, root: a.stand(dom.Class("standing locked"), dom.ID("locked")), body: dom.Div(dom.Class("locked-body")), waiting: dom.P(dom.Class("note"), dom.Hidden())}
	heading := dom.H1(dom.TabIndex(-1), dom.Text("Your records are locked"))
	l.root.Add(dom.P(dom.Class("wordmark"), dom.Text("Keepwell")), heading, l.waiting, l.body)
	a.entrance = l
	if !dom.IsTop() {
		// Another site could draw over a frame, or watch where it is clicked.
		l.body.Add(dom.P(dom.Text("Open Keepwell in a tab of its own to unlock them.")))
		return
	}
	go l.fill()
}

func (a *app) closeLockScreen() {
	a.unstand(a.entrance.root)
	a.entrance = nil
}

func (l *lockScreen) fill() {
	known, err := l.app.methods(l.app.ctx)
	if err != nil {
		l.body.Add(message("problem", explain(err)))
		return
	}
	l.known = known
	l.tellWaiting()
	kind := protocol.KindRecovery
	for _, better := range []string{protocol.KindPasskey, protocol.KindPassphrase} {
		if l.has(better) {
			kind = better
		}
	}
	l.show(kind, true)
}

// tellWaiting says how many saves of sites wait to be taken in.
func (l *lockScreen) tellWaiting() {
	var status protocol.StatusResult
	_, err := l.app.client.Call(l.app.ctx, protocol.MethodStatus, nil, &status)
	if err == nil && status.Waiting > 0 {
		l.waiting.SetText(waitingWords(status.Waiting))
		l.waiting.SetHidden(false)
	}
}

func (l *lockScreen) has(kind string) bool { return len(ofKind(l.known.Methods, kind)) > 0 }

// show offers one way to unlock, and the others below.
func (l *lockScreen) show(kind string, first bool) {
	l.problem = dom.Div(dom.Role("alert"))
	var focus *dom.Element
	switch kind {
	case protocol.KindPassphrase:
		focus = l.showPassphrase()
	case protocol.KindPasskey:
		focus = l.showPasskey()
	default:
		focus = l.showRecovery()
	}
	l.body.Add(l.others(kind))
	if l.app.overlay != nil {
		l.body.Add(dom.P(dom.Class("note"), dom.Text("This site asks for what you granted it, and has to wait until they are unlocked.")),
			dom.Div(dom.Class("actions"), dom.Button(dom.Class("button"), dom.Text("Not now"), dom.OnClick(l.app.dismissed))))
	} else {
		l.body.Add(l.lost())
	}
	// A phone would cover half the page with its keyboard, unasked.
	if !first || !dom.Touched() {
		focus.Focus(false)
	}
}

func (l *lockScreen) showPassphrase() *dom.Element {
	field := newSecretField("Passphrase", "current-password")
	l.body.Replace(dom.Form(func() {
		l.try(protocol.Secret{Passphrase: field.input.Value()}, "Enter your passphrase.", field.input.Element)
	}, dom.Class("form"), account("Keepwell"), field.root, l.problem, dom.Div(dom.Class("actions"), dom.SubmitButton(dom.Class("button primary"), dom.Text("Unlock")))))
	return field.input.Element
}

func (l *lockScreen) showRecovery() *dom.Element {
	input := dom.Code(dom.ID("recovery-code"), dom.Class("code-input"), dom.DescribedBy("recovery-hint"))
	l.body.Replace(dom.Form(func() {
		l.try(protocol.Secret{RecoveryCode: input.Value()}, "Enter your recovery code.", input.Element)
	}, dom.Class("form"),
		dom.Div(dom.Class("field"), dom.Label(dom.For("recovery-code"), dom.Text("Recovery code")), input,
			dom.P(dom.ID("recovery-hint"), dom.Class("note"), dom.Text("Seven groups of four. Small letters, spaces and missing dashes are fine."))),
		l.problem, dom.Div(dom.Class("actions"), dom.SubmitButton(dom.Class("button primary"), dom.Text("Unlock")))))
	return input.Element
}

func (l *lockScreen) showPasskey() *dom.Element {
	button := dom.Button(dom.Class("button primary"), dom.Text("Unlock with your passkey"))
	button.Add(dom.OnClick(func() { go l.usePasskey(button) }))
	l.body.Replace(dom.Div(dom.Class("form"), l.problem, dom.Div(dom.Class("actions"), button)))
	return button
}

// others leads to the other ways to unlock that there are.
func (l *lockScreen) others(shown string) *dom.Element {
	list := dom.Div(dom.Class("actions others"))
	for _, way := range []struct{ kind, words string }{
		{protocol.KindPassphrase, "Use your passphrase"},
		{protocol.KindPasskey, "Use your passkey"},
		{protocol.KindRecovery, "Use your recovery code"},
	} {
		if way.kind != shown && l.has(way.kind) {
			list.Add(dom.Button(dom.Class("button quiet"), dom.Text(way.words), dom.OnClick(func() { l.show(way.kind, false) })))
		}
	}
	return list
}

// lost says what remains to who can't unlock.
func (l *lockScreen) lost() *dom.Element {
	return dom.Details(dom.Class("more"), dom.SummaryOf(dom.Text("I can’t unlock")),
		dom.P(dom.Text("Nobody can open the records without one of the ways you set, and nobody can reset them, whoever serves this page included. If all are lost, you can erase what is here and restore a backup, or bring your records again.")),
		erasing(func(asked *dom.Element) { go l.erase(asked) }).parts(l.app))
}

func (l *lockScreen) erase(asked *dom.Element) {
	if err := l.app.eraseAll(l.app.ctx); err != nil {
		asked.Add(message("problem", explain(err)))
	}
}

func (l *lockScreen) usePasskey(button *dom.Element) {
	output, err := l.app.askPasskey(l.app.ctx)
	if err != nil {
		l.say(explain(err))
		button.Focus(false)
		return
	}
	l.try(protocol.Secret{Passkey: &output}, "", button)
}

// try unlocks. empty is what to say when nothing was given.
func (l *lockScreen) try(secret protocol.Secret, empty string, again *dom.Element) {
	if l.busy {
		return
	}
	if secret == (protocol.Secret{}) {
		l.say(empty)
		again.Focus(false)
		return
	}
	l.busy = true
	l.problem.Replace(dom.P(dom.Class("waiting"), dom.Text("Unlocking… After several wrong attempts this takes longer.")))
	go func() {
		err := l.app.unlock(l.app.ctx, secret)
		l.busy = false
		if err != nil && !l.app.ended() {
			l.say(explain(err))
			again.Focus(false)
		}
	}()
}

func (l *lockScreen) say(text string) {
	l.problem.Replace(dom.P(dom.Class("problem"), dom.Text(text)))
}

// account names what a passphrase is for, to password managers only.
func account(name string) *dom.Element {
	return dom.New("input", dom.Attribute("type", "text"), dom.Attribute("autocomplete", "username"),
		dom.Attribute("value", name), dom.Hidden())
}

// secretField is a field for a passphrase with its label and a way to see what
// is typed.
type secretField struct {
	root  *dom.Element
	input *dom.Field
}

func newSecretField(label, purpose string, parts ...dom.Part) secretField {
	id := "secret-" + purpose
	f := secretField{input: dom.Secret(purpose, dom.ID(id), dom.Parts(parts...))}
	shown := false
	reveal := dom.Button(dom.Class("button small"), dom.Text("Show"), dom.Name("Show the passphrase"))
	reveal.SetAttribute("aria-pressed", "false")
	reveal.Add(dom.OnClick(func() {
		shown = !shown
		f.input.Reveal(shown)
		reveal.SetAttribute("aria-pressed", map[bool]string{true: "true", false: "false"}[shown])
	}))
	f.root = dom.Div(dom.Class("field"), dom.Label(dom.For(id), dom.Text(label)), dom.Div(dom.Class("field-row"), f.input, reveal))
	return f
}
