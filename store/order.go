package store

import (
	"cmp"
	"slices"
)

// sortKey is a column that samples can be sorted by.
type sortKey uint8

const (
	sortStart sortKey = iota
	sortEnd
	sortAdded
)

var sortKeys = map[string]sortKey{"startDate": sortStart, "endDate": sortEnd, "dateAdded": sortAdded}

func (k sortKey) of(o object) int64 {
	switch k {
	case sortEnd:
		return o.end()
	case sortAdded:
		return o.added()
	}
	return o.start()
}

// bounds returns the least and greatest key of a segment of samples.
func (k sortKey) bounds(s *summary) span {
	switch k {
	case sortEnd:
		return s.End
	case sortAdded:
		return s.Added
	}
	return s.Start
}

// order is one way to sort.
type order struct {
	key       sortKey
	ascending bool
}

// compare orders two keys.
func (o order) compare(a, b int64) int {
	if o.ascending {
		return cmp.Compare(a, b)
	}
	return cmp.Compare(b, a)
}

// order returns the live records of a type in an order, ties by sequence
// number. The first call for an order sorts; later ones are free.
func (t *typeTable) order(s *state, by order) []ref {
	t.mu.Lock()
	defer t.mu.Unlock()
	if sorted, ok := t.orders[by]; ok {
		return sorted
	}
	type keyed struct {
		key int64
		at  int // in t.records, which is by sequence number
	}
	keys := make([]keyed, len(t.records))
	for at, r := range t.records {
		keys[at] = keyed{by.key.of(s.at(r)), at}
	}
	slices.SortFunc(keys, func(a, b keyed) int {
		if order := by.compare(a.key, b.key); order != 0 {
			return order
		}
		return a.at - b.at
	})
	sorted := make([]ref, len(keys))
	for at, k := range keys {
		sorted[at] = t.records[k.at]
	}
	if t.orders == nil {
		t.orders = map[order][]ref{}
	}
	t.orders[by] = sorted
	return sorted
}
