package fhir_test

import (
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
)

func TestParseDateTime(t *testing.T) {
	for _, c := range []struct {
		text      string
		want      string // RFC 3339, in UTC
		precision fhir.Precision
		zone      bool
	}{
		{"2019", "2019-01-01T00:00:00Z", fhir.PrecisionYear, false},
		{"2019-03", "2019-03-01T00:00:00Z", fhir.PrecisionMonth, false},
		{"2019-03-05", "2019-03-05T00:00:00Z", fhir.PrecisionDay, false},
		{"2020-02-29", "2020-02-29T00:00:00Z", fhir.PrecisionDay, false},
		{"2019-03-05T10:20Z", "2019-03-05T10:20:00Z", fhir.PrecisionMinute, true},
		{"2019-03-05T10:20", "2019-03-05T10:20:00Z", fhir.PrecisionMinute, false},
		{"2019-03-05T10:20:30Z", "2019-03-05T10:20:30Z", fhir.PrecisionSecond, true},
		{"2019-03-05T10:20:30", "2019-03-05T10:20:30Z", fhir.PrecisionSecond, false},
		{"2019-03-05T10:20:30.5+01:00", "2019-03-05T09:20:30.5Z", fhir.PrecisionSecond, true},
		{"2019-03-05T10:20:30.123456789123-05:30", "2019-03-05T15:50:30.123456789Z", fhir.PrecisionSecond, true},
		{"2019-12-31T23:30:00-02:00", "2020-01-01T01:30:00Z", fhir.PrecisionSecond, true},
		{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", fhir.PrecisionSecond, true},
		{"2019-03-05t10:20:30z", "2019-03-05T10:20:30Z", fhir.PrecisionSecond, true},
		{"2019-03-05 10:20:30+0100", "2019-03-05T09:20:30Z", fhir.PrecisionSecond, true},
		{"2019-03-05T24:00:00Z", "2019-03-06T00:00:00Z", fhir.PrecisionSecond, true},
	} {
		got := fhir.ParseDateTime(c.text)
		if text := got.Time.Format(time.RFC3339Nano); got.Text != c.text || text != c.want || got.Precision != c.precision || got.HasZone != c.zone || got.IsZero() {
			t.Errorf("%s: %s, precision %d, zone %v", c.text, text, got.Precision, got.HasZone)
		}
	}
}

func TestParseDateTimeRejects(t *testing.T) {
	for _, text := range []string{
		"", "spring", "19", "201", "20199", "2019-", "2019-3", "2019-13", "2019-00", "2019-02-29", "2019-04-31", "2019-01-32", "2019-01-00",
		"2019-01-01T", "2019-01-01T1", "2019-01-01T10", "2019-01-01T10:", "2019-01-01T10:61", "2019-01-01T25:00:00Z", "2019-01-01T10:00:61Z",
		"2019-01-01T10:00:00.Z", "2019-01-01T10:00:00+1", "2019-01-01T10:00:00+25:00", "2019-01-01T10:00:00+01:60", "2019-01-01Z", "2019/01/01", "2019-01-01T10:00:00Zulu",
		"-2019", "０２０１９",
	} {
		if got := fhir.ParseDateTime(text); !got.IsZero() || got.Text != text || !got.Time.IsZero() || got.HasZone {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func FuzzParseDateTime(f *testing.F) {
	for _, text := range []string{"2019", "2019-03-05T10:20:30.5+01:00", "2016-12-31T23:59:60Z", "2019-02-30", "x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := fhir.ParseDateTime(text)
		if got.Text != text || got.IsZero() && !got.Time.IsZero() {
			t.Errorf("%q: %+v", text, got)
		}
		if want, err := time.Parse(time.RFC3339Nano, text); err == nil && !got.IsZero() && !got.Time.Equal(want) {
			t.Errorf("%q: %v, not %v", text, got.Time, want)
		}
	})
}
