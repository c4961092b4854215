package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/keepwell-health/keepwell/fhir"
)

// Export is one consistent view of all that the store holds, for a backup.
// Compactions wait for its End; what is stored meanwhile is not in it. Its errors
// are *Error.
//
// Records have positions: the first that the store took in of those that it still
// has is 1. What refers to a record within a backup does it by its position, since
// sequence numbers and UUIDs are of one store.
type Export struct {
	store  *Store
	opened *session
	state  *state
	groups []*ExportGroup
	live   []uint64 // sequence numbers of the records, by position less 1
	hidden int      // objects of segments whose index does not open
}

// ExportGroup is the records of one source and FHIR release, or the documents of
// one source, which have no release.
type ExportGroup struct {
	SourceID, SourceName string // the name is that of the newest
	Release              fhir.Release
	Documents            bool
	Records              int

	rows []exportRow
}

// exportRow is a record: a row of a segment, with its position.
type exportRow struct {
	ref
	position uint32
}

// BeginExport starts an export.
func (s *Store) BeginExport(ctx context.Context) (*Export, error) {
	if err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	opened, err := s.unlocked()
	if err != nil {
		return nil, err
	}
	s.committing.Lock() // no compaction is about to commit
	s.exporting.Add(1)
	s.committing.Unlock()
	e := &Export{store: s, opened: opened, state: opened.state.Load()}
	e.group()
	return e, nil
}

// End lets compactions go on.
func (e *Export) End() { e.store.exporting.Add(-1) }

// Hidden returns how many objects no call yields, because what tells of them does
// not open.
func (e *Export) Hidden() int { return e.hidden }

// Through returns the number of the last change that the view has; see
// Store.NoteBackup.
func (e *Export) Through() uint64 { return e.state.manifest.Next - 1 }

// Groups returns the groups that have records, by source and release.
func (e *Export) Groups() []*ExportGroup { return e.groups }

func (e *Export) group() {
	type key struct {
		source   string
		release  fhir.Release
		document bool
	}
	groups := map[key]*ExportGroup{}
	for place, one := range e.state.segments {
		if one.damaged && one.Kind != kindTombstones {
			e.hidden += one.Rows
		}
		if one.damaged || one.Kind != kindRecords {
			continue
		}
		for at := range one.Rows {
			if one.dead.has(at) {
				continue
			}
			o := one.objectAt(at)
			k := key{o.text(columnSourceID), fhir.Release(o.text(columnRelease)), o.text(columnResourceType) == ""}
			g := groups[k]
			if g == nil {
				g = &ExportGroup{SourceID: k.source, Release: k.release, Documents: k.document}
				groups[k] = g
				e.groups = append(e.groups, g)
			}
			e.live = append(e.live, o.sequence)
			g.SourceName, g.Records = o.text(columnSourceName), g.Records+1
			g.rows = append(g.rows, exportRow{ref{uint32(place), uint32(at)}, uint32(len(e.live))})
		}
	}
	slices.SortStableFunc(e.groups, func(a, b *ExportGroup) int {
		return cmp.Or(cmp.Compare(a.SourceID, b.SourceID), cmp.Compare(a.Release, b.Release))
	})
}

// Record returns what the store knows of the n-th record of a group, from 0, and
// its position. Records are in the order in which the store took them in.
func (e *Export) Record(g *ExportGroup, n int) (position int, sample Sample) {
	row := g.rows[n]
	return int(row.position), e.sampleOf(e.state.at(row.ref))
}

// Raw returns the bytes of the n-th record of a group, which must not be changed.
// ok is false when they do not open.
func (e *Export) Raw(ctx context.Context, g *ExportGroup, n int) (raw []byte, ok bool, err error) {
	row := g.rows[n]
	raw, err = e.opened.resourceOf(ctx, e.state.segments[row.segment], int(row.row))
	if errors.Is(err, errDamaged) {
		return nil, false, nil
	}
	return raw, err == nil, wrap(err, "reading the records")
}

func (e *Export) sampleOf(o object) Sample {
	sample := o.stored()
	sample.UUID = e.opened.uuid(o.sequence)
	return sample
}

// Types returns the types that have samples without bytes of their own.
func (e *Export) Types() []TypeID {
	var types []TypeID
	for _, known := range catalogue {
		if len(e.state.table(known.ID).samples) > 0 {
			types = append(types, known.ID)
		}
	}
	return types
}

// Samples calls yield for every sample of a type that has no bytes of its own, in
// the order in which the store took them in, and returns how many do not open.
// DisplayName and Subtitle are empty where they are made from the catalogue.
func (e *Export) Samples(ctx context.Context, id TypeID, yield func(sample *Sample) error) (missing int, err error) {
	for _, at := range e.state.table(id).samples {
		one := e.state.segments[at]
		table, err := e.opened.samplesOf(ctx, one)
		if errors.Is(err, errDamaged) {
			missing += one.live()
			continue
		}
		if err != nil {
			return missing, wrap(err, "reading the samples")
		}
		for at := range table.Rows() {
			if one.dead.has(at) {
				continue
			}
			sample := e.sampleOf(object{table: table, at: at, sequence: one.sequence(at)})
			if err := yield(&sample); err != nil {
				return missing, err
			}
		}
	}
	return missing, nil
}

// Apps returns what the store keeps of every app: the value of its key (see
// docs/format.md), with positions of records in the place of sequence numbers.
func (e *Export) Apps(ctx context.Context) ([]json.RawMessage, error) {
	var saved []json.RawMessage
	err := e.store.eachApp(ctx, func(g *appGrants) error {
		g = g.clone()
		for _, grant := range g.Types {
			e.toPositions(grant)
		}
		text, err := json.Marshal(g)
		saved = append(saved, text)
		return err
	})
	return saved, wrap(err, "reading the apps")
}

func (e *Export) toPositions(grant *typeGrant) {
	through, _ := slices.BinarySearch(e.live, grant.Through+1) // the number of records up to it
	if !grant.Ask {
		through = 0
	}
	grant.Through = uint64(through)
	var objects []uint64
	for _, sequence := range grant.Objects {
		if at, ok := slices.BinarySearch(e.live, sequence); ok {
			objects = append(objects, uint64(at)+1)
		}
	}
	grant.Objects = objects
}

// Orders returns the orders of sources that the person set.
func (e *Export) Orders(ctx context.Context) (map[TypeID][]string, error) {
	orders, _, err := e.store.readOrders(ctx)
	if err != nil {
		return nil, wrap(err, "reading the order of sources")
	}
	return orders.Types, nil
}
