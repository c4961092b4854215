package store

import (
	"context"
	"errors"
	"math"
	"slices"
	"sort"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// rowsPerSegment is how many samples make a segment: enough to compress well,
// little enough to open for one day of a chart.
const rowsPerSegment = 16 << 10

// sampleBuffers holds the samples of an import that are not staged yet, by type.
type sampleBuffers struct {
	buffers map[TypeID]*sampleBuffer
	line    columnar.Row
	state   *state    // of which duplicates are looked for
	sync    syncIndex // of state, and of this import's samples
}

// sampleBuffer gathers the samples of one type.
type sampleBuffer struct {
	builder *columnar.Builder
	seen    map[uint64]int32 // rows of builder by measurement.hash
	near    neighbours
}

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

// AddSample takes in one quantity or category sample, or another without bytes
// of its own. A sample with a syncIdentifier replaces the one that has the same
// source, type, syncIdentifier and a lesser syncVersion. Any other is Unchanged
// when a sample of the same type, source, start, end, value and unit is there.
// A DateAdded other than 0 is kept, for restored samples.
func (im *Import) AddSample(ctx context.Context, sample Sample) (Outcome, error) {
	outcome, err := im.takeSample(ctx, &sample)
	if err != nil {
		return 0, wrap(err, "taking in a sample")
	}
	im.tally.count(outcome)
	return outcome, nil
}

func (im *Import) takeSample(ctx context.Context, sample *Sample) (Outcome, error) {
	if err := im.ready(ctx); err != nil {
		return 0, err
	}
	if err := checkSample(sample); err != nil {
		return 0, err
	}
	if im.samples.state == nil {
		im.samples.state = im.session.state.Load()
		im.samples.line = columnar.NewRow(tableShape)
	}
	if sample.DateAdded == 0 {
		sample.DateAdded = im.added
	}
	fill(im.samples.line, sample)
	buffer := im.bufferOf(sample.Type)
	outcome, err := im.compareSample(ctx, buffer, sample)
	if err != nil || outcome == Unchanged {
		return outcome, err
	}
	buffer.append(im.samples.line)
	if buffer.builder.Rows() >= rowsPerSegment {
		err = im.flushType(ctx, sample.Type)
	}
	return outcome, err
}

// checkSample refuses what no query could find again.
func checkSample(sample *Sample) error {
	known, ok := TypeByID(sample.Type)
	switch {
	case !ok:
		return Errorf(CodeInvalidArgument, "the sample's type is not known")
	case sample.FHIR != nil || known.Kind == KindClinical || known.Kind == KindOther:
		return Errorf(CodeInvalidArgument, "a clinical record comes as a resource")
	case !isDate(sample.StartDate) || !isDate(sample.EndDate):
		return Errorf(CodeInvalidArgument, "a date is out of range")
	case sample.EndDate < sample.StartDate:
		return Errorf(CodeInvalidArgument, "the sample ends before it starts")
	case sample.Value != nil && (math.IsNaN(*sample.Value) || math.IsInf(*sample.Value, 0)):
		return Errorf(CodeInvalidArgument, "the value is not a number")
	}
	return nil
}

// isDate reports whether a time in ms is one that JavaScript's Date can hold
// (ECMA-262 section 21.4.1.1).
func isDate(ms int64) bool { return ms >= -8.64e15 && ms <= 8.64e15 }

func (im *Import) bufferOf(id TypeID) *sampleBuffer {
	buffer, ok := im.samples.buffers[id]
	if !ok {
		buffer = &sampleBuffer{builder: columnar.NewBuilder(tableShape), seen: map[uint64]int32{}}
		im.samples.buffers[id] = buffer
	}
	return buffer
}

func (b *sampleBuffer) append(line columnar.Row) {
	hash := measurementOf(line).hash()
	for {
		if _, taken := b.seen[hash]; !taken {
			break
		}
		hash++
	}
	b.seen[hash] = int32(b.builder.Rows())
	b.builder.Append(line)
}

// has reports whether a buffered sample is the same.
func (b *sampleBuffer) has(m measurement) bool {
	for hash := m.hash(); ; hash++ {
		at, taken := b.seen[hash]
		if !taken {
			return false
		}
		if b.is(m, int(at)) {
			return true
		}
	}
}

func (b *sampleBuffer) is(m measurement, at int) bool {
	value, ok := b.builder.Float(columnValue, at)
	return b.builder.Int(columnStart, at) == m.start && b.builder.Int(columnDuration, at) == m.duration &&
		ok == m.value.Valid && math.Float64bits(value) == math.Float64bits(m.value.Value) &&
		b.builder.Is(columnSourceID, at, m.source) && b.builder.Is(columnUnit, at, m.unit) &&
		b.builder.Is(columnSyncIdentifier, at, "")
}

func (im *Import) compareSample(ctx context.Context, buffer *sampleBuffer, sample *Sample) (Outcome, error) {
	if sample.SyncIdentifier != "" {
		return im.compareSync(ctx, sample)
	}
	m := measurementOf(im.samples.line)
	if buffer.has(m) {
		return Unchanged, nil
	}
	if !buffer.near.covers(m.start) {
		buffer.near.find(im.samplesOf(sample.Type), m.start)
	}
	for _, one := range buffer.near.segments {
		found, err := im.holds(ctx, one, m)
		if found || err != nil {
			return Unchanged, err
		}
	}
	return Added, nil
}

// holds reports whether a segment has a live sample that is the same.
func (im *Import) holds(ctx context.Context, one *segment, m measurement) (bool, error) {
	table, err := im.tableOf(ctx, one)
	if errors.Is(err, errDamaged) {
		return false, nil // a good copy beside a damaged one
	}
	if err != nil {
		return false, err
	}
	at := sort.Search(table.Rows(), func(at int) bool { return table.Int(columnStart, at) >= m.start })
	for ; at < table.Rows() && table.Int(columnStart, at) == m.start; at++ {
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

// samplesOf returns the segments of a type, of the store and of this import.
func (im *Import) samplesOf(id TypeID) []*segment {
	var segments []*segment
	for _, at := range im.samples.state.table(id).samples {
		segments = append(segments, im.samples.state.segments[at])
	}
	for _, one := range im.staged {
		if one.Kind == kindSamples && one.summary.Type == id {
			segments = append(segments, one)
		}
	}
	return segments
}

// neighbours are the segments that hold samples of about the same start. They
// are found once for a stretch of time, since samples mostly come by time.
type neighbours struct {
	from, to int64 // the stretch [from, to) in which segments stays the same
	segments []*segment
}

func (n *neighbours) covers(start int64) bool { return n.from <= start && start < n.to }

func (n *neighbours) find(all []*segment, start int64) {
	*n = neighbours{from: math.MinInt64, to: math.MaxInt64}
	for _, one := range all {
		bounds := one.summary.Start
		if bounds.Min <= start && start <= bounds.Max {
			n.segments = append(n.segments, one)
		}
		for _, edge := range []int64{bounds.Min, bounds.Max + 1} {
			if edge <= start {
				n.from = max(n.from, edge)
			} else {
				n.to = min(n.to, edge)
			}
		}
	}
}

// flushSamples stages what is buffered of every type.
func (im *Import) flushSamples(ctx context.Context) error {
	for _, known := range catalogue {
		if err := im.flushType(ctx, known.ID); err != nil {
			return err
		}
	}
	return nil
}

// flushType stages the buffered samples of a type as one segment, by start.
func (im *Import) flushType(ctx context.Context, id TypeID) error {
	buffer := im.samples.buffers[id]
	if buffer == nil || buffer.builder.Rows() == 0 {
		return nil
	}
	table := byStart(buffer.builder.Table())
	buffer.builder = columnar.NewBuilder(tableShape)
	clear(buffer.seen)
	buffer.near = neighbours{}
	one := &segment{summary: summarize(table)}
	one.Kind, one.Rows = kindSamples, table.Rows()
	err := im.stage(ctx, one, func(ctx context.Context) ([]Entry, error) {
		return im.session.packSamples(ctx, one, table)
	})
	if err == nil {
		im.session.tables.Put(one.ID, table, table.Size())
	}
	return err
}

// byStart returns the rows by start; equal ones keep their order.
func byStart(table *columnar.Table) *columnar.Table {
	rows := make([]int, table.Rows())
	sorted := true
	for at := range rows {
		rows[at] = at
		sorted = sorted && (at == 0 || table.Int(columnStart, at-1) <= table.Int(columnStart, at))
	}
	if sorted {
		return table
	}
	slices.SortFunc(rows, func(a, b int) int {
		if order := (order{ascending: true}).compare(table.Int(columnStart, a), table.Int(columnStart, b)); order != 0 {
			return order
		}
		return a - b
	})
	return table.Pick(rows)
}
