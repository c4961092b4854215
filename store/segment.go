package store

import "github.com/keepwell-health/keepwell/store/internal/columnar"

// segment is a live segment as queries plan with it. It never changes; a
// deletion makes a changed copy.
type segment struct {
	segmentEntry
	// table holds the rows of a segment of records or tombstones.
	table *columnar.Table
	// summary stands for the rows of a segment of samples.
	summary *summary
	// sparse tells the rows' sequence numbers; nil: row n has Base + n.
	sparse *sparse
	// damaged says that the index does not open: the rows are out of reach.
	damaged bool

	dead         bitset         // rows that were deleted
	deadBySource map[string]int // of a segment of samples
}

// objectAt returns a row of a segment that has a table.
func (s *segment) objectAt(at int) object {
	return object{table: s.table, at: at, sequence: s.sequence(at)}
}

// sequence returns the sequence number of a row.
func (s *segment) sequence(at int) uint64 {
	if s.sparse != nil {
		return s.Base + uint64(s.sparse.offsets[at])
	}
	return s.Base + uint64(at)
}

// row returns the row that has a sequence number.
func (s *segment) row(sequence uint64) (at int, ok bool) {
	switch {
	case sequence < s.Base || sequence >= s.end():
		return 0, false
	case !s.Sparse:
		return int(sequence - s.Base), true
	case s.sparse == nil: // damaged
		return 0, false
	}
	return s.sparse.find(uint32(sequence - s.Base))
}

// typeOf returns the type of a row.
func (s *segment) typeOf(at int) TypeID {
	if s.Kind == kindSamples {
		return s.summary.Type
	}
	return TypeID(s.table.String(columnType, at))
}

// has reports whether the segment has samples of a source.
func (s *segment) has(source string) bool { return s.Kind == kindSamples && s.summary.has(source) }

// undead returns a copy of which no row is known to be deleted.
func (s *segment) undead() *segment {
	copied := *s
	copied.dead, copied.deadBySource = bitset{}, nil
	return &copied
}

// live returns the number of rows that were not deleted.
func (s *segment) live() int { return s.Rows - s.dead.count }

// bitset is a set of row numbers. Its zero value is empty.
type bitset struct {
	words []uint64
	count int
}

func (b bitset) has(at int) bool {
	return at>>6 < len(b.words) && b.words[at>>6]&(1<<(at&63)) != 0
}

// with returns the set with at in it, which may share memory with b: only the
// owner of the newest copy adds to it.
func (b bitset) with(at int) bitset {
	for len(b.words) <= at>>6 {
		b.words = append(b.words, 0)
	}
	b.words[at>>6] |= 1 << (at & 63)
	b.count++
	return b
}

// clone returns a copy that shares nothing with b.
func (b bitset) clone() bitset {
	return bitset{words: append([]uint64(nil), b.words...), count: b.count}
}

// ref names a row of a segment with a table, within one state.
type ref struct{ segment, row uint32 }
