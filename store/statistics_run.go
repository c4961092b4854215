package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/keepwell-health/keepwell/store/internal/overlap"
	"github.com/keepwell-health/keepwell/store/unit"
)

// errNothing is the same for a type that is denied and one without samples.
var errNothing error = Errorf(CodeNoData, "no sample matches")

// piece is a segment in a query's range: opened, or represented by the partial
// results in its summary.
type piece struct {
	one     *segment
	samples series
	opened  bool

	summed  bool // the summary's figures are those of every sample
	alone   bool // while its samples last only one source has any
	stretch int  // that holds all its samples, or -1
}

// statisticsRun is one run of a plan on a state.
type statisticsRun struct {
	*statisticsPlan
	store   *Store
	session *session
	state   *state
	pieces  []*piece

	edges []int64 // of the stretches, cut to the range that the figures are of
	shown []int64 // of the stretches, as the result tells them

	ranks map[string]int // of the type's sources; nil until needed
}

func (p *statisticsPlan) run(ctx context.Context, s *Store, opened *session, now *state) ([]Statistics, error) {
	r := &statisticsRun{statisticsPlan: p, store: s, session: opened, state: now}
	r.choose()
	if len(r.pieces) == 0 {
		return nil, errNothing
	}
	if err := r.divide(ctx); err != nil {
		return nil, err
	}
	r.sumUp()
	found, err := r.compute(ctx)
	if err != nil {
		return nil, err
	}
	return r.result(found)
}

// choose picks the segments in the query's range.
func (r *statisticsRun) choose() {
	for _, one := range r.overlapping(r.state, r.state.table(r.id)) {
		if r.mayShow(one) {
			r.pieces = append(r.pieces, &piece{one: one, summed: r.stands(one.summary, one.dead.count), stretch: -1})
		}
	}
}

// mayShow reports whether a segment may have a visible sample.
func (r *statisticsRun) mayShow(one *segment) bool {
	if r.scope.read && one.Base <= r.scope.through && one.summary.Start.Max >= r.scope.since {
		return true
	}
	return r.scope.own != "" && one.has(r.scope.own)
}

// stands reports whether a summary can stand for the rows of its segment.
func (r *statisticsRun) stands(s *summary, dead int) bool {
	if !r.selectsAll() || dead > 0 {
		return false
	}
	return r.known.Kind == KindCategory || !slices.ContainsFunc(s.Groups, func(g summaryGroup) bool {
		_, fits := unit.Between(g.Unit, r.known.Unit)
		return g.Values != g.Count || !fits
	})
}

// open reads the rows of the pieces that are wanted.
func (r *statisticsRun) open(ctx context.Context, wanted func(*piece) bool) error {
	var closed []*piece
	for _, one := range r.pieces {
		if !one.opened && wanted(one) {
			closed = append(closed, one)
		}
	}
	return concurrently(len(closed), func(at int) (err error) {
		if err := ctx.Err(); err != nil {
			return err
		}
		closed[at].samples, err = r.seriesOf(ctx, r.session, closed[at].one)
		closed[at].opened = true
		return err
	})
}

// divide finds the stretches.
func (r *statisticsRun) divide(ctx context.Context) error {
	span, end := r.bounds, r.dates.to
	if span.from <= firstInstant || span.to > lastInstant {
		reach, last, err := r.reach(ctx)
		if err != nil {
			return err
		}
		span = span.and(reach)
		if end > lastInstant {
			end = last
		}
	}
	if span.from >= span.to {
		return errNothing
	}
	r.edges = []int64{span.from, span.to}
	if r.periods == nil {
		r.shown = []int64{r.dates.from, end}
		if r.shown[0] <= firstInstant {
			r.shown[0] = span.from
		}
		return nil
	}
	bounds, ok := r.periods.Bounds(span.from, span.to, maxStretches)
	if !ok {
		return Errorf(CodeDataSizeExceeded, "the samples reach over more than %d intervals", maxStretches)
	}
	r.shown, r.edges = bounds, slices.Clone(bounds)
	r.edges[0] = max(bounds[0], span.from)
	r.edges[len(bounds)-1] = min(bounds[len(bounds)-1], span.to)
	return nil
}

