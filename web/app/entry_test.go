package app

import (
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/unit"
)

func TestReadEntry(t *testing.T) {
	now := zoned(t, "Europe/Berlin", "2025-03-05 13:00")
	pressure, _ := entryOf("bloodPressureDiastolic")
	weight, _ := entryOf("bodyMass")
	fever, _ := entryOf("bodyTemperature")
	const when = "2025-03-05T12:30"
	for _, c := range []struct {
		name   string
		kind   EntryKind
		typed  Typed
		values []float64 // nil when refused
		field  int       // of the first fault
	}{
		{"blood pressure", pressure, Typed{Values: []string{"120", "80"}, When: when}, []float64{120, 80}, 0},
		{"comma", weight, Typed{Values: []string{" 71,5 "}, When: when}, []float64{71.5}, 0},
		{"pounds", weight, Typed{Values: []string{"900"}, Unit: 1, When: when}, []float64{900}, 0},
		{"too heavy", weight, Typed{Values: []string{"900"}, When: when}, nil, 0},
		{"no number", weight, Typed{Values: []string{""}, When: when}, nil, 0},
		{"words", weight, Typed{Values: []string{"heavy"}, When: when}, nil, 0},
		{"infinite", weight, Typed{Values: []string{"Inf"}, When: when}, nil, 0},
		{"exponent", weight, Typed{Values: []string{"7e1"}, When: when}, nil, 0},
		{"minus", weight, Typed{Values: []string{"-70"}, When: when}, nil, 0},
		{"two commas", weight, Typed{Values: []string{"1,000,5"}, When: when}, nil, 0},
		{"wrong unit", fever, Typed{Values: []string{"98.6"}, When: when}, nil, 0},
		{"swapped", pressure, Typed{Values: []string{"80", "120"}, When: when}, nil, 1},
		{"no date", weight, Typed{Values: []string{"70"}}, nil, whenField},
		{"future", weight, Typed{Values: []string{"70"}, When: "2025-03-05T13:02"}, nil, whenField},
		{"long ago", weight, Typed{Values: []string{"70"}, When: "1025-03-05T13:02"}, nil, whenField},
	} {
		samples, faults := c.kind.Read(c.typed, now)
		if c.values == nil {
			if len(faults) == 0 || faults[0].Field != c.field || samples != nil {
				t.Errorf("%s: got %v, %v", c.name, samples, faults)
			}
			continue
		}
		if whole := len(samples) - 1; c.kind.Whole != "" && whole == len(c.values) && samples[whole].Type == c.kind.Whole && samples[whole].Value == nil {
			samples = samples[:whole]
		}
		if len(faults) > 0 || len(samples) != len(c.values) {
			t.Errorf("%s: got %v, %v", c.name, samples, faults)
			continue
		}
		for i, want := range c.values {
			if *samples[i].Value != want || samples[i].StartDate != zoned(t, "Europe/Berlin", "2025-03-05 12:30").UnixMilli() {
				t.Errorf("%s: got %+v", c.name, samples[i])
			}
		}
	}
}

// What the form offers the store must take.
func TestEntriesFitTheCatalogue(t *testing.T) {
	for _, kind := range EntryKinds {
		for _, measure := range kind.Measures {
			row, known := store.TypeByID(measure.Type)
			for _, offered := range measure.Units {
				if !known || !unit.Compatible(offered.Unit, row.Unit) {
					t.Errorf("%s can't be entered in %s", measure.Type, offered.Unit)
				}
			}
		}
	}
	if len(symptoms()) < 20 {
		t.Errorf("%d symptoms", len(symptoms()))
	}
}

func TestFillEntry(t *testing.T) {
	now := zoned(t, "Europe/Berlin", "2025-03-05 13:00")
	for _, typed := range []Typed{
		{Values: []string{"71.5"}, Unit: 1, When: "2025-03-05T12:30", Rating: 2},
		{Values: []string{}, When: "2025-03-05T12:30", Symptom: "nausea", Rating: 4},
	} {
		kind, _ := entryOf("bodyMass")
		if typed.Symptom != "" {
			kind, _ = entryOf(typed.Symptom)
		}
		samples, faults := kind.Read(typed, now)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		back := kind.Fill(samples, now.Location())
		if back.When != typed.When || back.Unit != typed.Unit || back.Symptom != typed.Symptom || back.Rating != typed.Rating ||
			len(back.Values) != len(typed.Values) || len(back.Values) > 0 && back.Values[0] != typed.Values[0] {
			t.Errorf("%+v came back as %+v", typed, back)
		}
	}
}

func TestIsMine(t *testing.T) {
	if !isMine(store.Sample{Source: store.Source{ID: "person"}}) || isMine(store.Sample{Source: store.Source{ID: "origin:https://example.org"}}) {
		t.Error("only what the person entered is theirs to change")
	}
}
