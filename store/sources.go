package store

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
)

// Sources returns the sources of the samples of a type that the client sees, by
// name, without the versions and devices that a source may have several of. Its
// errors are those of Query.
func (c *Client) Sources(ctx context.Context, id TypeID) ([]Source, error) {
	if _, known := TypeByID(id); !known {
		return nil, Errorf(CodeInvalidArgument, "the type is not known")
	}
	sources, err := steady(ctx, c.store, func() ([]Source, error) { return c.sources(ctx, id) })
	c.noteRead(AccessSources, id, len(sources), err)
	return sources, wrap(err, "listing the sources")
}

func (c *Client) sources(ctx context.Context, id TypeID) ([]Source, error) {
	sees, err := c.scope(ctx, id)
	if err != nil {
		return nil, err
	}
	opened, err := c.store.unlocked()
	if err != nil {
		return nil, err
	}
	names, err := opened.sources(ctx, opened.state.Load(), id, &sees)
	if err != nil {
		return nil, err
	}
	sources := make([]Source, 0, len(names))
	for _, id := range slices.Sorted(maps.Keys(names)) {
		sources = append(sources, Source{ID: id, Name: names[id]})
	}
	slices.SortStableFunc(sources, func(a, b Source) int { return cmp.Compare(a.Name, b.Name) })
	return sources, nil
}

// sources returns the names of the visible sources by their identifiers. Where
// a source has changed its name, the newest object's counts.
func (opened *session) sources(ctx context.Context, s *state, id TypeID, sees *scope) (map[string]string, error) {
	names := map[string]string{}
	t := s.table(id)
	for _, r := range t.recordsFor(sees) {
		if o := s.at(r); sees.sees(o) {
			names[o.text(columnSourceID)] = o.text(columnSourceName)
		}
	}
	for _, at := range s.samplesFor(t, sees) {
		one := s.segments[at]
		if sees.seesAll() {
			one.sourcesBySummary(names)
			continue
		}
		table, err := opened.samplesOf(ctx, one)
		if errors.Is(err, errDamaged) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for rowAt := range table.Rows() {
			o := object{table: table, at: rowAt, sequence: one.sequence(rowAt)}
			if !one.dead.has(rowAt) && sees.sees(o) {
				names[o.text(columnSourceID)] = o.text(columnSourceName)
			}
		}
	}
	return names, nil
}

// sourcesBySummary adds the sources that have live samples in a segment.
func (s *segment) sourcesBySummary(names map[string]string) {
	live := map[string]int{}
	for _, group := range s.summary.Groups {
		live[group.SourceID] += group.Count
	}
	for _, group := range s.summary.Groups {
		if live[group.SourceID] > s.deadBySource[group.SourceID] {
			names[group.SourceID] = group.SourceName
		}
	}
}
