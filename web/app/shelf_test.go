package app

import (
	"testing"

	"github.com/keepwell-health/keepwell/store"
)

func TestShelves(t *testing.T) {
	shelves := Shelves(map[store.TypeID]int{"allergyRecord": 3, "stepCount": 700, "otherRecord": 12})
	titles := map[string]int{}
	for _, shelf := range shelves {
		titles[shelf.Title] = len(shelf.Items)
	}
	if len(shelves) != 3 || titles["Health Records"] != 9 || titles["Fitness Data"] != 1 || titles["Other Records"] != 1 {
		t.Errorf("shelves %v", titles)
	}
	for _, item := range shelves[0].Items {
		if want := map[store.TypeID]int{"allergyRecord": 3}[item.Type.ID]; item.Count != want {
			t.Errorf("%s counts %d, want %d", item.Type.ID, item.Count, want)
		}
	}
	if empty := Shelves(nil); len(empty) != 1 {
		t.Errorf("an empty store has %d sections, want Health Records alone", len(empty))
	}
}

// Every type that can hold something must have a place on the home page.
func TestEveryTypeHasAShelf(t *testing.T) {
	for _, row := range store.Catalogue() {
		found := false
		for _, shelf := range Shelves(map[store.TypeID]int{row.ID: 1}) {
			for _, item := range shelf.Items {
				found = found || item.Type.ID == row.ID && item.Count == 1
			}
		}
		if !found {
			t.Errorf("%s is shown nowhere", row.ID)
		}
	}
}

func TestLineOf(t *testing.T) {
	number := func(value float64) *float64 { return &value }
	steps := store.Type{ID: "stepCount", Title: "Steps", Kind: store.KindQuantity, Unit: "count", Display: "steps"}
	for _, test := range []struct {
		name   string
		sample store.Sample
		row    store.Type
		want   line
	}{
		{"a record", store.Sample{DisplayName: "Hemoglobin", Subtitle: "13.9 g/dL", StartText: "2019-03-05",
			Source: store.Source{Name: "Clinic"}, Value: number(13.9), Unit: "g/dL", FHIR: &store.FHIRResource{}},
			store.Type{Title: "Lab Results"}, line{"Hemoglobin", "13.9 g/dL", "5 Mar 2019", "Clinic"}},
		{"a record without a name", store.Sample{FHIR: &store.FHIRResource{}}, store.Type{Title: "Lab Results"},
			line{"Lab Results", "", "1 Jan 1970", ""}},
		{"steps", store.Sample{Value: number(1204), Unit: "count", EndDate: 3_600_000, Source: store.Source{Name: "Phone"}}, steps,
			line{"1,204 steps", "00:00 – 01:00", "1 Jan 1970", "Phone"}},
		{"another unit", store.Sample{Value: number(1.5), Unit: "kilosteps"}, steps,
			line{"1.5 kilosteps", "00:00", "1 Jan 1970", ""}},
		{"its own unit by another name", store.Sample{Value: number(72), Unit: "count/min"},
			store.Type{Title: "Heart Rate", Kind: store.KindQuantity, Unit: "/min", Display: "bpm"}, line{"72 bpm", "00:00", "1 Jan 1970", ""}},
		{"a blood pressure", store.Sample{DisplayName: "Blood Pressure", Subtitle: "121/79 mmHg", Source: store.Source{Name: "Cuff"}},
			store.Type{Title: "Blood Pressure", Kind: store.KindCorrelation}, line{"121/79 mmHg", "00:00", "1 Jan 1970", "Cuff"}},
		{"a category", store.Sample{Value: number(2)}, store.Type{Title: "Sex", Values: map[int]string{2: "Male"}},
			line{"Male", "00:00", "1 Jan 1970", ""}},
		{"a category of no meaning", store.Sample{Value: number(9)}, store.Type{Title: "Sex", Values: map[int]string{2: "Male"}},
			line{"Sex", "", "1 Jan 1970", ""}},
		{"a date of birth", store.Sample{DisplayName: "Date of Birth", Subtitle: "1971-03-14", Undated: true, Source: store.Source{Name: "Clinic"}},
			store.Type{Title: "Date of Birth", Kind: store.KindCharacteristic}, line{"14 Mar 1971", "", "", "Clinic"}},
		{"a sex", store.Sample{Subtitle: "Female", Undated: true, Value: number(1)},
			store.Type{Title: "Sex", Kind: store.KindCharacteristic, Values: map[int]string{1: "Female"}}, line{"Female", "", "", ""}},
		{"another kind of record", store.Sample{DisplayName: "Diabetes care", Subtitle: "Active", Undated: true, FHIR: &store.FHIRResource{ResourceType: "CarePlan"}},
			store.Type{Kind: store.KindOther}, line{"Diabetes care", "Care plan · Active", "", ""}},
		{"another kind without a name", store.Sample{Undated: true, FHIR: &store.FHIRResource{ResourceType: "ExplanationOfBenefit"}},
			store.Type{Kind: store.KindOther}, line{"Explanation of benefit", "", "", ""}},
		{"a record without a date", store.Sample{DisplayName: "Peanut", Undated: true, FHIR: &store.FHIRResource{}}, store.Type{},
			line{"Peanut", "", "", ""}},
	} {
		if got := lineOf(test.sample, test.row, utc); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}
