//go:build js && wasm

package app

import (
	"fmt"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

func ecgDrawing(trace *protocol.Trace) *dom.Element {
	if trace == nil {
		return nil
	}
	name := fmt.Sprintf("Electrocardiogram of %.0f seconds: %s. The table below has its voltages.",
		float64(len(trace.Millivolts))/trace.SampleRate, trace.Classification)
	return dom.Section(dom.H2(dom.Text("Recording")),
		dom.Div(dom.Class("card ecg"), dom.TabIndex(0), dom.Role("group"), dom.Name("Recording, scrolls sideways"), dom.Sketch(sketchECG(trace), name)),
		dom.P(dom.Class("note"), dom.Text("25 mm a second, 10 mm a millivolt: a small box is 0.04 seconds wide and 0.1 millivolts high. "+
			"Keepwell draws what was recorded and judges nothing.")),
		dom.Details(dom.Class("more"), dom.SummaryOf(dom.Text("Voltages as a table")), ecgTable(trace)))
}

func ecgTable(trace *protocol.Trace) *dom.Element {
	body := dom.TBody()
	for i, second := range secondsOf(trace) {
		body.Add(dom.TR(dom.TH(dom.Scope("row"), dom.Text(Number(i+1))),
			dom.TD(dom.Text(Quantity(second.Low, "mV"))), dom.TD(dom.Text(Quantity(second.High, "mV")))))
	}
	head := dom.TR(dom.TH(dom.Scope("col"), dom.Text("Second")), dom.TH(dom.Scope("col"), dom.Text("Lowest")), dom.TH(dom.Scope("col"), dom.Text("Highest")))
	return dom.Div(dom.Class("wide"), dom.TabIndex(0), dom.Role("group"), dom.Name("Voltages"),
		dom.Table(dom.Caption(dom.Text("Voltages, second by second; the file as it was received has each one")), dom.THead(head), body))
}

func routeDrawing(track *protocol.Track) *dom.Element {
	if track == nil {
		return nil
	}
	name := fmt.Sprintf("Track of %s, %s uphill, between %s and %s above the sea.",
		Measure(track.Distance/1000, "km"), Measure(track.Climb, "m"), Measure(track.Low, "m"), Measure(track.High, "m"))
	return dom.Section(dom.H2(dom.Text("Route")),
		dom.Div(dom.Class("card route"), dom.Sketch(sketchRoute(track), name), dom.P(dom.Text(name))),
		dom.P(dom.Class("note"), dom.Text("North is up. The large dot is where it began. There is no map under it, since a map’s server would learn where you were.")))
}

// workoutRoute shows the route that was recorded during a workout, when there is
// one.
func (a *app) workoutRoute(s *screen, workout store.Sample, place *dom.Element) {
	var result protocol.QueryResult
	start, end := workout.StartDate, workout.EndDate
	query := store.Query{Type: "workoutRoute", Predicate: &store.Predicate{Start: &start, End: &end}, Limit: 1}
	if _, err := a.client.Call(s.ctx, protocol.MethodQuery, query, &result); err != nil || len(result.Samples) == 0 {
		return
	}
	var route protocol.RecordResult
	_, err := a.client.Call(s.ctx, protocol.MethodRecord, protocol.ResourceParams{UUID: result.Samples[0].UUID}, &route)
	if err == nil && s.live() {
		place.Add(routeDrawing(route.Track))
	}
}
