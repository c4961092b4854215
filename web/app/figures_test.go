package app

import (
	"fmt"
	"math"
	"slices"
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

func TestReadings(t *testing.T) {
	counted := func(id store.TypeID) (all []string) {
		row, _ := store.TypeByID(id)
		for _, reading := range readingsOf(row) {
			left := 0
			if reading.Values != nil {
				left = len(reading.Values.And)
			}
			all = append(all, fmt.Sprintf("%s without %d", reading.Words, left))
		}
		return all
	}
	for id, want := range map[store.TypeID][]string{
		"stepCount": {" without 0"}, "mindfulSession": {" without 0"}, "headache": {" without 1"}, "appetiteChanges": {" without 1"},
		"appleStandHour": {" without 1"}, "menstrualFlow": {" without 1"}, "sleepAnalysis": {"asleep without 2", "in bed without 1"},
	} {
		if got := counted(id); !slices.Equal(got, want) {
			t.Errorf("%s is read as %q, want %q", id, got, want)
		}
	}
}

func TestShownIn(t *testing.T) {
	for _, c := range []struct {
		id            store.TypeID
		of            string
		unit, display string
	}{
		{"bodyMass", "lb", "lb", "lb"},
		{"bodyMass", "kg", "kg", "kg"},
		{"bodyMass", "km", "kg", "kg"}, // no mass
		{"heartRate", "count/min", "/min", "bpm"},
		{"bloodGlucose", "mmol<180.15588000005408>/L", "mmol<180.15588000005408>/L", "mmol/L"},
		{"bodyTemperature", "degF", "degF", "°F"},
		{"sleepAnalysis", "", "", ""},
	} {
		row, _ := store.TypeByID(c.id)
		if got := shownIn(row, c.of); got.Unit != c.unit || got.Display != c.display {
			t.Errorf("%s in %q is shown in %q as %q, want %q as %q", c.id, c.of, got.Unit, got.Display, c.unit, c.display)
		}
	}
}

func TestReadout(t *testing.T) {
	f := Figures{Columns: []Figure{{Name: "Mon"}, {Name: "Tue", Cells: []string{"5 steps"}}, {Name: "Wed"}}}
	for column, want := range map[int]string{0: "Mon: nothing", 1: "Tue: 5 steps", -1: "Tue: 5 steps", 3: "Tue: 5 steps"} {
		if got := f.Readout(column); got != want {
			t.Errorf("column %d is read out as %q, want %q", column, got, want)
		}
	}
	if got := (Figures{Columns: f.Columns[:1]}).Readout(-1); got != "" {
		t.Errorf("nothing is read out as %q", got)
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
