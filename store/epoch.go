package store

import (
	"bytes"
	"context"
	"errors"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// The epoch fences writers off. Its value is a sealed count that an import or a
// sweep raises to claim the right to write segments that no manifest names yet;
// every batch expects the value that its writer knows. So a sweep never races
// an import, a tab that was frozen during its turn can't go on when it wakes,
// and a tab that holds the keys of an erased store can't write into a new one.

// joinEpoch learns the epoch. It fails when the store was erased since, or is
// sealed with other keys.
func (opened *session) joinEpoch(ctx context.Context) error {
	sealed, err := opened.backend.Get(ctx, epochKey)
	if errors.Is(err, ErrNotFound) {
		return Errorf(CodeDatabaseInaccessible, "the store was erased")
	}
	if err != nil || bytes.Equal(*opened.epoch.Load(), sealed) {
		return err
	}
	if _, err := opened.epochNumber(ctx, sealed); errors.Is(err, errDamaged) {
		return Errorf(CodeDatabaseInaccessible, "the store has other keys now")
	} else if err != nil {
		return err
	}
	opened.epoch.Store(&sealed)
	return nil
}

// beginEpoch learns the epoch of a store whose keys are known to be right. It
// sets the first one in a new store, and a new one where it is damaged.
func (opened *session) beginEpoch(ctx context.Context) error {
	for range commitAttempts {
		sealed, err := opened.backend.Get(ctx, epochKey)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if sealed != nil {
			_, err = opened.epochNumber(ctx, sealed)
		}
		if err == nil {
			opened.epoch.Store(&sealed)
			return nil
		}
		if sealed != nil && !errors.Is(err, errDamaged) {
			return err
		}
		opened.mended = sealed != nil
		if err = opened.claimEpoch(ctx, sealed, unnamed{}); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return ErrConflict
}

func (opened *session) epochNumber(ctx context.Context, sealed []byte) (uint64, error) {
	plain, err := opened.unpack(ctx, epochKey, sealed)
	if err != nil {
		return 0, err
	}
	d := columnar.NewDecoder(plain)
	number := d.Uvarint()
	if d.End() != nil {
		return 0, errDamaged
	}
	return number, nil
}

// claimEpoch raises the epoch from previous and deletes what is unnamed in the
// same batch. The error wraps ErrConflict when another tab claimed it meanwhile,
// or when anything was committed since the unnamed was looked for.
func (opened *session) claimEpoch(ctx context.Context, previous []byte, doomed unnamed) error {
	number := uint64(0)
	if previous != nil {
		number, _ = opened.epochNumber(ctx, previous) // a damaged one counts from the start
	}
	e := &columnar.Encoder{}
	e.Uvarint(number + 1)
	claimed, err := opened.pack(ctx, epochKey, e.Bytes)
	if err != nil {
		return err
	}
	batch := Batch{Expect: []Expectation{{epochKey, previous}}, Put: []Entry{claimed}}
	if len(doomed.keys) > 0 {
		batch.Expect = append(batch.Expect, Expectation{headKey, doomed.head})
	}
	for _, key := range doomed.keys {
		batch.Delete = append(batch.Delete, Range{From: key})
	}
	if err := opened.backend.Apply(ctx, batch); err != nil {
		return err
	}
	opened.epoch.Store(&claimed.Value)
	return nil
}

// sweep deletes the segments that the manifest does not name: what a crash or a
// failed import left. An import under way in another tab fails by it.
func (opened *session) sweep(ctx context.Context) error {
	doomed, err := opened.unnamed(ctx)
	if err != nil || len(doomed.keys) == 0 {
		return err
	}
	err = opened.claimEpoch(ctx, *opened.epoch.Load(), doomed)
	if errors.Is(err, ErrConflict) {
		return nil // another tab is at work, and will sweep in its turn
	}
	return err
}

// unnamed are the segments that a head does not name. They may be deleted only
// while that is the head: what is listed may belong to a commit that came since.
type unnamed struct {
	keys []string
	head []byte
}

func (opened *session) unnamed(ctx context.Context) (unnamed, error) {
	now := opened.state.Load()
	named := map[string]bool{}
	for _, one := range now.segments {
		named[one.ID.segmentKey()] = true
		named[one.ID.indexKey()] = true
	}
	found := unnamed{head: now.head}
	for _, prefix := range []string{segmentKeys, indexKeys} {
		keys, err := opened.backend.Keys(ctx, prefix, after(prefix))
		if err != nil {
			return unnamed{}, err
		}
		for _, key := range keys {
			if !named[key] {
				found.keys = append(found.keys, key)
			}
		}
	}
	return found, nil
}
