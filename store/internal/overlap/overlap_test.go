package overlap

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// minute is a minute in ms: the tables below count in minutes.
const minute = 60_000

func at(start, end int64, value float64) Interval {
	return Interval{Start: start * minute, End: end * minute, Value: value}
}

// Every sum is worked by hand, in the comment beside it.
var cases = []struct {
	name    string
	sources [][]Interval
	want    float64
}{
	{"nothing", nil, 0},
	{"one source", [][]Interval{{at(0, 10, 100), at(10, 20, 50)}}, 150},
	{"worn together", [][]Interval{{at(0, 10, 100)}, {at(0, 10, 90)}}, 100}, // the second is covered
	{"a morning with the phone only", [][]Interval{{at(60, 70, 100)}, {at(0, 10, 40), at(60, 70, 90)}}, 140},
	{"half covered at the end", [][]Interval{{at(5, 10, 100)}, {at(0, 10, 80)}}, 140},      // 100 + 80*5/10
	{"half covered at the start", [][]Interval{{at(0, 5, 100)}, {at(0, 10, 80)}}, 140},     // 100 + 80*5/10
	{"covered in the middle", [][]Interval{{at(4, 6, 30)}, {at(0, 10, 100)}}, 110},         // 30 + 100*8/10
	{"covering more", [][]Interval{{at(0, 20, 100)}, {at(5, 10, 60)}}, 100},                // wholly covered
	{"touching is not covering", [][]Interval{{at(0, 10, 100)}, {at(10, 20, 70)}}, 170},    //
	{"two gaps", [][]Interval{{at(2, 4, 10), at(6, 8, 10)}, {at(0, 10, 100)}}, 80},         // 20 + 100*(2+2+2)/10
	{"three sources", [][]Interval{{at(0, 4, 40)}, {at(2, 6, 40)}, {at(4, 8, 40)}}, 80},    // 40 + 40*2/4 + 40*2/4
	{"priority decides", [][]Interval{{at(0, 10, 90)}, {at(0, 10, 100)}}, 90},              //
	{"a source does not cover itself", [][]Interval{{at(0, 10, 100), at(5, 15, 50)}}, 150}, //
	{"instant inside", [][]Interval{{at(0, 10, 100)}, {at(5, 5, 7)}}, 100},                 //
	{"instant outside", [][]Interval{{at(0, 10, 100)}, {at(10, 10, 7)}}, 107},              // [0, 10) ends before 10
	{"instants of two sources", [][]Interval{{at(5, 5, 3)}, {at(5, 5, 7)}}, 10},            // an instant covers nothing
	{"end before start counts as an instant", [][]Interval{{at(5, 3, 9)}}, 9},              //
	{"identical in three sources", [][]Interval{{at(0, 10, 90)}, {at(0, 10, 100)}, {at(0, 10, 80)}}, 90},
	{"nested, the innermost first", [][]Interval{{at(8, 12, 40)}, {at(4, 16, 60)}, {at(0, 20, 100)}}, 120},                  // 40 + 60*8/12 + 100*8/20
	{"nested, the outermost first", [][]Interval{{at(0, 20, 100)}, {at(4, 16, 60)}, {at(8, 12, 40)}}, 100},                  //
	{"nested, the middle one first", [][]Interval{{at(4, 16, 60)}, {at(0, 20, 100)}, {at(8, 12, 40)}}, 100},                 // 60 + 100*8/20
	{"three in turn, each half under the one before", [][]Interval{{at(0, 10, 10)}, {at(5, 15, 20)}, {at(10, 20, 30)}}, 35}, // 10 + 20*5/10 + 30*5/10
	{"the same in the opposite order", [][]Interval{{at(10, 20, 30)}, {at(5, 15, 20)}, {at(0, 10, 10)}}, 45},                // 30 + 20*5/10 + 10*5/10
	{"the second covers what the first left for the third", [][]Interval{{at(0, 5, 50)}, {at(5, 10, 50)}, {at(0, 10, 1000)}}, 100},
	{"touching samples of one source cover without a gap", [][]Interval{{at(0, 5, 10), at(5, 10, 20)}, {at(2, 8, 60)}}, 30},
	{"overlapping samples of one source cover once", [][]Interval{{at(0, 6, 10), at(4, 10, 20)}, {at(0, 12, 60)}}, 40},       // 30 + 60*2/12
	{"one within another of its source covers no less", [][]Interval{{at(0, 10, 10), at(2, 4, 20)}, {at(0, 10, 60)}}, 30},    //
	{"one day of one source, minutes of another", [][]Interval{{at(60, 61, 7), at(600, 602, 9)}, {at(0, 1440, 1440)}}, 1453}, // 16 + 1440 - 3
	{"instant where a sample begins", [][]Interval{{at(5, 10, 100)}, {at(5, 5, 7)}}, 100},                                    // [5, 10) holds 5
	{"instant where two samples touch", [][]Interval{{at(0, 5, 100), at(5, 10, 100)}, {at(5, 5, 7)}}, 200},                   //
	{"instant of the first source within the second's sample", [][]Interval{{at(5, 5, 7)}, {at(0, 10, 100)}}, 107},           // an instant covers nothing
	{"instants of one source at one moment", [][]Interval{{at(5, 5, 3), at(5, 5, 4)}}, 7},                                    //
	{"a value of zero covers", [][]Interval{{at(0, 10, 0)}, {at(0, 10, 50)}}, 0},                                             // worn, and nothing walked
	{"an empty source", [][]Interval{{}, {at(0, 10, 50)}, {}}, 50},                                                           //
}

