package calendar

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // zones of the tables below, on any machine
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// instant reads RFC 3339, as ms since the Unix epoch.
func instant(t testing.TB, text string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMilli()
}

func TestBounds(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		unit       Unit
		count      int
		anchor     string
		from, to   string
		want       []string
	}{
		{"a spring day in Berlin has 23 hours", "Europe/Berlin", Day, 1,
			"2025-01-01T00:00:00+01:00", "2025-03-29T00:00:00+01:00", "2025-03-31T00:00:00+02:00",
			[]string{"2025-03-29T00:00:00+01:00", "2025-03-30T00:00:00+01:00", "2025-03-31T00:00:00+02:00"}},
		{"an autumn day in Berlin has 25 hours", "Europe/Berlin", Day, 1,
			"2025-01-01T00:00:00+01:00", "2025-10-26T12:00:00+01:00", "2025-10-26T13:00:00+01:00",
			[]string{"2025-10-26T00:00:00+02:00", "2025-10-27T00:00:00+01:00"}},
		{"a spring day in New York", "America/New_York", Day, 1,
			"2025-01-01T00:00:00-05:00", "2025-03-09T00:00:00-05:00", "2025-03-10T00:00:00-04:00",
			[]string{"2025-03-09T00:00:00-05:00", "2025-03-10T00:00:00-04:00"}},
		{"an autumn day in New York", "America/New_York", Day, 1,
			"2030-01-01T00:00:00-05:00", "2025-11-02T00:00:00-04:00", "2025-11-03T00:00:00-05:00",
			[]string{"2025-11-02T00:00:00-04:00", "2025-11-03T00:00:00-05:00"}},
		{"days that begin at a time the clocks skip", "Europe/Berlin", Day, 1,
			"2025-03-01T02:30:00+01:00", "2025-03-29T03:00:00+01:00", "2025-03-31T03:00:00+02:00",
			[]string{"2025-03-29T02:30:00+01:00", "2025-03-30T03:00:00+02:00", "2025-03-31T02:30:00+02:00", "2025-04-01T02:30:00+02:00"}},
		{"days that begin at a time the clocks show twice", "Europe/Berlin", Day, 1,
			"2025-10-01T02:30:00+02:00", "2025-10-26T02:45:00+02:00", "2025-10-26T02:50:00+01:00",
			[]string{"2025-10-26T02:30:00+02:00", "2025-10-27T02:30:00+01:00"}},
		{"a day without a midnight", "America/Santiago", Day, 1, // 8 September 2024 began at 01:00
			"2024-01-01T00:00:00-03:00", "2024-09-07T12:00:00-04:00", "2024-09-08T12:00:00-03:00",
			[]string{"2024-09-07T00:00:00-04:00", "2024-09-08T01:00:00-03:00", "2024-09-09T00:00:00-03:00"}},
		{"a day that was skipped", "Pacific/Apia", Day, 1, // 30 December 2011
			"2011-12-01T00:00:00-10:00", "2011-12-29T00:00:00-10:00", "2011-12-31T12:00:00+14:00",
			[]string{"2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00"}},
		{"hours go on through a change", "Europe/Berlin", Hour, 1,
			"2025-03-30T00:00:00+01:00", "2025-03-30T01:00:00+01:00", "2025-03-30T04:00:00+02:00",
			[]string{"2025-03-30T01:00:00+01:00", "2025-03-30T03:00:00+02:00", "2025-03-30T04:00:00+02:00"}},
		{"six hours", "UTC", Hour, 6,
			"2025-01-01T00:00:00Z", "2024-12-31T17:59:59Z", "2024-12-31T18:00:01Z",
			[]string{"2024-12-31T12:00:00Z", "2024-12-31T18:00:00Z", "2025-01-01T00:00:00Z"}},
		{"weeks from Monday", "Europe/Berlin", Week, 1,
			"2024-01-01T00:00:00+01:00", "2025-03-30T12:00:00+02:00", "2025-03-31T12:00:00+02:00",
			[]string{"2025-03-24T00:00:00+01:00", "2025-03-31T00:00:00+02:00", "2025-04-07T00:00:00+02:00"}},
		{"weeks from Sunday", "America/New_York", Week, 1,
			"2024-01-07T00:00:00-05:00", "2025-03-08T12:00:00-05:00", "2025-03-09T12:00:00-04:00",
			[]string{"2025-03-02T00:00:00-05:00", "2025-03-09T00:00:00-05:00", "2025-03-16T00:00:00-04:00"}},
		{"two weeks", "UTC", Week, 2,
			"2025-01-06T00:00:00Z", "2025-01-13T00:00:00Z", "2025-01-21T00:00:00Z",
			[]string{"2025-01-06T00:00:00Z", "2025-01-20T00:00:00Z", "2025-02-03T00:00:00Z"}},
		{"months from the 31st", "UTC", Month, 1,
			"2024-01-31T00:00:00Z", "2024-02-01T00:00:00Z", "2024-04-30T12:00:00Z",
			[]string{"2024-01-31T00:00:00Z", "2024-02-29T00:00:00Z", "2024-03-31T00:00:00Z", "2024-04-30T00:00:00Z", "2024-05-31T00:00:00Z"}},
		{"months before the anchor", "UTC", Month, 1,
			"2024-01-31T00:00:00Z", "2023-11-30T00:00:00Z", "2023-12-31T00:00:00Z",
			[]string{"2023-11-30T00:00:00Z", "2023-12-31T00:00:00Z"}},
		{"quarters", "Europe/Berlin", Month, 3,
			"2020-01-01T00:00:00+01:00", "2025-05-05T00:00:00+02:00", "2025-10-31T00:00:00+01:00",
			[]string{"2025-04-01T00:00:00+02:00", "2025-07-01T00:00:00+02:00", "2025-10-01T00:00:00+02:00", "2026-01-01T00:00:00+01:00"}},
		{"years from a leap day", "UTC", Year, 1,
			"2024-02-29T00:00:00Z", "2025-02-28T00:00:00Z", "2028-03-01T00:00:00Z",
			[]string{"2025-02-28T00:00:00Z", "2026-02-28T00:00:00Z", "2027-02-28T00:00:00Z", "2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Periods{Unit: c.unit, Count: c.count, Anchor: instant(t, c.anchor), Zone: zone(t, c.zone)}
			bounds, ok := p.Bounds(instant(t, c.from), instant(t, c.to), 10)
			if !ok {
				t.Fatal("too many")
			}
			got := make([]string, len(bounds))
			for i, at := range bounds {
				got[i] = time.UnixMilli(at).In(p.Zone).Format(time.RFC3339)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v\nwant %v", got, c.want)
			}
		})
	}
}

