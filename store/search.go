package store

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
)

// search is a checked query, ready to run on a state.
type search struct {
	id       TypeID
	scope    scope
	matches  matcher // nil: everything
	from, to int64   // every match overlaps this interval; ms since the Unix epoch
	by       []order // at least one
	skip     int
	limit    int // 0: no limit
}

// plan checks a query and returns the search for it, without its scope. The
// error is of CodeInvalidArgument.
func (opened *session) plan(q Query) (*search, error) {
	known, ok := TypeByID(q.Type)
	if !ok {
		return nil, Errorf(CodeInvalidArgument, "the type is not known")
	}
	if q.Limit < 0 || q.Offset < 0 {
		return nil, Errorf(CodeInvalidArgument, "the limit or offset is negative")
	}
	c := &compiler{known: known, number: opened.number}
	matches, err := c.compile(q.Predicate, 0)
	if err != nil {
		return nil, err
	}
	by, err := parseSort(q.Sort)
	if err != nil {
		return nil, err
	}
	from, to := q.Predicate.window()
	return &search{id: q.Type, matches: matches, from: from, to: to, by: by, skip: q.Offset, limit: q.Limit}, nil
}

// parseSort returns the orders to sort by: the newest start first when none is
// asked for.
func parseSort(sorts []Sort) ([]order, error) {
	if len(sorts) == 0 {
		return []order{{key: sortStart}}, nil
	}
	by := make([]order, len(sorts))
	for at, one := range sorts {
		key, ok := sortKeys[one.Key]
		if !ok || at >= len(sortKeys) {
			return nil, Errorf(CodeInvalidArgument, "a sort key is not one of startDate, endDate and dateAdded, or is repeated")
		}
		by[at] = order{key: key, ascending: one.Ascending}
	}
	return by, nil
}

// accepts reports whether an object is visible and fulfils the predicate.
func (q *search) accepts(o object) bool {
	return q.scope.sees(o) && (q.matches == nil || q.matches(o))
}

// enough returns how many objects must be found before the first ones are sure.
func (q *search) enough() int {
	if q.limit == 0 || q.limit > math.MaxInt-q.skip {
		return math.MaxInt
	}
	return q.skip + q.limit
}

func (q *search) compare(a, b object) int {
	for _, by := range q.by {
		if order := by.compare(by.key.of(a), by.key.of(b)); order != 0 {
			return order
		}
	}
	return cmp.Compare(a.sequence, b.sequence)
}

// run returns the objects that match, sorted and cut.
func (q *search) run(ctx context.Context, opened *session, s *state) ([]object, error) {
	t := s.table(q.id)
	found := q.records(s, t)
	found, err := q.samples(ctx, opened, s, t, found)
	if err != nil {
		return nil, err
	}
	found = found[min(q.skip, len(found)):]
	if q.limit > 0 && len(found) > q.limit {
		found = found[:q.limit]
	}
	return found, nil
}

// records returns the matching records, sorted; no more than enough of them.
func (q *search) records(s *state, t *typeTable) []object {
	if len(t.recordsFor(&q.scope)) == 0 {
		return nil
	}
	wanted := q.enough()
	if len(q.by) > 1 { // the first key does not tell which objects come first
		wanted = math.MaxInt
	}
	var found []object
	for _, r := range t.order(s, q.by[0]) {
		if o := s.at(r); q.accepts(o) {
			if found = append(found, o); len(found) >= wanted {
				break
			}
		}
	}
	if len(q.by) > 1 {
		slices.SortFunc(found, q.compare)
	}
	return found
}

// samples adds the matching samples to found, sorted; no more than enough. It
// opens segments by their best key, until no other can hold a better object.
func (q *search) samples(ctx context.Context, opened *session, s *state, t *typeTable, found []object) ([]object, error) {
	segments := q.overlapping(s, t)
	if len(segments) == 0 {
		return found, nil
	}
	first := q.by[0]
	slices.SortFunc(segments, func(a, b *segment) int {
		return first.compare(first.best(a.summary), first.best(b.summary))
	})
	for _, one := range segments {
		if wanted := q.enough(); len(found) >= wanted {
			worst := first.key.of(found[wanted-1])
			if first.compare(worst, first.best(one.summary)) < 0 {
				break
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		table, err := opened.samplesOf(ctx, one)
		if errors.Is(err, errDamaged) {
			continue // it costs its own samples only; Status tells
		}
		if err != nil {
			return nil, err
		}
		for at := range table.Rows() {
			o := object{table: table, at: at, sequence: one.sequence(at)}
			if !one.dead.has(at) && q.accepts(o) {
				found = append(found, o)
			}
		}
		slices.SortFunc(found, q.compare)
		found = found[:min(len(found), q.enough())]
	}
	return found, nil
}

// best returns the key that comes first in a segment.
func (by order) best(s *summary) int64 {
	bounds := by.key.bounds(s)
	if by.ascending {
		return bounds.Min
	}
	return bounds.Max
}

// overlapping returns the sample segments of a type that the search's interval
// overlaps, of those that may hold something visible.
func (q *search) overlapping(s *state, t *typeTable) []*segment {
	places := s.samplesFor(t, &q.scope)
	segments := make([]*segment, 0, len(places))
	for _, at := range places {
		one := s.segments[at]
		if one.summary.Start.Min < q.to && one.summary.End.Max >= q.from && one.live() > 0 {
			segments = append(segments, one)
		}
	}
	return segments
}
