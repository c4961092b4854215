package app

import (
	"reflect"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake"
)

func TestHeadline(t *testing.T) {
	for want, report := range map[string]intake.Report{
		"1,577 records added":                         {Added: 1577, Unchanged: 3},
		"1 record added":                              {Added: 1},
		"12 records added, 3 replaced":                {Added: 12, Replaced: 3},
		"3 records replaced":                          {Replaced: 3, Unchanged: 9},
		"Nothing new: you already have these records": {Unchanged: 9},
		"Nothing was added":                           {SkippedCount: 2},
	} {
		if got := outcomeOf(report).Headline; got != want {
			t.Errorf("%+v: %q, want %q", report, got, want)
		}
	}
}

func TestOutcomeGroupsWhatWasSkipped(t *testing.T) {
	report := intake.Report{
		Added: 1, SkippedCount: 8,
		Skipped: []intake.Skip{
			{File: "a.ndjson", Offset: 1200, Line: 3, Pointer: "/id", Reason: "the id must be text"},
			{File: "a.ndjson", Offset: 2400, Line: 5, Pointer: "/id", Reason: "the id must be text"},
			{File: "a.ndjson", Offset: 3000, Line: 7, Reason: "no resourceType"},
			{File: "page.json", Reason: "this is a web page, not a record"},
		},
		ByFile: []intake.FileReport{{File: "a.ndjson", Added: 1, Skipped: 3}, {File: "page.json", Reason: "this is a web page, not a record"}},
		ByType: map[store.TypeID]int{"labResultRecord": 1},
	}
	o := outcomeOf(report)
	want := []trouble{
		{File: "page.json", Whole: "This is a web page, not a record."},
		{File: "a.ndjson", Reasons: []reason{
			{Text: "The id must be text.", Count: 2, Places: []string{"line 3, byte 1,200, at /id", "line 5, byte 2,400, at /id"}},
			{Text: "No resourceType.", Count: 1, Places: []string{"line 7, byte 3,000"}},
		}},
	}
	if !reflect.DeepEqual(o.Trouble, want) {
		t.Errorf("trouble:\n%+v\nwant\n%+v", o.Trouble, want)
	}
	if len(o.Kinds) != 1 || o.Kinds[0].Type.ID != "labResultRecord" {
		t.Errorf("kinds %+v", o.Kinds)
	}
}

func TestOutcomeListsFewPlaces(t *testing.T) {
	var report intake.Report
	for range 1000 {
		report.Skipped = append(report.Skipped, intake.Skip{File: "a", Reason: "no resourceType"})
	}
	reasons := outcomeOf(report).Trouble[0].Reasons
	if len(reasons) != 1 || reasons[0].Count != 1000 || len(reasons[0].Places) != maxPlaces {
		t.Errorf("%d reasons, the first counts %d at %d places", len(reasons), reasons[0].Count, len(reasons[0].Places))
	}
}

func TestProgressWords(t *testing.T) {
	reading := intake.Progress{File: "export/bundle.json", Phase: intake.PhaseReading, Bytes: 1_900_000, TotalBytes: 3_800_000, Records: 801}
	if got := doing(reading); got != "Reading bundle.json" {
		t.Errorf("doing = %q", got)
	}
	if got := done(reading); got != "801 records · 1.9 MB of 3.8 MB" {
		t.Errorf("done = %q", got)
	}
	if got := fraction(reading); got != 0.5 {
		t.Errorf("fraction = %v", got)
	}
	if got := done(intake.Progress{Records: 12}); got != "12 records" {
		t.Errorf("done without a size = %q", got)
	}
	if fraction(intake.Progress{}) != 0 || fraction(intake.Progress{Bytes: 5, TotalBytes: 4}) != 1 {
		t.Error("a fraction is outside 0 to 1")
	}
}
