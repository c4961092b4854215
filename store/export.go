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
	store   *Store
	opened  *session
	state   *state
	groups  []*ExportGroup
	live    []uint64 // sequence numbers of the records, by position less 1
	missing int
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

// Missing returns how many objects were left out because what holds them does not
// open, as far as that was found yet.
func (e *Export) Missing() int { return e.missing }

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
		if one.damaged {
			e.missing += one.Rows
			continue
		}
		if one.Kind != kindRecords {
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

// Records calls yield for every record of a group, in the order in which the
// store took them in. raw is valid until yield returns. A record whose bytes do
// not open is left out.
func (e *Export) Records(ctx context.Context, g *ExportGroup, yield func(position int, sample Sample, raw []byte) error) error {
	for _, row := range g.rows {
		if err := ctx.Err(); err != nil {
			return wrap(err, "reading the records")
		}
		one := e.state.segments[row.segment]
		raw, err := e.opened.resourceOf(ctx, one, int(row.row))
		if errors.Is(err, errDamaged) {
			e.missing++
			continue
		}
		if err != nil {
			return wrap(err, "reading the records")
		}
		if err := yield(int(row.position), e.sampleOf(one.objectAt(int(row.row))), raw); err != nil {
			return err
		}
	}
	return nil
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
// the order in which the store took them in. DisplayName and Subtitle are empty
// where they are made from the catalogue.
func (e *Export) Samples(ctx context.Context, id TypeID, yield func(sample *Sample) error) error {
	for _, at := range e.state.table(id).samples {
		one := e.state.segments[at]
		if err := ctx.Err(); err != nil {
			return wrap(err, "reading the samples")
		}
		table, err := e.opened.samplesOf(ctx, one)
		if errors.Is(err, errDamaged) {
			e.missing += one.live()
			continue
		}
		if err != nil {
			return wrap(err, "reading the samples")
		}
		for at := range table.Rows() {
			if one.dead.has(at) {
				continue
			}
			sample := e.sampleOf(object{table: table, at: at, sequence: one.sequence(at)})
			if err := yield(&sample); err != nil {
				return err
			}
		}
	}
	return nil
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
