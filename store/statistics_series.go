package store

import (
	"context"
	"errors"
	"slices"
	"sort"
	"unsafe"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
	"github.com/keepwell-health/keepwell/store/internal/overlap"
	"github.com/keepwell-health/keepwell/store/unit"
)

// series is a segment as statistics read it: 24 bytes a sample, by source.
type series []sourceSeries

// sourceSeries holds the samples of one source, by start. Values are in the
// type's unit; those of category types are 0.
type sourceSeries struct {
	id, name string // the name is that of the last sample
	samples  []overlap.Interval
}

// size is about how much memory a series takes, in bytes.
func (s series) size() int {
	size := 0
	for _, one := range s {
		size += int(unsafe.Sizeof(one)) + len(one.id) + len(one.name) + cap(one.samples)*int(unsafe.Sizeof(overlap.Interval{}))
	}
	return size
}

// seriesKey names a segment with the samples deleted from it: of those there can
// only become more.
type seriesKey struct {
	id   segmentID
	dead int
}

// seriesOf returns the samples of a segment that the query selects. Where those
// are all, they are kept for the next query.
func (p *statisticsPlan) seriesOf(ctx context.Context, opened *session, one *segment) (series, error) {
	key := seriesKey{one.ID, one.dead.count}
	if p.selectsAll() {
		if known, ok := opened.series.Get(key); ok {
			return known, nil
		}
	}
	table, err := opened.samplesOf(ctx, one)
	if errors.Is(err, errDamaged) {
		return nil, nil // it costs its own samples only; Status tells
	}
	if err != nil {
		return nil, err
	}
	r := seriesReader{plan: p, one: one.with(table), table: table, places: map[uint32]int{}, scales: map[uint32]unitScale{}}
	read := r.read()
	if p.selectsAll() {
		opened.series.Put(key, read, read.size())
	}
	return read, nil
}

// selectsAll reports whether every live sample counts, up to the dates that
// bound the figures.
func (p *statisticsPlan) selectsAll() bool { return p.matches == nil && p.scope.seesAll() }

// unitScale is the scale from a unit to the type's, if it is of that kind.
type unitScale struct {
	unit.Scale
	fits bool
}

// seriesReader reads the rows of a segment. Sources and units are told apart by
// their codes, so that a row costs no comparison of strings.
type seriesReader struct {
	plan   *statisticsPlan
	one    *segment
	table  *columnar.Table
	found  series
	places map[uint32]int // in found, by the code of the source
	scales map[uint32]unitScale

	source    uint32 // of the last row
	place     int
	unit      uint32 // of the last row
	unitScale unitScale
}

func (r *seriesReader) read() series {
	all := r.plan.selectsAll()
	for at := range r.table.Rows() {
		if r.one.dead.has(at) || !all && !r.plan.accepts(r.one.objectAt(at)) {
			continue
		}
		value, ok := r.value(at)
		if !ok {
			continue
		}
		start := r.table.Int(columnStart, at)
		into := r.into(at)
		into.samples = append(into.samples, overlap.Interval{
			Start: start, End: start + r.table.Int(columnDuration, at), Value: value,
		})
	}
	return r.found
}

// value returns a row's value in the type's unit. ok is false when it has none.
func (r *seriesReader) value(at int) (value float64, ok bool) {
	if r.plan.known.Kind == KindCategory {
		return 0, true
	}
	value, ok = r.table.Float(columnValue, at)
	if !ok {
		return 0, false
	}
	if code := r.table.Code(columnUnit, at); code != r.unit || len(r.scales) == 0 {
		r.unit, r.unitScale = code, r.scaleOf(code, at)
	}
	return r.unitScale.Apply(value), r.unitScale.fits
}

func (r *seriesReader) scaleOf(code uint32, at int) unitScale {
	known, ok := r.scales[code]
	if !ok {
		known.Scale, known.fits = unit.Between(r.table.String(columnUnit, at), r.plan.known.Unit)
		r.scales[code] = known
	}
	return known
}

// into returns the series that a row belongs to.
func (r *seriesReader) into(at int) *sourceSeries {
	code := r.table.Code(columnSourceID, at)
	if code != r.source || len(r.found) == 0 {
		place, known := r.places[code]
		if !known {
			place = len(r.found)
			r.places[code] = place
			id := r.table.String(columnSourceID, at)
			r.found = append(r.found, sourceSeries{id: id, samples: make([]overlap.Interval, 0, r.count(id))})
		}
		r.source, r.place = code, place
	}
	one := &r.found[r.place]
	one.name = r.table.String(columnSourceName, at)
	return one
}

// count returns how many samples of a source to make room for.
func (r *seriesReader) count(source string) int {
	if !r.plan.selectsAll() {
		return 0
	}
	count := 0
	for _, group := range r.one.summary.Groups {
		if group.SourceID == source {
			count += group.Count
		}
	}
	return count
}

// with returns a segment of samples that has its rows at hand.
func (s *segment) with(table *columnar.Table) *segment {
	opened := *s
	opened.table = table
	return &opened
}

// within returns the part of a run, sorted by start, that may overlap an
// interval.
func within(run []overlap.Interval, i interval) []overlap.Interval {
	run = run[:sort.Search(len(run), func(at int) bool { return run[at].Start >= i.to })]
	first := slices.IndexFunc(run, func(s overlap.Interval) bool { return s.End > i.from || s.Start >= i.from })
	if first < 0 {
		return nil
	}
	return run[first:]
}
