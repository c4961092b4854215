//go:build js && wasm

package app

import (
	"context"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// laterSetting is the name under which it is kept when the person put a reminder
// off, in ms since the Unix epoch.
const laterSetting = "keepwell-backup-later"

// backupPage is where the person takes their records out, while it is shown.
type backupPage struct {
	app    *app
	screen *screen
	last   *dom.Element
	slot   *dom.Element // the backup: its form, its progress, or what became of it
	copy   *dom.Element // the same of the copy without encryption
}

// drawBackup offers a backup under a passphrase and, after a warning, a copy that
// anybody can read.
func (a *app) drawBackup(s *screen) {
	p := &backupPage{app: a, screen: s, last: dom.P(dom.Class("guard")), slot: dom.Div(), copy: dom.Div()}
	s.page(a.back(Route{Page: PrivacyPage}, "Privacy"), "Back up",
		dom.P(dom.Class("lead"), dom.Text("A backup is one encrypted file with all your records, what you answered which site, and what sites read. Keep it somewhere else than on this device: it brings everything back, also in another browser.")),
		p.last, p.slot,
		dom.Section(dom.H2(dom.Text("A copy without encryption")),
			dom.P(dom.Text("A zip archive of your records as they were received (FHIR), for other programs. It holds no measurements from apps and phones, and Keepwell can’t restore from it.")), p.copy))
	p.ask()
	p.askCopy()
	s.start = func() { go p.fillLast() }
}

func (p *backupPage) fillLast() {
	if state, err := p.app.backupState(p.screen.ctx); p.screen.live() && err == nil {
		p.last.SetText(lastBackup(state, dom.LocalOffset))
	}
}

func (a *app) backupState(ctx context.Context) (state store.BackupState, err error) {
	_, err = a.client.Call(ctx, protocol.MethodBackupState, nil, &state)
	return state, err
}

// ask shows the form for the passphrase.
func (p *backupPage) ask() {
	form := newPassphraseForm("Make a backup", "Keepwell backup", "Passphrase for the backup",
		"Nobody can recover this passphrase. Without it nobody can open the backup, not even you. Keep it apart from the file. It need not be the one that unlocks Keepwell.")
	form.submit = func(text string) { go p.write(text) }
	p.slot.Replace(dom.Section(dom.Class("card step"), dom.H2(dom.TabIndex(-1), dom.Text("A new backup")), form.root))
}

func (p *backupPage) write(passphrase string) {
	name := dated(backupPrefix, time.Now().UnixMilli(), backupSuffix, dom.LocalOffset)
	p.run(p.slot, protocol.ExportParams{Passphrase: passphrase}, name, "Your backup is ready",
		"The browser saves it where downloads go. Move it to another device, and try once whether it opens: choose it under Restore.", p.ask)
}

// askCopy warns, and asks once more by another button.
func (p *backupPage) askCopy() {
	p.copy.Replace(question{
		ask: "Save a copy without encryption…", keep: "Don’t save it", confirm: "Save it without encryption",
		warning: "Whoever gets this file can read your health records: who shares this device, who finds it in a folder that is synchronised or backed up, and every program that can read your files. Deleting it later may not remove it.",
		do: func(*dom.Element) {
			name := dated(plainPrefix, time.Now().UnixMilli(), plainSuffix, dom.LocalOffset)
			go p.run(p.copy, protocol.ExportParams{Plain: true}, name, "The copy is ready",
				"The browser saves it where downloads go. Anybody who has it can read it.", p.askCopy)
		},
	}.parts(p.app))
}

// run writes an export in a slot of the page. again offers it once more.
func (p *backupPage) run(slot *dom.Element, params protocol.ExportParams, name, title, note string, again func()) {
	work := p.app.newJob(p.screen, "Stay on this page until it is done. If you cancel, no file is made.")
	slot.Replace(work.root)
	work.doing.Focus(true)
	file, result, err := p.app.export(work.ctx, params, work.proceed)
	work.end()
	if !p.screen.live() {
		return
	}
	if err != nil {
		again()
		slot.Add(message("problem", explain(err)))
		return
	}
	save := func() {
		if err := dom.DownloadFile(name, file); err != nil {
			slot.Add(message("problem", explain(err)))
		}
	}
	heading := dom.H2(dom.TabIndex(-1), dom.Text(title))
	slot.Replace(dom.Section(dom.Class("card step"), heading, holdingList(result.Counts, nil, fact("File", dom.Text(name+", "+Size(result.Size)))),
		dom.P(dom.Class("note"), dom.Text(note)),
		dom.Div(dom.Class("actions"), dom.Button(dom.Class("button"), dom.Text("Save the file again"), dom.OnClick(save)))))
	heading.Focus(true)
	p.app.announcer.Say(title + ".")
	save()
	p.fillLast()
}

// backupSection is what the notice on privacy says of backups.
func (a *app) backupSection(s *screen) *dom.Element {
	last := dom.P()
	make, restore := a.link(Route{Page: BackupPage}, dom.Text("Back up")), a.link(Route{Page: RestorePage}, dom.Text("Restore a backup"))
	make.SetAttribute("class", "button")
	restore.SetAttribute("class", "button")
	go func() {
		if state, err := a.backupState(s.ctx); s.live() && err == nil {
			last.SetText(lastBackup(state, dom.LocalOffset))
		}
	}()
	return dom.Section(dom.H2(dom.Text("Backups")), last, dom.Div(dom.Class("actions"), make, restore))
}

// reminder reminds of a backup where the browser may delete what it keeps; nil when
// there is no need, or the person put it off.
func (a *app) reminder(s *screen, persisted bool) *dom.Element {
	state, err := a.backupState(s.ctx)
	if err != nil || !remind(persisted, state, dom.Recall(laterSetting), time.Now().UnixMilli()) {
		return nil
	}
	var box *dom.Element
	way := a.link(Route{Page: BackupPage}, dom.Text("Back up"))
	way.SetAttribute("class", "button")
	later := dom.Button(dom.Class("button quiet"), dom.Text("Not now"), dom.Name("Remind me of a backup later"), dom.OnClick(func() {
		dom.Remember(laterSetting, laterText(time.Now().UnixMilli()))
		box.Remove()
		s.heading.Focus(true)
	}))
	box = dom.Div(dom.Class("guard disclosure"), dom.P(dom.Text("The browser may delete your records by itself; a backup on another device would bring them back.")),
		dom.Div(dom.Class("actions"), way, later))
	return box
}
