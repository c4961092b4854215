package sheet

import (
	"reflect"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
)

func TestHistoryIsOfItsPage(t *testing.T) {
	m, c := attended(t, both)
	turnOn(t, m, "labResultRecord")
	m.Page().History = History{Months: 12}
	m.Allow()
	c.advance(ArmDelay)
	turnOn(t, m, "stepCount", "bodyMass")
	m.Allow()
	want := map[store.TypeID]int64{"labResultRecord": time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC).UnixMilli()}
	if got := m.Answer(); !reflect.DeepEqual(got.HistoryStarts, want) || got.HistoryStart != 0 {
		t.Errorf("the histories begin at %v and %d, want %v", got.HistoryStarts, got.HistoryStart, want)
	}
}

func TestHistoriesDiffer(t *testing.T) {
	now := time.Date(2026, 3, 31, 9, 0, 0, 0, time.FixedZone("", 3600))
	titles, starts := map[string]bool{}, map[int64]bool{}
	for _, h := range Histories {
		titles[h.Title()], starts[h.Since(now)] = true, true
		if since := h.Since(now); since > now.UnixMilli() || (since == 0) != (h.Months == 0) {
			t.Errorf("%q begins at %d", h.Title(), since)
		}
	}
	if len(titles) != len(Histories) || len(starts) != len(Histories) {
		t.Errorf("%d titles and %d starts of %d", len(titles), len(starts), len(Histories))
	}
}
