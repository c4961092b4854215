package app

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func zoned(t *testing.T, name, at string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	instant, err := time.ParseInLocation("2006-01-02 15:04", at, zone)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

func TestPeriods(t *testing.T) {
	const form = "2006-01-02 15:04"
	for _, c := range []struct {
		zone, at   string
		unit       PeriodUnit
		start, end string
		columns    int
	}{
		{"UTC", "2025-03-05 13:00", PeriodDay, "2025-03-05 00:00", "2025-03-06 00:00", 24},
		{"UTC", "2025-03-05 13:00", PeriodWeek, "2025-03-03 00:00", "2025-03-10 00:00", 7},
		{"UTC", "2025-03-02 13:00", PeriodWeek, "2025-02-24 00:00", "2025-03-03 00:00", 7}, // a Sunday
		{"UTC", "2024-02-29 13:00", PeriodMonth, "2024-02-01 00:00", "2024-03-01 00:00", 29},
		{"UTC", "2024-12-31 23:59", PeriodYear, "2024-01-01 00:00", "2025-01-01 00:00", 12},
		{"Europe/Berlin", "2025-03-30 13:00", PeriodDay, "2025-03-30 00:00", "2025-03-31 00:00", 23},
		{"Europe/Berlin", "2025-10-26 13:00", PeriodDay, "2025-10-26 00:00", "2025-10-27 00:00", 25},
		{"Europe/Berlin", "2025-10-26 13:00", PeriodWeek, "2025-10-20 00:00", "2025-10-27 00:00", 7},
		{"America/Sao_Paulo", "2018-11-04 13:00", PeriodDay, "2018-11-04 01:00", "2018-11-05 00:00", 23}, // no midnight
		{"America/Sao_Paulo", "2018-11-20 13:00", PeriodMonth, "2018-11-01 00:00", "2018-12-01 00:00", 30},
	} {
		p := PeriodAt(c.unit, zoned(t, c.zone, c.at))
		if p.Start.Format(form) != c.start || p.End.Format(form) != c.end || len(p.Columns()) != c.columns {
			t.Errorf("%s %s of %s is %s to %s with %d columns", c.unit, c.at, c.zone, p.Start.Format(form), p.End.Format(form), len(p.Columns()))
		}
		if next := p.Next(); !next.Start.Equal(p.End) || !next.Previous().Start.Equal(p.Start) {
			t.Errorf("%s %s of %s: next and back is %s", c.unit, c.at, c.zone, next.Previous().Start)
		}
	}
}

func TestPeriodWords(t *testing.T) {
	now := zoned(t, "UTC", "2025-03-05 13:00")
	for _, c := range []struct {
		unit PeriodUnit
		at   string
		want string
	}{
		{PeriodDay, "2025-03-05 00:00", "Today, 5 March"},
		{PeriodDay, "2025-03-04 00:00", "Yesterday, 4 March"},
		{PeriodDay, "2025-03-03 00:00", "Monday 3 March 2025"},
		{PeriodWeek, "2025-03-05 00:00", "3 – 9 March 2025"},
		{PeriodWeek, "2025-03-01 00:00", "24 February – 2 March 2025"},
		{PeriodWeek, "2025-01-01 00:00", "30 December 2024 – 5 January 2025"},
		{PeriodMonth, "2025-03-05 00:00", "March 2025"},
		{PeriodYear, "2025-03-05 00:00", "2025"},
	} {
		if got := PeriodAt(c.unit, zoned(t, "UTC", c.at)).Title(now); got != c.want {
			t.Errorf("%s at %s is %q, want %q", c.unit, c.at, got, c.want)
		}
	}
}

func TestHoursThatTheClocksShowTwice(t *testing.T) {
	p := PeriodAt(PeriodDay, zoned(t, "Europe/Berlin", "2025-10-26 13:00"))
	seen := map[string]bool{}
	for _, start := range p.Columns() {
		name := p.ColumnName(start)
		if seen[name] {
			t.Errorf("two columns are called %q", name)
		}
		seen[name] = true
	}
	if !seen["02:00 – 03:00 (UTC+02:00)"] || !seen["02:00 – 03:00 (UTC+01:00)"] || !seen["03:00 – 04:00"] {
		t.Errorf("the hours are called %v", seen)
	}
}
