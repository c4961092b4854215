package store_test

import (
	"fmt"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// Statistics obey the matrix: they are of what a query sees, and of nothing
// where it sees nothing.
func TestStatisticsObeyTheMatrix(t *testing.T) {
	for n, state := range states {
		t.Run(state.name, func(t *testing.T) {
			app := inState(t, n).App(portal)
			want := state.queried
			if want == "" && len(state.query) == 0 {
				want = store.CodeNoData
			}
			result, err := app.Statistics(background, store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}})
			wantCode(t, err, want)
			collection, err := app.StatisticsCollection(background, store.StatisticsCollectionQuery{
				Type: "stepCount", Options: options{"cumulativeSum"}, Interval: store.CalendarInterval{Hour: 1},
			})
			wantCode(t, err, want)
			if want != "" {
				return
			}
			sum := 0.0
			for _, start := range state.query {
				sum += float64(start / 1000) // as inState makes them
			}
			if *result.Sum != sum {
				t.Errorf("sum %v, want %v", *result.Sum, sum)
			}
			if len(collection.Statistics) != 1 || *collection.Statistics[0].Sum != sum {
				t.Errorf("collection %+v, want one sum %v", collection, sum)
			}
		})
	}
}

// Samples from before a limited window neither count nor suppress others, and
// their sources don't show.
func TestStatisticsOfALimitedWindow(t *testing.T) {
	s := open(t, mem.New())
	importSamples(t, s, walked(phone, 0, 10, 100))
	request := store.AuthorizationRequest{Read: types{"stepCount"}}
	answer(t, s, portal, request, store.Answer{Read: request.Read, HistoryStart: 5 * minute})
	sum := store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum", "separateBySource"}}
	_, err := s.App(portal).Statistics(background, sum)
	wantCode(t, err, store.CodeNoData)
	importSamples(t, s, walked(phone, 10, 20, 40), walked(watch, 0, 15, 60))
	wantStatistics(t, s.App(portal), sum, "sum 40; Phone: sum 40")
	wantStatistics(t, s.Person(), sum, "sum 80; Watch: sum 60; Phone: sum 140")
}

// What an app learns of a type that was denied, by every call and every failure,
// is what it learns of a type without samples; and it takes as few reads.
func TestDeniedStatisticsLookEmpty(t *testing.T) {
	request := store.AuthorizationRequest{Read: types{"stepCount", "heartRate", "sleepAnalysis"}, ToShare: types{"stepCount"}}
	predicates := []*store.Predicate{nil, between(0, 10), between(0, 1e6), {Sources: []string{watch.ID}}}
	every := options{"cumulativeSum", "discreteAverage", "mostRecent", "duration", "separateBySource", "median"}
	learn := func(read, data bool) string {
		backend := &countingBackend{Backend: mem.New()}
		s := open(t, backend)
		if data {
			for at := range int64(5) {
				importSamples(t, s, walked(phone, at, at+2, 1), walked(watch, at, at+2, 1),
					measure("heartRate", watch, at, at, 60, "/min"), measure("sleepAnalysis", watch, at, at+1, 1, ""))
			}
		}
		a := store.Answer{}
		if read {
			a.Read = request.Read
		}
		answer(t, s, portal, request, a)
		s = open(t, backend)
		log := ""
		for _, id := range request.Read {
			for _, option := range every {
				for _, predicate := range predicates {
					backend.gets = 0
					asked := options{option, "separateBySource"}
					one, oneErr := s.App(portal).Statistics(background, store.StatisticsQuery{Type: id, Options: asked, Predicate: predicate})
					many, manyErr := s.App(portal).StatisticsCollection(background, store.StatisticsCollectionQuery{
						Type: id, Options: asked, Predicate: predicate, Interval: store.CalendarInterval{Hour: 1},
					})
					log += fmt.Sprintln(one, oneErr, many, manyErr, backend.gets)
				}
			}
		}
		return log
	}
	if empty, denied := learn(true, false), learn(false, true); empty != denied {
		t.Errorf("empty:\n%s\ndenied:\n%s", empty, denied)
	}
}
