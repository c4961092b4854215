package rest

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
)

// span is a stretch of time: from inclusive, to exclusive; ms since the Unix
// epoch.
type span struct{ from, to int64 }

// The bounds of a Period that is open.
const firstInstant, lastInstant = math.MinInt64, math.MaxInt64

// dateMatch is one value of a date parameter (FHIR R4 section 3.1.1.4.7).
type dateMatch struct {
	prefix string
	span   span
}

var datePrefixes = []string{"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"}

func parseDates(values []string, now time.Time) ([]dateMatch, error) {
	matches := make([]dateMatch, len(values))
	for at, value := range values {
		var err error
		if matches[at], err = parseDate(unescape(value), now); err != nil {
			return nil, err
		}
	}
	return matches, nil
}

// parseDate reads a date with its prefix. now sets how wide "ap" is: a tenth of
// the distance from now, as the specification proposes.
func parseDate(value string, now time.Time) (dateMatch, error) {
	m := dateMatch{prefix: "eq"}
	if len(value) > 2 && slices.Contains(datePrefixes, value[:2]) {
		m.prefix, value = value[:2], value[2:]
	}
	// A + that was not percent-encoded has become a space.
	d := fhir.ParseDateTime(strings.ReplaceAll(value, " ", "+"))
	if d.IsZero() {
		return dateMatch{}, badRequest("a date is none, or its prefix is not one of " + strings.Join(datePrefixes, ", "))
	}
	m.span = spanOf(d)
	if m.prefix == "ap" {
		slack := (now.UnixMilli() - m.span.from) / 10
		slack = max(slack, -slack)
		m.span.from, m.span.to = m.span.from-slack, m.span.to+slack
	}
	return m, nil
}

// spanOf returns all the time that a date's text covers.
func spanOf(d fhir.DateTime) span {
	to := d.Time
	switch d.Precision {
	case fhir.PrecisionYear:
		to = to.AddDate(1, 0, 0)
	case fhir.PrecisionMonth:
		to = to.AddDate(0, 1, 0)
	case fhir.PrecisionDay:
		to = to.AddDate(0, 0, 1)
	case fhir.PrecisionMinute:
		to = to.Add(time.Minute)
	default:
		return span{d.Time.UnixMilli(), d.Time.UnixMilli() + precision(d.Text)}
	}
	return span{d.Time.UnixMilli(), to.UnixMilli()}
}

// precision is the width of a time that gives seconds, in ms.
func precision(text string) int64 {
	if strings.Contains(text, ".") {
		return 1
	}
	return 1000
}

// spanBetween returns the time that an element covers: from the first instant of its
// start to the last of its end. A bound that a Period lacks is open.
func spanBetween(i fhir.Interval) span {
	covered := span{firstInstant, lastInstant}
	switch {
	case !i.Start.IsZero():
		covered.from = spanOf(i.Start).from
	case !i.IsPeriod:
		covered.from = spanOf(i.End).from
	}
	switch {
	case !i.End.IsZero():
		covered.to = spanOf(i.End).to
	case !i.IsPeriod:
		covered.to = spanOf(i.Start).to
	}
	return covered
}

// time returns when a resource was, in the sense of a date parameter. The resource is
// read only where the index does not hold that date, or where matters tells that it
// makes a difference whether a Period is open.
func (d *definition) time(c *candidate, matters func(span) bool) (when span, dated bool, err error) {
	if d.byIndex {
		if c.sample.Undated {
			return span{}, false, nil
		}
		when = relevant(&c.sample)
		if c.sample.EndDate > c.sample.StartDate || matters == nil || !matters(when) {
			return when, true, nil
		}
	}
	raw, err := c.bytes()
	if err != nil {
		return span{}, false, err
	}
	if found, ok := fhir.IntervalOf(raw, d.elements); ok {
		return spanBetween(found), true, nil
	}
	if d.name == "_lastUpdated" { // or when the store took it in
		when = span{c.sample.DateAdded, c.sample.DateAdded + 1}
	}
	return when, when != span{}, nil
}

// relevant returns the time that the index holds of a sample.
func relevant(s *store.Sample) span {
	covered := span{s.StartDate, s.StartDate + 1}
	if d := fhir.ParseDateTime(s.StartText); !d.IsZero() {
		covered = spanOf(d)
	}
	if d := fhir.ParseDateTime(s.EndText); !d.IsZero() {
		covered.to = max(covered.to, spanOf(d).to)
	} else if s.EndDate > s.StartDate {
		covered.to = max(covered.to, s.EndDate)
	}
	return covered
}

// holds compares a resource's time with the parameter's.
func (m dateMatch) holds(resource span) bool {
	contains := resource.from >= m.span.from && resource.to <= m.span.to
	switch m.prefix {
	case "eq":
		return contains
	case "ne":
		return !contains
	case "gt":
		return resource.to > m.span.to
	case "lt":
		return resource.from < m.span.from
	case "ge":
		return resource.to > m.span.to || contains
	case "le":
		return resource.from < m.span.from || contains
	case "sa":
		return resource.from >= m.span.to
	case "eb":
		return resource.to <= m.span.from
	case "ap":
		return resource.from < m.span.to && resource.to > m.span.from
	}
	return false
}
