package app

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
)

// Figures is what a chart and its table say of one type in one period.
type Figures struct {
	Period  Period
	Columns []Figure // one for each column of the period
	Lead    string   // the period's total or average: "8,204 steps"; "" when there is nothing
	Detail  string   // what Lead is, and what else: "in total, 1,172 a day on average"
	Heads   []string // of the table, without the time
	Unit    string   // of Values beside the chart
	Line    bool     // the chart is a line in a band, not bars
}

// Figure is one column.
type Figure struct {
	Name  string   // the time in full
	Mark  string   // the label under it; may be ""
	Cells []string // as Heads; empty when there is nothing
	Value float64  // NaN when there is nothing
	Low   float64
	High  float64
}

// isFitness reports whether a type has a chart.
func isFitness(t store.Type) bool {
	return t.Kind == store.KindQuantity || t.Kind == store.KindCategory
}

// Reading is a way to read the values of a type: which of them are counted, and
// how that is said.
type Reading struct {
	Words  string           // "asleep"; "" where the type's name says it
	Values *store.Predicate // nil: all
}

// readingsOf returns the readings of a type, of which the first that finds
// something counts. Time awake is no sleep, and a symptom that was not present is
// none; time in bed is shown where nothing tells of sleep itself.
func readingsOf(t store.Type) []Reading {
	if t.Kind != store.KindCategory {
		return []Reading{{}}
	}
	if t.ID == "sleepAnalysis" {
		return []Reading{{"asleep", without(t, "Awake", "In Bed")}, {"in bed", without(t, "Awake")}}
	}
	return []Reading{{Values: without(t, "Not Present", "No Change", "None", "Idle")}}
}

// without selects all values of a category type but some; nil when the type has
// none of those.
func without(t store.Type, names ...string) *store.Predicate {
	var others []store.Predicate
	for value, name := range t.Values {
		if slices.Contains(names, name) {
			others = append(others, store.Predicate{Category: &store.CategoryMatch{Operator: "!=", Value: value}})
		}
	}
	if others == nil {
		return nil
	}
	return &store.Predicate{And: others}
}

// shownIn is a type as its figures are shown: in the unit of a sample of it, if
// that is one of its units.
func shownIn(t store.Type, of string) store.Type {
	if fits, _ := t.Fits(of); fits {
		return inUnit(t, of)
	}
	return t
}

// options are the figures to ask the store for.
func optionsFor(t store.Type) []store.StatisticsOption {
	switch {
	case t.Kind == store.KindCategory:
		return []store.StatisticsOption{store.OptionDuration}
	case t.Aggregation == store.AggregationCumulative:
		return []store.StatisticsOption{store.OptionCumulativeSum}
	}
	return []store.StatisticsOption{store.OptionDiscreteAverage, store.OptionDiscreteMin, store.OptionDiscreteMax}
}

// NewFigures puts what the store computed into words. whole is nil when the
// period has no samples; parts may be fewer than the period has columns.
func NewFigures(t store.Type, period Period, whole *store.Statistics, parts []store.Statistics) Figures {
	f := Figures{Period: period, Unit: t.Display}
	switch {
	case t.Kind == store.KindCategory:
		f.Heads, f.Unit = []string{"Time"}, "h"
	case t.Aggregation == store.AggregationCumulative:
		f.Heads = []string{"Total"}
	default:
		f.Heads, f.Line = []string{"Average", "Lowest", "Highest"}, true
	}
	for _, start := range period.Columns() {
		f.Columns = append(f.Columns, f.column(t, start, parts))
	}
	if whole != nil {
		f.summarize(t, whole.Figures)
	}
	return f
}

func (f *Figures) column(t store.Type, start time.Time, parts []store.Statistics) Figure {
	figure := Figure{Name: f.Period.ColumnName(start), Mark: f.Period.ColumnMark(start), Value: math.NaN(), Low: math.NaN(), High: math.NaN()}
	at := slices.IndexFunc(parts, func(part store.Statistics) bool { return part.StartDate == start.UnixMilli() })
	if at < 0 {
		return figure
	}
	part := parts[at].Figures
	switch {
	case part.Duration != nil && t.Kind == store.KindCategory:
		figure.Value = *part.Duration / 3600
		figure.Cells = []string{Duration(*part.Duration)}
	case part.Sum != nil:
		figure.Value = *part.Sum
		figure.Cells = []string{Measure(*part.Sum, f.Unit)}
	case part.Average != nil && part.Min != nil && part.Max != nil:
		figure.Value, figure.Low, figure.High = *part.Average, *part.Min, *part.Max
		figure.Cells = []string{Measure(*part.Average, f.Unit), Measure(*part.Min, f.Unit), Measure(*part.Max, f.Unit)}
	}
	return figure
}

// summarize says the figure of the whole period.
func (f *Figures) summarize(t store.Type, whole store.Figures) {
	switch {
	case whole.Duration != nil && t.Kind == store.KindCategory:
		f.Lead, f.Detail = Duration(*whole.Duration), "in total"+f.each(*whole.Duration, Duration)
	case whole.Sum != nil:
		f.Lead = Measure(*whole.Sum, f.Unit)
		f.Detail = "in total" + f.each(*whole.Sum, func(sum float64) string { return Measure(sum, f.Unit) })
	case whole.Average != nil && whole.Min != nil && whole.Max != nil:
		f.Lead = Measure(*whole.Average, f.Unit)
		if *whole.Min == *whole.Max {
			f.Detail = "at every measurement"
			break
		}
		f.Detail = fmt.Sprintf("on average, from %s to %s", Measure(*whole.Min, ""), Measure(*whole.Max, f.Unit))
	}
}

