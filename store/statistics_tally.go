package store

import (
	"math"

	"github.com/keepwell-health/keepwell/store/internal/overlap"
	"github.com/keepwell-health/keepwell/store/unit"
)

// tally holds the figures of some sources together, stretch by stretch, in the
// type's unit. What was not asked for is nil.
type tally struct {
	plan  *statisticsPlan
	edges []int64

	sums      []float64 // NaN: no sample
	durations []float64 // ms; NaN: no sample
	spreads   []spread
	recents   []recent
}

// spread gathers the average, least and greatest value of a stretch.
type spread struct {
	count            int
	weighted, weight float64
	min, max         float64
}

// recent is the sample that ends last, if any.
type recent struct {
	found  bool
	sample overlap.Interval
}

// tally computes the figures of sources, which are in order of priority.
func (r *statisticsRun) tally(sources []*contribution) *tally {
	t := &tally{plan: r.statisticsPlan, edges: r.edges}
	if r.want.sum {
		t.sums = t.merged(sources, func(run []overlap.Interval) []overlap.Interval { return run })
	}
	if r.want.duration {
		t.durations = t.merged(sources, overlap.Cover)
	}
	if r.want.average || r.want.min || r.want.max {
		t.spreads = make([]spread, len(r.edges)-1)
	}
	if r.want.recent {
		t.recents = make([]recent, len(r.edges)-1)
	}
	for _, c := range sources {
		for _, one := range c.partials {
			t.addPartial(one)
		}
		t.addRecent(c.runs)
		for _, run := range c.runs {
			t.addSpread(run)
		}
	}
	return t
}

// merged sums what the sources measured, each moment once.
func (t *tally) merged(sources []*contribution, of func([]overlap.Interval) []overlap.Interval) []float64 {
	runs := make([][]overlap.Interval, len(sources))
	for at, c := range sources {
		runs[at] = of(c.joined)
	}
	buckets := overlap.NewBuckets(t.edges)
	overlap.Merge(runs, buckets.Add)
	return buckets.Sums
}

// addPartial adds samples that no other source competes with.
func (t *tally) addPartial(one partial) {
	if t.sums != nil {
		if math.IsNaN(t.sums[one.stretch]) {
			t.sums[one.stretch] = 0
		}
		t.sums[one.stretch] += one.sum
	}
	if t.spreads != nil {
		into := &t.spreads[one.stretch]
		into.widen(one.min, one.max, one.count)
		into.weighted += one.sum
		into.weight += float64(one.count)
	}
}

// each calls yield for every sample of a run with every stretch that it
// overlaps. An instant overlaps the stretch that it lies in.
func (t *tally) each(run []overlap.Interval, yield func(stretch int, sample overlap.Interval)) {
	first := 0
	for _, sample := range run {
		for first+1 < len(t.edges) && t.edges[first+1] <= sample.Start {
			first++
		}
		for at := first; at+1 < len(t.edges); at++ {
			if sample.Start < t.edges[at] && sample.End <= t.edges[at] {
				break
			}
			yield(at, sample)
		}
	}
}

// instantWeight is what an instant weighs beside samples that last, in ms.
const instantWeight = 1000

func (t *tally) addSpread(run []overlap.Interval) {
	if t.spreads == nil {
		return
	}
	averaging := t.plan.known.Averaging
	t.each(run, func(at int, sample overlap.Interval) {
		into := &t.spreads[at]
		into.widen(sample.Value, sample.Value, 1)
		weight, value := 1.0, sample.Value
		if averaging != AveragingArithmetic {
			lasted := min(sample.End, t.edges[at+1]) - max(sample.Start, t.edges[at])
			weight = float64(max(lasted, instantWeight))
		}
		if averaging == AveragingContinuousLevel {
			value = math.Pow(10, value/10)
		}
		into.weighted += weight * value
		into.weight += weight
	})
}

func (s *spread) widen(least, greatest float64, count int) {
	if s.count == 0 {
		s.min, s.max = least, greatest
	}
	s.min, s.max = min(s.min, least), max(s.max, greatest)
	s.count += count
}

// addRecent looks for the sample that ends last among those of one source, whose
// runs are in the order in which they were taken in.
func (t *tally) addRecent(runs [][]overlap.Interval) {
	if t.recents == nil {
		return
	}
	own := make([]recent, len(t.recents))
	for _, run := range runs {
		t.each(run, func(at int, sample overlap.Interval) {
			if best := own[at]; !best.found || !later(best.sample, sample) {
				own[at] = recent{true, sample}
			}
		})
	}
	for at, one := range own {
		if best := t.recents[at]; one.found && (!best.found || later(one.sample, best.sample)) {
			t.recents[at] = one
		}
	}
}

// later reports whether a ends after b, or then and starts after it.
func later(a, b overlap.Interval) bool {
	return a.End > b.End || a.End == b.End && a.Start > b.Start
}

// figures returns what was asked for of a stretch, in the unit asked for.
func (t *tally) figures(at int) Figures {
	var f Figures
	want, scale := t.plan.want, t.plan.scale
	if t.sums != nil && !math.IsNaN(t.sums[at]) {
		f.Sum = figure(scale.Apply(t.sums[at]))
	}
	if t.durations != nil && !math.IsNaN(t.durations[at]) {
		f.Duration = figure(t.durations[at] / 1000)
	}
	if t.spreads != nil && t.spreads[at].count > 0 {
		s := t.spreads[at]
		if want.average {
			f.Average = figure(scale.Apply(s.average(t.plan.known.Averaging)))
		}
		if want.min {
			f.Min = figure(scale.Apply(s.min))
		}
		if want.max {
			f.Max = figure(scale.Apply(s.max))
		}
	}
	if t.recents != nil && t.recents[at].found {
		sample := t.recents[at].sample
		f.MostRecent = &RecentValue{unit.Round(scale.Apply(sample.Value)), sample.Start, sample.End}
	}
	return f
}

func (s *spread) average(averaging Averaging) float64 {
	mean := s.weighted / s.weight
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
