//go:build js && wasm

package sheet

import (
	"fmt"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
)

// View is a sheet on the page. It is a whole page of its own and no modal: its
// heading names who asks and takes the focus first.
type View struct {
	Heading *dom.Element
	Allow   *dom.Element
	Deny    *dom.Element
	Later   *dom.Element // closes the sheet without an answer
	Toggles []*dom.Toggle

	model    *Model
	root     *dom.Element
	tally    *dom.Element
	answered func(store.Answer)
	disarm   func() // stops the wait of the buttons
	removes  []func()
}

// Show builds the sheet in root, which should be empty and a main landmark or alone
// in a dialog.
// answered is called once, when the sheet is finished; the sheet is gone then.
func Show(root *dom.Element, model *Model, answered func(store.Answer)) *View {
	v := &View{model: model, root: root, answered: answered, disarm: func() {}}
	v.removes = []func(){
		dom.OnAttention(v.attend),
		dom.OnDocument(dom.KeyDown, func(e dom.Event) {
			if e.Key() == "Escape" {
				v.Cancel()
			}
		}),
	}
	v.draw()
	v.attend(dom.Attended())
	return v
}

// Close takes the sheet off without telling anybody, as when the portal has
// gone.
func (v *View) Close() {
	v.disarm()
	for _, remove := range v.removes {
		remove()
	}
	v.root.Replace()
}

// Cancel closes the sheet without an answer.
func (v *View) Cancel() { v.proceed(v.model.Cancel()) }

// attend arms the buttons once the person has had the page before them for
// ArmDelay, and disarms them when they turn away.
func (v *View) attend(attended bool) {
	v.model.Attend(attended)
	v.arm()
}

func (v *View) arm() {
	v.disarm()
	wait := v.model.Wait()
	for _, button := range []*dom.Element{v.Deny, v.Allow} {
		if wait > 0 {
			button.SetAttribute("aria-disabled", "true")
		} else {
			button.RemoveAttribute("aria-disabled")
		}
	}
	if wait > 0 && dom.Attended() {
		v.disarm = dom.After(wait, v.arm)
	}
}

func (v *View) proceed(step Step) {
	switch step {
	case NextPage:
		v.draw()
		v.arm()
	case Finished:
		v.Close()
		v.answered(v.model.Answer())
	}
}

func (v *View) draw() {
	v.Toggles = nil
	v.root.Replace(dom.Article(dom.Class("sheet"), v.top(), v.reasons(), v.choices(), v.foot()))
	v.root.ScrollHere()
	v.Heading.Focus(false)
}

// top says who asks and for what.
func (v *View) top() *dom.Element {
	v.Heading = dom.H1(dom.TabIndex(-1),
		dom.Strong(dom.Class("sheet-origin"), dom.Text(v.model.Host())),
		dom.Text(" "+v.model.Request()))
	v.Later = dom.Button(dom.Class("button quiet"), dom.Text("Decide later"),
		dom.OnClick(v.Cancel))
	eyebrow := dom.P(dom.Class("sheet-step"), dom.Span(dom.Class("wordmark"), dom.Text("Keepwell ")), dom.Text(v.step()))
	header := dom.Header(dom.Class("sheet-top"), dom.Div(dom.Class("sheet-bar"), eyebrow, v.Later), v.Heading)
	if name := v.model.Name(); name != "" {
		header.Add(dom.P(dom.Class("sheet-name"), dom.Text("This site calls itself "),
			dom.New("bdi", dom.Text("“"+name+"”")), dom.Text(".")))
	}
	return header
}

func (v *View) step() string {
	page, of := v.model.Position()
	subject := map[PageKind]string{ClinicalPage: "Health records", ObjectsPage: "Documents", FitnessPage: "Fitness data"}[v.model.Page().Kind]
	if of == 1 {
		return subject
	}
	return fmt.Sprintf("%s · %d of %d", subject, page, of)
}

// reasons holds what the site says of itself.
func (v *View) reasons() *dom.Element {
	facts := dom.DL(dom.Class("sheet-facts"))
	fact := func(label string, parts ...dom.Part) {
		facts.Add(dom.Div(dom.DT(dom.Text(label)), dom.DD(parts...)))
	}
	facts.Add(usage(v.model.Usage()))
	fact("Purpose", dom.Text(v.model.Purpose()))
	if policy := v.model.Policy(); policy != "" {
		fact("Privacy policy", policyLink(policy))
	}
	return dom.Section(dom.Name("What the site says"), facts)
}

// usage holds the site's reasons, apart from the text around them in whatever
// direction they are written.
func usage(reasons []string) *dom.Element {
	if len(reasons) == 0 {
		return nil
	}
	row := dom.Div(dom.DT(dom.Text("Why, in its own words")))
	for _, reason := range reasons {
		row.Add(dom.DD(dom.New("bdi", dom.Text(reason))))
	}
	return row
}

// policyLink shows the whole address, and leads there by the person's click
// only. An address that is no web address stays text.
func policyLink(address string) *dom.Element {
	if !dom.IsWebAddress(address) {
		return dom.Span(dom.Text(address))
	}
	// Right to left letters in it must not bring another host to the front.
	shown := dom.New("bdi", dom.Attribute("dir", "ltr"), dom.Text(address))
	return dom.A(dom.External(address), shown, dom.Span(dom.Class("spoken"), dom.Text(" (opens in a new tab)")))
}

