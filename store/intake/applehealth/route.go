package applehealth

import (
	"errors"
	"io"
	"math"
	"time"

	"github.com/keepwell-health/keepwell/store/intake/xmlscan"
)

// Route is the track of a workout (GPX 1.1, trk).
type Route struct {
	Points   []Point
	Distance float64 // metres along the points
	Skipped  int     // points without a place on earth
}

// Point is one place of a Route.
type Point struct {
	Latitude, Longitude float64 // degrees, WGS 84
	Elevation           float64 // metres
	Time                int64   // ms since the Unix epoch; 0 when the file does not say
	NewSegment          bool    // the track was interrupted before this point
}

// maxPoints bounds a route: eleven days at one point a second.
const maxPoints = 1_000_000

// Errors of ReadRoute.
var (
	errNotRoute  = errors.New("the file is not a GPX track")
	errRouteSize = errors.New("the track has more than a million points")
)

// ReadRoute reads a GPX file. Its errors name a place and a rule, never a value.
func ReadRoute(src io.Reader) (*Route, error) {
	r := routeReader{scan: xmlscan.New(src), route: &Route{}}
	for {
		token, err := r.scan.Next()
		switch {
		case err == io.EOF && r.root == "gpx":
			r.route.measure()
			return r.route, nil
		case err == io.EOF:
			return nil, errNotRoute
		case err != nil:
			return nil, err
		}
		if err := r.take(token); err != nil {
			return nil, err
		}
	}
}

// routeReader reads the elements of a GPX file.
type routeReader struct {
	scan  *xmlscan.Scanner
	route *Route
	root  string

	point   Point
	text    []byte // of the element that is open
	segment bool   // a trkseg has begun and has no point yet
}

func (r *routeReader) take(token xmlscan.Token) error {
	switch token.Kind {
	case xmlscan.Start:
		r.open(token)
	case xmlscan.Text:
		if len(r.text)+len(token.Text) <= 64 { // longer than any number or time
			r.text = append(r.text, token.Text...)
		}
	case xmlscan.End:
		return r.shut(string(token.Name))
	}
	return nil
}

func (r *routeReader) open(token xmlscan.Token) {
	r.text = r.text[:0]
	if token.Depth == 1 {
		r.root = string(token.Name)
	}
	switch string(token.Name) {
	case "trkseg":
		r.segment = true
	case "trkpt":
		r.point = Point{
			Latitude: coordinate(token.Attr("lat"), 90), Longitude: coordinate(token.Attr("lon"), 180),
			NewSegment: r.segment,
		}
	}
}

func (r *routeReader) shut(name string) error {
	switch name {
	case "ele":
		r.point.Elevation, _ = number(r.text)
	case "time":
		r.point.Time = instant(r.text)
	case "trkpt":
		return r.add()
	}
	r.text = r.text[:0]
	return nil
}

func (r *routeReader) add() error {
	switch {
	case math.IsNaN(r.point.Latitude) || math.IsNaN(r.point.Longitude):
		r.route.Skipped++
		return nil
	case len(r.route.Points) == maxPoints:
		return errRouteSize
	}
	r.route.Points = append(r.route.Points, r.point)
	r.segment = false
	return nil
}

// coordinate reads degrees between -limit and limit; NaN for anything else.
func coordinate(text []byte, limit float64) float64 {
	value, ok := number(text)
	if !ok || math.Abs(value) > limit {
		return math.NaN()
	}
	return value
}

// instant reads "2024-01-01T07:00:00Z", as every time of an export's routes is
// written, or what else RFC 3339 allows, to ms since the Unix epoch; 0 for
// anything else.
func instant(text []byte) int64 {
	if len(text) == 20 && text[10] == 'T' && text[19] == 'Z' {
		var plain [dateLength]byte
		copy(plain[:], text)
		plain[10] = ' '
		copy(plain[19:], " +0000")
		if ms, ok := parseDate(plain[:]); ok {
			return ms
		}
	}
	when, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return 0
	}
	return when.UnixMilli()
}

// measure adds up the distances between points, but for interruptions.
func (r *Route) measure() {
	for i := 1; i < len(r.Points); i++ {
		if !r.Points[i].NewSegment {
			r.Distance += distance(r.Points[i-1], r.Points[i])
		}
	}
}

// earthRadius is the mean radius in metres (IUGG).
const earthRadius = 6_371_008.8

// distance is the great-circle distance in metres, by the haversine formula.
func distance(a, b Point) float64 {
	radians := math.Pi / 180
	latitude := (b.Latitude - a.Latitude) * radians
	longitude := (b.Longitude - a.Longitude) * radians
	h := math.Pow(math.Sin(latitude/2), 2) +
		math.Cos(a.Latitude*radians)*math.Cos(b.Latitude*radians)*math.Pow(math.Sin(longitude/2), 2)
	return 2 * earthRadius * math.Asin(min(1, math.Sqrt(h)))
}

// Climb adds up how far the track goes uphill in metres, and tells its lowest
// and its highest point.
func (r *Route) Climb() (climb, low, high float64) {
	for i, point := range r.Points {
		if i == 0 {
			low, high = point.Elevation, point.Elevation
			continue
		}
		low, high = min(low, point.Elevation), max(high, point.Elevation)
		if rise := point.Elevation - r.Points[i-1].Elevation; rise > 0 && !point.NewSegment {
			climb += rise
		}
	}
	return climb, low, high
}
