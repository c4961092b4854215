//go:build js && wasm

package app

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// entryForm is the page on which a person enters or edits one measurement.
type entryForm struct {
	app    *app
	screen *screen
	kind   EntryKind
	before []store.Sample // what is edited; none for a new entry

	values  []*dom.Field
	units   *dom.Choice // nil where there is one unit
	when    *dom.Field
	symptom *dom.Choice
	rating  *dom.Choice
	faults  map[int]*dom.Element // below the field that they are about
	save    *dom.Element
	problem *dom.Element
}

// drawEntry shows what can be entered, or the form of one kind.
func (a *app) drawEntry(s *screen) {
	kind, known := entryOf(s.route.Type)
	if !known {
		a.drawEntryChoice(s)
		return
	}
	f := &entryForm{app: a, screen: s, kind: kind, faults: map[int]*dom.Element{}}
	body := dom.Div()
	title := kind.Title
	if s.route.UUID != "" {
		title = "Edit " + strings.ToLower(kind.Title)
	}
	s.page(a.back(Route{Page: EntryPage}, "Enter by hand"), title, body)
	s.start = func() { go f.begin(body) }
}

func (a *app) drawEntryChoice(s *screen) {
	list := dom.UL(dom.Role("list"), dom.Class("types entry-kinds"))
	for _, kind := range EntryKinds {
		row, _ := store.TypeByID(kind.Type)
		link := a.link(Route{Page: EntryPage, Type: kind.Type},
			dom.Span(dom.Class("tile"), dom.Icon(iconOf(row))), dom.Span(dom.Class("types-title"), dom.Text(kind.Title)), dom.Icon(nextIcon))
		link.SetAttribute("class", "types-row")
		list.Add(dom.LI(link))
	}
	s.page(a.back(Route{Page: AddPage}, "Add records"), "Enter by hand", list)
}

// entryLink leads from the page of a type to entering one more; nil for types
// that are not entered by hand.
func (a *app) entryLink(row store.Type) *dom.Element {
	if _, known := entryOf(row.ID); !known {
		return nil
	}
	link := a.link(Route{Page: EntryPage, Type: row.ID}, dom.Text("Enter one"))
	link.SetAttribute("class", "button entry-link")
	return link
}

// begin fetches what is edited and shows the form.
func (f *entryForm) begin(body *dom.Element) {
	typed := Typed{Values: make([]string, len(f.kind.Measures)), Symptom: f.screen.route.Type, Rating: 2, When: f.now().Format(clockForm)}
	if uuid := f.screen.route.UUID; uuid != "" {
		before, err := f.app.entered(f.screen.ctx, f.kind, uuid)
		if !f.screen.live() {
			return
		}
		if err != nil {
			body.Replace(message("problem", explain(err)))
			return
		}
		f.before = before
		typed = f.kind.Fill(before, dom.Location())
	}
	body.Replace(f.form(typed))
}

func (f *entryForm) now() time.Time { return time.Now().In(dom.Location()) }

// entered returns the samples that were entered together with one.
func (a *app) entered(ctx context.Context, kind EntryKind, uuid string) ([]store.Sample, error) {
	var first store.Sample
	if _, err := a.client.Call(ctx, protocol.MethodSample, protocol.ResourceParams{UUID: uuid}, &first); err != nil {
		return nil, err
	}
	samples := []store.Sample{first}
	for _, id := range kind.types() {
		if id == first.Type || first.SyncIdentifier == "" {
			continue
		}
		var result protocol.QueryResult
		start, end := first.StartDate, first.StartDate+1
		query := store.Query{Type: id, Predicate: &store.Predicate{Start: &start, End: &end}}
		if _, err := a.client.Call(ctx, protocol.MethodQuery, query, &result); err != nil {
			return nil, err
		}
		for _, other := range result.Samples {
			if other.Source.ID == first.Source.ID && other.SyncIdentifier == first.SyncIdentifier {
				samples = append(samples, other)
			}
		}
	}
	return samples, nil
}

