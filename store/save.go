package store

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
	"github.com/keepwell-health/keepwell/store/unit"
)

// maxSave bounds the samples of one call.
const maxSave = 10_000

// Save stores samples of quantity and category types as the client's own; their
// UUID, DateAdded and Source are set by the store, but that the source keeps
// its Version and Device. It is durable when it returns, with the UUIDs in the
// samples' order. A correlation comes with its samples, which share its
// syncIdentifier and its dates.
//
// A sample with a syncIdentifier replaces the client's sample of the same type
// and syncIdentifier when its syncVersion is greater; otherwise that one stays,
// and its UUID is returned (HKMetadataKeySyncVersion).
//
// One sample that is refused refuses them all. An app that may not write one of
// the types gets CodeAuthorizationNotDetermined or CodeAuthorizationDenied.
//
// While the store is locked and has a journal, an app's samples go there: they
// have no UUIDs then.
func (c *Client) Save(ctx context.Context, samples []Sample) ([]string, error) {
	if c.store.session.Load() == nil && c.store.journal != nil && c.origin != "" {
		return []string{}, c.store.journal.Save(ctx, c.origin, samples)
	}
	uuids, err := steady(ctx, c.store, func() ([]string, error) { return c.save(ctx, samples) })
	c.noteWrite(AccessSave, countTypes(samples), err)
	return uuids, wrap(err, "saving")
}

func (c *Client) save(ctx context.Context, samples []Sample) ([]string, error) {
	if len(samples) == 0 || len(samples) > maxSave {
		return nil, Errorf(CodeInvalidArgument, "a save takes 1 to %d samples", maxSave)
	}
	mine, err := c.mine(ctx, samples, c.store.options.Now().UnixMilli())
	if err != nil {
		return nil, err
	}
	opened, err := c.store.unlocked()
	if err != nil {
		return nil, err
	}
	asPlanned := func(planned *change) (*change, error) { return planned, nil }
	return c.store.saveAll(ctx, opened, mine, asPlanned)
}

// mine returns samples as the client's own, added at a time in ms, when it may
// write them.
func (c *Client) mine(ctx context.Context, samples []Sample, added int64) ([]Sample, error) {
	mine := make([]Sample, len(samples))
	types := make([]TypeID, len(samples))
	for at, sample := range samples {
		if err := checkSave(&sample); err != nil {
			return nil, err
		}
		mine[at], types[at] = sample, sample.Type
	}
	if err := correlate(mine); err != nil {
		return nil, err
	}
	name, err := c.mayShare(ctx, types)
	if err != nil {
		return nil, err
	}
	for at := range mine {
		mine[at].UUID, mine[at].DateAdded = "", added
		mine[at].Source.ID, mine[at].Source.Name = c.source(), name
	}
	return mine, nil
}

// checkSave refuses samples that no app and no person can write.
func checkSave(sample *Sample) error {
	if err := checkSample(sample); err != nil {
		return err
	}
	known, _ := TypeByID(sample.Type)
	switch {
	case !known.isWritable():
		return Errorf(CodeInvalidArgument, "samples of this type can't be saved")
	case known.Kind == KindCorrelation && (sample.Value != nil || sample.Unit != "" || sample.SyncIdentifier == ""):
		return Errorf(CodeInvalidArgument, "a correlation has a syncIdentifier and no value")
	case known.Kind != KindCorrelation && sample.Value == nil:
		return Errorf(CodeInvalidArgument, "the sample has no value")
	case sample.SyncVersion < 0 || sample.SyncVersion > 0 && sample.SyncIdentifier == "":
		return Errorf(CodeInvalidArgument, "the syncVersion is negative or has no syncIdentifier")
	}
	if known.Kind == KindCorrelation {
		return nil
	}
	if known.Kind == KindQuantity {
		if !unit.Compatible(sample.Unit, known.Unit) {
			return Errorf(CodeInvalidArgument, "the unit does not fit the type")
		}
		return nil
	}
	if _, named := known.Values[int(*sample.Value)]; len(known.Values) > 0 && !named || *sample.Value != math.Trunc(*sample.Value) {
		return Errorf(CodeInvalidArgument, "the value is not one of the type's")
	}
	return nil
}

