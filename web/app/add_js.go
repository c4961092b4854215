//go:build js && wasm

package app

import (
	"context"
	"encoding/json"

	"github.com/keepwell-health/keepwell/store/intake"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// importer runs one import at a time, and goes on while the person looks at
// other pages.
type importer struct {
	app      *app
	running  bool
	progress intake.Progress
	report   *intake.Report
	err      error
	stop     context.CancelFunc
	told     float64 // fraction that a screen reader heard last
	screen   *addScreen
	bar      *dom.Bar // in the banner on other pages
}

// addScreen is the page of an import while it is shown.
type addScreen struct {
	screen *screen
	body   *dom.Element
	bar    *dom.Bar
	doing  *dom.Element
	done   *dom.Element
}

func newIntake(a *app) *importer { return &importer{app: a, stop: func() {}} }

// chooser offers the ways to bring records.
func (i *importer) chooser(name string, withSamples bool) *dom.Element {
	files := dom.NewFilePicker(false, i.app.bring, dom.Class("button primary"), dom.Text(name))
	folder := dom.NewFilePicker(true, i.start, dom.Class("button folder"), dom.Text("Choose a folder"))
	actions := dom.Div(dom.Class("actions"), files, files.Input(), folder, folder.Input())
	if withSamples {
		actions.Add(dom.Button(dom.Class("button"), dom.Text("Load sample records"), dom.OnClick(i.startSample)))
	}
	return dom.Div(dom.Class("chooser"), actions,
		dom.P(dom.Class("note dropping"), dom.Text("You can also drop files or folders anywhere on this page.")))
}

// start imports files.
func (i *importer) start(files []protocol.File) {
	names := make([]string, len(files))
	for at, file := range files {
		names[at] = file.Name()
	}
	i.begin(protocol.Exchange{Method: protocol.MethodImport, Params: protocol.ImportParams{Names: names}, Files: files})
}

// startSample imports the fictional person's records.
func (i *importer) startSample() { i.begin(protocol.Exchange{Method: protocol.MethodImportSample}) }

func (i *importer) begin(x protocol.Exchange) {
	if i.running {
		i.app.announcer.Say("An import is already running.")
		return
	}
	ctx, cancel := context.WithCancel(i.app.ctx)
	i.running, i.stop, i.err, i.report, i.told = true, cancel, nil, nil, 0
	i.progress = intake.Progress{}
	i.app.open(Route{Page: AddPage})
	go i.run(ctx, x)
}

func (i *importer) run(ctx context.Context, x protocol.Exchange) {
	var report intake.Report
	x.Result = &report
	x.Progress = i.proceed
	_, err := i.app.client.Do(ctx, x)
	i.stop()
	i.running, i.err = false, err
	words := "Import stopped."
	if err == nil {
		i.report = &report
		words = outcomeOf(report).Headline
		// The fitting moment to ask: there is something to keep now, and the person
		// has just brought it. Where it was granted before, nothing is asked again.
		go dom.Persist(i.app.ctx)
	}
	i.app.announcer.Say(words)
	i.showBanner()
	if i.screen != nil && i.screen.screen.live() {
		i.fill(i.screen, true)
	}
}

// proceed takes the news of an import under way.
func (i *importer) proceed(params json.RawMessage) {
	if json.Unmarshal(params, &i.progress) != nil {
		return
	}
	if part := fraction(i.progress); part >= i.told+0.25 && part < 1 {
		i.told = part
		i.app.announcer.Say(Percent(i.progress.Bytes, i.progress.TotalBytes) + " read.")
	}
	i.showProgress()
	i.showBanner()
}

func (i *importer) showProgress() {
	s := i.screen
	if s == nil || !s.screen.live() || s.bar == nil {
		return
	}
	if i.progress.TotalBytes > 0 && i.progress.Phase != intake.PhaseSaving {
		s.bar.Set(fraction(i.progress))
	} else {
		s.bar.RemoveAttribute("value") // no known end
	}
	s.doing.SetText(doing(i.progress))
	s.done.SetText(done(i.progress))
}

// showBanner keeps an import in sight on other pages.
func (i *importer) showBanner() {
	banner := i.app.banner
	if !i.running || i.app.current.route.Page == AddPage {
		banner.SetHidden(true)
		banner.Replace()
		i.bar = nil
		return
	}
	if i.bar == nil {
		i.bar = dom.NewBar(dom.Name("Import"))
		banner.Replace(i.app.link(Route{Page: AddPage}, dom.Text("Adding records"), i.bar))
		banner.SetHidden(false)
	}
	i.bar.Set(fraction(i.progress))
}

// drawAdd shows the ways to bring records, the import under way, or what the
// last one did.
func (a *app) drawAdd(s *screen) {
	view := &addScreen{screen: s, body: dom.Div()}
	s.page(nil, "Add records", view.body, a.byHand())
	a.intake.screen = view
	a.intake.fill(view, false)
}

// byHand leads to what a person can enter themselves.
func (a *app) byHand() *dom.Element {
	link := a.link(Route{Page: EntryPage}, dom.Text("Enter by hand"))
	link.SetAttribute("class", "button entry-link")
	return dom.Section(dom.H2(dom.Text("Something you measured?")),
		dom.P(dom.Text("Blood pressure, weight, glucose, temperature or a symptom.")), link)
}

func (i *importer) fill(s *addScreen, focus bool) {
	s.bar = nil
	switch {
	case i.running:
		i.fillProgress(s)
	case i.err != nil:
		s.screen.heading.SetText("Nothing was added")
		s.body.Replace(dom.P(dom.Class("lead"), dom.Text(explain(i.err))), i.chooser("Choose files", false))
	case i.report != nil:
		i.fillReport(s, outcomeOf(*i.report))
	default:
		s.screen.heading.SetText("Add records")
		s.body.Replace(dom.P(dom.Class("lead"), dom.Text("Bring what a portal, hospital, insurer or phone gave you. It is read here, on this device.")),
			i.chooser("Choose files", true), formats())
	}
	if focus {
		s.screen.heading.Focus(true)
	}
}

func (i *importer) fillProgress(s *addScreen) {
	s.screen.heading.SetText("Adding records")
	s.bar = dom.NewBar(dom.Name("Import"))
	s.doing = dom.P(dom.Class("doing"))
	s.done = dom.P(dom.Class("note"))
	s.body.Replace(dom.Div(dom.Class("card progress"), s.doing, s.bar, s.done,
		dom.Div(dom.Class("actions"), dom.Button(dom.Class("button"), dom.Text("Cancel"), dom.OnClick(func() { i.stop() })))),
		dom.P(dom.Class("note"), dom.Text("You can look at other pages meanwhile. If you cancel, nothing of this import is kept.")))
	i.showProgress()
}

// formats says what can be brought.
func formats() *dom.Element {
	return dom.Section(dom.H2(dom.Text("What you can bring")), dom.DL(dom.Class("card facts"),
		fact("FHIR", dom.Text("Bundles, single records and NDJSON, of the releases DSTU2, STU3, R4, R4B and R5, also gzipped")),
		fact("Apple Health", dom.Text("The export of the Health app on an iPhone: export.zip, or what is in it. In Health, touch your picture, then “Export All Health Data”.")),
		fact("Folders and archives", dom.Text("A folder or a zip file with any of these")),
		fact("Where to get them", dom.Text("Most portals offer them as “Download my health record” or “Export”. Insurers in the United States offer them too."))))
}

// fillReport says what an import did.
func (i *importer) fillReport(s *addScreen, o outcome) {
	s.screen.heading.SetText(o.Headline)
	figures := dom.DL(dom.Class("figures"))
	for _, f := range o.Figures {
		figures.Add(dom.Div(dom.DT(dom.Text(f.Label), dom.Span(dom.Class("note"), dom.Text(f.Meaning))), dom.DD(dom.Text(Number(f.Number)))))
	}
	s.body.Replace(figures)
	if o.Detail != "" {
		s.body.Add(dom.P(dom.Text(o.Detail)))
	}
	s.body.Add(dom.Div(dom.Class("actions"), i.toRecords(), i.again()))
	s.body.Add(troubleSection("Left out", o.Trouble))
	if len(o.Kinds) > 0 {
		s.body.Add(i.app.shelf(Shelf{Title: "By kind", Items: o.Kinds}))
	}
	s.body.Add(troubleSection("Worth knowing", o.Notes))
}

func (i *importer) toRecords() *dom.Element {
	link := i.app.link(Route{Page: HomePage}, dom.Text("See your records"))
	link.SetAttribute("class", "button primary")
	return link
}

func (i *importer) again() *dom.Element {
	return dom.Button(dom.Class("button"), dom.Text("Add more"), dom.OnClick(func() {
		i.report = nil
		i.app.open(Route{Page: AddPage})
	}))
}

// troubleSection lists what was found about the files; nothing when there is
// nothing.
func troubleSection(title string, troubles []trouble) *dom.Element {
	if len(troubles) == 0 {
		return nil
	}
	section := dom.Section(dom.H2(dom.Text(title)))
	for _, t := range troubles {
		card := dom.Div(dom.Class("card trouble"), dom.H3(dom.Text(t.File)))
		if t.Whole != "" {
			card.Add(dom.P(dom.Text(t.Whole)))
		}
		list := dom.UL()
		for _, r := range t.Reasons {
			list.Add(reasonItem(r))
		}
		card.Add(list)
		section.Add(card)
	}
	return section
}

func reasonItem(r reason) *dom.Element {
	places := dom.UL(dom.Class("places"))
	for _, where := range r.Places {
		places.Add(dom.LI(dom.Text(where)))
	}
	if more := r.Count - len(r.Places); more > 0 {
		places.Add(dom.LI(dom.Text("and " + Count(more, "other place", "other places"))))
	}
	return dom.LI(dom.Text(r.Text+" "), dom.Span(dom.Class("note"), dom.Text(Count(r.Count, "time", "times"))), places)
}
