package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// loadAttempts bounds how often a load starts anew because the store changed
// under it.
const loadAttempts = 8

// load returns the stored state, with the segments that before has and the
// store still names taken over from it.
func (opened *session) load(ctx context.Context, before *state) (*state, error) {
	var err error
	for range loadAttempts {
		var loaded *state
		var complete bool
		loaded, complete, err = opened.loadOnce(ctx, before)
		if err == nil && complete {
			return loaded, nil
		}
		if err == nil && bytes.Equal(loaded.head, before.head) {
			return loaded, nil // what is missing is missing for good
		}
		if err != nil {
			return nil, err
		}
		before = loaded
	}
	return before, nil
}

// loadOnce is load but for changes meanwhile: complete is false when an index
// was missing, which a compaction between reading the head and reading the
// index also causes.
func (opened *session) loadOnce(ctx context.Context, before *state) (loaded *state, complete bool, err error) {
	head, m, err := opened.readHead(ctx)
	if err != nil {
		return nil, false, err
	}
	known := map[segmentID]*segment{}
	for _, one := range before.segments {
		if !one.damaged {
			known[one.ID] = one
		}
	}
	values, err := opened.readIndexes(ctx, m, known)
	if err != nil {
		return nil, false, err
	}
	segments := make([]*segment, len(m.Segments))
	complete = true
	for at, entry := range m.Segments {
		if one, ok := known[entry.ID]; ok && one.segmentEntry == entry {
			segments[at] = one.undead()
			continue
		}
		segments[at] = newSegment(entry, values[entry.ID])
		complete = complete && values[entry.ID] != nil
	}
	loaded, _ = emptyState().extend(head, m, segments)
	return loaded, complete, nil
}

// readHead returns the head as stored and decoded. A store that was never
// committed to has none.
func (opened *session) readHead(ctx context.Context) ([]byte, *manifest, error) {
	head, err := opened.backend.Get(ctx, headKey)
	if errors.Is(err, ErrNotFound) {
		return nil, emptyState().manifest, nil
	}
	if err != nil {
		return nil, nil, err
	}
	plain, err := opened.unpack(ctx, headKey, head)
	if err != nil {
		return nil, nil, err
	}
	m, err := decodeManifest(plain)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return head, m, nil
}

// scanAbove is the number of missing indexes from which one scan is quicker
// than getting each.
const scanAbove = 16

// readIndexes returns the opened indexes of the segments that are not known. It
// leaves out what is missing or damaged.
func (opened *session) readIndexes(ctx context.Context, m *manifest, known map[segmentID]*segment) (map[segmentID][]byte, error) {
	wanted := map[string]segmentID{}
	for _, entry := range m.Segments {
		if known[entry.ID] == nil {
			wanted[entry.ID.indexKey()] = entry.ID
		}
	}
	sealed, err := opened.readSealed(ctx, slices.Sorted(maps.Keys(wanted)))
	if err != nil {
		return nil, err
	}
	// Opening waits for WebCrypto, so several are under way at once.
	var mu sync.Mutex
	plain := make(map[segmentID][]byte, len(sealed))
	err = concurrently(len(sealed), func(at int) error {
		value, err := opened.unpack(ctx, sealed[at].Key, sealed[at].Value)
		if errors.Is(err, errDamaged) {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		plain[wanted[sealed[at].Key]] = value
		return err
	})
	return plain, err
}

// readSealed returns the values of the keys that are there.
func (opened *session) readSealed(ctx context.Context, keys []string) ([]Entry, error) {
	var found []Entry
	if len(keys) <= scanAbove {
		for _, key := range keys {
			value, err := opened.backend.Get(ctx, key)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			found = append(found, Entry{key, value})
		}
		return found, nil
	}
	err := opened.backend.Scan(ctx, indexKeys, after(indexKeys), func(key string, value []byte) error {
		if _, ok := slices.BinarySearch(keys, key); ok {
			found = append(found, Entry{key, value})
		}
		return nil
	})
	return found, err
}

// after returns the key after all that begin with prefix.
func after(prefix string) string {
	return prefix[:len(prefix)-1] + string(prefix[len(prefix)-1]+1)
}

// newSegment decodes an index. One that is nil or malformed makes a damaged
// segment, whose rows are out of reach.
func newSegment(entry segmentEntry, index []byte) *segment {
	one := &segment{segmentEntry: entry}
	var err error
	if entry.Sparse {
		d := columnar.NewDecoder(index)
		if one.sparse, err = decodeSparse(d, &entry); err != nil {
			one.damaged = true
			return one
		}
		index = d.Raw(d.Len())
	}
	rows := -1
	if entry.Kind == kindSamples {
		if one.summary, err = decodeSummary(index); err == nil {
			rows = one.summary.Rows
		}
	} else {
		if one.table, err = columnar.Decode(tableShape, index); err == nil {
			rows = one.table.Rows()
		}
	}
	one.damaged = rows != entry.Rows
	return one
}

// concurrency is how many seals, opens or writes are under way at once.
const concurrency = 4

// concurrently calls work for 0 to count-1, a few at a time, and returns the
// first error. After an error no more calls begin.
func concurrently(count int, work func(at int) error) error {
	var wait sync.WaitGroup
	var mu sync.Mutex
	var failed error
	next := 0
	for range min(count, concurrency) {
		wait.Go(func() {
			for {
				mu.Lock()
				at, stop := next, failed != nil || next >= count
				next++
				mu.Unlock()
				if stop {
					return
				}
				if err := work(at); err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	wait.Wait()
	return failed
}

// changedTypes returns the types whose live objects differ between two states.
func changedTypes(before, after *state) []TypeID {
	changed := map[TypeID]bool{}
	for _, pair := range [][2]*state{{before, after}, {after, before}} {
		for id, t := range pair[0].types {
			if !sameObjects(pair[0], t, pair[1], pair[1].table(id)) {
				changed[id] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(changed))
}

// sameObjects compares the newest sequence numbers and the counts: any addition
// raises the first, any deletion lowers the second.
func sameObjects(a *state, ofA *typeTable, b *state, ofB *typeTable) bool {
	return ofA.live == ofB.live && a.newest(ofA) == b.newest(ofB)
}

// newest returns the greatest sequence number that an object of a type was
// given, or 0.
func (s *state) newest(t *typeTable) uint64 {
	newest := uint64(0)
	if len(t.records) > 0 {
		newest = s.at(t.records[len(t.records)-1]).sequence
	}
	for _, at := range t.samples {
		newest = max(newest, s.segments[at].end()-1)
	}
	return newest
}
