package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// TestAtOnce has two tabs import, save, delete and compact at the same time. What
// was acknowledged must be stored in the end, and nothing else. A call may fail
// because another tab was first; then it has done nothing.
func TestAtOnce(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { atOnce(t, seed) })
	}
}

func atOnce(t *testing.T, seed uint64) {
	inner := mem.New()
	want := newModel()
	var mu sync.Mutex // of want
	var wait sync.WaitGroup
	for tab := range 2 {
		s := open(t, &yielding{inner}, func(o *store.Options) { o.Shared = true })
		random := rand.New(rand.NewPCG(seed, uint64(tab)))
		first := random.IntN(3)
		wait.Go(func() { // imports
			for n := range 6 {
				text, samples := fmt.Sprint(tab, n), []store.Sample{steps(phone, int64(1000*tab+n), int64(1000*tab+n), 1)}
				if err := importAll(s, text, samples...); err == nil {
					// Of two tabs' imports the order is not known here: the records are compared apart.
					mu.Lock()
					want.add(samples[0])
					mu.Unlock()
				}
				if n%3 == first {
					s.Compact(background, n%2 == 0)
				}
			}
		})
		for worker := range 2 { // saves and deletions
			wait.Go(func() {
				for n := range 20 {
					start := int64(100_000 + 10_000*tab + 1000*worker + n)
					sample := steps(store.Source{ID: "person"}, start, start, 2)
					uuids, err := s.Person().Save(background, []store.Sample{sample})
					if err != nil {
						continue
					}
					if n%3 == 0 && s.Person().Delete(background, uuids) == nil {
						continue
					}
					mu.Lock()
					want.add(sample)
					mu.Unlock()
				}
			})
		}
	}
	wait.Wait()
	s := open(t, inner)
	got, wanted := linesOf(t, s, query(t, s.Person(), store.Query{Type: "stepCount"})), want.lines("stepCount")
	if !slices.Equal(got, wanted) {
		t.Errorf("stored are %d samples, acknowledged %d:\n%q\n%q", len(got), len(wanted), got, wanted)
	}
	texts := map[string]bool{}
	records := query(t, s.Person(), store.Query{Type: store.ConditionRecord})
	for _, sample := range records {
		if _, err := s.Person().Resource(background, sample.UUID); err != nil {
			t.Error(err)
		}
		texts[sample.DisplayName] = true
	}
	if len(texts) > 1 || len(records) > 30 {
		t.Errorf("%d records of %d imports are there", len(records), len(texts))
	}
	if found, err := s.Verify(background); err != nil || found.Damaged > 0 {
		t.Errorf("%+v, %v", found, err)
	}
}

// yielding lets others go first, as every call of a browser's storage does.
type yielding struct{ store.Backend }

func (b yielding) Get(ctx context.Context, key string) ([]byte, error) {
	runtime.Gosched()
	return b.Backend.Get(ctx, key)
}

func (b yielding) Keys(ctx context.Context, from, to string) ([]string, error) {
	defer runtime.Gosched()
	return b.Backend.Keys(ctx, from, to)
}

func (b yielding) Apply(ctx context.Context, batch store.Batch) error {
	runtime.Gosched()
	return b.Backend.Apply(ctx, batch)
}
