package app

import (
	"math"
	"testing"

	"github.com/keepwell-health/keepwell/store"
)

func number(value float64) *float64 { return &value }

func TestFiguresOfASum(t *testing.T) {
	steps, _ := store.TypeByID("stepCount")
	period := PeriodAt(PeriodWeek, zoned(t, "Europe/Berlin", "2025-03-30 12:00"))
	days := period.Columns()
	parts := []store.Statistics{
		{StartDate: days[0].UnixMilli(), Figures: store.Figures{Sum: number(4000.4)}},
		{StartDate: days[1].UnixMilli()},
		{StartDate: days[6].UnixMilli(), Figures: store.Figures{Sum: number(6000)}},
	}
	f := NewFigures(steps, period, &store.Statistics{Figures: store.Figures{Sum: number(10000.4)}}, parts)
	if f.Lead != "10,000 steps" || f.Detail != "in total, 5,000 steps a day on average over 2 days" {
		t.Errorf("the week is %q %q", f.Lead, f.Detail)
	}
	if len(f.Columns) != 7 || f.Columns[0].Cells[0] != "4,000 steps" || len(f.Columns[1].Cells) != 0 || !math.IsNaN(f.Columns[1].Value) {
		t.Errorf("the columns are %+v", f.Columns)
	}
	if name := f.Columns[6].Name; name != "Sun 30 March" {
		t.Errorf("the last column is %q", name)
	}
}

func TestFiguresOfAnAverage(t *testing.T) {
	rate, _ := store.TypeByID("heartRate")
	period := PeriodAt(PeriodDay, zoned(t, "UTC", "2025-03-05 12:00"))
	whole := store.Figures{Average: number(71.26), Min: number(48), Max: number(151)}
	f := NewFigures(rate, period, &store.Statistics{Figures: whole}, []store.Statistics{{StartDate: period.Start.UnixMilli(), Figures: whole}})
	if f.Lead != "71.3 bpm" || f.Detail != "on average, from 48 to 151 bpm" {
		t.Errorf("the day is %q %q", f.Lead, f.Detail)
	}
	if f.Columns[0].Low != 48 || f.Columns[0].High != 151 || len(f.Columns[0].Cells) != len(f.Heads) {
		t.Errorf("the first hour is %+v", f.Columns[0])
	}
}

func TestFiguresOfNothing(t *testing.T) {
	steps, _ := store.TypeByID("stepCount")
	now := zoned(t, "UTC", "2025-03-05 12:00")
	f := NewFigures(steps, PeriodAt(PeriodDay, now), nil, nil)
	if f.Lead != "" || len(f.Columns) != 24 {
		t.Errorf("nothing is %q in %d columns", f.Lead, len(f.Columns))
	}
	if got := f.Describe("Steps", now); got != "Steps, Today, 5 March: nothing was measured." {
		t.Errorf("nothing is described as %q", got)
	}
}

func TestEntries(t *testing.T) {
	headache, _ := store.TypeByID("headache")
	period := PeriodAt(PeriodWeek, zoned(t, "UTC", "2025-03-05 12:00"))
	samples := []store.Sample{{StartDate: period.Start.UnixMilli()}, {StartDate: period.Start.UnixMilli() + 1}, {StartDate: period.End.UnixMilli() - 1}}
	none := &store.Statistics{Figures: store.Figures{Duration: number(0)}}
	f := NewFigures(headache, period, none, nil)
	f.CountEntries(samples)
	if f.Lead != "3 entries" || f.Columns[0].Value != 2 || f.Columns[6].Cells[0] != "1" || len(f.Columns[1].Cells) != 0 {
		t.Errorf("three entries without a duration are %+v", f)
	}

	f = NewFigures(headache, period, &store.Statistics{Figures: store.Figures{Duration: number(3600)}},
		[]store.Statistics{{StartDate: period.Start.UnixMilli(), Figures: store.Figures{Duration: number(3600)}}})
	f.CountEntries(samples[:2])
	if f.Lead != "1 h" || f.Detail != "in total, in 2 entries" || f.Columns[0].Cells[1] != "2" {
		t.Errorf("two entries of an hour are %+v", f)
	}
}

func TestDuration(t *testing.T) {
	for seconds, want := range map[float64]string{0: "0 min", 12: "12 s", 89: "1 min", 3600: "1 h", 27060: "7 h 31 min", 3_599: "1 h", 36_000_000: "10,000 h"} {
		if got := Duration(seconds); got != want {
			t.Errorf("%v seconds are %q, want %q", seconds, got, want)
		}
	}
}

func TestMoved(t *testing.T) {
	list := []store.Source{{ID: "a"}, {ID: "b"}, {ID: "c"}}
	for _, c := range []struct {
		at, by int
		want   string
	}{{0, 1, "bac"}, {2, -1, "acb"}, {0, -1, "abc"}, {2, 1, "abc"}, {5, -1, "abc"}} {
		got := ""
		for _, source := range moved(list, c.at, c.by) {
			got += source.ID
		}
		if got != c.want {
			t.Errorf("moved %d by %d gives %s, want %s", c.at, c.by, got, c.want)
		}
	}
}

func TestOptionsFor(t *testing.T) {
	for id, want := range map[store.TypeID]int{"stepCount": 1, "sleepAnalysis": 1, "heartRate": 3} {
		row, _ := store.TypeByID(id)
		if !isFitness(row) || len(optionsFor(row)) != want {
			t.Errorf("%s: got %v, want %d options", id, optionsFor(row), want)
		}
	}
	if row, _ := store.TypeByID(store.LabResultRecord); isFitness(row) {
		t.Error("lab results have no chart of their type")
	}
}

func TestSourceName(t *testing.T) {
	for want, source := range map[string]store.Source{
		"Phone": {Name: "Phone"}, "You": {ID: "person"}, "Watch, Watch6,7": {Name: "Watch", Device: "Watch6,7"}, "Cuff 3": {Name: "Cuff 3", Device: "Cuff"},
	} {
		if got := sourceName(source); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
