//go:build js && wasm

package app

import (
	"errors"
	"io"
	"path"
	"strings"

	"github.com/keepwell-health/keepwell/store/backup"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// restorePage is where the person brings a backup back, while it is shown.
type restorePage struct {
	app        *app
	screen     *screen
	lead       *dom.Element
	slot       *dom.Element
	file       protocol.File
	passphrase string // that opened it
}

// bring takes what the person picked or dropped: a backup goes to its page, and
// everything else is imported.
func (a *app) bring(files []protocol.File) {
	switch {
	case a.restoring != nil && a.restoring.screen.live():
		a.restoring.choose(files)
	case len(files) == 1:
		go func() {
			if !isBackup(files[0]) {
				a.intake.start(files)
				return
			}
			a.open(Route{Page: RestorePage})
			a.restoring.choose(files)
		}()
	default:
		a.intake.start(files)
	}
}

// isBackup tells an encrypted file from its first bytes.
func isBackup(file protocol.File) bool {
	head := make([]byte, len(backup.Intro))
	_, err := file.ReadAt(head, 0)
	return (err == nil || errors.Is(err, io.EOF)) && string(head) == backup.Intro
}

func (a *app) drawRestore(s *screen) {
	r := &restorePage{app: a, screen: s, slot: dom.Div()}
	r.lead = dom.P(dom.Class("lead"), dom.Text("Bring everything back from a backup that Keepwell made, in this browser or in another. It is opened here, on this device."))
	a.restoring = r
	s.page(a.back(Route{Page: PrivacyPage}, "Privacy"), "Restore a backup", r.lead, r.slot)
	r.ask()
}

// ask offers to choose the file.
func (r *restorePage) ask() {
	picker := dom.NewFilePicker(false, r.choose, dom.Class("button primary"), dom.Text("Choose the backup file"))
	r.slot.Replace(dom.Div(dom.Class("chooser"), dom.Div(dom.Class("actions"), picker, picker.Input()),
		dom.P(dom.Class("note"), dom.Text("Its name ends in "+backupSuffix+". You can also drop it anywhere on this page."))))
}

func (r *restorePage) choose(files []protocol.File) {
	if r.busy() {
		return
	}
	r.ask()
	if len(files) != 1 {
		r.slot.Add(message("problem", "A backup is one file. Choose that one."))
		return
	}
	r.file = files[0]
	r.askPassphrase("")
}

// busy reports whether a restore is under way.
func (r *restorePage) busy() bool { return r.app.jobs > 0 }

// askPassphrase asks for what opens the file, once more when that failed.
func (r *restorePage) askPassphrase(problem string) {
	field := newSecretField("Passphrase of the backup", "current-password")
	trouble := dom.Div(dom.Role("alert"))
	say := func(text string) {
		trouble.Replace(dom.P(dom.Class("problem"), dom.Text(text)))
		field.input.Focus(false)
	}
	another := dom.Button(dom.Class("button"), dom.Text("Choose another file"), dom.OnClick(r.ask))
	r.slot.Replace(dom.Section(dom.Class("card step"), dom.H2(dom.Text(fileTitle(r.file))),
		dom.Form(func() {
			if text := field.input.Value(); text != "" {
				go r.inspect(text)
			} else {
				say("Enter the passphrase of the backup.")
			}
		}, dom.Class("form"), account("Keepwell backup"), field.root, trouble,
			dom.Div(dom.Class("actions"), dom.SubmitButton(dom.Class("button primary"), dom.Text("Open the backup")), another))))
	if problem != "" {
		say(problem)
		return
	}
	field.input.Focus(false)
}

func fileTitle(file protocol.File) string {
	name := path.Base(strings.ReplaceAll(file.Name(), `\`, "/"))
	if file.Name() == "" {
		name = "The backup"
	}
	return name + ", " + Size(file.Size())
}

// begin shows a job in the slot.
func (r *restorePage) begin(note string) *job {
	work := r.app.newJob(r.screen, note)
	r.slot.Replace(work.root)
	work.doing.Focus(true)
	return work
}

// inspect opens the backup and says what it holds.
func (r *restorePage) inspect(passphrase string) {
	work := r.begin("Nothing is changed by opening it.")
	var summary backup.Summary
	_, err := r.app.client.Do(work.ctx, protocol.Exchange{
		Method: protocol.MethodInspectBackup, Params: protocol.InspectParams{Passphrase: passphrase},
		Files: []protocol.File{r.file}, Result: &summary, Progress: work.proceed,
	})
	var counts protocol.CountsResult
	if err == nil {
		_, err = r.app.client.Call(work.ctx, protocol.MethodCounts, nil, &counts)
	}
	work.end()
	if !r.screen.live() {
		return
	}
	if err != nil {
		r.askPassphrase(explain(err))
		return
	}
	r.passphrase = passphrase
	r.show(summary, Total(counts.Counts))
}

// show says what the backup holds, and asks what to do with the records that are
// here, where there are any.
func (r *restorePage) show(summary backup.Summary, here int) {
	heading := dom.H2(dom.TabIndex(-1), dom.Text("What the backup holds"))
	card := dom.Section(dom.Class("card step"), heading,
		holdingList(summary.Counts, summary.Apps, fact("Made", dom.Text(Moment(summary.Created, "", dom.LocalOffset)))))
	if here == 0 {
		if len(summary.Apps) > 0 {
			card.Add(dom.P(dom.Class("note"), dom.Text(sitesReturn)))
		}
		card.Add(dom.Div(dom.Class("actions"), dom.Button(dom.Class("button primary"), dom.Text("Restore it"),
			dom.OnClick(func() { go r.restore(backup.Replace) })), r.cancel()))
	} else {
		card.Add(r.choice(here))
	}
	r.slot.Replace(card)
	heading.Focus(true)
}

// sitesReturn says what a restored answer means: whoever made the backup gave it.
const sitesReturn = "Sites may then read what they could when the backup was made, so restore only one that you made yourself. You can take it back under Apps."

func (r *restorePage) cancel() *dom.Element {
	return dom.Button(dom.Class("button"), dom.Text("Cancel"), dom.OnClick(func() {
		r.ask()
		r.screen.heading.Focus(true)
	}))
}

// choice asks whether the backup is added or replaces all; to replace takes another
// click.
func (r *restorePage) choice(here int) dom.Part {
	records := Count(here, "record", "records")
	merge := dom.Div(dom.Class("actions"), dom.Button(dom.Class("button primary"), dom.Text("Add the backup"),
		dom.OnClick(func() { go r.restore(backup.Merge) })), r.cancel())
	replace := dom.Div(dom.Hidden(), question{
		ask: "Replace everything here…", keep: "Keep what is here", confirm: "Replace everything now",
		warning: "What is here now (" + records + "), and what you answered sites here, will be gone from this device. This can’t be undone.",
		do:      func(*dom.Element) { go r.restore(backup.Replace) },
	}.parts(r.app))
	options := dom.Div(dom.Class("group"))
	add := func(title, note string, checked bool, shown, other *dom.Element) {
		radio := dom.Radio("restore", dom.On(dom.Change, func(dom.Event) {
			shown.SetHidden(false)
			other.SetHidden(true)
		}))
		radio.Set(checked)
		options.Add(dom.Label(dom.Class("sheet-row option"), radio, dom.Span(dom.Text(title), dom.Span(dom.Class("note"), dom.Text(note)))))
	}
	add("Add it to what is here", "Nothing that is here goes. Of two copies of a record the later one is kept. Your answers to sites stay as they are here.", true, merge, replace)
	add("Replace everything here", "All that is here goes, your answers to sites too, and what the backup holds takes its place. "+sitesReturn, false, replace, merge)
	return dom.Parts(dom.New("fieldset", dom.Legend(dom.Text("What should become of what is here now ("+records+")?")), options), merge, replace)
}

// restore takes the backup in and says what came of it.
func (r *restorePage) restore(mode backup.Mode) {
	work := r.begin("Stay on this page until it is done. If you cancel, everything stays as it was.")
	params := protocol.RestoreParams{Passphrase: r.passphrase, Mode: mode}
	report, err := r.app.restore(work.ctx, r.file, params, work.proceed)
	work.end()
	r.passphrase = ""
	if !r.screen.live() {
		return
	}
	if err != nil {
		r.ask()
		r.slot.Add(message("problem", explain(err)))
		return
	}
	r.report(report)
	dom.Persist(r.app.ctx)
}

func (r *restorePage) report(report backup.Report) {
	headline := restoredHeadline(report)
	r.screen.heading.SetText(headline)
	figures := dom.DL(dom.Class("figures"))
	for _, f := range []figure{{report.Added, "Added", "new to this device"}, {report.Replaced, "Replaced", "the backup’s copy was the later one"}, {report.Unchanged, "Unchanged", "already here"}} {
		figures.Add(dom.Div(dom.DT(dom.Text(f.Label), dom.Span(dom.Class("note"), dom.Text(f.Meaning))), dom.DD(dom.Text(Number(f.Number)))))
	}
	link := r.app.link(Route{Page: HomePage}, dom.Text("See your records"))
	link.SetAttribute("class", "button primary")
	r.lead.SetHidden(true)
	r.slot.Replace(dom.Div(dom.Class("step"), figures, dom.Div(dom.Class("actions"), link), r.app.disclosure()))
	r.screen.heading.Focus(true)
	r.app.announcer.Say(headline + ".")
}

// holdingList lists what a backup holds, after a first fact.
func holdingList(counts backup.Counts, sites []string, first *dom.Element) *dom.Element {
	list := dom.DL(dom.Class("facts"), first)
	for _, h := range holdings(counts, sites) {
		list.Add(fact(h.Label, dom.Text(h.Value)))
	}
	return list
}
