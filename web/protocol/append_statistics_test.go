package protocol

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/keepwell-health/keepwell/store"
)

func TestAppendStatisticsWritesEveryField(t *testing.T) {
	var figures store.Figures
	fill(t, reflect.ValueOf(&figures).Elem(), 0)
	var source store.Source
	fill(t, reflect.ValueOf(&source).Elem(), 0)
	for _, result := range []store.StatisticsCollectionResult{
		{},
		{Type: "stepCount", Unit: "count", Statistics: []store.Statistics{{StartDate: 1, EndDate: 2}}},
		{Type: "stepCount", Unit: "count", Statistics: []store.Statistics{
			{StartDate: 1, EndDate: 2, Figures: figures, Sources: []store.SourceStatistics{{Source: source, Figures: figures}, {}}},
			{StartDate: 2, EndDate: 3, Figures: figures},
		}},
	} {
		written := StatisticsCollectionResult(result).AppendJSON(nil)
		if result.Statistics == nil {
			result.Statistics = []store.Statistics{} // [], not null
		}
		marshalled, err := json.Marshal(result)
		if err != nil {
			t.Fatal(err)
		}
		if !sameJSON(t, written, marshalled) {
			t.Errorf("AppendJSON wrote\n%s, json.Marshal\n%s", written, marshalled)
		}
	}
}
