package engine

import (
	"bytes"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/applehealth"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// maxDrawn bounds the points of what is drawn; more a screen does not show.
const maxDrawn = 20_000

// object says an object that is no FHIR resource, and what it looks like.
func object(id store.TypeID, raw []byte, result *protocol.RecordResult) {
	result.View = applehealth.View(id, raw)
	switch id {
	case "electrocardiogram":
		if ecg, err := applehealth.ReadECG(bytes.NewReader(raw)); err == nil {
			result.Trace = traceOf(ecg)
		}
	case "workoutRoute":
		if route, err := applehealth.ReadRoute(bytes.NewReader(raw)); err == nil {
			result.Track = trackOf(route)
		}
	}
}

// traceOf is nil when the file does not say what its numbers mean.
func traceOf(ecg *applehealth.ECG) *protocol.Trace {
	millivolts := ecg.Millivolts()
	if millivolts == 0 || ecg.SampleRate <= 0 || len(ecg.Voltages) > maxDrawn {
		return nil
	}
	trace := &protocol.Trace{Classification: ecg.Classification, SampleRate: ecg.SampleRate, Millivolts: make([]float64, len(ecg.Voltages))}
	for i, voltage := range ecg.Voltages {
		trace.Millivolts[i] = voltage * millivolts
	}
	return trace
}

// trackOf is nil when there is nothing to draw.
func trackOf(route *applehealth.Route) *protocol.Track {
	if len(route.Points) < 2 {
		return nil
	}
	track := &protocol.Track{Distance: route.Distance}
	track.Climb, track.Low, track.High = route.Climb()
	step := len(route.Points)/maxDrawn + 1
	for i, p := range route.Points {
		if i%step == 0 || p.NewSegment || i == len(route.Points)-1 {
			track.Points = append(track.Points, protocol.TrackPoint{Latitude: p.Latitude, Longitude: p.Longitude, Gap: p.NewSegment})
		}
	}
	return track
}
