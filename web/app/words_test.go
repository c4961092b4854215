package app

import (
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
)

func utc(int64) time.Duration { return 0 }

// berlin is one hour ahead in winter and two in summer.
func berlin(ms int64) time.Duration {
	if month := time.UnixMilli(ms).UTC().Month(); month > time.March && month < time.November {
		return 2 * time.Hour
	}
	return time.Hour
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 100000: "100,000", 1234567: "1,234,567", -1234: "−1,234"} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1.0 kB", 3_780_000: "3.8 MB",
		43_000_000: "43 MB", 999_499: "999 kB", 999_500: "1.0 MB", 2_500_000_000: "2.5 GB", 9_960_000: "10 MB",
	} {
		if got := Size(bytes); got != want {
			t.Errorf("Size(%d) = %q, want %q", bytes, got, want)
		}
	}
}

func TestQuantity(t *testing.T) {
	for _, test := range []struct {
		value float64
		unit  string
		want  string
	}{
		{1204, "steps", "1,204 steps"}, {5.4, "mmol/L", "5.4 mmol/L"}, {0.333333, "km", "0.33 km"},
		{-1.5, "°C", "−1.5 °C"}, {72, "", "72"}, {99.999, "%", "100 %"}, {1.05, "kg", "1.05 kg"},
	} {
		if got := Quantity(test.value, test.unit); got != test.want {
			t.Errorf("Quantity(%v, %q) = %q, want %q", test.value, test.unit, got, test.want)
		}
	}
}

func TestDates(t *testing.T) {
	at := func(text string) int64 {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment.UnixMilli()
	}
	for _, test := range []struct {
		name      string
		ms        int64
		text      string
		zone      Zone
		day, full string
	}{
		{"an instant", at("2019-03-05T10:20:00Z"), "", utc, "5 Mar 2019", "5 Mar 2019, 10:20"},
		{"past midnight here", at("2019-07-05T22:30:00Z"), "", berlin, "6 Jul 2019", "6 Jul 2019, 00:30"},
		{"winter time of a past year", at("2019-01-05T22:30:00Z"), "", berlin, "5 Jan 2019", "5 Jan 2019, 23:30"},
		{"a day, whatever the zone", at("2019-03-05T00:00:00Z"), "2019-03-05", func(int64) time.Duration { return -8 * time.Hour }, "5 Mar 2019", "5 Mar 2019"},
		{"a month", at("2019-03-01T00:00:00Z"), "2019-03", utc, "Mar 2019", "Mar 2019"},
		{"a year", at("2019-01-01T00:00:00Z"), "2019", utc, "2019", "2019"},
		{"a minute", at("2019-03-05T10:20:00Z"), "2019-03-05T10:20Z", utc, "5 Mar 2019", "5 Mar 2019, 10:20"},
		{"before 1970", at("1953-02-28T06:00:00Z"), "", utc, "28 Feb 1953", "28 Feb 1953, 06:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Day(test.ms, test.text, test.zone); got != test.day {
				t.Errorf("Day = %q, want %q", got, test.day)
			}
			if got := Moment(test.ms, test.text, test.zone); got != test.full {
				t.Errorf("Moment = %q, want %q", got, test.full)
			}
		})
	}
}

func TestSpan(t *testing.T) {
	hour := int64(3_600_000)
	for _, test := range []struct {
		name   string
		sample store.Sample
		want   string
	}{
		{"an instant", store.Sample{StartDate: 10 * hour, EndDate: 10 * hour}, "1 Jan 1970, 10:00"},
		{"an hour", store.Sample{StartDate: 10 * hour, EndDate: 11 * hour}, "1 Jan 1970, 10:00 – 11:00"},
		{"over midnight", store.Sample{StartDate: 23 * hour, EndDate: 25 * hour}, "1 Jan 1970, 23:00 – 2 Jan 1970, 01:00"},
		{"years", store.Sample{StartText: "2019", EndDate: hour, EndText: "2021"}, "2019 – 2021"},
		{"one day", store.Sample{StartText: "2019-03-05", EndDate: 24*hour - 1, EndText: "2019-03-05"}, "5 Mar 2019"},
	} {
		if got := Span(test.sample, utc); got != test.want {
			t.Errorf("%s: Span = %q, want %q", test.name, got, test.want)
		}
	}
}

func TestHours(t *testing.T) {
	hour := int64(3_600_000)
	for want, sample := range map[string]store.Sample{
		"10:00":         {StartDate: 10 * hour, EndDate: 10 * hour},
		"10:00 – 11:00": {StartDate: 10 * hour, EndDate: 11 * hour},
		"1 Jan 1970, 23:00 – 2 Jan 1970, 01:00": {StartDate: 23 * hour, EndDate: 25 * hour},
		"5 Mar 2019": {StartText: "2019-03-05"},
	} {
		if got := Hours(sample, utc); got != want {
			t.Errorf("Hours = %q, want %q", got, want)
		}
	}
}

func TestListed(t *testing.T) {
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}} {
		if got := Listed(words); got != want {
			t.Errorf("Listed(%q) = %q, want %q", words, got, want)
		}
	}
}
