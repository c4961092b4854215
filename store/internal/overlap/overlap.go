// Package overlap counts what several devices measured at the same time once:
// the sum of a cumulative quantity over sources in an order of priority.
//
// At every instant the first source that measured there counts. A sample of a
// later source counts by the share of its duration that no earlier source
// covers, as if its value were spread evenly over that duration. So steps of a
// phone and a watch worn together are counted once, and a morning with only
// one of them is not dropped.
package overlap

import "math"

// Interval is one sample: Value was gathered over [Start, End), in ms. An End
// equal to Start is an instant: it covers nothing and counts whole unless it
// lies in what an earlier source covers.
type Interval struct {
	Start, End int64
	Value      float64
}

// Merge calls yield with every share that counts. sources are in order of
// priority, the first counting most; each is sorted by Start. Samples of one
// source never suppress one another.
func Merge(sources [][]Interval, yield func(Interval)) {
	var covered []span
	for i, source := range sources {
		w := walker{covered: covered}
		for _, sample := range source {
			w.count(sample, yield)
		}
		if i+1 < len(sources) {
			covered = union(covered, source)
		}
	}
}

// span is a covered stretch of time, [start, end) in ms.
type span struct{ start, end int64 }

// walker goes through the covered spans beside samples sorted by start.
type walker struct {
	covered []span
	next    int // the first span that may reach into a later sample
}

// count yields the shares of sample that no span covers.
func (w *walker) count(sample Interval, yield func(Interval)) {
	for w.next < len(w.covered) && w.covered[w.next].end <= sample.Start {
		w.next++
	}
	spans := w.covered[w.next:]
	if sample.End <= sample.Start {
		if len(spans) == 0 || spans[0].start > sample.Start {
			yield(sample)
		}
		return
	}
	at := sample.Start
	for _, s := range spans {
		if s.start >= sample.End {
			break
		}
		if s.start > at {
			yield(share(sample, at, s.start))
		}
		at = max(at, s.end)
	}
	if at < sample.End {
		yield(share(sample, at, sample.End))
	}
}

// share returns the part of sample in [start, end), its value by duration.
func share(sample Interval, start, end int64) Interval {
	if start == sample.Start && end == sample.End {
		return sample
	}
	part := float64(end-start) / float64(sample.End-sample.Start)
	return Interval{Start: start, End: end, Value: sample.Value * part}
}

// union adds what a source covers to spans; both are sorted, so is the result,
// whose spans are disjoint.
func union(spans []span, source []Interval) []span {
	merged := make([]span, 0, len(spans)+len(source)/4)
	i := 0
	for _, sample := range source {
		if sample.End <= sample.Start {
			continue
		}
		for i < len(spans) && spans[i].start <= sample.Start {
			merged = extend(merged, spans[i])
			i++
		}
		merged = extend(merged, span{sample.Start, sample.End})
	}
	for ; i < len(spans); i++ {
		merged = extend(merged, spans[i])
	}
	return merged
}

// extend appends next, which starts no earlier than the last span, or joins it
// to that when they touch.
func extend(spans []span, next span) []span {
	if last := len(spans) - 1; last >= 0 && next.start <= spans[last].end {
		spans[last].end = max(spans[last].end, next.end)
		return spans
	}
	return append(spans, next)
}

// Buckets sums shares into the buckets between bounds, which ascend: bucket i is
// [bounds[i], bounds[i+1]). A share that crosses a bound is divided by duration.
type Buckets struct {
	bounds []int64
	Sums   []float64 // one a bucket; NaN where nothing was measured
	at     int
}

// NewBuckets returns empty buckets; bounds has one more element than there are
// buckets.
func NewBuckets(bounds []int64) *Buckets {
	b := &Buckets{bounds: bounds, Sums: make([]float64, max(0, len(bounds)-1))}
	for i := range b.Sums {
		b.Sums[i] = math.NaN()
	}
	return b
}

// Add adds one share. Shares may come in any order; ascending ones are quick.
func (b *Buckets) Add(s Interval) {
	i := b.find(s.Start)
	if s.End <= s.Start {
		if i < len(b.Sums) && s.Start >= b.bounds[i] {
			b.add(i, s.Value)
		}
		return
	}
	for ; i < len(b.Sums) && b.bounds[i] < s.End; i++ {
		start, end := max(s.Start, b.bounds[i]), min(s.End, b.bounds[i+1])
		if start < end {
			b.add(i, share(s, start, end).Value)
		}
	}
}

func (b *Buckets) add(i int, value float64) {
	if math.IsNaN(b.Sums[i]) {
		b.Sums[i] = 0
	}
	b.Sums[i] += value
}

// find returns the first bucket that ends after instant, starting at the one
// found last.
func (b *Buckets) find(instant int64) int {
	if b.at > 0 && b.bounds[b.at] > instant {
		b.at = 0
	}
	for b.at < len(b.Sums) && b.bounds[b.at+1] <= instant {
		b.at++
	}
	return b.at
}
