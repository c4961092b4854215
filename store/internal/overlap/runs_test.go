package overlap

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestJoin(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		var want []Interval
		runs := make([][]Interval, random.IntN(6))
		for i := range runs {
			for range random.IntN(5) {
				runs[i] = append(runs[i], at(random.Int64N(20), 20, float64(len(want))))
				want = append(want, runs[i][len(runs[i])-1])
			}
			slices.SortStableFunc(runs[i], byStart)
		}
		got := slices.Clone(Join(runs))
		if !slices.IsSortedFunc(got, byStart) {
			t.Fatalf("%v is not sorted", got)
		}
		byValue := func(a, b Interval) int { return cmp.Compare(a.Value, b.Value) }
		slices.SortFunc(got, byValue)
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

func byStart(a, b Interval) int { return cmp.Compare(a.Start, b.Start) }

func TestCover(t *testing.T) {
	for _, c := range []struct {
		name      string
		run, want []Interval
	}{
		{"nothing", nil, nil},
		{"apart", []Interval{at(0, 5, 9), at(6, 8, 9)}, []Interval{at(0, 5, 5*minute), at(6, 8, 2*minute)}},
		{"overlapping", []Interval{at(0, 5, 9), at(3, 8, 9)}, []Interval{at(0, 8, 8*minute)}},
		{"touching", []Interval{at(0, 5, 9), at(5, 8, 9)}, []Interval{at(0, 8, 8*minute)}},
		{"within", []Interval{at(0, 9, 9), at(2, 3, 9), at(4, 5, 9)}, []Interval{at(0, 9, 9*minute)}},
		{"an instant apart", []Interval{at(1, 1, 9), at(3, 3, 9)}, []Interval{at(1, 1, 0), at(3, 3, 0)}},
		{"an instant where one ends", []Interval{at(0, 5, 9), at(5, 5, 9), at(5, 5, 9)}, []Interval{at(0, 5, 5*minute), at(5, 5, 0)}},
		{"an instant between touching ones", []Interval{at(0, 5, 9), at(5, 5, 9), at(5, 8, 9)}, []Interval{at(0, 5, 5*minute), at(5, 8, 3*minute)}},
		{"an instant within", []Interval{at(0, 5, 9), at(0, 0, 9), at(4, 4, 9)}, []Interval{at(0, 5, 5*minute)}},
		{"end before start", []Interval{at(5, 3, 9)}, []Interval{at(5, 5, 0)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Cover(c.run); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
