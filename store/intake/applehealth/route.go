package applehealth

import (
	"bytes"
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
		if again, err := r.again(); again || err != nil {
			if err != nil {
				return nil, err
			}
			continue
		}
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

// again takes the next point if it is written as an iPhone writes it. Routes are as
// long as export.xml; to read a point's twenty tags one by one takes five times as
// long.
func (r *routeReader) again() (bool, error) {
	window := r.scan.Window()
	space := indent(window)
	point, length, ok := splitPoint(window[space:])
	if !ok {
		return false, nil
	}
	r.scan.Pass(space + length)
	point.NewSegment = r.segment
	r.point, r.text = point, r.text[:0]
	return true, r.add()
}

// splitPoint reads `<trkpt lon="1" lat="2"><ele>3</ele><time>...</time><extensions>
// ...</extensions></trkpt>` and tells its length. ok is false for what is written in
// another way, or is not all there.
func splitPoint(element []byte) (point Point, length int, ok bool) {
	rest := element[:min(len(element), maxPoint)]
	var parts [4][]byte
	for at, around := range [...][2]string{
		{`<trkpt lon="`, `"`}, {` lat="`, `"`}, {`><ele>`, `<`}, {`/ele><time>`, `<`},
	} {
		if !bytes.HasPrefix(rest, []byte(around[0])) {
			return point, 0, false
		}
		rest = rest[len(around[0]):]
		end := bytes.IndexByte(rest[:min(len(rest), maxValue)], around[1][0])
		if end < 0 || bytes.IndexByte(rest[:end], '&') >= 0 {
			return point, 0, false
		}
		parts[at], rest = rest[:end], rest[end+1:]
	}
	if !bytes.HasPrefix(rest, []byte("/time><extensions>")) {
		return point, 0, false
	}
	rest = skipLeaves(rest[len("/time><extensions>"):])
	if !bytes.HasPrefix(rest, []byte("</extensions></trkpt>")) {
		return point, 0, false
	}
	rest = rest[len("</extensions></trkpt>"):]
	point = Point{Latitude: coordinate(parts[1], 90), Longitude: coordinate(parts[0], 180), Time: instant(parts[3])}
	point.Elevation, _ = number(parts[2])
	return point, min(len(element), maxPoint) - len(rest), true
}

// skipLeaves returns what stands behind elements that hold text only and have
// neither attributes nor a name that a point's own elements have.
func skipLeaves(rest []byte) []byte {
	for {
		end := nameLength(rest)
		if end < 0 {
			return rest
		}
		name, text := rest[1:end], rest[end+1:]
		shut := bytes.IndexByte(text, '<')
		if shut < 0 || string(name) == "ele" || string(name) == "time" || bytes.HasPrefix(name, []byte("trk")) {
			return rest
		}
		closing := text[shut+1:]
		if len(closing) < len(name)+2 || closing[0] != '/' || !bytes.HasPrefix(closing[1:], name) || closing[1+len(name)] != '>' {
			return rest
		}
		rest = closing[len(name)+2:]
	}
}

// nameLength returns where "<letters" ends in ">", -1 for anything else.
func nameLength(rest []byte) int {
	if len(rest) < 3 || rest[0] != '<' {
		return -1
	}
	for at, c := range rest[1:] {
		if c == '>' && at > 0 {
			return at + 1
		}
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return -1
		}
	}
	return -1
}

// maxPoint bounds the bytes of a point that again takes.
const maxPoint = 1024

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
