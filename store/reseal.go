package store

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// Rekeyed is what a Sealer may be besides: one whose key takes the place of a
// former one, under which values are still sealed.
type Rekeyed interface {
	// Retired reports whether a former key is still kept.
	Retired() bool
	// Stale reports whether a value was sealed under a former key.
	Stale(sealed []byte) bool
	// DropRetired forgets the former keys: what is sealed under them is lost.
	DropRetired(ctx context.Context) error
}

// resealing is the part of a compaction that seals every value anew which a
// former key had sealed, and then has that key dropped. Values are replaced one
// by one where they are: each opens before and after.
type resealing struct {
	compaction *Compaction
	claimed    bool     // no tab that knows only the former key can commit any more
	keys       []string // still to look at; nil: not listed yet
	listed     bool
}

// What is sealed, by the prefixes of its keys, but for the head and the epoch,
// which change by commits.
var (
	recordKeys   = []string{indexKeys, segmentKeys}                // by the sealer of records
	metadataKeys = []string{appKeys, logKeys, orderKey, backupKey} // by Options.Permissions, and in place
)

// step seals some values anew and reports whether all is done.
func (r *resealing) step(ctx context.Context) (done bool, err error) {
	key, ok := r.compaction.session.sealer.(Rekeyed)
	if !ok || !key.Retired() {
		return true, nil
	}
	switch {
	case !r.claimed:
		return false, r.claim(ctx)
	case !r.listed:
		return false, r.list(ctx)
	case len(r.keys) > 0:
		return false, r.values(ctx, key)
	}
	return r.finish(ctx, key)
}

// claim keeps every tab from committing that knows only the former key: it can't
// read the new epoch. From then on the values to seal anew only become fewer.
func (r *resealing) claim(ctx context.Context) error {
	c := r.compaction
	err := c.session.claimEpoch(ctx, c.epoch, unnamed{})
	if errors.Is(err, ErrConflict) {
		return errFenced
	}
	c.epoch, r.claimed = c.session.anyEpoch(), err == nil
	return err
}

func (r *resealing) list(ctx context.Context) error {
	r.keys = nil
	for _, prefix := range slices.Concat(metadataKeys, recordKeys) {
		keys, err := r.compaction.session.backend.Keys(ctx, prefix, after(prefix))
		if err != nil {
			return err
		}
		r.keys = append(r.keys, keys...)
	}
	r.listed = true
	return nil
}

// resealBytes bounds the values of one step, which are in memory twice.
const resealBytes = 2 << 20

// values seals anew what is stale of the next keys.
func (r *resealing) values(ctx context.Context, key Rekeyed) error {
	batch := Batch{Expect: []Expectation{{epochKey, r.compaction.epoch}}}
	size, at := 0, 0
	for ; at < len(r.keys) && size < resealBytes; at++ {
		sealed, err := r.compaction.session.backend.Get(ctx, r.keys[at])
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		size += len(sealed)
		if !key.Stale(sealed) {
			continue
		}
		entry, err := r.seal(ctx, r.keys[at], sealed)
		if errors.Is(err, ErrSeal) {
			continue // damaged: it would not open with the former key either
		}
		if err != nil {
			return err
		}
		batch.Expect = append(batch.Expect, Expectation{r.keys[at], sealed})
		batch.Put = append(batch.Put, entry)
	}
	if len(batch.Put) > 0 {
		err := r.compaction.session.backend.Apply(ctx, batch)
		if errors.Is(err, ErrConflict) {
			return r.conflict(ctx)
		}
		if err != nil {
			return err
		}
	}
	r.compaction.result.Resealed += len(batch.Put)
	r.keys = r.keys[at:]
	return nil
}

// conflict tells a value that changed meanwhile, which the next step reads anew,
// from another tab that claimed the right to write.
func (r *resealing) conflict(ctx context.Context) error {
	if err := r.compaction.session.joinEpoch(ctx); err != nil {
		return err
	}
	if string(r.compaction.session.anyEpoch()) != string(r.compaction.epoch) {
		return errFenced
	}
	return nil
}

func (r *resealing) seal(ctx context.Context, key string, sealed []byte) (Entry, error) {
	sealer := r.compaction.session.sealer
	if slices.ContainsFunc(metadataKeys, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
		sealer = r.compaction.store.options.Permissions
	}
	plain, err := sealer.Open(ctx, key, sealed)
	if err != nil {
		return Entry{}, err
	}
	anew, err := sealer.Seal(ctx, key, plain)
	return Entry{key, anew}, err
}

// finish seals the head anew and drops the former keys, unless a value that is
// changed in place, not by commits, was sealed with them meanwhile.
func (r *resealing) finish(ctx context.Context, key Rekeyed) (done bool, err error) {
	c := r.compaction
	if head := c.session.state.Load().head; head != nil && key.Stale(head) {
		return false, c.store.commit(ctx, c.session, func() []byte { return c.epoch }, func(*state) (*change, error) {
			return &change{}, nil
		})
	}
	if c.store.Integrity() != IntegrityOK { // the journal waits: a compaction after Accept drops the keys
		return true, nil
	}
	if err := c.store.mergeJournal(ctx); err != nil { // its entries need the former keys
		return false, err
	}
	if stale, err := r.anyStale(ctx, key); err != nil || stale {
		r.listed = false
		return false, err
	}
	if err := key.DropRetired(ctx); err != nil {
		return false, err
	}
	c.result.Dropped = true
	return true, nil
}

// anyStale looks at the values that other tabs change without the epoch.
func (r *resealing) anyStale(ctx context.Context, key Rekeyed) (bool, error) {
	stale := false
	for _, prefix := range metadataKeys {
		err := r.compaction.session.backend.Scan(ctx, prefix, after(prefix), func(at string, sealed []byte) error {
			if key.Stale(sealed) {
				_, err := r.seal(ctx, at, sealed)
				stale = stale || err == nil
			}
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return stale, nil
}
