package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// orderKey is the key of what the person set: the order of sources of every type.
const orderKey = "orders"

// Bounds of an order that the person sets.
const (
	maxOrderedSources = 1000
	maxSourceID       = 1024 // bytes
)

// sourceOrders is what the person set, as JSON under orderKey, sealed and padded
// like the grants of an app. Its field names are part of the stored format.
type sourceOrders struct {
	Format int                 `json:"format"` // formatVersion
	Types  map[TypeID][]string `json:"types"`  // Source.ID, the one that counts first in front
}

// orderCache keeps the orders last read with the bytes they were read from.
type orderCache struct {
	mu     sync.Mutex
	sealed []byte
	orders *sourceOrders
}

// SourceOrder returns the sources that have samples of a type in the order in
// which they count where several measured at the same time: first those that the
// person put in order, then the others. Of these wearables come first, since what
// is worn misses the least, the one with the newest sample in front; then the
// rest by name.
func (s *Store) SourceOrder(ctx context.Context, id TypeID) ([]Source, error) {
	if _, known := TypeByID(id); !known {
		return nil, Errorf(CodeInvalidArgument, "the type is not known")
	}
	opened, err := s.unlocked()
	if err != nil {
		return nil, err
	}
	sources, err := steady(ctx, s, func() ([]Source, error) {
		return s.rankSources(ctx, opened, opened.state.Load(), id, &everything)
	})
	return sources, wrap(err, "reading the order of sources")
}

// SetSourceOrder puts sources of a type in order, by their identifiers; those
// that it does not name count after them. No sources at all undo it.
func (s *Store) SetSourceOrder(ctx context.Context, id TypeID, sources []string) error {
	known, ok := TypeByID(id)
	if !ok || known.Kind != KindQuantity && known.Kind != KindCategory {
		return Errorf(CodeInvalidArgument, "the type has no order of sources")
	}
	if len(sources) > maxOrderedSources {
		return Errorf(CodeInvalidArgument, "an order has at most %d sources", maxOrderedSources)
	}
	seen := map[string]bool{}
	for _, source := range sources {
		if source == "" || len(source) > maxSourceID || seen[source] {
			return Errorf(CodeInvalidArgument, "a source is empty, too long or repeated")
		}
		seen[source] = true
	}
	opened, err := s.unlocked()
	if err != nil {
		return err
	}
	return wrap(s.storeOrder(ctx, opened, id, slices.Clone(sources)), "storing the order of sources")
}

// storeOrder writes the order of one type. It starts anew when another tab was
// quicker.
func (s *Store) storeOrder(ctx context.Context, opened *session, id TypeID, sources []string) error {
	for range commitAttempts {
		if err := opened.joinEpoch(ctx); err != nil {
			return err
		}
		before, stored, err := s.readOrders(ctx)
		if err != nil {
			return err
		}
		after := sourceOrders{Format: formatVersion, Types: map[TypeID][]string{}}
		maps.Copy(after.Types, before.Types)
		if after.Types[id] = sources; len(sources) == 0 {
			delete(after.Types, id)
		}
		sealed, err := s.sealOrders(ctx, &after)
		if err != nil {
			return err
		}
		err = s.backend.Apply(ctx, Batch{
			Expect: []Expectation{{orderKey, stored}, {epochKey, opened.anyEpoch()}},
			Put:    []Entry{{orderKey, sealed}},
		})
		if !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return ErrConflict
}

func (s *Store) sealOrders(ctx context.Context, orders *sourceOrders) ([]byte, error) {
	plain, err := json.Marshal(orders)
	if err != nil {
		return nil, err
	}
	padding := -len(plain) & (grantPadding - 1)
	return s.options.Permissions.Seal(ctx, orderKey, append(plain, bytes.Repeat([]byte(" "), padding)...))
}

// readOrders returns what the person set, which is shared, and its bytes as
// stored. What is damaged counts as not set.
func (s *Store) readOrders(ctx context.Context) (*sourceOrders, []byte, error) {
	none := &sourceOrders{}
	sealed, err := s.backend.Get(ctx, orderKey)
	if errors.Is(err, ErrNotFound) {
		return none, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	s.orders.mu.Lock()
	defer s.orders.mu.Unlock()
	if s.orders.orders != nil && bytes.Equal(s.orders.sealed, sealed) {
		return s.orders.orders, sealed, nil
	}
	plain, err := s.options.Permissions.Open(ctx, orderKey, sealed)
	if errors.Is(err, ErrSeal) {
		return none, sealed, nil
	}
	if err != nil {
		return nil, nil, err
	}
	read := &sourceOrders{}
	if err := json.Unmarshal(plain, read); err != nil || read.Format != formatVersion {
		return none, sealed, nil
	}
	s.orders.sealed, s.orders.orders = sealed, read
	return read, sealed, nil
}

// sourceRanks returns the places of the visible sources of a type in their order.
func (s *Store) sourceRanks(ctx context.Context, opened *session, now *state, id TypeID, sees *scope) (map[string]int, error) {
	sources, err := s.rankSources(ctx, opened, now, id, sees)
	ranks := make(map[string]int, len(sources))
	for at, source := range sources {
		ranks[source.ID] = at
	}
	return ranks, err
}

// rankSources returns the visible sources of a type in their order.
func (s *Store) rankSources(ctx context.Context, opened *session, now *state, id TypeID, sees *scope) ([]Source, error) {
	orders, _, err := s.readOrders(ctx)
	if err != nil {
		return nil, err
	}
	newest, err := opened.newestOfSources(ctx, now, id, sees)
	if err != nil {
		return nil, err
	}
	place := map[string]int{}
	for at, source := range orders.Types[id] {
		place[source] = at - len(orders.Types[id])
	}
	slices.SortFunc(newest, func(a, b newestSample) int {
		return cmp.Or(
			cmp.Compare(place[a.source.ID], place[b.source.ID]),
			cmp.Compare(b.wornAt(), a.wornAt()),
			cmp.Compare(a.source.Name, b.source.Name),
			cmp.Compare(a.source.ID, b.source.ID),
		)
	})
	sources := make([]Source, len(newest))
	for at, one := range newest {
		sources[at] = Source{ID: one.source.ID, Name: one.source.Name}
	}
	return sources, nil
}

// newestSample tells of a source by its sample that starts last.
type newestSample struct {
	source Source
	start  int64 // ms since the Unix epoch
}

// wornAt returns when a wearable was last active; any other source was before.
func (n newestSample) wornAt() int64 {
	if n.source.isWearable() {
		return n.start
	}
	return math.MinInt64
}

// rankCache keeps the newest samples of types of which nothing has changed.
type rankCache struct {
	mu     sync.Mutex
	tables map[TypeID]*typeTable
	newest map[TypeID][]newestSample
}

func (c *rankCache) get(id TypeID, t *typeTable) ([]newestSample, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.newest[id]), c.tables[id] == t
}

func (c *rankCache) put(id TypeID, t *typeTable, newest []newestSample) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tables == nil {
		c.tables, c.newest = map[TypeID]*typeTable{}, map[TypeID][]newestSample{}
	}
	c.tables[id], c.newest[id] = t, slices.Clone(newest)
}

