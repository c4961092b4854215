package fhir_test

import (
	"testing"

	"github.com/keepwell-health/keepwell/fhir"
)

func TestIntervalOf(t *testing.T) {
	for _, c := range []struct{ resource, elements, want string }{
		{`{"resourceType":"Condition","onsetDateTime":"2010","recordedDate":"2020-05-06"}`, "", "2010.."},
		{`{"resourceType":"Condition","onsetDateTime":"2010","recordedDate":"2020-05-06"}`, "recordedDate dateRecorded", "2020-05-06.."},
		{`{"resourceType":"Condition","dateRecorded":"2020"}`, "recordedDate dateRecorded", "2020.."},
		{`{"resourceType":"Encounter","period":{"start":"2020"}}`, "", "2020.. period"},
		{`{"resourceType":"Encounter","period":{"end":"2020"}}`, "", "..2020 period"},
		{`{"resourceType":"Encounter","period":{"extension":[],"end":"2021","start":"2020"}}`, "period", "2020..2021 period"},
		{`{"resourceType":"DocumentReference","context":[{"period":{"start":"2020"}}]}`, "context.period", "2020.. period"},
		{`{"resourceType":"Observation","effectiveTiming":{"event":["2020","2021"]}}`, "", "2020..2021"},
		{`{"resourceType":"Observation","effectivePeriod":{"start":"soon"},"issued":"2020"}`, "", "2020.."},
		{`{"resourceType":"Observation","meta":{"lastUpdated":"2020-01-02T03:04:05Z"}}`, "meta.lastUpdated", "2020-01-02T03:04:05Z.."},
		{`{"resourceType":"Observation","issued":"2020"}`, "effectiveDateTime", "none"},
		{`{"resourceType":"Observation","issued":7}`, "issued", "none"},
		{`{"resourceType":"Patient","birthDate":"1970"}`, "", "none"},
		{`{"resourceType":"Observation","issued":"2020"`, "issued", "none"},
		{`[]`, "issued", "none"},
		{``, "", "none"},
	} {
		got := "none"
		if found, ok := fhir.IntervalOf([]byte(c.resource), c.elements); ok {
			got = found.Start.Text + ".." + found.End.Text
			if found.IsPeriod {
				got += " period"
			}
		}
		if got != c.want {
			t.Errorf("%s, %q: %s, want %s", c.resource, c.elements, got, c.want)
		}
	}
}
