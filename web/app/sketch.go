package app

import (
	"math"
	"slices"

	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// millimetre is a millimetre of ECG paper in CSS pixels; CSS has 3.78.
const millimetre = 4

// The usual scale of ECG paper (AHA/ACCF/HRS 2007, part I).
const (
	secondWidth     = 25 * millimetre // CSS pixels a second
	millivoltHeight = 10 * millimetre // CSS pixels a mV
)

// sketchECG draws voltages on paper of 1 mm, with heavier lines every 5 mm.
func sketchECG(trace *protocol.Trace) (sketch dom.Strokes) {
	low, high := extent(trace.Millivolts)
	bottom := math.Floor(max(low, -10)*2-0.5) / 2 // in mV, to whole boxes of 5 mm
	top := math.Ceil(min(high, 10)*2+0.5) / 2
	sketch.Width = math.Ceil(float64(len(trace.Millivolts))/trace.SampleRate*5) / 5 * secondWidth
	sketch.Height = (top - bottom) * millivoltHeight
	line := make([]dom.Spot, len(trace.Millivolts))
	for i, voltage := range trace.Millivolts {
		line[i] = dom.Spot{X: float64(i) / trace.SampleRate * secondWidth, Y: (top - voltage) * millivoltHeight}
	}
	sketch.Strokes = []dom.Stroke{
		{Class: "grid", Lines: grid(sketch.Width, sketch.Height, millimetre)},
		{Class: "grid heavy", Lines: grid(sketch.Width, sketch.Height, 5*millimetre)},
		{Class: "trace", Lines: [][]dom.Spot{line}},
	}
	return sketch
}

func extent(values []float64) (low, high float64) {
	if len(values) == 0 {
		return 0, 0
	}
	return slices.Min(values), slices.Max(values)
}

func grid(width, height, step float64) [][]dom.Spot {
	var lines [][]dom.Spot
	for x := 0.0; x <= width; x += step {
		lines = append(lines, []dom.Spot{{X: x}, {X: x, Y: height}})
	}
	for y := 0.0; y <= height; y += step {
		lines = append(lines, []dom.Spot{{Y: y}, {X: width, Y: y}})
	}
	return lines
}

// ecgSecond is the lowest and highest voltage of a second, in mV.
type ecgSecond struct{ Low, High float64 }

func secondsOf(trace *protocol.Trace) []ecgSecond {
	var seconds []ecgSecond
	for part := range slices.Chunk(trace.Millivolts, max(1, int(math.Round(trace.SampleRate)))) {
		low, high := extent(part)
		seconds = append(seconds, ecgSecond{low, high})
	}
	return seconds
}

// Sizes of a drawn route in CSS pixels.
const (
	routeSize   = 360
	routeMargin = 10
)

// sketchRoute draws a track as seen from above, north up: no map, since to load
// one would tell where the person was.
func sketchRoute(track *protocol.Track) (sketch dom.Strokes) {
	west, east, south, north := bounds(track.Points)
	shrink := math.Cos((south + north) / 2 * math.Pi / 180) // of a degree of longitude
	across, up := (east-west)*shrink, north-south
	scale := (routeSize - 2*routeMargin) / max(across, up, 1e-6)
	sketch.Width, sketch.Height = across*scale+2*routeMargin, up*scale+2*routeMargin
	place := func(p protocol.TrackPoint) dom.Spot {
		return dom.Spot{X: routeMargin + (p.Longitude-west)*shrink*scale, Y: routeMargin + (north-p.Latitude)*scale}
	}
	var lines [][]dom.Spot
	for i, point := range track.Points {
		if i == 0 || point.Gap {
			lines = append(lines, nil)
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], place(point))
	}
	first, last := place(track.Points[0]), place(track.Points[len(track.Points)-1])
	sketch.Strokes = []dom.Stroke{
		{Class: "track", Lines: lines},
		{Class: "track-start", Lines: [][]dom.Spot{{first, first}}},
		{Class: "track-end", Lines: [][]dom.Spot{{last, last}}},
	}
	return sketch
}

func bounds(points []protocol.TrackPoint) (west, east, south, north float64) {
	west, east, south, north = 180, -180, 90, -90
	for _, p := range points {
		west, east = min(west, p.Longitude), max(east, p.Longitude)
		south, north = min(south, p.Latitude), max(north, p.Latitude)
	}
	return west, east, south, north
}
