package rest

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
)

// hit is a resource that matches so far.
type hit struct {
	sample  store.Sample
	updated span // meta.lastUpdated; of no meaning unless asked for
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
	return b.appendJSON(nil), nil
}

// matching returns what fulfils every parameter. Bytes are read of what the
// index can't decide.
func (s *server) matching(ctx context.Context, q *search) ([]hit, error) {
	match := store.FHIRMatch{ResourceType: q.resourceType}
	if len(q.ids) == 1 {
		match.Identifier = q.ids[0]
	}
	samples, err := s.find(ctx, q.resourceType, match)
	if err != nil {
		return nil, err
	}
	hits := []hit{}
	for at := range samples {
		if !q.acceptsSample(&samples[at]) {
			continue
		}
		h := hit{sample: samples[at]}
		if q.readsBytes() {
			raw, err := s.records.Resource(ctx, h.sample.UUID)
			if err != nil {
				return nil, err
			}
			if !q.acceptsBytes(&h, raw) {
				continue
			}
		}
		hits = append(hits, h)
	}
	return hits, nil
}

// acceptsSample decides by what the index holds.
func (q *search) acceptsSample(s *store.Sample) bool {
	if q.ids != nil && !slices.Contains(q.ids, s.FHIR.Identifier) {
		return false
	}
	for _, alternatives := range q.dates {
		covered := relevant(s)
		if s.Undated || !slices.ContainsFunc(alternatives, func(m dateMatch) bool { return m.holds(covered) }) {
			return false
		}
	}
	// A status is a code: its system says nothing.
	return all(q.statuses, func(t token) bool { return t.anyOne || t.code == s.Status })
}

// all reports whether every parameter has a value that holds.
func all[T any](parameters [][]T, holds func(T) bool) bool {
	for _, alternatives := range parameters {
		if !slices.ContainsFunc(alternatives, holds) {
			return false
		}
	}
	return true
}

func (q *search) readsBytes() bool {
	sortsUpdated := slices.ContainsFunc(q.sort, func(k sortKey) bool { return k.name == "_lastUpdated" })
	return sortsUpdated || len(q.patients)+len(q.codes)+len(q.categories)+len(q.lastUpdated) > 0
}

// acceptsBytes decides by the resource itself. One that can't be read has no
// code and no patient, and so matches neither.
func (q *search) acceptsBytes(h *hit, raw []byte) bool {
	summary, err := fhir.Summarize(raw, h.sample.FHIR.Release)
	if err != nil {
		summary = fhir.Summary{}
	}
	h.updated = lastUpdated(raw, h.sample.DateAdded)
	return all(q.patients, func(p string) bool { return refersTo(summary.Subject, p) }) &&
		all(q.codes, func(t token) bool { return t.holds(summary.Codes) }) &&
		all(q.categories, func(t token) bool { return t.holds(summary.Categories) }) &&
		all(q.lastUpdated, func(m dateMatch) bool { return m.holds(h.updated) })
}

func (t token) holds(codings []fhir.Coding) bool {
	return slices.ContainsFunc(codings, func(c fhir.Coding) bool {
		return (t.anySystem || t.system == c.System) && (t.anyOne || t.code == c.Code)
	})
}

// refersTo reports whether a reference is to what a parameter names: an id, a
// relative reference or an address.
func refersTo(reference, named string) bool {
	if reference == "" {
		return false
	}
	named = strings.TrimPrefix(named, Base+"/")
	return reference == named || strings.HasSuffix(reference, "/"+named)
}

// lastUpdated returns meta.lastUpdated, or when the store took the resource in.
func lastUpdated(raw []byte, added int64) span {
	var resource struct {
		Meta struct {
			LastUpdated string `json:"lastUpdated"`
		} `json:"meta"`
	}
	if json.Unmarshal(raw, &resource) == nil {
		if d := fhir.ParseDateTime(resource.Meta.LastUpdated); !d.IsZero() {
			return spanOf(d)
		}
	}
	return span{added, added + 1}
}

// order sorts as asked: the newest first unless told.
func (q *search) order(hits []hit) {
	keys := q.sort
	if len(keys) == 0 {
		keys = []sortKey{{name: "date"}}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		for _, key := range keys {
			order := key.compare(&a, &b)
			if !key.ascending {
				order = -order
			}
			if order != 0 {
				return order
			}
		}
		return cmp.Compare(a.sample.UUID, b.sample.UUID)
	})
}

func (k sortKey) compare(a, b *hit) int {
	switch k.name {
	case "_id":
		return cmp.Compare(a.sample.FHIR.Identifier, b.sample.FHIR.Identifier)
	case "_lastUpdated":
		return cmp.Compare(a.updated.from, b.updated.from)
	}
	return cmp.Compare(a.sample.StartDate, b.sample.StartDate)
}
