package store_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// The model computes statistics of samples minute by minute, from what a query
// with the same predicate returns. Every date is on a whole minute.
type statisticsModel struct {
	samples  []store.Sample
	priority map[string]int // of a Source.ID: 0 counts first
}

// covers reports whether a sample lasts through the minute that begins at an
// instant.
func covers(s store.Sample, at int64) bool { return s.StartDate <= at && at < s.EndDate }

func isInstant(s store.Sample) bool { return s.StartDate == s.EndDate }

// overlaps reports whether a sample overlaps [from, to).
func overlaps(s store.Sample, from, to int64) bool {
	return s.StartDate < to && (s.EndDate > from || s.StartDate >= from)
}

// of returns the model of one source's samples.
func (m statisticsModel) of(source string) statisticsModel {
	m.samples = slices.DeleteFunc(slices.Clone(m.samples), func(s store.Sample) bool { return s.Source.ID != source })
	return m
}

// sum adds minute by minute what the first source measured in it.
func (m statisticsModel) sum(from, to int64) *float64 {
	total, found := 0.0, false
	for at := from; at < to; at += minute {
		first := math.MaxInt
		for _, s := range m.samples {
			if covers(s, at) {
				first = min(first, m.priority[s.Source.ID])
			}
		}
		for _, s := range m.samples {
			switch {
			case covers(s, at) && m.priority[s.Source.ID] == first:
				total += *s.Value * minute / float64(s.EndDate-s.StartDate)
				found = true
			case isInstant(s) && s.StartDate == at && m.priority[s.Source.ID] <= first:
				total += *s.Value
				found = true
			}
		}
	}
	return some(total, found)
}

func some(value float64, found bool) *float64 {
	if !found {
		return nil
	}
	return &value
}

// duration counts the minutes that some sample covers.
func (m statisticsModel) duration(from, to int64) *float64 {
	seconds, found := 0.0, false
	for at := from; at < to; at += minute {
		if slices.ContainsFunc(m.samples, func(s store.Sample) bool { return covers(s, at) }) {
			seconds += 60
			found = true
		}
		found = found || slices.ContainsFunc(m.samples, func(s store.Sample) bool { return isInstant(s) && s.StartDate == at })
	}
	return some(seconds, found)
}

// spread returns average, least and greatest value.
func (m statisticsModel) spread(from, to int64, weighted bool) (average, least, greatest *float64) {
	total, weight := 0.0, 0.0
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range m.samples {
		if !overlaps(s, from, to) {
			continue
		}
		low, high = min(low, *s.Value), max(high, *s.Value)
		one := 1.0
		if weighted {
			one = max(1, float64(min(to, s.EndDate)-max(from, s.StartDate))/1000)
		}
		total += one * *s.Value
		weight += one
	}
	return some(total/weight, weight > 0), some(low, weight > 0), some(high, weight > 0)
}

func (m statisticsModel) recent(from, to int64) *store.RecentValue {
	var best *store.Sample
	for at := range m.samples {
		s := &m.samples[at]
		if overlaps(*s, from, to) && (best == nil || m.isLater(s, best)) {
			best = s
		}
	}
	if best == nil {
		return nil
	}
	return &store.RecentValue{Value: *best.Value, StartDate: best.StartDate, EndDate: best.EndDate}
}

func (m statisticsModel) isLater(a, b *store.Sample) bool {
	if a.EndDate != b.EndDate {
		return a.EndDate > b.EndDate
	}
	if a.StartDate != b.StartDate {
		return a.StartDate > b.StartDate
	}
	return m.priority[a.Source.ID] < m.priority[b.Source.ID] // no two of one source have the same dates
}

// figures computes what the options ask for.
func (m statisticsModel) figures(id store.TypeID, asked options, from, to int64) store.Figures {
	var f store.Figures
	average, least, greatest := m.spread(from, to, id == "heartRate")
	for _, option := range asked {
		switch option {
		case store.OptionCumulativeSum:
			f.Sum = m.sum(from, to)
		case store.OptionDuration:
			f.Duration = m.duration(from, to)
		case store.OptionDiscreteAverage:
			f.Average = average
		case store.OptionDiscreteMin:
			f.Min = least
		case store.OptionDiscreteMax:
			f.Max = greatest
		case store.OptionMostRecent:
			f.MostRecent = m.recent(from, to)
		}
	}
	return f
}

