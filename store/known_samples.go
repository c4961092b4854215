package store

import (
	"context"
	"errors"
	"math"
	"slices"
	"sort"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// measurement is what makes two samples without a syncIdentifier the same: the
// same source says the same of the same time. The device, the version of the
// source and the metadata do not count, because exports of one sample at two
// times differ in them.
type measurement struct {
	start, duration int64
	value           columnar.Float
	unit, source    string
}

func measurementOf(line columnar.Row) measurement {
	return measurement{
		start: line.Ints[columnStart], duration: line.Ints[columnDuration], value: line.Floats[columnValue],
		unit: line.Strings[columnUnit], source: line.Strings[columnSourceID],
	}
}

// hash mixes the numbers only: samples that differ in their strings alone are
// told apart by comparing.
func (m measurement) hash() uint64 {
	h := uint64(m.start) * 0x9e3779b97f4a7c15
	h = (h ^ h>>32 ^ uint64(m.duration)) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>29 ^ math.Float64bits(m.value.Value)) * 0x94d049bb133111eb
	return h ^ h>>31
}

func (m measurement) is(o object) bool {
	value, ok := o.value()
	return o.start() == m.start && o.number(columnDuration) == m.duration &&
		ok == m.value.Valid && math.Float64bits(value) == math.Float64bits(m.value.Value) &&
		o.text(columnSourceID) == m.source && o.text(columnUnit) == m.unit &&
		o.text(columnSyncIdentifier) == ""
}

// knows reports whether the same sample was taken in before, by this import or
// by an earlier one. Two in one backup are two: the store had both.
func (im *Import) knows(ctx context.Context, buffer *sampleBuffer, m measurement) (bool, error) {
	if im.restoring == nil && buffer.has(m) {
		return true, nil
	}
	near := &buffer.source(m.source).near
	if !near.covers(m.start) {
		near.find(im.samplesOf(buffer.id), m)
	}
	for _, one := range near.segments {
		if found, err := im.holds(ctx, near, one, m); found || err != nil {
			return found, err
		}
	}
	return false, nil
}

// holds reports whether a segment has a live sample that is the same.
func (im *Import) holds(ctx context.Context, near *neighbours, one *segment, m measurement) (bool, error) {
	if err := near.open(ctx, im, one); errors.Is(err, errDamaged) {
		return false, nil // a good copy beside a damaged one
	} else if err != nil {
		return false, err
	}
	table := near.table
	for at := near.seek(m.start); at < table.Rows() && table.Int(columnStart, at) == m.start; at++ {
		if m.is(object{table: table, at: at}) && !one.dead.has(at) {
			return true, nil
		}
	}
	return false, nil
}

// tableOf opens a segment of samples, of the store or of this import.
func (im *Import) tableOf(ctx context.Context, one *segment) (*columnar.Table, error) {
	if _, cached := im.session.tables.Get(one.ID); !cached && slices.Contains(im.staged, one) {
		if err := im.writes.wait(); err != nil { // it may still be on its way
			return nil, err
		}
	}
	return im.session.samplesOf(ctx, one)
}

// samplesOf returns the segments of a type to compare with, of the store and of
// this import.
func (im *Import) samplesOf(id TypeID) []*segment {
	var segments []*segment
	for _, at := range im.samples.state.table(id).samples {
		segments = append(segments, im.samples.state.segments[at])
	}
	if im.restoring != nil {
		return segments
	}
	for _, one := range im.staged {
		if one.Kind == kindSamples && one.summary.Type == id {
			segments = append(segments, one)
		}
	}
	return segments
}

// neighbours are the segments that hold samples of one source of about the same
// start. They are found once for a stretch of time, and the one used last stays
// open, since samples mostly come by time.
type neighbours struct {
	from, to int64 // the stretch [from, to) in which segments stays the same
	segments []*segment

	opened *segment
	table  *columnar.Table // of opened
	at     int             // where the last sample was looked for in table
}

func (n *neighbours) covers(start int64) bool { return n.from <= start && start < n.to }

func (n *neighbours) find(all []*segment, m measurement) {
	n.from, n.to, n.segments = math.MinInt64, math.MaxInt64, nil
	for _, one := range all {
		if !one.summary.has(m.source) {
			continue
		}
		bounds := one.summary.Start
		if bounds.Min <= m.start && m.start <= bounds.Max {
			n.segments = append(n.segments, one)
		}
		for _, edge := range []int64{bounds.Min, bounds.Max + 1} {
			if edge <= m.start {
				n.from = max(n.from, edge)
			} else {
				n.to = min(n.to, edge)
			}
		}
	}
	if !slices.Contains(n.segments, n.opened) {
		n.opened, n.table = nil, nil
	}
}

func (n *neighbours) open(ctx context.Context, im *Import, one *segment) error {
	if n.opened == one {
		return nil
	}
	table, err := im.tableOf(ctx, one)
	if err != nil {
		return err
	}
	n.opened, n.table, n.at = one, table, 0
	return nil
}

// maxSteps is how many rows seek looks at before it halves what is left.
const maxSteps = 16

// seek returns the first row that starts at a time or later.
func (n *neighbours) seek(start int64) int {
	if n.at > 0 && n.table.Int(columnStart, n.at-1) >= start {
		n.at = 0
	}
	for range maxSteps {
		if n.at == n.table.Rows() || n.table.Int(columnStart, n.at) >= start {
			return n.at
		}
		n.at++
	}
	n.at += sort.Search(n.table.Rows()-n.at, func(at int) bool { return n.table.Int(columnStart, n.at+at) >= start })
	return n.at
}
