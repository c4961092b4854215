package store

import (
	"context"
	"math"
	"slices"
	"unsafe"

	"github.com/keepwell-health/keepwell/store/internal/overlap"
	"github.com/keepwell-health/keepwell/store/unit"
)

// tallies holds the figures of all sources together and, when asked for, of each
// alone, by priority.
type tallies struct {
	together *tally
	sources  []sourceTally
}

type sourceTally struct {
	source Source
	*tally
}

// tally holds figures in the type's unit, one stretch of time after another.
// What was not asked for is nil.
type tally struct {
	sums      []float64 // NaN: no sample
	durations []float64 // ms; NaN: no sample
	spreads   []spread
	recents   []recent
}

// spread gathers the average, least and greatest value of a stretch.
type spread struct {
	min, max float64
	count    int // of samples that overlap it
	started  mean
	carried  mean // of samples that began before it
}

// mean is a weighted mean in the making.
type mean struct{ weighted, weight float64 }

func (m *mean) add(n mean) {
	m.weighted += n.weighted
	m.weight += n.weight
}

// recent is the sample that ends last, if any.
type recent struct {
	found  bool
	sample overlap.Interval
}

// tally computes figures of pieces, whose rows are opened or summed up.
func (r *statisticsRun) tally(ctx context.Context, pieces []*piece, edges []int64) (*tallies, error) {
	sources, err := r.contributions(ctx, pieces, interval{edges[0], edges[len(edges)-1]})
	if err != nil {
		return nil, err
	}
	if r.want.sum || r.want.duration {
		for _, c := range sources {
			c.joined = overlap.Join(slices.Clone(c.runs))
		}
	}
	t := &tallies{together: r.tallyOf(sources, edges)}
	if r.want.bySource {
		for at, c := range sources {
			t.sources = append(t.sources, sourceTally{c.source, r.tallyOf(sources[at:at+1], edges)})
		}
	}
	return t, nil
}

// newTally returns one without samples.
func (p *statisticsPlan) newTally(stretches int) *tally {
	t := &tally{}
	if p.want.sum {
		t.sums = unmeasured(stretches)
	}
	if p.want.duration {
		t.durations = unmeasured(stretches)
	}
	if p.want.average || p.want.min || p.want.max {
		t.spreads = make([]spread, stretches)
	}
	if p.want.recent {
		t.recents = make([]recent, stretches)
	}
	return t
}

func unmeasured(stretches int) []float64 {
	sums := make([]float64, stretches)
	for at := range sums {
		sums[at] = math.NaN()
	}
	return sums
}

// tallyOf computes the figures of sources, which are in order of priority.
func (r *statisticsRun) tallyOf(sources []*contribution, edges []int64) *tally {
	t := r.newTally(len(edges) - 1)
	if r.want.sum {
		t.sums = merged(sources, edges, func(run []overlap.Interval) []overlap.Interval { return run })
	}
	if r.want.duration {
		t.durations = merged(sources, edges, overlap.Cover)
	}
	for _, c := range sources {
		for _, one := range c.partials {
			t.addPartial(one)
		}
		t.addRecent(c.runs, edges)
		for _, run := range c.runs {
			t.addSpread(run, edges, r.known.Averaging)
		}
	}
	return t
}

// merged sums what the sources measured, each moment once.
func merged(sources []*contribution, edges []int64, of func([]overlap.Interval) []overlap.Interval) []float64 {
	runs := make([][]overlap.Interval, len(sources))
	for at, c := range sources {
		runs[at] = of(c.joined)
	}
	buckets := overlap.NewBuckets(edges)
	overlap.Merge(runs, buckets.Add)
	return buckets.Sums
}

// addPartial adds samples that no other source competes with.
func (t *tally) addPartial(one partial) {
	if t.sums != nil {
		addTo(t.sums, one.stretch, one.sum)
	}
	if t.spreads != nil {
		into := &t.spreads[one.stretch]
		into.widen(one.min, one.max, one.count)
		into.started.add(mean{one.sum, float64(one.count)})
	}
}

// addTo adds a sum where there may be none yet.
func addTo(sums []float64, at int, sum float64) {
	if math.IsNaN(sums[at]) {
		sums[at] = 0
	}
	sums[at] += sum
}

// each calls yield for every sample of a run with every stretch that it
// overlaps. An instant overlaps the stretch that it lies in.
func each(run []overlap.Interval, edges []int64, yield func(stretch int, sample overlap.Interval)) {
	first := 0
	for _, sample := range run {
		for first+1 < len(edges) && edges[first+1] <= sample.Start {
			first++
		}
		for at := first; at+1 < len(edges); at++ {
			if sample.Start < edges[at] && sample.End <= edges[at] {
				break
			}
			yield(at, sample)
		}
	}
}