// sameFigures compares up to the last digits.
func sameFigures(a, b store.Figures) bool {
	near := func(a, b *float64) bool {
		return (a == nil) == (b == nil) && (a == nil || math.Abs(*a-*b) <= 1e-9*max(1, math.Abs(*a)))
	}
	recent := (a.MostRecent == nil) == (b.MostRecent == nil) && (a.MostRecent == nil || *a.MostRecent == *b.MostRecent)
	return near(a.Sum, b.Sum) && near(a.Average, b.Average) && near(a.Min, b.Min) && near(a.Max, b.Max) &&
		near(a.Duration, b.Duration) && recent
}

var modelOptions = map[store.TypeID]options{
	"stepCount":     {store.OptionCumulativeSum, store.OptionDuration, store.OptionMostRecent},
	"bodyMass":      {store.OptionDiscreteAverage, store.OptionDiscreteMin, store.OptionDiscreteMax, store.OptionDuration, store.OptionMostRecent},
	"heartRate":     {store.OptionDiscreteAverage, store.OptionDiscreteMin, store.OptionDiscreteMax},
	"sleepAnalysis": {store.OptionDuration},
}

var modelSources = []store.Source{phone, watch, scale}

// randomSamples returns samples of a type within some hours; no two of a source
// have the same dates.
func randomSamples(random *rand.Rand, id store.TypeID, taken map[string]bool) []store.Sample {
	known, _ := store.TypeByID(id)
	var samples []store.Sample
	for range random.IntN(8) {
		source := modelSources[random.IntN(len(modelSources))]
		start := random.Int64N(300)
		end := start + max(0, random.Int64N(90)-20)
		if key := fmt.Sprint(source.ID, start, end); !taken[key] {
			taken[key] = true
			value := float64(1 + random.IntN(5))
			samples = append(samples, measure(id, source, start*minute, end*minute, value, known.Unit))
		}
	}
	return samples
}

// randomPredicate returns a predicate, and whether its dates bound the figures.
func randomPredicate(random *rand.Rand, id store.TypeID) (p *store.Predicate, bounds bool) {
	start := random.Int64N(300) - 20
	dates := between(start, start+1+random.Int64N(200))
	sources := store.Predicate{Sources: []string{phone.ID, scale.ID}}
	switch random.IntN(7) {
	case 0:
		return nil, false
	case 1:
		return dates, true
	case 2:
		dates.StrictStart = true
		return dates, false
	case 3:
		return &store.Predicate{And: []store.Predicate{*dates, sources}}, true
	case 4:
		return &store.Predicate{Not: &sources}, false
	case 5:
		dates.End = nil
		return dates, true
	}
	if id == "sleepAnalysis" {
		return &store.Predicate{And: []store.Predicate{{Category: &store.CategoryMatch{Operator: ">", Value: 2}}, *dates}}, true
	}
	known, _ := store.TypeByID(id)
	return &store.Predicate{Quantity: &store.QuantityMatch{Operator: ">", Value: 2, Unit: known.Unit}}, false
}

// someOf returns at least one of several options.
func someOf(random *rand.Rand, all options) options {
	for {
		var picked options
		for _, one := range all {
			if random.IntN(2) == 0 {
				picked = append(picked, one)
			}
		}
		if len(picked) > 0 {
			return picked
		}
	}
}

func TestStatisticsAgainstModel(t *testing.T) { testAgainstModel(t, 5) }

// Over so many samples that their figures are kept by cells.
func TestStatisticsByCellsAgainstModel(t *testing.T) {
	defer store.SetDirectRows(-1)()
	testAgainstModel(t, 6)
}

