package store

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// rewriting puts segments in the place of others without changing an object, or
// takes away those that do not open.
type rewriting struct {
	gone map[segmentID]bool
	made []*segment
}

// rewrite names what a rewriting made and no longer names what it replaces.
func (m *manifest) rewrite(r *rewriting) {
	m.Segments = slices.DeleteFunc(slices.Clone(m.Segments), func(e segmentEntry) bool { return r.gone[e.ID] })
	for _, one := range r.made {
		m.Segments = append(m.Segments, one.segmentEntry)
	}
	slices.SortStableFunc(m.Segments, func(a, b segmentEntry) int { return cmp.Compare(a.Base, b.Base) })
}

// rewritten returns the state of a manifest that a rewriting made of s's, and of
// segments that were added besides.
func (s *state) rewritten(head []byte, m *manifest, r *rewriting, added []*segment) *state {
	decoded := make(map[segmentID]*segment, len(s.segments))
	for _, one := range s.segments {
		decoded[one.ID] = one
	}
	for _, one := range slices.Concat(r.made, added) {
		decoded[one.ID] = one
	}
	segments := make([]*segment, len(m.Segments))
	for at, entry := range m.Segments {
		segments[at] = decoded[entry.ID].undead()
	}
	next, _ := emptyState().extend(head, m, segments)
	return next
}

// group is a run of segments of one kind, and of samples of one type, that
// become one segment.
type group []*segment

// liveRow is a row that goes over into the new segment.
type liveRow struct {
	table    *columnar.Table
	at       int
	sequence uint64
	raw      []byte // of a record
}

// liveRows opens the segments of a group and returns what is live in them, by
// sequence number.
func (opened *session) liveRows(ctx context.Context, g group) ([]liveRow, error) {
	var rows []liveRow
	for _, one := range g {
		table, raw, err := opened.contents(ctx, one)
		if err != nil {
			return nil, err
		}
		offset := int64(0)
		for at := range one.Rows {
			row := liveRow{table: table, at: at, sequence: one.sequence(at)}
			if one.Kind == kindRecords {
				end := offset + table.Int(columnLength, at)
				if end < offset || end > int64(len(raw)) {
					return nil, opened.note(ctx, one, errDamaged)
				}
				row.raw, offset = raw[offset:end], end
			}
			if !one.dead.has(at) {
				rows = append(rows, row)
			}
		}
	}
	slices.SortFunc(rows, func(a, b liveRow) int { return cmp.Compare(a.sequence, b.sequence) })
	return rows, nil
}

// contents returns a segment's rows, and for records their bytes.
func (opened *session) contents(ctx context.Context, one *segment) (*columnar.Table, []byte, error) {
	switch one.Kind {
	case kindSamples:
		table, err := opened.samplesOf(ctx, one)
		return table, nil, err
	case kindRecords:
		raw, err := opened.rawOf(ctx, one)
		return one.table, raw, err
	}
	return one.table, nil, nil
}

// rewriteGroup makes the segment that takes the place of a group, nil when
// nothing in it is live, with the entries that store it.
func (s *Store) rewriteGroup(ctx context.Context, opened *session, g group) (*segment, []Entry, error) {
	rows, err := opened.liveRows(ctx, g)
	if err != nil || len(rows) == 0 {
		return nil, nil, err
	}
	if g[0].Kind == kindSamples {
		slices.SortStableFunc(rows, func(a, b liveRow) int {
			return cmp.Compare(a.table.Int(columnStart, a.at), b.table.Int(columnStart, b.at))
		})
	}
	one, raw := g.merge(rows)
	if err := s.nameSegment(one); err != nil {
		return nil, nil, err
	}
	entries, err := opened.packRewritten(ctx, one, raw)
	for _, entry := range entries {
		one.Bytes += int64(len(entry.Value))
	}
	return one, entries, err
}

// merge makes a segment of rows, which are in the order that its kind wants.
func (g group) merge(rows []liveRow) (one *segment, raw []byte) {
	builder := columnar.NewBuilder(tableShape)
	line := columnar.NewRow(tableShape)
	offsets := make([]uint32, len(rows))
	one = &segment{}
	one.Kind, one.Rows, one.Base = g[0].Kind, len(rows), g.base()
	for at, row := range rows {
		row.table.Row(row.at, line)
		builder.Append(line)
		offsets[at] = uint32(row.sequence - one.Base)
		raw = append(raw, row.raw...)
	}
	one.table = builder.Table()
	if one.Kind == kindSamples {
		one.summary = summarize(one.table)
	}
	one.Gaps = g.end() - one.Base - uint64(len(rows))
	if one.Sparse = one.Gaps > 0 || !slices.IsSorted(offsets); one.Sparse {
		one.sparse = newSparse(offsets)
	}
	return one, raw
}

// base returns the least sequence number of a group.
func (g group) base() uint64 {
	base := uint64(math.MaxUint64)
	for _, one := range g {
		base = min(base, one.Base)
	}
	return base
}

// end returns the sequence number after a group's.
func (g group) end() uint64 {
	end := uint64(0)
	for _, one := range g {
		end = max(end, one.end())
	}
	return end
}

// packRewritten returns the entries of a segment that merge made, and takes from
// it what a loaded segment of its kind does not have.
func (opened *session) packRewritten(ctx context.Context, one *segment, raw []byte) ([]Entry, error) {
	var data, index []byte
	switch one.Kind {
	case kindSamples:
		data, index = one.table.Encode(), one.summary.encode()
		one.table = nil
	case kindRecords:
		data, index = raw, one.table.Encode()
	default:
		index = one.table.Encode()
	}
	if one.Sparse {
		index = append(one.sparse.encode(), index...)
	}
	entry, err := opened.pack(ctx, one.ID.indexKey(), index)
	if err != nil || one.Kind == kindTombstones {
		return []Entry{entry}, err
	}
	rows, err := opened.pack(ctx, one.ID.segmentKey(), data)
	return []Entry{rows, entry}, err
}

// rewriteGroups makes the change that rewrites groups. Those with a segment that
// does not open stay as they are, and their segments are added to broken.
func (s *Store) rewriteGroups(ctx context.Context, opened *session, groups []group, broken map[segmentID]bool) (*change, error) {
	r := &rewriting{gone: map[segmentID]bool{}}
	planned := &change{rewriting: r}
	for _, g := range groups {
		one, entries, err := s.rewriteGroup(ctx, opened, g)
		if errors.Is(err, errDamaged) {
			opened.addBroken(g, broken)
			continue
		}
		if err != nil {
			return nil, err
		}
		if one != nil {
			r.made = append(r.made, one)
		}
		planned.put = append(planned.put, entries...)
		for _, old := range g {
			r.gone[old.ID] = true
			planned.delete = append(planned.delete, Range{From: old.ID.segmentKey()}, Range{From: old.ID.indexKey()})
		}
	}
	if len(r.gone) == 0 {
		return nil, nil
	}
	return planned, nil
}

// addBroken adds the segments of a group that were found damaged.
func (opened *session) addBroken(g group, broken map[segmentID]bool) {
	opened.mu.Lock()
	defer opened.mu.Unlock()
	for _, one := range g {
		if opened.damaged[one.ID] {
			broken[one.ID] = true
		}
	}
}