func (t *tally) addSpread(run []overlap.Interval, edges []int64, averaging Averaging) {
	if t.spreads == nil {
		return
	}
	each(run, edges, func(at int, sample overlap.Interval) {
		into := &t.spreads[at]
		into.widen(sample.Value, sample.Value, 1)
		if averaging == AveragingArithmetic && sample.Start < edges[at] {
			into.carried.add(mean{sample.Value, 1})
		} else {
			into.started.add(averaging.of(sample, edges[at], edges[at+1]))
		}
	})
}

// instantWeight is what an instant weighs beside samples that last, in ms.
const instantWeight = 1000

// of returns what a sample adds to the average of a stretch.
func (a Averaging) of(sample overlap.Interval, from, to int64) mean {
	if a == AveragingArithmetic {
		return mean{sample.Value, 1}
	}
	weight := float64(instantWeight)
	if sample.End > sample.Start {
		weight = float64(min(sample.End, to) - max(sample.Start, from))
	}
	value := sample.Value
	if a == AveragingContinuousLevel {
		value = math.Pow(10, value/10)
	}
	return mean{weight * value, weight}
}

func (s *spread) widen(least, greatest float64, count int) {
	if count == 0 {
		return
	}
	if s.count == 0 {
		s.min, s.max = least, greatest
	}
	s.min, s.max = min(s.min, least), max(s.max, greatest)
	s.count += count
}

// addRecent looks for the sample that ends last among those of one source, whose
// runs are in the order in which they were taken in.
func (t *tally) addRecent(runs [][]overlap.Interval, edges []int64) {
	if t.recents == nil {
		return
	}
	own := make([]recent, len(t.recents))
	for _, run := range runs {
		each(run, edges, func(at int, sample overlap.Interval) {
			if best := own[at]; !best.found || !later(best.sample, sample) {
				own[at] = recent{true, sample}
			}
		})
	}
	for at := range own {
		t.recents[at].outdo(own[at])
	}
}

// outdo takes a sample that is later over.
func (r *recent) outdo(other recent) {
	if other.found && (!r.found || later(other.sample, r.sample)) {
		*r = other
	}
}

// later reports whether a ends after b, or then and starts after it.
func later(a, b overlap.Interval) bool {
	return a.End > b.End || a.End == b.End && a.Start > b.Start
}

// fold adds to a stretch the figures of those stretches of another tally, from
// first up to end, that it consists of; first tells whether it begins with them.
func (t *tally) fold(stretch int, begins bool, other *tally, first, end int) {
	for at := first; at < end; at++ {
		if t.sums != nil && !math.IsNaN(other.sums[at]) {
			addTo(t.sums, stretch, other.sums[at])
		}
		if t.durations != nil && !math.IsNaN(other.durations[at]) {
			addTo(t.durations, stretch, other.durations[at])
		}
		if t.spreads != nil {
			t.spreads[stretch].fold(&other.spreads[at], begins && at == first)
		}
		if t.recents != nil {
			t.recents[stretch].outdo(other.recents[at])
		}
	}
}

// fold adds a later part of the stretch. A sample that was carried into the part
// counted where it started, unless that was before the stretch.
func (s *spread) fold(part *spread, begins bool) {
	s.widen(part.min, part.max, part.count)
	s.started.add(part.started)
	if begins {
		s.carried = part.carried
	}
}

// figures returns what was asked for of a stretch, in the unit asked for.
func (t *tally) figures(p *statisticsPlan, at int) Figures {
	var f Figures
	if t.sums != nil && !math.IsNaN(t.sums[at]) {
		f.Sum = figure(p.scale.Apply(t.sums[at]))
	}
	if t.durations != nil && !math.IsNaN(t.durations[at]) {
		f.Duration = figure(t.durations[at] / 1000)
	}
	if t.spreads != nil && t.spreads[at].count > 0 {
		s := t.spreads[at]
		if p.want.average {
			f.Average = figure(p.scale.Apply(s.average(p.known.Averaging)))
		}
		if p.want.min {
			f.Min = figure(p.scale.Apply(s.min))
		}
		if p.want.max {
			f.Max = figure(p.scale.Apply(s.max))
		}
	}
	if t.recents != nil && t.recents[at].found {
		sample := t.recents[at].sample
		f.MostRecent = &RecentValue{unit.Round(p.scale.Apply(sample.Value)), sample.Start, sample.End}
	}
	return f
}

func (s *spread) average(averaging Averaging) float64 {
	mean := (s.started.weighted + s.carried.weighted) / (s.started.weight + s.carried.weight)
	if averaging == AveragingContinuousLevel {
		return 10 * math.Log10(mean)
	}
	return mean
}

// figure rounds a value. There is none where sums beyond all numbers cancelled
// each other out.
func figure(value float64) *float64 {
	if math.IsNaN(value) {
		return nil
	}
	value = unit.Round(value)
	return &value
}

// size is about how much memory it takes, in bytes.
func (t *tally) size() int {
	return 8*len(t.sums) + 8*len(t.durations) +
		int(unsafe.Sizeof(spread{}))*len(t.spreads) + int(unsafe.Sizeof(recent{}))*len(t.recents)
}
