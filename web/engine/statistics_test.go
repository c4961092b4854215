package engine

import (
	"encoding/json"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// saveSteps saves a sample of steps over an hour and returns its UUID.
func (w *world) saveSteps(start int64, count float64) string {
	w.t.Helper()
	var saved protocol.SaveResult
	_, err := w.page.Call(w.t.Context(), protocol.MethodSave, protocol.SaveParams{Samples: []store.Sample{{
		Type: "stepCount", StartDate: start, EndDate: start + 3_600_000, Value: &count, Unit: "count",
	}}}, &saved)
	w.must(err)
	return saved.UUIDs[0]
}

func TestStatisticsOfThePerson(t *testing.T) {
	w := newWorld(t)
	const day = 1_767_312_000_000 // 2026-01-02
	w.saveSteps(day, 100)
	w.saveSteps(day+7_200_000, 50)
	start, end := int64(day), int64(day+86_400_000)
	within := &store.Predicate{Start: &start, End: &end}
	sum := []store.StatisticsOption{store.OptionCumulativeSum}

	var whole store.StatisticsResult
	_, err := w.page.Call(t.Context(), protocol.MethodStatistics, store.StatisticsQuery{Type: "stepCount", Predicate: within, Options: sum}, &whole)
	w.must(err)
	if whole.Sum == nil || *whole.Sum != 150 {
		t.Errorf("the sum is %v", whole.Sum)
	}
	var hours store.StatisticsCollectionResult
	_, err = w.page.Call(t.Context(), protocol.MethodStatisticsCollection, store.StatisticsCollectionQuery{
		Type: "stepCount", Predicate: within, Options: sum, Interval: store.CalendarInterval{Hour: 1},
	}, &hours)
	w.must(err)
	if len(hours.Statistics) != 24 || hours.Statistics[2].Sum == nil || *hours.Statistics[2].Sum != 50 {
		t.Errorf("the hours are %+v", hours.Statistics)
	}
	_, err = w.page.Call(t.Context(), protocol.MethodStatistics, store.StatisticsQuery{Type: "heartRate", Options: []store.StatisticsOption{store.OptionDiscreteMax}}, nil)
	wantCode(t, err, store.CodeNoData)
}

func TestSourceOrderTellsThePages(t *testing.T) {
	w := newWorld(t)
	w.saveSteps(0, 100)
	told := make(chan []store.TypeID, 10)
	w.page.On(protocol.EventChanged, func(params json.RawMessage) {
		var changed protocol.Changed
		w.must(json.Unmarshal(params, &changed))
		told <- changed.Types
	})
	_, err := w.page.Call(t.Context(), protocol.MethodSetSourceOrder, protocol.SourceOrderParams{Type: "stepCount", Sources: []string{"person"}}, nil)
	w.must(err)
	for types := range told {
		if len(types) == 1 && types[0] == "stepCount" {
			break
		}
	}
	var order protocol.SourcesResult
	_, err = w.page.Call(t.Context(), protocol.MethodSourceOrder, protocol.TypeParams{Type: "stepCount"}, &order)
	w.must(err)
	if len(order.Sources) != 1 || order.Sources[0].ID != "person" {
		t.Errorf("the order is %+v", order.Sources)
	}
}
