package store

import (
	"context"
	"time"
)

// StatisticsOption is a figure to compute, or a way to compute them all. The
// names are those of HealthKit's HKStatisticsOptions.
type StatisticsOption string

const (
	OptionDiscreteAverage  StatisticsOption = "discreteAverage"  // of discrete types: arithmetic; of heart rates and AFib history by duration; of sound the equivalent continuous level
	OptionDiscreteMin      StatisticsOption = "discreteMin"      // of discrete types
	OptionDiscreteMax      StatisticsOption = "discreteMax"      // of discrete types
	OptionCumulativeSum    StatisticsOption = "cumulativeSum"    // of cumulative types; each moment counts once
	OptionMostRecent       StatisticsOption = "mostRecent"       // the sample that ends last
	OptionDuration         StatisticsOption = "duration"         // the time that at least one sample covers
	OptionSeparateBySource StatisticsOption = "separateBySource" // the figures of each source too
)

// StatisticsQuery asks for figures over the samples of one quantity type, or for
// the duration of those of a category type.
//
// Dates of the predicate, alone or in an And, bound the figures: of a sample
// that reaches across them its share counts, as if it were spread evenly over
// its duration. With a strict option they select samples and bound nothing.
type StatisticsQuery struct {
	Type      TypeID             `json:"type"`
	Predicate *Predicate         `json:"predicate,omitempty"`
	Options   []StatisticsOption `json:"options"`
	Unit      string             `json:"unit,omitempty"` // of the figures; the type's own unless given
}

// StatisticsCollectionQuery asks for the figures of one stretch of time after
// another. Each holds what a StatisticsQuery with its dates would give.
type StatisticsCollectionQuery struct {
	Type      TypeID             `json:"type"`
	Predicate *Predicate         `json:"predicate,omitempty"`
	Options   []StatisticsOption `json:"options"`
	Unit      string             `json:"unit,omitempty"`       // of the figures; the type's own unless given
	Anchor    *int64             `json:"anchorDate,omitempty"` // when some stretch begins; Monday, 1 January 2001, 00:00 unless given
	Interval  CalendarInterval   `json:"interval"`
}

// CalendarInterval is the length of a stretch of time by the calendar of the
// person's time zone: a day has 23 hours when the clocks go forward. Exactly one
// of its fields is set.
type CalendarInterval struct {
	Hour  int `json:"hour,omitempty"`
	Day   int `json:"day,omitempty"`
	Week  int `json:"week,omitempty"`
	Month int `json:"month,omitempty"` // of an anchor on the 31st: the last day of a shorter month
	Year  int `json:"year,omitempty"`
}

// StatisticsResult holds the figures of one range.
type StatisticsResult struct {
	Type TypeID `json:"type"`
	Unit string `json:"unit,omitempty"` // of the figures but durations; none for a category type
	Statistics
}

// StatisticsCollectionResult holds the stretches of the range by time, those
// without samples included. The range is that of the predicate's dates, and
// where it is open that of the samples.
type StatisticsCollectionResult struct {
	Type       TypeID       `json:"type"`
	Unit       string       `json:"unit,omitempty"` // of the figures but durations; none for a category type
	Statistics []Statistics `json:"statistics"`
}

// Statistics holds the figures of one stretch of time.
type Statistics struct {
	StartDate int64 `json:"startDate"` // ms since the Unix epoch
	EndDate   int64 `json:"endDate"`   // ms since the Unix epoch
	Figures
	Sources []SourceStatistics `json:"sources,omitempty"` // with separateBySource, by priority; those with samples only
}

// SourceStatistics holds the figures of one source alone.
type SourceStatistics struct {
	Source Source `json:"source"`
	Figures
}

// Figures holds what was asked for, as far as there are samples. Numbers have 12
// significant digits: samples give the same figure in whatever order they came.
type Figures struct {
	Sum        *float64     `json:"sum,omitempty"`
	Average    *float64     `json:"average,omitempty"`
	Min        *float64     `json:"min,omitempty"`
	Max        *float64     `json:"max,omitempty"`
	MostRecent *RecentValue `json:"mostRecent,omitempty"`
	Duration   *float64     `json:"duration,omitempty"` // seconds
}

// RecentValue is the value of the sample that ends last; of several that end
// then, of the one that starts last, and then of the source that counts first.
type RecentValue struct {
	Value     float64 `json:"value"`
	StartDate int64   `json:"startDate"` // ms since the Unix epoch
	EndDate   int64   `json:"endDate"`   // ms since the Unix epoch
}

// Statistics returns figures over the samples that match. Where several sources
// measured a cumulative quantity at the same time, the one that counts first
// does (see Store.SourceOrder), interval by interval.
//
// Its errors are those of Query, and one of CodeNoData when no sample matches. A
// discrete option for a cumulative type, the reverse, and anything but the
// duration of a category type are invalid arguments. Samples without a value of
// the type's kind are left out.
func (c *Client) Statistics(ctx context.Context, q StatisticsQuery) (StatisticsResult, error) {
	plan, found, err := c.statistics(ctx, q, nil)
	c.noteRead(AccessStatistics, q.Type, len(found), err)
	if err != nil {
		return StatisticsResult{}, wrap(err, "computing statistics")
	}
	return StatisticsResult{Type: q.Type, Unit: plan.unit, Statistics: found[0]}, nil
}

// StatisticsCollection returns the figures of one stretch of time after another.
// Its errors are those of Statistics; more than 50,000 stretches are too many.
func (c *Client) StatisticsCollection(ctx context.Context, q StatisticsCollectionQuery) (StatisticsCollectionResult, error) {
	periods, err := c.store.periods(q.Interval, q.Anchor)
	if err != nil {
		return StatisticsCollectionResult{}, err
	}
	plan, found, err := c.statistics(ctx, StatisticsQuery{q.Type, q.Predicate, q.Options, q.Unit}, periods)
	c.noteRead(AccessStatistics, q.Type, len(found), err)
	if err != nil {
		return StatisticsCollectionResult{}, wrap(err, "computing statistics")
	}
	return StatisticsCollectionResult{Type: q.Type, Unit: plan.unit, Statistics: found}, nil
}

// location is the person's time zone.
func (s *Store) location() *time.Location {
	if s.options.Location != nil {
		return s.options.Location
	}
	return time.UTC
}