// reach returns the interval that the samples lie in, and when the last one
// ends: an instant, which lies in an interval that begins with it, needs one
// more millisecond.
func (r *statisticsRun) reach(ctx context.Context) (reach interval, last int64, err error) {
	if err := r.open(ctx, func(one *piece) bool { return !one.summed }); err != nil {
		return reach, 0, err
	}
	reach, last = interval{lastInstant + 1, firstInstant}, firstInstant
	for _, one := range r.pieces {
		if one.summed {
			s := one.one.summary
			reach.from, last = min(reach.from, s.Start.Min), max(last, s.End.Max)
			reach.to = max(reach.to, s.End.Max, s.Start.Max+1)
		}
		for _, source := range one.samples {
			for _, sample := range source.samples {
				reach.from, last = min(reach.from, sample.Start), max(last, sample.End)
				reach.to = max(reach.to, sample.End, sample.Start+1)
			}
		}
	}
	return reach, last, nil
}

// sumUp finds the pieces whose partial results are enough: those that lie whole
// in one stretch, while one source alone has samples if that matters.
func (r *statisticsRun) sumUp() {
	if r.want.recent || r.want.duration || r.want.average && r.known.Averaging != AveragingArithmetic {
		return
	}
	if r.want.sum {
		r.findAlone()
	}
	for _, one := range r.pieces {
		if one.summed && !one.opened && (one.alone || !r.want.sum) {
			one.stretch = r.holding(one.one.summary)
		}
	}
}

// holding returns the stretch that holds every sample of a summary, or -1.
func (r *statisticsRun) holding(s *summary) int {
	at, exact := slices.BinarySearch(r.edges, s.Start.Min)
	if !exact {
		at--
	}
	if at < 0 || at+1 >= len(r.edges) || s.End.Max > r.edges[at+1] || s.Start.Max >= r.edges[at+1] {
		return -1
	}
	return at
}

// findAlone marks the pieces of every group that overlap in time, one by one, if
// all of the group's samples are of one source.
func (r *statisticsRun) findAlone() {
	slices.SortFunc(r.pieces, func(a, b *piece) int {
		return cmp.Compare(a.one.summary.Start.Min, b.one.summary.Start.Min)
	})
	for first := 0; first < len(r.pieces); {
		s := r.pieces[first].one.summary
		alone, end := true, s.End.Max
		next := first
		for ; next < len(r.pieces) && r.pieces[next].one.summary.Start.Min <= end; next++ {
			other := r.pieces[next].one.summary
			end = max(end, other.End.Max)
			for _, group := range other.Groups {
				alone = alone && group.SourceID == s.Groups[0].SourceID
			}
		}
		for ; first < next; first++ {
			r.pieces[first].alone = alone
		}
	}
}

// compute returns the figures of the stretches: directly where few samples must
// be looked at, else by cells that are kept for the next query.
func (r *statisticsRun) compute(ctx context.Context) (*tallies, error) {
	if r.rowsToOpen() > directRows && r.selectsAll() {
		if size := r.cellSize(); size > 0 {
			return r.computeByCells(ctx, size)
		}
	}
	if err := r.open(ctx, func(one *piece) bool { return one.stretch < 0 }); err != nil {
		return nil, err
	}
	return r.tally(ctx, r.pieces, r.edges)
}

// directRows is how many samples are looked at for one query without keeping
// what they gave: some milliseconds' worth in a browser.
var directRows = 4 * rowsPerSegment // tests set another number

func (r *statisticsRun) rowsToOpen() int {
	rows := 0
	for _, one := range r.pieces {
		if one.stretch < 0 {
			rows += one.one.Rows
		}
	}
	return rows
}

