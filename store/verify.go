package store

import (
	"context"
	"errors"
)

// Verification is what reading every stored value found.
type Verification struct {
	Values  int `json:"values"`  // that there are or should be
	Damaged int `json:"damaged"` // of these: missing, or not what was stored
}

// Verify reads and opens every value of the store. Segments that it finds damaged
// count in Status from then on.
func (s *Store) Verify(ctx context.Context) (Verification, error) {
	found, err := steady(ctx, s, func() (Verification, error) {
		v := &verification{store: s}
		err := v.run(ctx)
		return v.Verification, err
	})
	return found, wrap(err, "reading the stored values")
}

type verification struct {
	Verification
	store  *Store
	opened *session
}

func (v *verification) run(ctx context.Context) error {
	var err error
	if v.opened, err = v.store.unlocked(); err != nil {
		return err
	}
	for _, one := range v.opened.state.Load().segments {
		if err := v.segment(ctx, one); err != nil {
			return err
		}
	}
	for _, key := range []string{headKey, epochKey} {
		if err := v.value(ctx, key); err != nil {
			return err
		}
	}
	return v.metadata(ctx)
}

// segment reads what a segment stores, whatever of it is in memory.
func (v *verification) segment(ctx context.Context, one *segment) error {
	keys := []string{one.ID.indexKey()}
	if one.Kind != kindTombstones {
		keys = append(keys, one.ID.segmentKey())
	}
	for _, key := range keys {
		v.Values++
		_, err := v.opened.get(ctx, key)
		err = v.opened.note(ctx, one, err)
		if errors.Is(err, errDamaged) {
			v.Damaged++
		} else if err != nil {
			return err
		}
	}
	return nil
}

// value reads what is no segment's.
func (v *verification) value(ctx context.Context, key string) error {
	v.Values++
	_, err := v.opened.get(ctx, key)
	if errors.Is(err, errDamaged) {
		if key == headKey && v.opened.state.Load().head == nil && errors.Is(err, ErrNotFound) {
			v.Values-- // a store without a commit has none
			return nil
		}
		v.Damaged++
		return nil
	}
	return err
}

// metadata reads what is sealed by Options.Permissions.
func (v *verification) metadata(ctx context.Context) error {
	var entries []Entry
	for _, prefix := range metadataKeys {
		err := v.opened.backend.Scan(ctx, prefix, after(prefix), func(key string, sealed []byte) error {
			entries = append(entries, Entry{key, sealed})
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, entry := range entries {
		v.Values++
		_, err := v.store.options.Permissions.Open(ctx, entry.Key, entry.Value)
		if errors.Is(err, ErrSeal) {
			v.Damaged++
		} else if err != nil {
			return err
		}
	}
	return nil
}
