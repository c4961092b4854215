package applehealth

import (
	"math"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store/intake/intaketest"
)

const gpxFile = `<?xml version="1.0"?><gpx version="1.1"><metadata><time>2019-06-11T15:00:00Z</time></metadata><trk><name>Route</name>
<trkseg><trkpt lon="0" lat="0"><ele>10.5</ele><time>2019-06-11T15:00:00Z</time><extensions><speed>2</speed></extensions></trkpt>
<trkpt lon="0" lat="1"><ele>11</ele><time>2019-06-11T15:10:00Z</time></trkpt></trkseg>
<trkseg><trkpt lon="1" lat="1"/><trkpt lon="1" lat="91"/></trkseg></trk></gpx>`

func TestReadRoute(t *testing.T) {
	route, err := ReadRoute(strings.NewReader(gpxFile))
	if err != nil {
		t.Fatal(err)
	}
	if len(route.Points) != 3 || route.Skipped != 1 || route.Points[0].Elevation != 10.5 || route.Points[1].Time != 1560265800000 {
		t.Errorf("got %+v", route)
	}
	// One degree of a great circle: 6371.0088 km * pi/180. The gap between the
	// segments does not count.
	if want := 111_195.08; math.Abs(route.Distance-want) > 0.01 {
		t.Errorf("got %v m, want %v", route.Distance, want)
	}
}

func TestReadRouteRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"empty": "", "not XML": "lat,lon", "other XML": "<kml/>", "cut": gpxFile[:300], "UTF-16": "\xff\xfe<\x00",
	} {
		if _, err := ReadRoute(strings.NewReader(in)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, in := range map[string]string{"no points": "<gpx/>", "bad numbers": `<gpx><trkpt lat="x" lon="NaN"/><trkpt/></gpx>`} {
		if route, err := ReadRoute(strings.NewReader(in)); err != nil || len(route.Points) != 0 {
			t.Errorf("%s: got %v, %v", name, route, err)
		}
	}
}

func FuzzReadRoute(f *testing.F) {
	f.Add(gpxFile)
	f.Fuzz(func(t *testing.T, in string) {
		intaketest.Modest(t, len(in), func() {
			if route, err := ReadRoute(strings.NewReader(in)); err == nil && (math.IsNaN(route.Distance) || route.Distance < 0) {
				t.Errorf("a distance of %v", route.Distance)
			}
		})
	})
}
