package store

import (
	"slices"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// sparse tells which sequence numbers the rows of a segment have after
// compaction has taken rows out of it or merged several into it. UUIDs and
// anchors are made from sequence numbers, so that none ever changes.
type sparse struct {
	offsets  []uint32 // by row: the sequence number less Base
	byOffset []uint32 // rows by their offset; nil when they are in that order
}

// newSparse takes offsets that are all different.
func newSparse(offsets []uint32) *sparse {
	s := &sparse{offsets: offsets}
	if slices.IsSorted(offsets) {
		return s
	}
	s.byOffset = make([]uint32, len(offsets))
	for at := range offsets {
		s.byOffset[at] = uint32(at)
	}
	slices.SortFunc(s.byOffset, func(a, b uint32) int { return int(int64(offsets[a]) - int64(offsets[b])) })
	return s
}

// find returns the row that has an offset.
func (s *sparse) find(offset uint32) (at int, ok bool) {
	if s.byOffset == nil {
		return slices.BinarySearch(s.offsets, offset)
	}
	place, ok := slices.BinarySearchFunc(s.byOffset, offset, func(row, offset uint32) int {
		return int(int64(s.offsets[row]) - int64(offset))
	})
	if !ok {
		return 0, false
	}
	return int(s.byOffset[place]), true
}

// encode returns what comes before the index of a sparse segment: of each row
// the varint by which its offset differs from what it would be without another
// gap, which is that of the row before plus 1.
func (s *sparse) encode() []byte {
	e := &columnar.Encoder{}
	expected := int64(0)
	for _, offset := range s.offsets {
		e.Varint(int64(offset) - expected)
		expected = int64(offset) + 1
	}
	return e.Bytes
}

// decodeSparse reads what encode wrote, for a segment of that many rows and
// gaps, and leaves d at the index. The error is columnar.ErrMalformed.
func decodeSparse(d *columnar.Decoder, entry *segmentEntry) (*sparse, error) {
	if d.Len() < entry.Rows { // a row takes a byte at least
		d.Fail()
		return nil, d.Err()
	}
	offsets := make([]uint32, entry.Rows)
	span := int64(entry.end() - entry.Base)
	expected := int64(0)
	for at := range offsets {
		offset := expected + d.Varint()
		if offset < 0 || offset >= span || offset >= maxSpan {
			d.Fail()
			return nil, d.Err()
		}
		offsets[at] = uint32(offset)
		expected = offset + 1
	}
	s := newSparse(offsets)
	for at := 1; at < len(offsets); at++ {
		if offsets[s.nth(at)] == offsets[s.nth(at-1)] {
			d.Fail() // two objects would have one sequence number
		}
	}
	return s, d.Err()
}

// nth returns the row with the n-th least offset.
func (s *sparse) nth(n int) int {
	if s.byOffset == nil {
		return n
	}
	return int(s.byOffset[n])
}

// maxSpan bounds the sequence numbers from the first to the last row of a
// sparse segment, so that offsets fit.
const maxSpan = 1 << 32
