package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"slices"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// commitAttempts bounds how often a commit is planned anew because another tab
// committed first.
const commitAttempts = 16

// errFenced says that another tab took over the right to write.
var errFenced error = Errorf(CodeUnknown, "another tab took over while this one was not responding; nothing of it was stored")

// change is what a commit adds to a state.
type change struct {
	segments   []*segment // without Base; already stored, or in put
	put        []Entry    // stored with the commit
	tombstones []tombstone

	expect []Expectation // beside the head and the epoch
	delete []Range       // with the commit
	// rewriting puts other segments in the place of some; nil: none.
	rewriting *rewriting
}

// tombstone marks one object as deleted. It repeats what must be known of the
// object after its row is gone.
type tombstone struct {
	sequence uint64 // of the object; or, when staged is set, see there
	// staged names an object of this very change: 1 + the place of its segment
	// in change.segments; sequence is then the row.
	staged int

	object Sample // Type, Source.ID, StartDate, SyncIdentifier and SyncVersion
}

// bury returns the tombstone of an object.
func bury(o object) tombstone {
	return tombstone{sequence: o.sequence, object: Sample{
		Type:           TypeID(o.text(columnType)),
		Source:         Source{ID: o.text(columnSourceID)},
		StartDate:      o.start(),
		EndDate:        o.start(),
		SyncIdentifier: o.text(columnSyncIdentifier),
		SyncVersion:    o.number(columnSyncVersion),
	}}
}

// commit makes a change to the newest state, durable when it returns. plan is
// called with that state, and again when another tab committed first; it
// returns nil when there is nothing to do. epoch returns the value that the
// batch must find.
func (s *Store) commit(ctx context.Context, opened *session, epoch func() []byte, plan func(base *state) (*change, error)) error {
	s.committing.Lock()
	changed, err := s.commitLocked(ctx, opened, epoch, plan)
	s.committing.Unlock()
	s.observers.tell(changed)
	return err
}

func (s *Store) commitLocked(ctx context.Context, opened *session, epoch func() []byte, plan func(base *state) (*change, error)) ([]TypeID, error) {
	var seen []TypeID // of other tabs' commits
	for range commitAttempts {
		base := opened.state.Load()
		planned, err := plan(base)
		if err != nil || planned == nil {
			return seen, err
		}
		next, types, err := s.apply(ctx, opened, base, epoch(), planned)
		if err == nil {
			opened.state.Store(next)
			return append(seen, types...), nil
		}
		if !errors.Is(err, ErrConflict) {
			return seen, err
		}
		refreshed, err := s.refresh(ctx, opened)
		if err != nil {
			return seen, err
		}
		seen = append(seen, refreshed...)
		if !bytes.Equal(epoch(), opened.anyEpoch()) {
			return seen, errFenced
		}
	}
	return seen, ErrConflict
}

// anyEpoch is the epoch of commits that any tab may make.
func (opened *session) anyEpoch() []byte { return *opened.epoch.Load() }

// apply writes one batch: what the change puts, its tombstones, and the head.
func (s *Store) apply(ctx context.Context, opened *session, base *state, epoch []byte, planned *change) (*state, []TypeID, error) {
	m := &manifest{
		Counter:  base.manifest.Counter + 1,
		Previous: sha256.Sum256(base.head),
		Next:     base.manifest.Next,
		Written:  s.options.Now().UnixMilli(),
		Segments: base.manifest.Segments[:len(base.manifest.Segments):len(base.manifest.Segments)],
	}
	added := m.append(planned.segments)
	put := planned.put
	if len(planned.tombstones) > 0 {
		graves, entry, err := s.packTombstones(ctx, opened, added, planned.tombstones)
		if err != nil {
			return nil, nil, err
		}
		added = append(added, m.append([]*segment{graves})...)
		put = append(put[:len(put):len(put)], entry)
	}
	if planned.rewriting != nil {
		m.rewrite(planned.rewriting)
	}
	head, err := opened.pack(ctx, headKey, m.encode())
	if err != nil {
		return nil, nil, err
	}
	err = opened.backend.Apply(ctx, Batch{
		Expect: append([]Expectation{{headKey, base.head}, {epochKey, epoch}}, planned.expect...),
		Delete: planned.delete,
		Put:    append(put[:len(put):len(put)], head),
	})
	if err != nil && !opened.happened(ctx, err, head.Value) {
		return nil, nil, err
	}
	if planned.rewriting != nil {
		next := base.rewritten(head.Value, m, planned.rewriting, added)
		return next, changedTypes(base, next), nil
	}
	next, types := base.extend(head.Value, m, added)
	return next, types, nil
}

// happened reports whether a batch that failed reached the disk all the same,
// as the Backend port allows after a failure of the medium.
func (opened *session) happened(ctx context.Context, err error, head []byte) bool {
	if errors.Is(err, ErrConflict) || errors.Is(err, ErrQuota) {
		return false
	}
	stored, err := opened.backend.Get(context.WithoutCancel(ctx), headKey)
	return err == nil && bytes.Equal(stored, head)
}

// append names segments in the manifest and gives their rows the next sequence
// numbers.
func (m *manifest) append(segments []*segment) []*segment {
	named := make([]*segment, len(segments))
	for at, one := range segments {
		copied := *one
		copied.Base = m.Next
		m.Next = copied.end()
		m.Segments = append(m.Segments, copied.segmentEntry)
		named[at] = &copied
	}
	return named
}

// packTombstones makes the segment of the tombstones, once the segments of the
// change have their sequence numbers.
func (s *Store) packTombstones(ctx context.Context, opened *session, added []*segment, tombstones []tombstone) (*segment, Entry, error) {
	named := slices.Clone(tombstones)
	for at, t := range named {
		if t.staged > 0 {
			named[at].sequence += added[t.staged-1].Base
		}
	}
	return s.packIndex(ctx, opened, kindTombstones, tombstoneTable(named))
}

// tombstoneTable makes the table of tombstones of objects that have their numbers.
func tombstoneTable(tombstones []tombstone) *columnar.Table {
	builder := columnar.NewBuilder(tableShape)
	line := columnar.NewRow(tableShape)
	for _, t := range tombstones {
		fill(line, &t.object)
		line.Ints[columnDeleted] = int64(t.sequence)
		builder.Append(line)
	}
	return builder.Table()
}

// packIndex makes a segment whose table is its index, as that of records and
// tombstones is.
func (s *Store) packIndex(ctx context.Context, opened *session, kind segmentKind, table *columnar.Table) (*segment, Entry, error) {
	one := &segment{table: table}
	one.Kind, one.Rows = kind, table.Rows()
	if err := s.nameSegment(one); err != nil {
		return nil, Entry{}, err
	}
	entry, err := opened.pack(ctx, one.ID.indexKey(), table.Encode())
	one.Bytes = int64(len(entry.Value))
	return one, entry, err
}

func (s *Store) nameSegment(one *segment) error {
	_, err := io.ReadFull(s.options.Random, one.ID[:])
	return err
}

// packSamples returns the entries of a segment of samples: its rows, which are
// of one type and by start, and its summary.
func (opened *session) packSamples(ctx context.Context, one *segment, table *columnar.Table) ([]Entry, error) {
	rows, err := opened.pack(ctx, one.ID.segmentKey(), table.Encode())
	if err != nil {
		return nil, err
	}
	index, err := opened.pack(ctx, one.ID.indexKey(), one.summary.encode())
	return []Entry{rows, index}, err
}