func TestBoundsRefusesTooMany(t *testing.T) {
	p := Periods{Unit: Day, Count: 1, Zone: time.UTC}
	if bounds, ok := p.Bounds(0, 10*day, 10); !ok || len(bounds) != 11 {
		t.Errorf("ten days: %v %v", bounds, ok)
	}
	for _, to := range []int64{10*day + 1, 8_640_000_000_000_000} {
		if _, ok := p.Bounds(0, to, 10); ok {
			t.Errorf("more than ten days until %d", to)
		}
	}
}

// Whatever the zone, anchor and range: the periods are those of the range, they
// follow one another, and each that begins at the anchor's time of day does so.
func TestBoundsHoldTheRange(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca"}
	for range 3000 {
		p := Periods{Unit: Unit(random.IntN(5)), Count: 1 + random.IntN(3), Zone: zone(t, zones[random.IntN(len(zones))])}
		p.Anchor = random.Int64N(60*365*day) - 5*365*day
		from := random.Int64N(60 * 365 * day)
		to := from + 1 + random.Int64N(3*lengths[p.Unit])
		bounds, ok := p.Bounds(from, to, 100)
		if !ok {
			t.Fatalf("too many: %+v", p)
		}
		last := len(bounds) - 1
		if !slices.IsSorted(bounds) || len(slices.Compact(slices.Clone(bounds))) != len(bounds) {
			t.Fatalf("%+v: %v do not ascend", p, bounds)
		}
		if bounds[0] > from || bounds[1] <= from || bounds[last] < to || bounds[last-1] >= to {
			t.Fatalf("%+v: %v are not the periods of %d to %d", p, bounds, from, to)
		}
	}
}