// mayShare returns the name of the client's source when it may write all types.
func (c *Client) mayShare(ctx context.Context, types []TypeID) (name string, err error) {
	if c.origin == "" {
		return "", nil // pages name the person's own entries in their language
	}
	grants, err := c.store.grants(ctx, c.origin)
	if err != nil {
		return "", err
	}
	for _, id := range types {
		if err := grants.mayShare(id); err != nil {
			return "", err
		}
	}
	return grants.Description.Name, nil
}

// saving is one call of Save, planned on one state.
type saving struct {
	opened  *session
	samples []Sample
	uuids   []string
	change  change
	places  []place // of each sample in change; segment -1 where an older one stays
}

// place is a row of a segment of a change.
type place struct{ segment, row int }

// saveAll stores samples; also adds to the planned change, which is nil when all
// are there.
func (s *Store) saveAll(ctx context.Context, opened *session, samples []Sample, also func(planned *change) (*change, error)) ([]string, error) {
	var last *saving
	base := uint64(0)
	err := s.commit(ctx, opened, opened.anyEpoch, func(now *state) (*change, error) {
		last = &saving{opened: opened, samples: samples, uuids: make([]string, len(samples))}
		base = now.manifest.Next
		planned, err := last.plan(ctx, s, now)
		if err != nil {
			return nil, err
		}
		return also(planned)
	})
	if err != nil {
		return nil, err
	}
	last.name(base)
	return last.uuids, nil
}

// plan makes the change that saves the samples, or nil when all are there.
func (p *saving) plan(ctx context.Context, s *Store, now *state) (*change, error) {
	kept, err := p.resolve(ctx, now)
	if err != nil {
		return nil, err
	}
	p.places = make([]place, len(p.samples))
	for at := range p.places {
		p.places[at].segment = -1
	}
	for _, known := range catalogue {
		var rows []int
		for at := range p.samples {
			if kept[at] && p.samples[at].Type == known.ID {
				rows = append(rows, at)
			}
		}
		if len(rows) == 0 {
			continue
		}
		if err := p.add(ctx, s, rows); err != nil {
			return nil, err
		}
	}
	if len(p.change.segments) == 0 {
		return nil, nil
	}
	return &p.change, nil
}

// resolve tells which samples to keep: of several with one syncIdentifier the
// one with the greatest version, if the store has none as great.
func (p *saving) resolve(ctx context.Context, now *state) ([]bool, error) {
	kept := make([]bool, len(p.samples))
	newest := map[syncKey]int{}
	for at := range p.samples {
		kept[at] = p.samples[at].SyncIdentifier == ""
		if kept[at] {
			continue
		}
		key := p.samples[at].syncKey()
		if before, ok := newest[key]; !ok || p.samples[at].SyncVersion > p.samples[before].SyncVersion {
			newest[key] = at
		}
	}
	if len(newest) == 0 {
		return kept, nil
	}
	// Nothing is opened of what others saved: how long that takes would tell of it.
	types := countTypes(p.samples)
	source := p.samples[0].Source.ID // of all of them
	stored, err := p.opened.syncIndexOf(ctx, now, func(one *segment) bool {
		return types[one.summary.Type] > 0 && one.has(source)
	})
	if err != nil {
		return nil, err
	}
	for key, at := range newest {
		older, ok := stored[key]
		kept[at] = !ok || p.samples[at].SyncVersion > older.version
		if ok && kept[at] {
			p.change.tombstones = append(p.change.tombstones, bury(older.object))
		}
	}
	p.nameStored(stored, newest, kept)
	return kept, nil
}

// nameStored sets the UUIDs of samples in whose place a stored one stays.
func (p *saving) nameStored(stored syncIndex, newest map[syncKey]int, kept []bool) {
	for at := range p.samples {
		if p.samples[at].SyncIdentifier == "" {
			continue
		}
		key := p.samples[at].syncKey()
		if older, ok := stored[key]; ok && !kept[newest[key]] {
			p.uuids[at] = p.opened.uuid(older.object.sequence)
		}
	}
}

func (s *Sample) syncKey() syncKey { return syncKey{s.Source.ID, s.Type, s.SyncIdentifier} }

