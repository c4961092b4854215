//go:build js && wasm

package app

import (
	"github.com/keepwell-health/keepwell/fhir/view"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// technical is the label of the fields that only a program needs; fhir/view
// puts them last.
const technical = "Technical details"

// drawRecord shows one record: what it says in plain words, its own text, where
// it came from, and its exact bytes.
func (a *app) drawRecord(s *screen) {
	row, ok := store.TypeByID(s.route.Type)
	if !ok {
		row = store.Type{ID: s.route.Type, Title: "Records"}
	}
	body := dom.Div(waiting())
	s.page(a.back(Route{Page: ListPage, Type: row.ID}, row.Title), row.Title, body)
	s.root.SetClass("record", true)
	s.start = func() { go a.fillRecord(s, row, body) }
}

func (a *app) fillRecord(s *screen, row store.Type, body *dom.Element) {
	var result protocol.RecordResult
	buffers, err := a.client.Call(s.ctx, protocol.MethodRecord, protocol.ResourceParams{UUID: s.route.UUID}, &result)
	if !s.live() {
		return
	}
	if err != nil {
		body.Replace(message("problem", explain(err)))
		return
	}
	l := lineOf(result.Sample, row, dom.LocalOffset)
	s.heading.SetText(l.Title)
	body.Replace()
	if result.Sample.FHIR != nil && l.Subtitle != "" {
		body.Add(dom.P(dom.Class("value"), dom.Text(l.Subtitle)))
	}
	body.Add(origin(result.Sample))
	own := a.ownEntry(s, result.Sample)
	body.Add(own)
	body.Add(ecgDrawing(result.Trace), routeDrawing(result.Track))
	plain, details := splitFields(result.View.Fields)
	if len(plain) > 0 {
		body.Add(dom.Section(dom.H2(dom.Text("What it says")), fieldList(plain)))
	}
	if len(result.View.Narrative) > 0 {
		body.Add(dom.Section(dom.H2(dom.Text("In the source’s own words")),
			dom.Div(dom.Class("card narrative"), narrative(result.View.Narrative))))
	}
	if result.Sample.Type == "workout" {
		place := dom.Div()
		body.Add(place)
		go a.workoutRoute(s, result.Sample, place)
	}
	if len(buffers) == 1 {
		body.Add(documents(result.Attachments, buffers[0]))
		body.Add(a.original(s, result, details, buffers[0]))
	}
	if own == nil {
		body.Add(a.othersRecord(s, result.Sample))
	}
	dom.ScrollTo(s.stop.Scroll)
}

// origin says when and where the record is from.
func origin(sample store.Sample) *dom.Element {
	date := "Not given"
	if !sample.Undated {
		date = Span(sample, dom.LocalOffset)
	}
	facts := dom.DL(dom.Class("card facts"), fact("Date", dom.Text(date)))
	if name := sourceName(sample.Source); name != "" {
		facts.Add(fact("Source", dom.Text(name)))
	}
	facts.Add(fact("Added here", dom.Text(Moment(sample.DateAdded, "", dom.LocalOffset))))
	return facts
}

func splitFields(fields []view.Field) (plain, details []view.Field) {
	for _, field := range fields {
		if field.Label == technical {
			details = append(details, field.Fields...)
		} else {
			plain = append(plain, field)
		}
	}
	return plain, details
}

// fieldList shows fields as they are nested.
func fieldList(fields []view.Field) *dom.Element {
	list := dom.DL(dom.Class("card facts"))
	for _, field := range fields {
		list.Add(fieldRow(field))
	}
	return list
}

func fieldRow(field view.Field) *dom.Element {
	value := dom.DD()
	if field.Value != "" {
		value.Add(dom.Span(dom.Class("field-value"), dom.Text(field.Value)))
	}
	if len(field.Fields) > 0 {
		inner := dom.DL(dom.Class("facts inner"))
		for _, child := range field.Fields {
			inner.Add(fieldRow(child))
		}
		value.Add(inner)
	}
	row := dom.Div(dom.DT(dom.Text(field.Label)), value)
	row.SetClass("nested", len(field.Fields) > 0)
	return row
}

// original offers the bytes as they were received, which are the truth of the
// record.
func (a *app) original(s *screen, result protocol.RecordResult, details []view.Field, raw []byte) *dom.Element {
	section := dom.Section(dom.H2(dom.Text("As it was received")))
	kind := formOf(result.Sample)
	about := dom.P(dom.Class("note"), dom.Text(kind.name+", "+Size(int64(len(raw)))+
		". The exact bytes are kept, and everything above was read from them."))
	section.Add(about)
	if result.Sample.FHIR != nil && !result.View.Typed {
		for _, note := range result.View.Notes {
			section.Add(dom.P(dom.Class("note"), dom.Text(sentence(note))))
		}
	}
	done := dom.P(dom.Class("note"), dom.Role("status"))
	section.Add(dom.Div(dom.Class("actions"),
		dom.Button(dom.Class("button small"), dom.Text("Download"), dom.OnClick(func() {
			// Names of downloads stay behind on the device: this one says nothing.
			dom.Download(kind.file, kind.contentType, raw)
			done.SetText("Saved as " + kind.file + ", outside Keepwell’s care.")
		})),
		dom.Button(dom.Class("button small"), dom.Text("Copy"), dom.OnClick(func() { go copyRaw(s, raw, done) }))), done)
	if len(details) > 0 {
		section.Add(dom.Details(dom.Class("more"), dom.SummaryOf(dom.Text(technical)), fieldList(details)))
	}
	section.Add(rawText(kind.syntax, raw))
	return section
}

func copyRaw(s *screen, raw []byte, done *dom.Element) {
	err := dom.CopyText(s.ctx, string(raw))
	if !s.live() {
		return
	}
	if err != nil {
		done.SetText("This browser did not allow copying.")
		return
	}
	done.SetText("Copied. Other programs can read the clipboard.")
}

// rawText shows the record's text, JSON with line breaks, once it is asked for.
func rawText(syntax string, raw []byte) *dom.Element {
	var details *dom.Element
	shown := false
	details = dom.Details(dom.Class("more"), dom.SummaryOf(dom.Text(syntax)), dom.On(dom.Toggled, func(dom.Event) {
		if shown || !details.IsOpen() {
			return
		}
		shown = true
		text, whole := pretty(raw)
		details.Add(dom.Pre(dom.Class("code"), dom.TabIndex(0), dom.Role("group"), dom.Name(syntax), dom.Text(text)))
		if !whole {
			details.Add(dom.P(dom.Class("note"), dom.Text("Only the beginning is shown. Download it to see all.")))
		}
	}))
	return details
}
