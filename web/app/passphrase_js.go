//go:build js && wasm

package app

import (
	"github.com/keepwell-health/keepwell/web/dom"
)

// askPassphrase is the step in which a passphrase is set or changed.
func (p *protectionPage) askPassphrase(replaces string) {
	title := "Set a passphrase"
	if replaces != "" {
		title = "Change the passphrase"
	}
	form := newPassphraseForm("Save", "Keepwell", "New passphrase",
		"Nobody can reset it. If it is lost, only a passkey or a recovery code that you set here opens the records.")
	form.submit = func(text string) {
		form.save.SetDisabled(true)
		go p.savePassphrase(text, form.say, form.save)
	}
	p.step(title, form.root)
}

// passphraseForm asks for a new passphrase, twice, and shows how strong it is.
type passphraseForm struct {
	root    *dom.Element
	save    *dom.Element
	problem *dom.Element
	submit  func(text string) // called with what was entered twice
}

// newPassphraseForm makes the form. opens is what it opens, for password managers;
// warning says what it means to lose it.
func newPassphraseForm(button, opens, label, warning string) *passphraseForm {
	f := &passphraseForm{problem: dom.Div(dom.Role("alert")), save: dom.SubmitButton(dom.Class("button primary"), dom.Text(button))}
	first := newSecretField(label, "new-password", dom.DescribedBy("passphrase-hint"))
	gauge, opinion := strengthGauge(first.input)
	again := dom.Secret("new-password", dom.ID("secret-again"))
	f.root = dom.Form(func() {
		switch text := first.input.Value(); {
		case text == "":
			f.say("Enter a passphrase.")
			first.input.Focus(false)
		case text != again.Value():
			f.say("The two are not the same. Enter them again.")
			again.Focus(false)
		default:
			f.problem.Replace()
			f.submit(text)
		}
	}, dom.Class("form"), account(opens), first.root, gauge, opinion,
		dom.P(dom.ID("passphrase-hint"), dom.Class("note"), dom.Text("Four or five words that have nothing to do with each other are hard to guess and easy to keep in mind. Any length, any letters.")),
		dom.Div(dom.Class("field"), dom.Label(dom.For("secret-again"), dom.Text("Once more")), again),
		dom.P(dom.Class("note"), dom.Text(warning)), f.problem, dom.Div(dom.Class("actions"), f.save))
	return f
}

func (f *passphraseForm) say(text string) {
	f.problem.Replace(dom.P(dom.Class("problem"), dom.Text(text)))
}

func (p *protectionPage) savePassphrase(text string, say func(string), save *dom.Element) {
	wasBare := p.bare()
	err := p.app.setPassphrase(p.screen.ctx, text)
	if !p.screen.live() {
		return
	}
	if err != nil {
		save.SetDisabled(false)
		say(explain(err))
		return
	}
	known, err := p.app.methods(p.screen.ctx)
	if !p.screen.live() {
		return
	}
	p.known = known
	if p.change(nil, err) && wasBare {
		p.showRecovery("") // the first way to unlock should not stay the only one
	}
}

// strengthGauge shows, as it is typed, how well a passphrase stands against
// guessing.
func strengthGauge(input *dom.Field) (gauge *dom.Meter, opinion *dom.Element) {
	gauge = dom.NewMeter("4", dom.Class("strength"), dom.Name("Strength"), dom.Hidden())
	opinion = dom.P(dom.Class("note"), dom.Role("status"))
	input.Add(dom.On(dom.Input, func(dom.Event) {
		strength, ok := dom.StrengthOf(input.Value())
		gauge.SetHidden(!ok || input.Value() == "")
		if !ok || input.Value() == "" {
			opinion.SetText("")
			return
		}
		gauge.Set(strength.Score)
		if words := strengthWords(strength.Score, strength.Warning); words != opinion.TextContent() {
			opinion.SetText(words)
		}
	}))
	return gauge, opinion
}
