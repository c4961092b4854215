package app

import (
	"math"
	"testing"

	"github.com/keepwell-health/keepwell/web/protocol"
)

func TestSketchECG(t *testing.T) {
	trace := &protocol.Trace{SampleRate: 512, Millivolts: make([]float64, 1024)}
	trace.Millivolts[512] = 1 // after one second
	sketch := sketchECG(trace)
	if sketch.Width != 200 || math.Mod(sketch.Height, 20) != 0 {
		t.Fatalf("two seconds are %v by %v", sketch.Width, sketch.Height)
	}
	line := sketch.Strokes[2].Lines[0]
	if peak, base := line[512], line[0]; peak.X != 100 || base.Y-peak.Y != 40 {
		t.Errorf("a millivolt at one second is drawn at %v over %v", peak, base)
	}
}

func TestSecondsOfAnECG(t *testing.T) {
	seconds := secondsOf(&protocol.Trace{SampleRate: 2, Millivolts: []float64{1, 5, -3, 2, 7}})
	if len(seconds) != 3 || seconds[1] != (ecgSecond{-3, 2}) || seconds[2] != (ecgSecond{7, 7}) {
		t.Errorf("the seconds are %v", seconds)
	}
}

func TestSketchRoute(t *testing.T) {
	// A degree of longitude is half as long at 60° north.
	sketch := sketchRoute(&protocol.Track{Points: []protocol.TrackPoint{
		{Latitude: 59.5, Longitude: 10}, {Latitude: 60.5, Longitude: 12, Gap: true}, {Latitude: 60.5, Longitude: 10},
	}})
	if math.Abs(sketch.Width-routeSize) > 0.1 || math.Abs(sketch.Height-routeSize) > 0.1 {
		t.Fatalf("a square is %v by %v", sketch.Width, sketch.Height)
	}
	if lines := sketch.Strokes[0].Lines; len(lines) != 2 || lines[0][0].Y <= lines[1][0].Y {
		t.Errorf("the track is %v; north is up, and a gap no line", lines)
	}
	still := sketchRoute(&protocol.Track{Points: []protocol.TrackPoint{{Latitude: 1}, {Latitude: 1}}})
	if math.IsNaN(still.Width) || still.Width <= 0 {
		t.Errorf("who stands still is drawn on %v", still.Width)
	}
}
