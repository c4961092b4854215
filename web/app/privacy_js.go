//go:build js && wasm

package app

import (
	"context"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// drawPrivacy is the notice: what is stored, who can see it, how to erase it.
func (a *app) drawPrivacy(s *screen) {
	state := dom.DL(dom.Class("card facts"))
	guard := dom.P(dom.Class("guard"))
	keep := dom.Div(dom.Class("actions"))
	way := a.link(Route{Page: ProtectionPage}, dom.Text("How they unlock"))
	way.SetAttribute("class", "button")
	erase := dom.Section(dom.H2(dom.Text("Erase")))
	s.page(nil, "Privacy",
		dom.P(dom.Class("lead"), dom.Text("Keepwell has no account, no analytics and no server that sees your records.")),
		dom.Section(dom.H2(dom.Text("What is stored")),
			dom.P(dom.Text("The records you added, exactly as you received them, and what you allowed which site. They are stored in this browser, on this device, encrypted.")),
			guard, dom.Div(dom.Class("actions"), way), state, keep),
		a.backupSection(s),
		dom.Section(dom.H2(dom.Text("Who can see it")),
			dom.UL(dom.Class("plain"),
				dom.LI(dom.Text("You, in this browser.")),
				dom.LI(dom.Text("A site, only if you allow it, and only the kinds of records that you turn on. It then has what it read: taking access back stops new reading, not what it already knows.")),
				dom.LI(dom.Text("Nobody else. Whoever serves this page learns that it was opened. Once it is loaded it sends nothing, and the part of it that reads your records cannot reach the network at all.")))),
		erase)
	a.fillErase(s, erase)
	s.start = func() {
		if !a.guard.protected {
			way.SetText("Set a passphrase")
		}
		go a.fillPrivacy(s, guard, state, keep)
	}
}

func (a *app) fillPrivacy(s *screen, guard, state, keep *dom.Element) {
	var status protocol.StatusResult
	_, err := a.client.Call(s.ctx, protocol.MethodStatus, nil, &status)
	storage := dom.StorageState(s.ctx)
	if !s.live() {
		return
	}
	if err != nil {
		guard.SetText(explain(err))
		return
	}
	guard.SetText(protection(status.Protection))
	state.Replace(fact("Records", dom.Text(Number(status.Records))))
	if status.Waiting > 0 {
		state.Add(fact("Waiting", dom.Text(untakenWords(status.Waiting))))
	}
	if storage.Known {
		state.Add(fact("Space used", dom.Text(Size(storage.Usage)+" of about "+Size(storage.Quota))))
	}
	kept := "The browser may delete them when the device runs low on space"
	if storage.Persisted {
		kept = "The browser keeps them until you erase them"
	}
	state.Add(fact("Kept", dom.Text(kept)))
	keep.Replace()
	if short(storage.Usage, storage.Quota) {
		keep.Add(dom.P(dom.Class("problem"), dom.Text(shortWords(storage.Quota-storage.Usage))))
	}
	if storage.Known && !storage.Persisted {
		a.offerToKeep(s, guard, state, keep)
	}
}

func (a *app) offerToKeep(s *screen, guard, state, keep *dom.Element) {
	ask := func() {
		if !dom.Persist(s.ctx) && s.live() {
			a.announcer.Say("The browser did not agree.")
			keep.Replace(dom.P(dom.Class("note"), dom.Text("The browser did not agree. Many do once you have used a site for a while or added it to the home screen.")))
			return
		}
		a.fillPrivacy(s, guard, state, keep)
	}
	keep.Add(dom.Button(dom.Class("button"), dom.Text("Ask the browser to keep them"), dom.OnClick(func() { go ask() })))
}

// fillErase offers to erase everything; a second, different click confirms it.
func (a *app) fillErase(s *screen, section *dom.Element) {
	section.Add(
		dom.P(dom.Text("Erasing removes every record, key and permission that Keepwell keeps in this browser. Copies that you downloaded, or that a site already read, are not Keepwell’s to erase.")),
		erasing(func(asked *dom.Element) { go a.erase(s, asked) }).parts(a))
}

func (a *app) erase(s *screen, asked *dom.Element) {
	err := a.eraseAll(a.ctx)
	if !s.live() {
		return
	}
	if err != nil {
		asked.Add(message("problem", explain(err)))
		return
	}
	a.intake.report = nil
	a.announcer.Say("Everything is erased.")
	a.open(Route{Page: HomePage})
}

// eraseAll leaves nothing on this device. Where the records were locked, the pages
// then show the empty store.
func (a *app) eraseAll(ctx context.Context) error {
	dom.Remember(canarySetting, "") // what is gone then is not to be missed, by other tabs either
	if _, err := a.client.Call(ctx, protocol.MethodErase, nil, nil); err != nil {
		return err
	}
	dom.Remember(canarySetting, "") // a commit may have come between
	dom.Remember(idleSetting, "")
	dom.Remember(laterSetting, "")
	a.warn(store.IntegrityOK)
	if a.entrance != nil {
		a.closeLockScreen()
		a.enter(false)
		return nil
	}
	a.guard.idle = idleOf("")
	a.guard.start()
	return nil
}
