// Package calendar divides time into the hours, days, weeks, months and years
// of a time zone, as HealthKit's statistics collections do: from an anchor on,
// by the calendar and not by a fixed length, so that a day on which the clocks
// change has 23 or 25 hours.
package calendar

import "time"

// Unit is a unit of the calendar.
type Unit uint8

// Hours are of 60 minutes whatever the clocks do. The others keep the anchor's
// time of day; months and years also keep its day, or the last one where a month
// has no such day.
const (
	Hour Unit = iota
	Day
	Week
	Month
	Year
)

const (
	hour = 60 * 60 * 1000 // ms
	day  = 24 * hour      // ms
)

// lengths are the mean lengths of the units in the Gregorian calendar, in ms: a
// year has 365.2425 days.
var lengths = [...]int64{Hour: hour, Day: day, Week: 7 * day, Month: 2_629_746_000, Year: 31_556_952_000}

// Periods are stretches of Count units that follow one another without end, in
// both directions; one begins at Anchor.
type Periods struct {
	Unit   Unit
	Count  int   // at least 1
	Anchor int64 // ms since the Unix epoch
	Zone   *time.Location
}

// Bounds returns where the periods that overlap [from, to) begin, ascending, and
// where the last one ends. Times are in ms since the Unix epoch, from before to.
// ok is false when there are more than most periods.
func (p Periods) Bounds(from, to int64, most int) (bounds []int64, ok bool) {
	length := lengths[p.Unit] * int64(p.Count)
	if (to-from)/length > 2*int64(most) { // a month may be a little shorter than the mean
		return nil, false
	}
	at := (from - p.Anchor) / length
	for p.edge(at) > from {
		at--
	}
	for p.edge(at+1) <= from {
		at++
	}
	bounds = []int64{p.edge(at)}
	for last := bounds[0]; last < to; {
		if len(bounds) > most {
			return nil, false
		}
		at++
		// A day that a zone skipped, when it moved across the date line, has no length.
		if next := p.edge(at); next > last {
			bounds = append(bounds, next)
			last = next
		}
	}
	return bounds, true
}

// edge returns where the period of a number begins; that of 0 is the anchor.
func (p Periods) edge(number int64) int64 {
	if number == 0 || p.Unit == Hour {
		return p.Anchor + number*int64(p.Count)*hour
	}
	anchor := time.UnixMilli(p.Anchor).In(p.Zone)
	year, month, date := anchor.Date()
	steps := int(number) * p.Count
	switch p.Unit {
	case Week:
		date += 7 * steps
	case Day:
		date += steps
	case Year:
		steps *= 12
		fallthrough
	case Month:
		month += time.Month(steps)
		date = min(date, lastDate(year, month))
	}
	clock := time.Date(year, month, date, anchor.Hour(), anchor.Minute(), anchor.Second(), anchor.Nanosecond(), time.UTC)
	return Instant(clock, p.Zone).UnixMilli()
}

// lastDate returns the number of days of a month, which may be out of range.
func lastDate(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// Instant returns when the clocks of a zone show what clock shows in UTC: the
// first time when they show it twice, and the moment of the change when they
// skip it. (time.Date leaves open which it returns.)
func Instant(clock time.Time, zone *time.Location) time.Time {
	const near = 26 * time.Hour // no zone is further from UTC, nor changes twice in so short a time
	before, after := clock.Add(-offset(clock.Add(-near), zone)), clock.Add(-offset(clock.Add(near), zone))
	first, second := before, after
	if second.Before(first) {
		first, second = second, first
	}
	for _, candidate := range []time.Time{first, second} {
		if candidate.Add(offset(candidate, zone)).Equal(clock) {
			return candidate
		}
	}
	if change, _ := before.In(zone).ZoneBounds(); !change.IsZero() {
		return change
	}
	return before
}

// offset returns what the clocks of a zone are ahead of UTC.
func offset(at time.Time, zone *time.Location) time.Duration {
	_, seconds := at.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}