// add makes a segment of the samples at rows, which are of one type.
func (p *saving) add(ctx context.Context, s *Store, rows []int) error {
	slices.SortStableFunc(rows, func(a, b int) int {
		return order{ascending: true}.compare(p.samples[a].StartDate, p.samples[b].StartDate)
	})
	builder := columnar.NewBuilder(tableShape)
	line := columnar.NewRow(tableShape)
	for rowAt, at := range rows {
		fill(line, &p.samples[at])
		builder.Append(line)
		p.places[at] = place{len(p.change.segments), rowAt}
	}
	table := builder.Table()
	one := &segment{summary: summarize(table)}
	one.Kind, one.Rows = kindSamples, table.Rows()
	if err := s.nameSegment(one); err != nil {
		return err
	}
	entries, err := p.opened.packSamples(ctx, one, table)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		one.Bytes += int64(len(entry.Value))
	}
	p.change.segments = append(p.change.segments, one)
	p.change.put = append(p.change.put, entries...)
	return nil
}

// name sets the UUIDs of the samples that were added, whose segments follow
// each other from the sequence number base on. A sample that lost to another of
// this call by its syncVersion has that one's UUID.
func (p *saving) name(base uint64) {
	bases := make([]uint64, len(p.change.segments))
	for at, one := range p.change.segments {
		bases[at] = base
		base += uint64(one.Rows)
	}
	added := map[syncKey]string{}
	for at, where := range p.places {
		if where.segment >= 0 {
			p.uuids[at] = p.opened.uuid(bases[where.segment] + uint64(where.row))
			added[p.samples[at].syncKey()] = p.uuids[at]
		}
	}
	for at := range p.samples {
		if p.uuids[at] == "" {
			p.uuids[at] = added[p.samples[at].syncKey()]
		}
	}
}

// Delete removes objects; all of them or none. An app deletes only what it
// saved: any other UUID is an invalid argument, whether the object exists or
// not. The person deletes anything.
func (c *Client) Delete(ctx context.Context, uuids []string) error {
	counts, err := steady(ctx, c.store, func() (map[TypeID]int, error) { return c.delete(ctx, uuids) })
	c.noteWrite(AccessDelete, counts, err)
	return wrap(err, "deleting")
}

func (c *Client) delete(ctx context.Context, uuids []string) (map[TypeID]int, error) {
	if len(uuids) == 0 || len(uuids) > maxSave {
		return nil, Errorf(CodeInvalidArgument, "a deletion takes 1 to %d objects", maxSave)
	}
	opened, err := c.store.unlocked()
	if err != nil {
		return nil, err
	}
	var counts map[TypeID]int
	err = c.store.commit(ctx, opened, opened.anyEpoch, func(now *state) (*change, error) {
		var planned change
		counts = map[TypeID]int{}
		seen := map[uint64]bool{}
		for _, uuid := range uuids {
			o, err := opened.deletable(ctx, now, c, uuid)
			if err != nil {
				return nil, err
			}
			if seen[o.sequence] {
				continue
			}
			seen[o.sequence] = true
			counts[TypeID(o.text(columnType))]++
			planned.tombstones = append(planned.tombstones, bury(o))
		}
		_, err := c.mayShare(ctx, slices.Sorted(maps.Keys(counts)))
		return &planned, err
	})
	return counts, err
}

// deletable returns the object of a UUID when the client may delete it.
func (opened *session) deletable(ctx context.Context, now *state, c *Client, uuid string) (object, error) {
	refused := Errorf(CodeInvalidArgument, "there is no such object to delete")
	sequence, ok := opened.number(uuid)
	if !ok {
		return object{}, refused
	}
	one, at, ok := now.find(sequence)
	if !ok {
		return object{}, refused
	}
	if c.origin != "" && !one.has(c.source()) { // before it is opened: see visible
		return object{}, refused
	}
	o := object{table: one.table, at: at, sequence: sequence}
	if one.Kind == kindSamples {
		table, err := opened.samplesOf(ctx, one)
		if errors.Is(err, errDamaged) {
			return object{}, refused
		}
		if err != nil {
			return object{}, err
		}
		o.table = table
	}
	if c.origin != "" && o.text(columnSourceID) != c.source() {
		return object{}, refused
	}
	return o, nil
}