func TestMerge(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			sum := 0.0
			Merge(c.sources, func(s Interval) { sum += s.Value })
			if math.Abs(sum-c.want) > 1e-9 {
				t.Errorf("got %v, want %v", sum, c.want)
			}
		})
	}
}

// Shares that Merge leaves fall into stretches by their own dates. Every sum is
// worked by hand, in the comment beside it.
func TestMergeIntoBuckets(t *testing.T) {
	nothing := math.NaN()
	for _, c := range []struct {
		name    string
		sources [][]Interval
		bounds  []int64 // in minutes
		want    []float64
	}{
		{"one sample across a bound", [][]Interval{{at(50, 80, 30)}}, []int64{0, 60, 120}, []float64{10, 20}},
		{"one sample across three", [][]Interval{{at(30, 210, 180)}}, []int64{0, 60, 120, 180, 240}, []float64{30, 60, 60, 30}},
		{"the bound lies where the first source stops", [][]Interval{{at(30, 60, 90)}, {at(30, 90, 60)}}, []int64{0, 60, 120}, []float64{90, 30}}, // 90; 60*30/60
		{"the bound lies within both", [][]Interval{{at(40, 80, 40)}, {at(20, 100, 160)}}, []int64{0, 60, 120}, []float64{60, 60}},                // 160*20/80 + 20; the same
		{"an instant at a bound lies in what begins there", [][]Interval{{at(60, 60, 5)}}, []int64{0, 60, 120}, []float64{nothing, 5}},
		{"a sample that ends at a bound lies before it", [][]Interval{{at(30, 60, 5)}}, []int64{0, 60, 120}, []float64{5, nothing}},
		{"what a source covers across a bound is gone on both sides", [][]Interval{{at(0, 120, 10)}, {at(50, 70, 99)}}, []int64{0, 60, 120}, []float64{5, 5}},
		{"before and behind the range", [][]Interval{{at(-60, 30, 90), at(90, 150, 60)}}, []int64{0, 60, 120}, []float64{30, 30}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bounds := make([]int64, len(c.bounds))
			for i, bound := range c.bounds {
				bounds[i] = bound * minute
			}
			buckets := NewBuckets(bounds)
			Merge(c.sources, buckets.Add)
			for i, want := range c.want {
				if got := buckets.Sums[i]; math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-9 {
					t.Errorf("bucket %d: got %v, want %v", i, got, want)
				}
			}
		})
	}
}

func TestBuckets(t *testing.T) {
	// A sample of 30 minutes over three buckets of 10, 15 and 20 minutes, and
	// one instant: 60 spread as 5/30, 15/30 and 10/30.
	b := NewBuckets([]int64{0, 10 * minute, 25 * minute, 45 * minute, 60 * minute})
	b.Add(at(5, 35, 60))
	b.Add(at(10, 10, 1))
	b.Add(at(60, 70, 9)) // behind the last bound
	b.Add(at(-5, 5, 10)) // half of it before the first
	for i, want := range []float64{15, 31, 20, math.NaN()} {
		if got := b.Sums[i]; got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("bucket %d: got %v, want %v", i, got, want)
		}
	}
}

// The model walks minute by minute: the first source that covers a minute
// decides it.
func TestMergeAgainstModel(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		sources := make([][]Interval, 1+random.IntN(4))
		for i := range sources {
			for range random.IntN(6) {
				start := random.Int64N(50)
				sources[i] = append(sources[i], at(start, start+1+random.Int64N(20), float64(random.IntN(100))))
			}
			slices.SortFunc(sources[i], func(a, b Interval) int { return cmp.Compare(a.Start, b.Start) })
		}
		got := 0.0
		Merge(sources, func(s Interval) { got += s.Value })
		if want := model(sources); math.Abs(got-want) > 1e-6 {
			t.Fatalf("got %v, want %v for %v", got, want, sources)
		}
	}
}

func model(sources [][]Interval) (sum float64) {
	for m := int64(0); m < 80; m++ {
		for _, source := range sources {
			found := false
			for _, s := range source {
				if s.Start <= m*minute && m*minute < s.End {
					found = true
					sum += s.Value * minute / float64(s.End-s.Start)
				}
			}
			if found {
				break
			}
		}
	}
	return sum
}