func (f *entryForm) form(typed Typed) *dom.Element {
	form := dom.Form(f.submit, dom.Class("form"))
	if f.kind.Symptom {
		f.addSymptom(form, typed)
	}
	for i, measure := range f.kind.Measures {
		f.values = append(f.values, dom.NewField("text", dom.Attribute("inputmode", "decimal")))
		f.values[i].SetValue(typed.Values[i])
		f.field(form, i, measure.Label, measure.Units[0].Display, f.values[i].Element, len(measure.Units) > 1)
	}
	f.addUnits(form, typed.Unit)
	f.when = dom.NewField("datetime-local", dom.Attribute("max", f.now().Format(clockForm)))
	f.when.SetValue(typed.When)
	f.field(form, whenField, "Date and time", "", f.when.Element, true)
	f.save = dom.SubmitButton(dom.Class("button primary"), dom.Text("Save"))
	f.problem = dom.Div(dom.Role("alert"))
	form.Add(f.problem, dom.Div(dom.Class("actions"), f.save),
		dom.P(dom.Class("note"), dom.Text("What you enter is kept with your other records on this device. You can change or delete it later.")))
	return form
}

// field adds a labelled control with a place for what is wrong with it.
func (f *entryForm) field(form *dom.Element, number int, label, unit string, control *dom.Element, bare bool) {
	id := "entry-" + strconv.Itoa(number+1)
	control.SetAttribute("id", id)
	f.faults[number] = dom.P(dom.ID(id+"-fault"), dom.Class("fault"), dom.Hidden())
	if !bare {
		label += " (" + unit + ")"
	}
	form.Add(dom.Div(dom.Class("field"), dom.Label(dom.For(id), dom.Text(label)), control, f.faults[number]))
}

func (f *entryForm) addUnits(form *dom.Element, chosen int) {
	if f.kind.Symptom || len(f.kind.Measures[0].Units) < 2 {
		return
	}
	var options []dom.Option
	for i, unit := range f.kind.Measures[0].Units {
		options = append(options, dom.Option{Value: strconv.Itoa(i), Text: unit.Display})
	}
	f.units = dom.NewChoice(options, dom.ID("entry-unit"))
	f.units.Set(strconv.Itoa(chosen))
	form.Add(dom.Div(dom.Class("field"), dom.Label(dom.For("entry-unit"), dom.Text("Unit")), f.units))
}

func (f *entryForm) addSymptom(form *dom.Element, typed Typed) {
	var names, ratings []dom.Option
	for _, t := range symptoms() {
		names = append(names, dom.Option{Value: string(t.ID), Text: t.Title})
	}
	row, _ := store.TypeByID(f.kind.Type)
	for _, rating := range []int{2, 3, 4, 0, 1} {
		ratings = append(ratings, dom.Option{Value: strconv.Itoa(rating), Text: row.Values[rating]})
	}
	f.symptom, f.rating = dom.NewChoice(names, dom.ID("entry-symptom")), dom.NewChoice(ratings, dom.ID("entry-rating"))
	f.symptom.Set(string(typed.Symptom))
	f.rating.Set(strconv.Itoa(typed.Rating))
	f.symptom.SetDisabled(len(f.before) > 0) // another symptom is another entry
	form.Add(dom.Div(dom.Class("field"), dom.Label(dom.For("entry-symptom"), dom.Text("Symptom")), f.symptom),
		dom.Div(dom.Class("field"), dom.Label(dom.For("entry-rating"), dom.Text("How bad")), f.rating))
}

func (f *entryForm) typed() Typed {
	typed := Typed{When: f.when.Value()}
	for _, value := range f.values {
		typed.Values = append(typed.Values, value.Value())
	}
	if f.units != nil {
		typed.Unit, _ = strconv.Atoi(f.units.Value())
	}
	if f.symptom != nil {
		typed.Symptom = store.TypeID(f.symptom.Value())
		typed.Rating, _ = strconv.Atoi(f.rating.Value())
	}
	return typed
}

