package store

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
)

// restoring is what an Import is besides when it takes in a backup.
type restoring struct {
	replace   bool
	empty     *state             // what is compared with in the place of what is replaced
	buried    map[segmentID]bool // segments whose live rows all have staged tombstones
	positions []positioned
	grants    []*appGrants
	orders    map[TypeID][]string
	accesses  []Access
}

// positioned is a record of a backup that was taken in.
type positioned struct {
	position int
	ref      // in Import.staged
}

// BeginRestore starts an import that takes in a backup. With replace, everything
// that is there goes with its Commit; otherwise the backup is added, of two
// copies of a record the one that was taken in later stays, and apps and the
// order of sources stay as they are.
func (s *Store) BeginRestore(ctx context.Context, replace bool) (*Import, error) {
	im, err := s.BeginImport(ctx)
	if err != nil {
		return nil, err
	}
	im.restoring = &restoring{replace: replace, empty: emptyState(), buried: map[segmentID]bool{}}
	return im, nil
}

// before returns what an import is compared with.
func (im *Import) before(base *state) *state {
	if im.restoring != nil && im.restoring.replace {
		return im.restoring.empty
	}
	return base
}

// RestoreRecord takes in a record or document of a backup as it was exported. Its
// position is that of Export.Records.
func (im *Import) RestoreRecord(ctx context.Context, position int, sample Sample, raw []byte) (Outcome, error) {
	if im.restoring == nil {
		return 0, Errorf(CodeInvalidArgument, "the import is no restore")
	}
	if err := checkRecord(&sample); err != nil {
		return 0, err
	}
	if err := im.ready(ctx); err != nil {
		return 0, wrap(err, "taking in a record")
	}
	im.learn()
	who := identityOf(&sample)
	older, ok := im.records.known.find(who, who.hash(), im.records.state.matches)
	if ok && im.records.state.at(older).added() > sample.DateAdded {
		im.tally.Count(Unchanged)
		return Unchanged, nil
	}
	outcome, err := im.addRecord(ctx, &sample, raw)
	if err != nil || outcome == Unchanged {
		return outcome, err
	}
	at := ref{uint32(len(im.staged)), uint32(im.records.builder.Rows() - 1)}
	if im.records.builder.Rows() == 0 { // it was the last of its segment
		at = ref{uint32(len(im.staged) - 1), uint32(im.staged[len(im.staged)-1].Rows - 1)}
	}
	im.restoring.positions = append(im.restoring.positions, positioned{position, at})
	return outcome, nil
}

// checkRecord refuses what no query could find again.
func checkRecord(sample *Sample) error {
	known, ok := TypeByID(sample.Type)
	switch {
	case !ok:
		return Errorf(CodeInvalidArgument, "a record's type is not known")
	case sample.FHIR == nil && (sample.SyncIdentifier == "" || known.isClinical()):
		return Errorf(CodeInvalidArgument, "a document has no identifier, or is of a clinical type")
	case sample.FHIR != nil && (!known.isClinical() || sample.FHIR.ResourceType == "" || sample.FHIR.Identifier == ""):
		return Errorf(CodeInvalidArgument, "a resource lacks its type or identifier, or is not of a clinical type")
	case !isDate(sample.StartDate) || !isDate(sample.EndDate) || !isDate(sample.DateAdded):
		return Errorf(CodeInvalidArgument, "a date is out of range")
	case sample.EndDate < sample.StartDate:
		return Errorf(CodeInvalidArgument, "a record ends before it starts")
	case sample.Value != nil && (math.IsNaN(*sample.Value) || math.IsInf(*sample.Value, 0)):
		return Errorf(CodeInvalidArgument, "a value is not a number")
	}
	return nil
}

// RestoreApps takes in what Export.Apps returned. Where the restore does not
// replace, it only checks it.
func (im *Import) RestoreApps(saved []json.RawMessage) error {
	for _, text := range saved {
		g, err := decodeGrants(text)
		if err != nil || checkOrigin(g.Origin) != nil {
			return Errorf(CodeInvalidArgument, "what the backup says of an app is malformed")
		}
		im.restoring.grants = append(im.restoring.grants, g)
	}
	return nil
}

// RestoreOrders takes in what Export.Orders returned, when the restore replaces.
func (im *Import) RestoreOrders(orders map[TypeID][]string) { im.restoring.orders = orders }

// RestoreAccessLog takes in lines of an access log; those that are there already
// are left out.
func (im *Import) RestoreAccessLog(lines []Access) { im.restoring.accesses = lines }

// buryReplaced stages the tombstones of everything that a restore replaces, a
// segment for each segment, so that they need not all be in memory.
func (im *Import) buryReplaced(ctx context.Context) error {
	if im.restoring == nil || !im.restoring.replace {
		return nil
	}
	for _, one := range im.session.state.Load().segments {
		tombstones, err := im.session.buryAll(ctx, one)
		if errors.Is(err, errDamaged) {
			continue // planRestore takes it away
		}
		if err != nil {
			return err
		}
		im.restoring.buried[one.ID] = true
		if len(tombstones) == 0 {
			continue
		}
		if err := im.stageTombstones(ctx, tombstones); err != nil {
			return err
		}
	}
	return nil
}