// contribution is what one source contributes.
type contribution struct {
	source   Source
	runs     [][]overlap.Interval // each by start, in the order in which they were taken in
	joined   []overlap.Interval   // runs as one; where sums or durations need it
	partials []partial
}

// partial holds the figures of some samples of one source, all in one stretch.
type partial struct {
	stretch  int
	count    int
	sum      float64
	min, max float64
}

// contributions gathers from pieces what each source contributes to a span, in
// the order of their priority if that matters.
func (r *statisticsRun) contributions(ctx context.Context, pieces []*piece, span interval) ([]*contribution, error) {
	var sources []*contribution
	bySource := map[string]*contribution{}
	of := func(id, name string) *contribution {
		c, known := bySource[id]
		if !known {
			c = &contribution{source: Source{ID: id}}
			bySource[id] = c
			sources = append(sources, c)
		}
		c.source.Name = name
		return c
	}
	slices.SortFunc(pieces, func(a, b *piece) int { return cmp.Compare(a.one.Base, b.one.Base) })
	for _, one := range pieces {
		if one.stretch >= 0 {
			for _, group := range one.one.summary.Groups {
				c := of(group.SourceID, group.SourceName)
				c.partials = append(c.partials, r.partialOf(group, one.stretch))
			}
			continue
		}
		for _, source := range one.samples {
			if run := within(source.samples, span); len(run) > 0 {
				c := of(source.id, source.name)
				c.runs = append(c.runs, run)
			}
		}
	}
	return sources, r.arrange(ctx, sources)
}

// partialOf returns the partial result of a group in the type's unit.
func (r *statisticsRun) partialOf(g summaryGroup, stretch int) partial {
	scale, _ := unit.Between(g.Unit, r.known.Unit)
	return partial{
		stretch: stretch, count: g.Count,
		sum: g.Sum*scale.Factor + float64(g.Count)*scale.Offset,
		min: scale.Apply(g.Min), max: scale.Apply(g.Max),
	}
}

// arrange puts sources in order of their priority, where that matters.
func (r *statisticsRun) arrange(ctx context.Context, sources []*contribution) error {
	if len(sources) < 2 || !r.want.sum && !r.want.recent && !r.want.bySource {
		return nil
	}
	if err := r.rank(ctx); err != nil {
		return err
	}
	slices.SortFunc(sources, func(a, b *contribution) int { return r.compareSources(a.source.ID, b.source.ID) })
	return nil
}

// rank learns the priority of the type's sources.
func (r *statisticsRun) rank(ctx context.Context) (err error) {
	if r.ranks == nil {
		r.ranks, err = r.store.sourceRanks(ctx, r.session, r.state, r.id, &r.scope)
	}
	return err
}

func (r *statisticsRun) compareSources(a, b string) int {
	return cmp.Or(cmp.Compare(r.place(a), r.place(b)), cmp.Compare(a, b))
}

// place returns where a source stands; one whose newest sample is damaged may
// not be known.
func (r *statisticsRun) place(source string) int {
	if place, known := r.ranks[source]; known {
		return place
	}
	return len(r.ranks)
}

// result writes down the figures.
func (r *statisticsRun) result(t *tallies) ([]Statistics, error) {
	stretches := len(r.edges) - 1
	if len(t.sources)*stretches > maxFigures {
		return nil, Errorf(CodeDataSizeExceeded, "that many sources and intervals are too much for one result")
	}
	found := make([]Statistics, stretches)
	some := false
	for at := range found {
		found[at].StartDate, found[at].EndDate = r.shown[at], r.shown[at+1]
		found[at].Figures = t.together.figures(r.statisticsPlan, at)
		some = some || found[at].Figures != Figures{}
	}
	if !some {
		return nil, errNothing
	}
	for _, one := range t.sources {
		for at := range found {
			if figures := one.figures(r.statisticsPlan, at); figures != (Figures{}) {
				found[at].Sources = append(found[at].Sources, SourceStatistics{one.source, figures})
			}
		}
	}
	return found, nil
}
