// Package sample makes the records of one fictional person, so that anybody can
// look at Keepwell without bringing records of their own: twenty years from
// three places, one of which speaks FHIR DSTU2 and two R4, and two years of
// steps from a phone and a watch. Nothing in it is about a real person.
//
// The same day always gives the same bytes, and a later day adds to them: what
// was on record stays as it was.
package sample

import (
	"bytes"
	"context"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake"
	"github.com/keepwell-health/keepwell/store/intake/bundle"
	"github.com/keepwell-health/keepwell/store/intake/format"
)

// Bundle is the chart of one place as a file that a portal could have given.
type Bundle struct {
	Name string // of the file: "Sample Location A.json"
	Data []byte // a FHIR Bundle of type collection
}

// Bundles returns the person's three charts as of a day.
func Bundles(now time.Time) []Bundle {
	var bundles []Bundle
	for _, place := range []site{siteA, siteB, siteC} {
		bundles = append(bundles, Bundle{Name: place.name + ".json", Data: newChart(place, maya, now).bundle()})
	}
	return bundles
}

// Load puts the person's records as of today into the store, in one import. To
// load them again on a later day adds what has come since.
func Load(ctx context.Context, s *store.Store, onProgress func(intake.Progress)) (intake.Report, error) {
	return LoadAt(ctx, s, time.Now(), onProgress)
}

// LoadAt is Load as of a given day.
func LoadAt(ctx context.Context, s *store.Store, now time.Time, onProgress func(intake.Progress)) (intake.Report, error) {
	return intake.Stage(ctx, s, onProgress, func(sink format.Sink) error {
		for _, b := range Bundles(now) {
			if err := bundle.Read(&format.Input{Path: b.Name, Size: int64(len(b.Data))}, bytes.NewReader(b.Data), "", sink); err != nil {
				return err
			}
		}
		from := &format.Input{Path: "Fitness data"}
		for sample := range Fitness(now) {
			if err := sink.Sample(from, sample); err != nil {
				return err
			}
		}
		return nil
	})
}

// bundle returns the chart as a Bundle, one entry a line.
func (c *chart) bundle() []byte {
	// The version in the profile's address tells the release of all entries.
	profile := "http://hl7.org/fhir/" + c.release.Version()[:len("4.0")] + "/StructureDefinition/Bundle"
	data := []byte(`{"resourceType":"Bundle","meta":{"profile":["` + profile + `"]},"type":"collection","entry":[`)
	for at, e := range c.entries {
		if at > 0 {
			data = append(data, ',')
		}
		data = append(data, '\n')
		data = object{{"fullUrl", "urn:uuid:" + e.id}, {"resource", e.body}}.appendTo(data)
	}
	return append(data, "\n]}\n"...)
}
