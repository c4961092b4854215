package app

import (
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
)

// A download stays behind on the device, so its name says nothing of the record.
func TestFormOf(t *testing.T) {
	for want, sample := range map[string]store.Sample{
		"FHIR Observation, JSON":                {Type: store.LabResultRecord, FHIR: &store.FHIRResource{ResourceType: "Observation"}},
		"A file of an Apple Health export, CSV": {Type: "electrocardiogram"},
		"A file of an Apple Health export, GPX": {Type: "workoutRoute"},
		"A clinical document (CDA), XML":        {Type: "cdaDocument"},
		"A part of an Apple Health export, XML": {Type: "workout"},
	} {
		form := formOf(sample)
		if got := form.name + ", " + form.syntax; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if name, _, _ := strings.Cut(form.file, "."); name != "keepwell-record" {
			t.Errorf("a download is called %q", form.file)
		}
	}
}