// submit saves, or says at each field what is wrong and goes to the first.
func (f *entryForm) submit() {
	samples, faults := f.kind.Read(f.typed(), f.now())
	f.point(faults)
	if len(faults) > 0 {
		return
	}
	identifier, version := "entry-"+rand.Text(), int64(1)
	for _, sample := range f.before {
		if sample.SyncIdentifier != "" {
			identifier, version = sample.SyncIdentifier, sample.SyncVersion+1
		}
	}
	for i := range samples {
		samples[i].SyncIdentifier, samples[i].SyncVersion = identifier, version
	}
	f.save.SetDisabled(true)
	go f.store(samples)
}

func (f *entryForm) point(faults []EntryFault) {
	first := true
	for number, place := range f.faults {
		place.SetHidden(true)
		control := f.control(number)
		control.RemoveAttribute("aria-invalid")
		control.RemoveAttribute("aria-describedby")
	}
	for _, fault := range faults {
		place, control := f.faults[fault.Field], f.control(fault.Field)
		place.SetText(fault.Text)
		place.SetHidden(false)
		control.SetAttribute("aria-invalid", "true")
		control.SetAttribute("aria-describedby", place.Attribute("id"))
		if first {
			control.Focus(true)
		}
		first = false
	}
}

func (f *entryForm) control(number int) *dom.Element {
	if number == whenField {
		return f.when.Element
	}
	return f.values[number].Element
}

func (f *entryForm) store(samples []store.Sample) {
	_, err := f.app.client.Call(f.screen.ctx, protocol.MethodSave, protocol.SaveParams{Samples: samples}, nil)
	if !f.screen.live() {
		return
	}
	if err != nil {
		f.save.SetDisabled(false)
		f.problem.Replace(dom.P(dom.Class("problem"), dom.Text(explain(err))))
		return
	}
	f.app.announcer.Say("Saved.")
	delete(f.app.periods, samples[0].Type) // the chart opens on the new entry
	f.app.open(Route{Page: ListPage, Type: samples[0].Type})
}

// ownEntry offers to change or delete what the person entered; nil for all else.
func (a *app) ownEntry(s *screen, sample store.Sample) *dom.Element {
	if _, known := entryOf(sample.Type); !known || !isMine(sample) {
		return nil
	}
	edit := a.link(Route{Page: EntryPage, Type: sample.Type, UUID: sample.UUID}, dom.Text("Edit"))
	edit.SetAttribute("class", "button")
	ask := a.deletion(s, sample, "This entry will be gone from this device, and apps that read it are told so.")
	ask.beside = edit
	return dom.Section(dom.H2(dom.Text("You entered this")), ask.parts(a))
}

// othersRecord offers to delete what came from elsewhere.
func (a *app) othersRecord(s *screen, sample store.Sample) *dom.Element {
	ask := a.deletion(s, sample, "This will be gone from this device, and apps that read it are told so. A file or site that brings it again brings it back.")
	return dom.Section(dom.H2(dom.Text("Delete this")), ask.parts(a))
}

func (a *app) deletion(s *screen, sample store.Sample, warning string) question {
	return question{
		ask: "Delete…", keep: "Keep it", confirm: "Delete it now", dangerous: true, warning: warning,
		do: func(asked *dom.Element) { go a.deleteSample(s, sample, asked) },
	}
}

// deleteSample deletes a sample with those that were saved together with it.
func (a *app) deleteSample(s *screen, sample store.Sample, asked *dom.Element) {
	uuids := []string{sample.UUID}
	var err error
	if kind, known := entryOf(sample.Type); known {
		var samples []store.Sample
		samples, err = a.entered(s.ctx, kind, sample.UUID)
		uuids = uuids[:0]
		for _, one := range samples {
			uuids = append(uuids, one.UUID)
		}
	}
	if err == nil {
		_, err = a.client.Call(s.ctx, protocol.MethodDelete, protocol.DeleteParams{UUIDs: uuids}, nil)
	}
	if !s.live() {
		return
	}
	if err != nil {
		asked.Add(message("problem", explain(err)))
		return
	}
	a.announcer.Say("Deleted.")
	a.open(Route{Page: ListPage, Type: sample.Type})
}