// newestOfSources returns the newest visible sample of each source of a type.
func (opened *session) newestOfSources(ctx context.Context, now *state, id TypeID, sees *scope) ([]newestSample, error) {
	t := now.table(id)
	if sees.seesAll() {
		if newest, ok := opened.ranks.get(id, t); ok {
			return newest, nil
		}
	}
	found := map[string]newestSample{}
	places := now.samplesFor(t, sees)
	segments := make([]*segment, len(places))
	for at, place := range places {
		segments[at] = now.segments[place]
	}
	slices.SortStableFunc(segments, func(a, b *segment) int { return cmp.Compare(b.summary.Start.Max, a.summary.Start.Max) })
	for _, one := range segments {
		if err := opened.newestInSegment(ctx, one, sees, found); err != nil {
			return nil, err
		}
	}
	newest := slices.Collect(maps.Values(found))
	if sees.seesAll() {
		opened.ranks.put(id, t, newest)
	}
	return newest, nil
}

// newestInSegment adds what a segment, which starts no later than those before,
// tells of the sources. It is opened only when it can tell something new.
func (opened *session) newestInSegment(ctx context.Context, one *segment, sees *scope, found map[string]newestSample) error {
	missing := map[string]bool{}
	for _, group := range one.summary.Groups {
		known, ok := found[group.SourceID]
		if !ok || known.start < one.summary.Start.Max {
			missing[group.SourceID] = true
		}
	}
	if len(missing) == 0 || one.live() == 0 {
		return nil
	}
	table, err := opened.samplesOf(ctx, one)
	if errors.Is(err, errDamaged) {
		return nil
	}
	if err != nil {
		return err
	}
	rows := one.with(table)
	for at := table.Rows() - 1; at >= 0 && len(missing) > 0; at-- {
		o := rows.objectAt(at)
		if id := o.text(columnSourceID); missing[id] && !one.dead.has(at) && sees.sees(o) {
			delete(missing, id)
			if known, ok := found[id]; !ok || known.start < o.start() {
				found[id] = newestSample{o.source(), o.start()}
			}
		}
	}
	return nil
}

// wearables are words that the name of a worn device has, or its maker's.
var wearables = map[string]bool{
	"watch": true, "band": true, "bracelet": true, "ring": true, "strap": true, "wearable": true,
	"amazfit": true, "coros": true, "fitbit": true, "garmin": true, "oura": true,
	"polar": true, "suunto": true, "ultrahuman": true, "whoop": true,
}

// isWearable tells by its name and device whether a source is worn on the body.
func (s Source) isWearable() bool {
	words := strings.FieldsFunc(strings.ToLower(s.Name+" "+s.Device), func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(words, func(word string) bool {
		return wearables[word] || strings.HasSuffix(word, "watch") || strings.HasPrefix(word, "watch")
	})
}
