package store

import (
	"context"
	"errors"
	"iter"
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
	last    *sampleBuffer // the one used last: samples mostly come by type
	line    columnar.Row
	state   *state    // of which duplicates are looked for
	sync    syncIndex // of state, and of this import's samples
}

// sampleBuffer gathers the samples of one type.
type sampleBuffer struct {
	id      TypeID
	builder *columnar.Builder
	seen    rowSet // rows of builder by measurement.hash
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
	buffer, err := im.bufferOf(sample.Type)
	if err != nil {
		return 0, err
	}
	if err := checkValues(sample); err != nil {
		return 0, err
	}
	if sample.DateAdded == 0 {
		sample.DateAdded = im.added
	}
	fill(im.samples.line, sample)
	m := measurementOf(im.samples.line)
	hash := m.hash()
	outcome, err := im.compareSample(ctx, buffer, sample, m, hash)
	if err != nil || outcome == Unchanged {
		return outcome, err
	}
	buffer.seen.add(hash, buffer.builder.Rows())
	buffer.builder.Append(im.samples.line)
	if buffer.builder.Rows() >= rowsPerSegment {
		err = im.flushType(ctx, sample.Type)
	}
	return outcome, err
}

// checkSample refuses what no query could find again.
func checkSample(sample *Sample) error {
	if err := checkSampleType(sample.Type); err != nil {
		return err
	}
	return checkValues(sample)
}

func checkSampleType(id TypeID) error {
	known, ok := TypeByID(id)
	switch {
	case !ok:
		return Errorf(CodeInvalidArgument, "the sample's type is not known")
	case known.isClinical():
		return Errorf(CodeInvalidArgument, "a clinical record comes as a resource")
	}
	return nil
}

func checkValues(sample *Sample) error {
	switch {
	case sample.FHIR != nil:
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

// bufferOf returns the buffer of a type that samples can have.
func (im *Import) bufferOf(id TypeID) (*sampleBuffer, error) {
	if last := im.samples.last; last != nil && last.id == id {
		return last, nil
	}
	buffer, ok := im.samples.buffers[id]
	if !ok {
		if err := checkSampleType(id); err != nil {
			return nil, err
		}
		buffer = &sampleBuffer{id: id, builder: columnar.NewBuilder(tableShape)}
		im.samples.buffers[id] = buffer
	}
	if im.samples.state == nil {
		im.samples.state = im.before(im.session.state.Load())
		im.samples.line = columnar.NewRow(tableShape)
	}
	im.samples.last = buffer
	return buffer, nil
}

// has reports whether a buffered sample is the same.
func (b *sampleBuffer) has(m measurement, hash uint64) bool {
	for at := range b.seen.candidates(hash) {
		if b.is(m, at) {
			return true
		}
	}
	return false
}

// rowSet finds rows by hashes: a hash table with linear probing, because a map
// costs as much as all else that is done for a sample.
type rowSet struct {
	slots []int32 // 1 + row; 0: free. Their number is a power of two.
	count int
	again []uint64 // the hash of each row, for growing
}

// add enters a row; rows are numbered from 0 in the order in which they come.
func (s *rowSet) add(hash uint64, row int) {
	if 2*s.count >= len(s.slots) {
		s.slots = make([]int32, max(64, 4*s.count))
		for row, hash := range s.again {
			s.place(hash, row)
		}
	}
	s.again = append(s.again, hash)
	s.place(hash, row)
	s.count++
}

func (s *rowSet) place(hash uint64, row int) {
	at := hash & uint64(len(s.slots)-1)
	for s.slots[at] != 0 {
		at = (at + 1) & uint64(len(s.slots)-1)
	}
	s.slots[at] = int32(row) + 1
}

// candidates yields the rows that may have a hash.
func (s *rowSet) candidates(hash uint64) iter.Seq[int] {
	return func(yield func(row int) bool) {
		if s.count == 0 {
			return
		}
		mask := uint64(len(s.slots) - 1)
		for at := hash & mask; s.slots[at] != 0; at = (at + 1) & mask {
			row := int(s.slots[at]) - 1
			if s.again[row] == hash && !yield(row) {
				return
			}
		}
	}
}

func (s *rowSet) clear() {
	clear(s.slots)
	s.count, s.again = 0, s.again[:0]
}

func (b *sampleBuffer) is(m measurement, at int) bool {
	value, ok := b.builder.Float(columnValue, at)
	return b.builder.Int(columnStart, at) == m.start && b.builder.Int(columnDuration, at) == m.duration &&
		ok == m.value.Valid && math.Float64bits(value) == math.Float64bits(m.value.Value) &&
		b.builder.Is(columnSourceID, at, m.source) && b.builder.Is(columnUnit, at, m.unit) &&
		b.builder.Is(columnSyncIdentifier, at, "")
}

func (im *Import) compareSample(ctx context.Context, buffer *sampleBuffer, sample *Sample, m measurement, hash uint64) (Outcome, error) {
	if sample.SyncIdentifier != "" {
		return im.compareSync(ctx, sample)
	}
	if buffer.has(m, hash) {
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
	buffer.seen.clear()
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
