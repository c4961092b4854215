package store

import (
	"iter"
	"math"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

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
	seen    rowSet // the first rows of builder, by measurement.hash
	sources map[string]*sampleSource
	last    *sampleSource // the one used last: samples mostly come by source
}

// sampleSource is what an import knows of the samples of one type and source.
type sampleSource struct {
	id     string
	newest int64 // greatest start of those buffered; math.MinInt64: none
	near   neighbours
}

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
		buffer = &sampleBuffer{id: id, builder: columnar.NewBuilder(tableShape), sources: map[string]*sampleSource{}}
		im.samples.buffers[id] = buffer
	}
	if im.samples.state == nil {
		im.samples.state = im.before(im.session.state.Load())
		im.samples.line = columnar.NewRow(tableShape)
	}
	im.samples.last = buffer
	return buffer, nil
}

func (b *sampleBuffer) source(id string) *sampleSource {
	if b.last != nil && b.last.id == id {
		return b.last
	}
	source, ok := b.sources[id]
	if !ok {
		source = &sampleSource{id: id, newest: math.MinInt64}
		b.sources[id] = source
	}
	b.last = source
	return source
}

// append adds a row; repeats tells that its strings are those of the row before.
func (b *sampleBuffer) append(line columnar.Row, repeats bool) {
	source := b.source(line.Strings[columnSourceID])
	source.newest = max(source.newest, line.Ints[columnStart])
	if repeats {
		b.builder.Repeat(line.Ints, line.Floats)
	} else {
		b.builder.Append(line)
	}
}

func (b *sampleBuffer) full() bool { return b.builder.Rows() >= rowsPerSegment }

// empty returns the rows and begins anew.
func (b *sampleBuffer) empty() *columnar.Table {
	table := b.builder.Table()
	b.builder = columnar.NewBuilder(tableShape)
	b.seen.clear()
	for _, source := range b.sources {
		source.newest, source.near = math.MinInt64, neighbours{}
	}
	return table
}

// has reports whether a buffered sample is the same. What a source measured
// mostly comes by time: rows enter seen only when something comes late.
func (b *sampleBuffer) has(m measurement) bool {
	if m.start > b.source(m.source).newest {
		return false
	}
	for row := b.seen.count; row < b.builder.Rows(); row++ {
		b.seen.add(b.measurement(row).hash(), row)
	}
	for at := range b.seen.candidates(m.hash()) {
		if b.is(m, at) {
			return true
		}
	}
	return false
}

// measurement returns the numbers of a row.
func (b *sampleBuffer) measurement(row int) measurement {
	m := measurement{start: b.builder.Int(columnStart, row), duration: b.builder.Int(columnDuration, row)}
	m.value.Value, m.value.Valid = b.builder.Float(columnValue, row)
	return m
}

func (b *sampleBuffer) is(m measurement, at int) bool {
	value, ok := b.builder.Float(columnValue, at)
	return b.builder.Int(columnStart, at) == m.start && b.builder.Int(columnDuration, at) == m.duration &&
		ok == m.value.Valid && math.Float64bits(value) == math.Float64bits(m.value.Value) &&
		b.builder.Is(columnSourceID, at, m.source) && b.builder.Is(columnUnit, at, m.unit) &&
		b.builder.Is(columnSyncIdentifier, at, "")
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
