package applehealth

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

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

// asWritten is a point as an iPhone writes it.
func asWritten(lon, lat, rest string) string {
	return "\n      <trkpt lon=\"" + lon + "\" lat=\"" + lat + "\"><ele>34.5</ele><time>2019-06-11T15:00:0" + rest[:1] + "Z</time><extensions>" + rest[1:] + "</extensions></trkpt>"
}

// routes are files with points that are read quickly and others beside them.
var routes = []string{
	"<gpx><trk><trkseg>" + asWritten("13.25", "52.5", "1<speed>2.5</speed><course>-1</course>") + asWritten("13.26", "52.5", "2<speed>2</speed>") + "</trkseg><trkseg>" + asWritten("13.27", "52.5", "3") + "</trkseg></trk></gpx>",
	"<gpx>" + asWritten("181", "52.5", "1") + asWritten("1e1", "x", "2") + asWritten("&#49;", "2", "3") + asWritten("1", "2", "4<time>2019-06-11T15:00:09Z</time>") + "</gpx>",
	"<gpx>" + asWritten("1", "2", "1<!-- </extensions></trkpt> -->") + asWritten("1", "2", "2<![CDATA[</extensions></trkpt>]]>") + asWritten("1", "2", "3<trkpt lon=\"5\" lat=\"5\"/>") + "</gpx>",
	"<gpx>" + asWritten("1", "2", "1<a>") + asWritten("1", "2", "2</a>") + "</gpx>",
	"<gpx>" + asWritten("1", "2", "1<a>") + asWritten("1", "2", "2<a/>") + "</gpx>",
	"<gpx>" + asWritten("1", "2", "1<a>1</b>") + asWritten("1", "2", "2<a>1</time>") + "</gpx>",
	"<gpx>" + asWritten("1", "2", "1<ele>7</ele>") + asWritten("3", "4", "x") + "</gpx>" + asWritten("5", "6", "1"),
}

// compareRoutes holds that quickly read points are what a full reading makes of
// them: of a file that comes byte by byte none is read quickly.
func compareRoutes(t *testing.T, in string) {
	t.Helper()
	quick, err := ReadRoute(strings.NewReader(in))
	full, errFull := ReadRoute(iotest.OneByteReader(strings.NewReader(in)))
	if fmt.Sprint(err) != fmt.Sprint(errFull) || err == nil && !reflect.DeepEqual(quick, full) {
		t.Errorf("quick: %+v, %v\nfull: %+v, %v\n%s", quick, err, full, errFull, in)
	}
}

func TestRoutesAlike(t *testing.T) {
	for _, in := range routes {
		compareRoutes(t, in)
	}
	if _, length, ok := splitPoint([]byte(asWritten("1", "2", "3<speed>1</speed>")[7:])); !ok || length != len(asWritten("1", "2", "3<speed>1</speed>"))-7 {
		t.Error("a point as an iPhone writes it is not read quickly")
	}
}

func FuzzRoutesAlike(f *testing.F) {
	for _, in := range routes {
		f.Add(in)
	}
	f.Fuzz(compareRoutes)
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