func testAgainstModel(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1))
	for range 60 {
		for _, id := range slices.Sorted(maps.Keys(modelOptions)) { // the same samples in every run
			all := modelOptions[id]
			s := open(t, mem.New())
			taken := map[string]bool{}
			for range 1 + random.IntN(6) {
				importSamples(t, s, randomSamples(random, id, taken)...)
			}
			for range random.IntN(3) {
				if doomed := query(t, s.Person(), store.Query{Type: id, Limit: 1, Offset: random.IntN(4)}); len(doomed) > 0 {
					if err := s.Person().Delete(background, []string{doomed[0].UUID}); err != nil {
						t.Fatal(err)
					}
				}
			}
			order := random.Perm(len(modelSources))
			model := statisticsModel{priority: map[string]int{}}
			var ids []string
			for place, at := range order {
				model.priority[modelSources[at].ID] = place
				ids = append(ids, modelSources[at].ID)
			}
			if err := s.SetSourceOrder(background, id, ids); err != nil {
				t.Fatal(err)
			}
			for range 12 {
				predicate, bounds := randomPredicate(random, id)
				compareWithModel(t, s, model, id, predicate, bounds, someOf(random, all), int64(1+random.IntN(3)))
			}
		}
	}
}

// compareWithModel asks for a range and for its hours, and for each source's.
func compareWithModel(t *testing.T, s *store.Store, model statisticsModel, id store.TypeID, predicate *store.Predicate, bounds bool, asked options, hours int64) {
	t.Helper()
	model.samples = query(t, s.Person(), store.Query{Type: id, Predicate: predicate})
	from, to := int64(-1000*minute), int64(1000*minute)
	if bounds {
		dates := predicate
		for _, inner := range predicate.And {
			if inner.Start != nil {
				dates = &inner
			}
		}
		if from = *dates.Start; dates.End != nil {
			to = *dates.End
		}
	}
	asked = append(slices.Clone(asked), store.OptionSeparateBySource)
	result, err := s.Person().Statistics(background, store.StatisticsQuery{Type: id, Predicate: predicate, Options: asked})
	if len(model.samples) == 0 {
		wantCode(t, err, store.CodeNoData)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	compareStretch(t, model, id, asked, result.Statistics, from, to)

	collection, err := s.Person().StatisticsCollection(background, store.StatisticsCollectionQuery{
		Type: id, Predicate: predicate, Options: asked, Interval: store.CalendarInterval{Hour: int(hours)}, Anchor: new(int64),
	})
	if err != nil {
		t.Fatal(err)
	}
	stretches := collection.Statistics
	for at, one := range stretches {
		if length := hours * 60 * minute; one.EndDate-one.StartDate != length || one.StartDate%length != 0 {
			t.Fatalf("a stretch is %d to %d", one.StartDate, one.EndDate)
		}
		if at > 0 && one.StartDate != stretches[at-1].EndDate {
			t.Fatal("the stretches don't follow one another")
		}
		compareStretch(t, model, id, asked, one, max(from, one.StartDate), min(to, one.EndDate))
	}
	before, after := stretches[0].StartDate, stretches[len(stretches)-1].EndDate
	for _, sample := range model.samples {
		if max(from, sample.StartDate) < before || min(to, sample.EndDate) > after {
			t.Fatalf("a sample reaches beyond the stretches")
		}
	}
}

func compareStretch(t *testing.T, model statisticsModel, id store.TypeID, asked options, got store.Statistics, from, to int64) {
	t.Helper()
	if want := model.figures(id, asked, from, to); !sameFigures(got.Figures, want) {
		t.Fatalf("%s %v from %d to %d: got %s, want %s of %v", id, asked, from/minute, to/minute, text(got.Figures), text(want), idsOf(model.samples))
	}
	var want []string
	for _, source := range modelSources {
		if figures := model.of(source.ID).figures(id, asked, from, to); figures != (store.Figures{}) {
			want = append(want, source.ID)
			at := slices.IndexFunc(got.Sources, func(s store.SourceStatistics) bool { return s.Source.ID == source.ID })
			if at < 0 || !sameFigures(got.Sources[at].Figures, figures) {
				t.Fatalf("%s %v of %s: got %v, want %s", id, asked, source.Name, got.Sources, text(figures))
			}
		}
	}
	slices.SortFunc(want, func(a, b string) int { return model.priority[a] - model.priority[b] })
	var order []string
	for _, one := range got.Sources {
		order = append(order, one.Source.ID)
	}
	if !slices.Equal(order, want) {
		t.Fatalf("sources are %v, want %v", order, want)
	}
}
