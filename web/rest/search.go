package rest

import (
	"cmp"
	"context"
	"slices"

	"github.com/keepwell-health/keepwell/store"
)

// hit is a resource that matches, and what it is sorted by.
type hit struct {
	sample store.Sample
	keys   []sortValue
}

// sortValue is a resource's value of a sort key.
type sortValue struct {
	missing bool
	time    int64 // ms since the Unix epoch
	text    string
}

func (s *server) search(ctx context.Context, q *search) ([]byte, error) {
	hits, err := s.matching(ctx, q)
	if err != nil {
		return nil, err
	}
	q.order(hits)
	page := hits[min(q.offset, len(hits)):]
	page = page[:min(q.count, len(page))]
	if q.onlyCount {
		page = nil
	}
	b := &bundle{total: len(hits), links: q.links(len(hits))}
	for _, h := range page {
		raw, err := s.records.Resource(ctx, h.sample.UUID)
		if err != nil {
			return nil, err
		}
		if err := b.add(h.sample, raw, "match"); err != nil {
			return nil, err
		}
	}
	if err := s.include(ctx, q, b); err != nil {
		return nil, err
	}
	for at := range b.entries {
		s.records.Give(&b.entries[at].sample)
	}
	return b.appendJSON(nil), nil
}

// matching returns what fulfils every parameter. Resources are read where the index
// can't decide.
func (s *server) matching(ctx context.Context, q *search) ([]hit, error) {
	samples, err := s.find(ctx, q.resourceType, store.FHIRMatch{ResourceType: q.resourceType, Identifier: q.onlyID()})
	if err != nil {
		return nil, err
	}
	read := func(uuid string) ([]byte, error) { return s.records.Resource(ctx, uuid) }
	hits := []hit{}
	for at := range samples {
		c := &candidate{sample: samples[at], read: read}
		accepted, err := q.accepts(c)
		if err != nil {
			return nil, err
		}
		if !accepted {
			continue
		}
		keys, err := q.sortValues(c)
		if err != nil {
			return nil, err
		}
		hits = append(hits, hit{c.sample, keys})
	}
	return hits, nil
}

// onlyID returns the id that every match must have, or "".
func (q *search) onlyID() string {
	for _, f := range q.filters {
		if f.definition.name == "_id" && !f.not && len(f.tokens) == 1 {
			return f.tokens[0].code
		}
	}
	return ""
}

func (q *search) accepts(c *candidate) (bool, error) {
	for at := range q.filters {
		if holds, err := q.filters[at].holds(c); err != nil || !holds {
			return false, err
		}
	}
	return true, nil
}

func (q *search) sortValues(c *candidate) ([]sortValue, error) {
	var values []sortValue
	for _, key := range q.sort {
		if key.definition.name == "_id" {
			values = append(values, sortValue{text: c.sample.FHIR.Identifier})
			continue
		}
		when, dated, err := key.definition.time(c, nil)
		if err != nil {
			return nil, err
		}
		values = append(values, sortValue{missing: !dated, time: when.from})
	}
	return values, nil
}

// order sorts as asked, what has no value last: the newest first unless told.
func (q *search) order(hits []hit) {
	slices.SortStableFunc(hits, func(a, b hit) int {
		for at, key := range q.sort {
			if order := a.keys[at].compare(b.keys[at], key.ascending); order != 0 {
				return order
			}
		}
		if len(q.sort) == 0 {
			if order := cmp.Compare(b.sample.StartDate, a.sample.StartDate); order != 0 {
				return order
			}
		}
		return cmp.Compare(a.sample.UUID, b.sample.UUID)
	})
}

func (v sortValue) compare(other sortValue, ascending bool) int {
	if v.missing != other.missing {
		if v.missing {
			return 1
		}
		return -1
	}
	order := cmp.Or(cmp.Compare(v.time, other.time), cmp.Compare(v.text, other.text))
	if !ascending {
		return -order
	}
	return order
}