// choices holds the switches.
func (v *View) choices() *dom.Element {
	page := v.model.Page()
	section := dom.Section(dom.Name("Your choice"), dom.P(dom.Class("sheet-about"), dom.Text(v.model.Explanation())))
	if page.TurnAllOn() && len(page.Switches()) > 1 {
		section.Add(v.turnAll())
	}
	for _, t := range page.Types {
		section.Add(v.objects(t.Title+" for "+v.model.Host()+" to read", page.Of(t.ID)))
	}
	if page.Kind == ObjectsPage {
		return section
	}
	if len(page.Read) > 0 {
		section.Add(v.switches("Allow "+v.model.Host()+" to read", page.Read))
	}
	if len(page.Share) > 0 {
		section.Add(v.switches("Allow "+v.model.Host()+" to add", page.Share))
	}
	if len(page.Read) > 0 {
		section.Add(v.history())
	}
	if page.Kind == ClinicalPage {
		section.Add(v.future())
	}
	return section
}

func (v *View) switches(legend string, switches []*Switch) *dom.Element {
	rows := dom.Div(dom.Class("group"))
	for _, s := range switches {
		rows.Add(v.switchRow(s))
	}
	return dom.Fieldset(dom.Class("sheet-set"), dom.Legend(dom.Text(legend)), rows)
}

// objects holds those of one type, from which the person picks.
func (v *View) objects(legend string, objects []*Switch) *dom.Element {
	if len(objects) > 0 {
		return v.switches(legend, objects)
	}
	return dom.Fieldset(dom.Class("sheet-set"), dom.Legend(dom.Text(legend)), dom.P(dom.Class("note"), dom.Text("You have none.")))
}

func (v *View) switchRow(s *Switch) *dom.Element {
	var toggle *dom.Toggle
	toggle = dom.Switch(dom.Class("switch"), dom.On(dom.Change, func(dom.Event) {
		s.On = toggle.On()
		v.tell()
	}))
	toggle.Set(s.On)
	v.Toggles = append(v.Toggles, toggle)
	title := dom.Span(dom.Text(s.Title))
	if s.Object != "" {
		title = dom.Span(dom.Text(s.Title+" "), dom.Span(dom.Class("note"), dom.Text(s.Note)))
	}
	return dom.Label(dom.Class("sheet-row"), title, toggle.Element)
}

func (v *View) turnAll() *dom.Element {
	return dom.Div(dom.Class("sheet-all"),
		dom.Button(dom.Class("button small"), dom.Text("Turn all on"), dom.OnClick(func() { v.setAll(true) })),
		dom.Button(dom.Class("button small"), dom.Text("Turn all off"), dom.OnClick(func() { v.setAll(false) })))
}

func (v *View) setAll(on bool) {
	v.model.TurnAll(on)
	for i, s := range v.model.Page().Switches() {
		v.Toggles[i].Set(s.On)
	}
	v.tell()
}

// history asks how far back the site may read.
func (v *View) history() *dom.Element {
	page, group := v.model.Page(), dom.Div(dom.Class("group"))
	for _, choice := range Histories {
		radio := dom.Radio("sheet-history", dom.On(dom.Change, func(dom.Event) { page.History = choice }))
		radio.Set(page.History == choice)
		group.Add(dom.Label(dom.Class("sheet-row option"), radio.Element, dom.Span(dom.Text(choice.Title()))))
	}
	return dom.Details(dom.Class("more"), dom.SummaryOf(dom.Text("How far back")),
		dom.Fieldset(dom.Class("sheet-set"), dom.Legend(dom.Text("Records that the site may read")), group))
}

// future asks what happens with records that arrive later.
func (v *View) future() *dom.Element {
	option := func(choice store.FutureChoice, title, meaning string) *dom.Element {
		radio := dom.Radio("sheet-future", dom.On(dom.Change, func(dom.Event) { v.model.SetFuture(choice) }))
		radio.Set(v.model.Future() == choice)
		return dom.Label(dom.Class("sheet-row option"), radio.Element,
			dom.Span(dom.Text(title), dom.Span(dom.Class("note"), dom.Text(meaning))))
	}
	return dom.Fieldset(dom.Class("sheet-set"), dom.Legend(dom.Text("Records that arrive later")),
		dom.Div(dom.Class("group"),
			option(store.FutureAsk, "Ask before sharing", "Only records you have now. You are asked again when there are new ones."),
			option(store.FutureAlways, "Share automatically", "New records of the selected kinds too, without asking.")))
}

// foot holds the two answers, which must be equal in every way.
func (v *View) foot() *dom.Element {
	v.tally = dom.P(dom.Class("sheet-tally"), dom.Role("status"), dom.Text(v.model.Tally()))
	v.Deny = dom.Button(dom.Class("button answer"), dom.Text("Don’t Allow"),
		dom.OnClick(func() { v.proceed(v.model.Deny()) }))
	v.Allow = dom.Button(dom.Class("button answer"), dom.Text("Allow Selected"),
		dom.OnClick(func() { v.proceed(v.model.Allow()) }))
	return dom.Footer(dom.Class("sheet-foot"), v.tally, dom.Div(dom.Class("sheet-answers"), v.Deny, v.Allow))
}

func (v *View) tell() { v.tally.SetText(v.model.Tally()) }
