//go:build js && wasm

package app

import (
	"math/rand/v2"

	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

const recoveryGroups = 7

// showRecovery is the step in which a recovery code is shown, once. It opens
// nothing until the person has shown that they kept it.
func (p *protectionPage) showRecovery(replaces string) {
	var fresh protocol.RecoveryCodeResult
	_, err := p.app.client.Call(p.screen.ctx, protocol.MethodNewRecoveryCode, nil, &fresh)
	if !p.screen.live() {
		return
	}
	if err != nil {
		p.problem(explain(err))
		return
	}
	code := fresh.Code
	number := 1 + rand.IntN(recoveryGroups) // which group is asked back; nothing depends on it being unknown
	typed := dom.Code(dom.ID("recovery-back"), dom.Class("code-input"))
	problem := dom.Div(dom.Role("alert"))
	submit := func() {
		if !sameGroup(typed.Value(), groupOf(code, number)) {
			problem.Replace(dom.P(dom.Class("problem"), dom.Text("This is not that group. Look at what you wrote down.")))
			typed.Focus(false)
			return
		}
		go func() {
			params := protocol.AddMethodParams{Secret: protocol.Secret{RecoveryCode: code}, Replaces: replaces}
			p.change(p.app.client.Call(p.screen.ctx, protocol.MethodAddMethod, params, &p.known))
		}()
	}
	p.step("Your recovery code",
		dom.P(dom.Text("It opens your records when the passphrase is forgotten or the passkey is lost. It is shown this once: keep it on paper or in a password manager, not only on this device.")),
		codeWords(code),
		p.keepCode(code),
		dom.Form(submit, dom.Class("form"),
			dom.Div(dom.Class("field"), dom.Label(dom.For("recovery-back"), dom.Text("To show that you kept it, type group "+Number(number))), typed),
			problem,
			dom.Div(dom.Class("actions"), dom.SubmitButton(dom.Class("button primary"), dom.Text("I kept it")),
				dom.Button(dom.Class("button"), dom.Text("Not now"), dom.OnClick(p.done)))))
	p.screen.heading.Focus(false)
	dom.ScrollTo(p.slot.Box().Top + dom.ScrollOffset() - 16)
}

// codeWords shows a code in its groups, numbered, as it is read aloud and
// written down.
func codeWords(code string) *dom.Element {
	list := dom.OL(dom.Class("recovery"), dom.Name("Recovery code"))
	for number := 1; groupOf(code, number) != ""; number++ {
		list.Add(dom.LI(dom.Text(groupOf(code, number))))
	}
	return list
}

func (p *protectionPage) keepCode(code string) *dom.Element {
	copied := dom.Button(dom.Class("button"), dom.Text("Copy"))
	copied.Add(dom.OnClick(func() {
		go func() {
			if dom.CopyText(p.screen.ctx, code) == nil {
				p.app.announcer.Say("Copied.")
				copied.SetText("Copied")
			}
		}()
	}))
	return dom.Div(dom.Class("actions"), copied,
		dom.Button(dom.Class("button"), dom.Text("Print"), dom.OnClick(dom.Print)),
		dom.Button(dom.Class("button"), dom.Text("Save as a file"), dom.OnClick(func() {
			dom.Download("keepwell-recovery-code.txt", "text/plain", []byte("Keepwell recovery code\n\n"+code+"\n"))
		})))
}