// each says the mean of the days, or months, that have something.
func (f *Figures) each(total float64, say func(float64) string) string {
	filled := 0
	for _, column := range f.Columns {
		if len(column.Cells) > 0 {
			filled++
		}
	}
	if f.Period.Unit == PeriodDay || filled < 2 {
		return ""
	}
	part := "day"
	if f.Period.Unit == PeriodYear {
		part = "month"
	}
	return fmt.Sprintf(", %s a %s on average over %d %ss", say(total/float64(filled)), part, filled, part)
}

// Describe says the chart as one sentence, for who does not see it.
func (f Figures) Describe(title string, now time.Time) string {
	if f.Lead == "" {
		return fmt.Sprintf("%s, %s: nothing was measured.", title, f.Period.Title(now))
	}
	return fmt.Sprintf("%s, %s: %s %s. The figures are in the table below.", title, f.Period.Title(now), f.Lead, f.Detail)
}

// Readout says one column, for who points at it, and the last that has something
// for who points at none; "" where none has.
func (f Figures) Readout(column int) string {
	if column < 0 || column >= len(f.Columns) {
		if column = f.last(); column < 0 {
			return ""
		}
	}
	c := f.Columns[column]
	switch {
	case len(c.Cells) == 0:
		return c.Name + ": nothing"
	case f.Line && c.Low < c.High:
		return c.Name + ": " + c.Cells[0] + ", from " + Measure(c.Low, "") + " to " + c.Cells[2]
	}
	return c.Name + ": " + c.Cells[0]
}

// last is the last column that has something, or -1.
func (f Figures) last() int {
	for at, column := range slices.Backward(f.Columns) {
		if len(column.Cells) > 0 {
			return at
		}
	}
	return -1
}

// Measure writes a computed number with its unit: as many decimals as a person
// reads, none from a hundred on.
func Measure(value float64, of string) string {
	switch size := math.Abs(value); {
	case size >= 100:
		value = math.Round(value)
	case size >= 10:
		value = math.Round(value*10) / 10
	}
	return Quantity(value, of)
}

// Duration writes seconds as hours and minutes: "7 h 31 min".
func Duration(seconds float64) string {
	minutes := int(math.Round(seconds / 60))
	switch {
	case seconds > 0 && minutes == 0:
		return fmt.Sprintf("%d s", int(math.Ceil(seconds)))
	case minutes < 60:
		return fmt.Sprintf("%d min", minutes)
	case minutes%60 == 0:
		return Number(minutes/60) + " h"
	}
	return fmt.Sprintf("%s h %d min", Number(minutes/60), minutes%60)
}

// CountEntries adds how many samples begin in each column, for types whose
// samples may take no time: a symptom is there or not.
func (f *Figures) CountEntries(samples []store.Sample) {
	if len(samples) == 0 {
		return
	}
	timeless := !slices.ContainsFunc(f.Columns, func(c Figure) bool { return c.Value > 0 })
	if f.Heads = append(f.Heads, "Entries"); timeless {
		f.Heads, f.Unit, f.Lead, f.Detail = []string{"Entries"}, "", Count(len(samples), "entry", "entries"), "in all"
	} else {
		f.Detail += ", in " + Count(len(samples), "entry", "entries")
	}
	starts := f.Period.Columns()
	for i := range f.Columns {
		end := f.Period.End
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		f.Columns[i].countEntries(samples, starts[i].UnixMilli(), end.UnixMilli(), timeless)
	}
}

func (f *Figure) countEntries(samples []store.Sample, start, end int64, timeless bool) {
	count := 0
	for _, sample := range samples {
		if sample.StartDate >= start && sample.StartDate < end {
			count++
		}
	}
	switch {
	case timeless:
		f.Cells, f.Value = nil, math.NaN()
		if count > 0 {
			f.Cells, f.Value = []string{Number(count)}, float64(count)
		}
	case len(f.Cells) > 0:
		f.Cells = append(f.Cells, Number(count))
	}
}

// Chart is what Figures look like.
func (f Figures) Chart() dom.Chart {
	chart := dom.Chart{Line: f.Line, Write: func(value float64) string { return Measure(value, "") }}
	for i, column := range f.Columns {
		chart.Values = append(chart.Values, column.Value)
		if f.Line {
			chart.Low, chart.High = append(chart.Low, column.Low), append(chart.High, column.High)
		}
		if column.Mark != "" {
			chart.Marks = append(chart.Marks, dom.ChartMark{Column: i, Text: column.Mark})
		}
	}
	return chart
}

// moved returns a list with the entry at an index one place up or down.
func moved(list []store.Source, at, by int) []store.Source {
	to := at + by
	if at < 0 || at >= len(list) || to < 0 || to >= len(list) {
		return list
	}
	list = slices.Clone(list)
	list[at], list[to] = list[to], list[at]
	return list
}

// sourceName says a source with its device.
func sourceName(source store.Source) string {
	name := ownerName(source)
	if source.Device != "" && !strings.Contains(name, source.Device) {
		name += ", " + source.Device
	}
	return name
}

// ownerName says who a source is; what the person entered has no name of its own.
func ownerName(source store.Source) string {
	if source.Name == "" && source.ID == "person" {
		return "You"
	}
	return source.Name
}
