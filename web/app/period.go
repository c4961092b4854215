package app

import (
	"time"

	"github.com/keepwell-health/keepwell/store"
)

// PeriodUnit is how much time a chart shows.
type PeriodUnit string

const (
	PeriodDay   PeriodUnit = "day"
	PeriodWeek  PeriodUnit = "week" // from Monday (ISO 8601)
	PeriodMonth PeriodUnit = "month"
	PeriodYear  PeriodUnit = "year"
)

// Period is the time from Start up to End, by the calendar of the zone that
// both are in.
type Period struct {
	Unit       PeriodUnit
	Start, End time.Time
}

// PeriodAt is the period that an instant lies in, by the zone of the instant.
func PeriodAt(unit PeriodUnit, at time.Time) Period {
	year, month, day := at.Date()
	zone := at.Location()
	switch unit {
	case PeriodWeek:
		day -= (int(at.Weekday()) + 6) % 7
		return Period{unit, midnight(year, month, day, zone), midnight(year, month, day+7, zone)}
	case PeriodMonth:
		return Period{unit, midnight(year, month, 1, zone), midnight(year, month+1, 1, zone)}
	case PeriodYear:
		return Period{unit, midnight(year, time.January, 1, zone), midnight(year+1, time.January, 1, zone)}
	}
	return Period{PeriodDay, midnight(year, month, day, zone), midnight(year, month, day+1, zone)}
}

// midnight is the first instant of a day. Where the clocks go forward at
// midnight the day begins at one.
func midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	at := time.Date(year, month, day, 0, 0, 0, 0, zone)
	noon := time.Date(year, month, day, 12, 0, 0, 0, zone)
	for at.Day() != noon.Day() {
		at = at.Add(30 * time.Minute)
	}
	return at
}

// Next is the period after this one.
func (p Period) Next() Period { return PeriodAt(p.Unit, p.End) }

// Previous is the period before this one.
func (p Period) Previous() Period { return PeriodAt(p.Unit, p.Start.Add(-time.Millisecond)) }

// Contains reports whether an instant lies in the period.
func (p Period) Contains(at time.Time) bool { return !at.Before(p.Start) && at.Before(p.End) }

// Interval is the length of one column of the period's chart.
func (p Period) Interval() store.CalendarInterval {
	switch p.Unit {
	case PeriodDay:
		return store.CalendarInterval{Hour: 1}
	case PeriodYear:
		return store.CalendarInterval{Month: 1}
	}
	return store.CalendarInterval{Day: 1}
}

// Predicate selects the samples of the period and bounds figures by it.
func (p Period) Predicate() *store.Predicate {
	start, end := p.Start.UnixMilli(), p.End.UnixMilli()
	return &store.Predicate{Start: &start, End: &end}
}

// Columns are where the columns of the period's chart begin. A day on which the
// clocks change has 23 or 25.
func (p Period) Columns() []time.Time {
	var starts []time.Time
	for at := p.Start; at.Before(p.End); {
		starts = append(starts, at)
		year, month, day := at.Date()
		switch p.Unit {
		case PeriodDay:
			at = at.Add(time.Hour)
		case PeriodYear:
			at = midnight(year, month+1, 1, at.Location())
		default:
			at = midnight(year, month, day+1, at.Location())
		}
	}
	return starts
}

// Title says which period it is: "Today", "3 – 9 March 2025".
func (p Period) Title(now time.Time) string {
	last := p.End.Add(-time.Millisecond)
	switch p.Unit {
	case PeriodWeek:
		return week(p.Start, last)
	case PeriodMonth:
		return p.Start.Format("January 2006")
	case PeriodYear:
		return p.Start.Format("2006")
	}
	switch date := p.Start.Format("Monday 2 January 2006"); {
	case p.Contains(now):
		return "Today, " + p.Start.Format("2 January")
	case p.Next().Contains(now):
		return "Yesterday, " + p.Start.Format("2 January")
	default:
		return date
	}
}

func week(first, last time.Time) string {
	switch {
	case first.Year() != last.Year():
		return first.Format("2 January 2006") + " – " + last.Format("2 January 2006")
	case first.Month() != last.Month():
		return first.Format("2 January") + " – " + last.Format("2 January 2006")
	}
	return first.Format("2") + " – " + last.Format("2 January 2006")
}

// ColumnName says in full which time a column stands for. An hour that the
// clocks show twice has its offset from UTC.
func (p Period) ColumnName(start time.Time) string {
	switch p.Unit {
	case PeriodDay:
		_, offset := start.Zone()
		end := start.Add(time.Hour).In(time.FixedZone("", offset)) // by the clocks as they stood
		name := start.Format("15:04") + " – " + end.Format("15:04")
		if shownTwice(start) {
			name += " (UTC" + start.Format("-07:00") + ")"
		}
		return name
	case PeriodYear:
		return start.Format("January 2006")
	}
	return start.Format("Mon 2 January")
}

// shownTwice reports whether the clocks show this hour once more an hour before
// or after.
func shownTwice(at time.Time) bool {
	clock := at.Format("15:04")
	return at.Add(-time.Hour).Format("15:04") == clock || at.Add(time.Hour).Format("15:04") == clock
}

// ColumnMark is the short label under a column, "" where a label would be too
// many.
func (p Period) ColumnMark(start time.Time) string {
	switch p.Unit {
	case PeriodDay:
		if start.Hour()%6 == 0 {
			return start.Format("15:04")
		}
		return ""
	case PeriodWeek:
		return start.Format("Mon")
	case PeriodYear:
		return start.Format("Jan")[:1]
	}
	if start.Day()%7 == 1 {
		return start.Format("2")
	}
	return ""
}
