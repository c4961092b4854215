package app

import (
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
)

func TestSearch(t *testing.T) {
	record := func(id, title, subtitle, day, source string) store.Sample {
		return store.Sample{UUID: id, DisplayName: title, Subtitle: subtitle, StartText: day,
			Source: store.Source{Name: source}, FHIR: &store.FHIRResource{}}
	}
	samples := []store.Sample{
		record("a", "Hemoglobin A1c", "5.4 %", "2019-03-05", "Clinic"),
		record("b", "Hemoglobin", "13.9 g/dL", "2020-03-05", "Hospital"),
		record("c", "Cholesterol", "4.9 mmol/L", "2019", "Clinic"),
	}
	for words, want := range map[string]string{
		"": "abc", "hemoglobin": "ab", "HEMO clinic": "a", "2019": "ac", "mar": "ab", "4.9": "c", "potassium": "", "  ": "abc",
	} {
		var ids []string
		for _, s := range search(samples, store.Type{}, words, utc) {
			ids = append(ids, s.UUID)
		}
		if got := strings.Join(ids, ""); got != want {
			t.Errorf("search(%q) found %q, want %q", words, got, want)
		}
	}
}