func (im *Import) stageTombstones(ctx context.Context, tombstones []tombstone) error {
	graves := &segment{table: tombstoneTable(tombstones)}
	graves.Kind, graves.Rows = kindTombstones, len(tombstones)
	return im.stage(ctx, graves, func(ctx context.Context) ([]Entry, error) {
		entry, err := im.session.pack(ctx, graves.ID.indexKey(), graves.table.Encode())
		return []Entry{entry}, err
	})
}

// buryAll returns the tombstones of what is live in a segment.
func (opened *session) buryAll(ctx context.Context, one *segment) ([]tombstone, error) {
	switch {
	case one.damaged:
		return nil, errDamaged
	case one.Kind == kindTombstones || one.live() == 0:
		return nil, nil
	}
	table := one.table
	if one.Kind == kindSamples {
		var err error
		if table, err = opened.samplesOf(ctx, one); err != nil {
			return nil, err
		}
	}
	var tombstones []tombstone
	for at := range one.Rows {
		if !one.dead.has(at) {
			tombstones = append(tombstones, bury(object{table: table, at: at, sequence: one.sequence(at)}))
		}
	}
	return tombstones, nil
}

// planRestore adds to the commit of an import what a restore changes besides.
func (im *Import) planRestore(ctx context.Context, base *state, planned *change) error {
	if im.restoring.replace {
		if err := im.planReplacement(ctx, base, planned); err != nil {
			return err
		}
		if err := im.planApps(ctx, base, planned); err != nil {
			return err
		}
	}
	return im.planAccesses(ctx, planned)
}

// planReplacement buries what another tab stored since buryReplaced, and takes
// away the segments that do not open.
func (im *Import) planReplacement(ctx context.Context, base *state, planned *change) error {
	gone := map[segmentID]bool{}
	for _, one := range base.segments {
		if im.restoring.buried[one.ID] {
			continue
		}
		tombstones, err := im.session.buryAll(ctx, one)
		if errors.Is(err, errDamaged) {
			gone[one.ID] = true
			planned.delete = append(planned.delete, Range{From: one.ID.segmentKey()}, Range{From: one.ID.indexKey()})
		} else if err != nil {
			return err
		}
		planned.tombstones = append(planned.tombstones, tombstones...)
	}
	if len(gone) > 0 {
		planned.rewriting = &rewriting{gone: gone}
	}
	return nil
}

// planApps puts the backup's apps and orders in the place of those that are there.
func (im *Import) planApps(ctx context.Context, base *state, planned *change) error {
	planned.delete = append(planned.delete, Range{From: appKeys, To: after(appKeys)}, Range{From: orderKey})
	for _, g := range im.restoring.grants {
		g = g.clone()
		for _, grant := range g.Types {
			im.toSequences(base, grant)
		}
		entry, err := im.store.packGrants(ctx, g)
		if err != nil {
			return err
		}
		planned.put = append(planned.put, entry)
	}
	if len(im.restoring.orders) == 0 {
		return nil
	}
	sealed, err := im.store.sealOrders(ctx, &sourceOrders{Format: formatVersion, Types: im.restoring.orders})
	planned.put = append(planned.put, Entry{orderKey, sealed})
	return err
}

func (s *Store) packGrants(ctx context.Context, g *appGrants) (Entry, error) {
	key, err := s.appKey(ctx, g.Origin)
	if err != nil {
		return Entry{}, err
	}
	plain, err := g.encode()
	if err != nil {
		return Entry{}, err
	}
	sealed, err := s.options.Permissions.Seal(ctx, key, plain)
	return Entry{key, sealed}, err
}

// toSequences undoes Export.toPositions with the sequence numbers that the
// records get by a commit on base.
func (im *Import) toSequences(base *state, grant *typeGrant) {
	picked := grant.Objects
	through := grant.Through
	grant.Objects, grant.Through = nil, 0
	for _, p := range im.restoring.positions {
		sequence := base.manifest.Next + im.staged[p.segment].Base + uint64(p.row)
		if grant.Ask && uint64(p.position) <= through {
			grant.Through = max(grant.Through, sequence)
		}
		if slices.Contains(picked, uint64(p.position)) {
			grant.Objects = append(grant.Objects, sequence)
		}
	}
}

// planAccesses adds the backup's lines to the stored log.
func (im *Import) planAccesses(ctx context.Context, planned *change) error {
	known := map[Access]bool{}
	err := im.store.eachLogBlock(ctx, func(_ string, lines []Access) {
		for _, line := range lines {
			known[line] = true
		}
	})
	if err != nil {
		return err
	}
	lines := slices.DeleteFunc(slices.Clone(im.restoring.accesses), func(line Access) bool { return known[line] })
	if len(lines) == 0 {
		return nil
	}
	batch, err := im.store.planAccesses(ctx, lines)
	planned.expect = append(planned.expect, batch.Expect...)
	planned.delete = append(planned.delete, batch.Delete...)
	planned.put = append(planned.put, batch.Put...)
	return err
}
