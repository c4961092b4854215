package store

import (
	"context"
	"errors"
)

// syncKey is the identity of a sample that has a syncIdentifier
// (HKMetadataKeySyncIdentifier).
type syncKey struct {
	source     string
	id         TypeID
	identifier string
}

// syncIndex finds the sample of a syncKey.
type syncIndex map[syncKey]synced

// synced is the newest sample of a syncKey.
type synced struct {
	object  object // zero for a sample of an import that is under way
	version int64
}

func syncKeyOf(o object) syncKey {
	return syncKey{o.text(columnSourceID), TypeID(o.text(columnType)), o.text(columnSyncIdentifier)}
}

// syncIndexOf opens the segments among those wanted that have samples with a
// syncIdentifier. Apps that save such samples are few, and so are these.
func (opened *session) syncIndexOf(ctx context.Context, s *state, wanted func(*segment) bool) (syncIndex, error) {
	found := syncIndex{}
	for _, one := range s.segments {
		if one.Kind != kindSamples || one.damaged || !one.summary.Sync || !wanted(one) {
			continue
		}
		table, err := opened.samplesOf(ctx, one)
		if errors.Is(err, errDamaged) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for at := range table.Rows() {
			o := object{table: table, at: at, sequence: one.sequence(at)}
			if o.text(columnSyncIdentifier) != "" && !one.dead.has(at) {
				found[syncKeyOf(o)] = synced{o, o.number(columnSyncVersion)}
			}
		}
	}
	return found, nil
}

func anySegment(*segment) bool { return true }

func (im *Import) compareSync(ctx context.Context, sample *Sample) (Outcome, error) {
	if im.samples.sync == nil {
		known, err := im.session.syncIndexOf(ctx, im.samples.state, anySegment)
		if err != nil {
			return 0, err
		}
		im.samples.sync = known
	}
	key := syncKey{sample.Source.ID, sample.Type, sample.SyncIdentifier}
	known, ok := im.samples.sync[key]
	switch {
	case !ok:
		im.samples.sync[key] = synced{version: sample.SyncVersion}
		return Added, nil
	case sample.SyncVersion <= known.version:
		return Unchanged, nil
	}
	im.samples.sync[key] = synced{version: sample.SyncVersion}
	return Replaced, nil
}

// replacedSamples returns the tombstones of the samples that this import's
// samples replace by their syncIdentifiers.
func (im *Import) replacedSamples(ctx context.Context, base *state) ([]tombstone, error) {
	if im.samples.sync == nil {
		return nil, nil
	}
	older, err := im.session.syncIndexOf(ctx, base, anySegment)
	if err != nil {
		return nil, err
	}
	var tombstones []tombstone
	newest := map[syncKey]tombstone{} // what would bury the newest sample so far
	for place, one := range im.staged {
		if one.Kind != kindSamples || !one.summary.Sync {
			continue
		}
		table, err := im.tableOf(ctx, one)
		if err != nil {
			return nil, err
		}
		for at := range table.Rows() {
			o := object{table: table, at: at}
			if o.text(columnSyncIdentifier) == "" {
				continue
			}
			key := syncKeyOf(o)
			grave := im.buryStaged(place, o)
			if before, ok := newest[key]; ok && before.object.SyncVersion < grave.object.SyncVersion {
				tombstones = append(tombstones, before)
				newest[key] = grave
			} else if ok {
				tombstones = append(tombstones, grave)
			} else {
				newest[key] = grave
			}
		}
	}
	for key, grave := range newest {
		replaced, ok := older[key]
		switch {
		case ok && replaced.version >= grave.object.SyncVersion: // another tab saved it meanwhile
			tombstones = append(tombstones, grave)
		case ok:
			tombstones = append(tombstones, bury(replaced.object))
		}
	}
	return tombstones, nil
}
