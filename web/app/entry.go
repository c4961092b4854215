package app

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/keepwell-health/keepwell/store"
)

// EntryKind is something that a person can enter by hand.
type EntryKind struct {
	Type     store.TypeID // by which routes name it: the first of its samples
	Title    string       // "Blood pressure"
	Measures []Measured
	Whole    store.TypeID // the correlation of the Measures; "" where there is one
	Symptom  bool         // the person chooses among the symptoms and says how bad it was
}

// Measured is one number of an EntryKind.
type Measured struct {
	Type  store.TypeID
	Label string
	Units []EntryUnit // the first is offered first; all fields of a kind have the same
}

// EntryUnit is a unit that a number may be entered in, with what a living person
// can have: a slip of a digit is outside of it.
type EntryUnit struct {
	Unit     string // UCUM, or as HealthKit writes it
	Display  string
	Min, Max float64
}

var pressureUnits = []EntryUnit{{"mm[Hg]", "mmHg", 20, 350}}

// EntryKinds are offered in this order.
var EntryKinds = []EntryKind{
	{Type: "bloodPressureSystolic", Title: "Blood pressure", Whole: "bloodPressure", Measures: []Measured{
		{"bloodPressureSystolic", "Systolic (upper)", pressureUnits}, {"bloodPressureDiastolic", "Diastolic (lower)", pressureUnits}}},
	{Type: "bodyMass", Title: "Weight", Measures: []Measured{
		{"bodyMass", "Weight", []EntryUnit{{"kg", "kg", 0.2, 650}, {"[lb_av]", "lb", 0.5, 1430}}}}},
	{Type: "bloodGlucose", Title: "Blood glucose", Measures: []Measured{
		{"bloodGlucose", "Blood glucose", []EntryUnit{{"mg/dL", "mg/dL", 5, 2000}, {glucoseUnit, "mmol/L", 0.3, 111}}}}},
	{Type: "bodyTemperature", Title: "Temperature", Measures: []Measured{
		{"bodyTemperature", "Temperature", []EntryUnit{{"Cel", "°C", 20, 46}, {"[degF]", "°F", 68, 115}}}}},
	{Type: "headache", Title: "Symptom", Symptom: true},
}

// glucoseUnit is a millimole of glucose a litre, as HealthKit writes it: with the
// molar mass, by which it becomes a mass.
const glucoseUnit = "mmol<180.15588000005408>/L"

// entryOf finds the kind that a type is entered with.
func entryOf(id store.TypeID) (EntryKind, bool) {
	for _, kind := range EntryKinds {
		if slices.Contains(kind.types(), id) ||
			kind.Symptom && slices.ContainsFunc(symptoms(), func(t store.Type) bool { return t.ID == id }) {
			return kind, true
		}
	}
	return EntryKind{}, false
}

// types are those of the samples that one entry of the kind makes, but for
// symptoms.
func (k EntryKind) types() []store.TypeID {
	var types []store.TypeID
	for _, measure := range k.Measures {
		types = append(types, measure.Type)
	}
	if k.Whole != "" {
		types = append(types, k.Whole)
	}
	return types
}

// symptoms are the types that are rated by how bad they are.
func symptoms() []store.Type {
	var found []store.Type
	for _, t := range store.Catalogue() {
		if t.Kind == store.KindCategory && t.Group == "Symptoms" && t.Values[4] == "Severe" {
			found = append(found, t)
		}
	}
	return found
}

// Typed is what stands in the form.
type Typed struct {
	Values  []string // of the Measures
	Unit    int      // index in Units
	When    string   // "2006-01-02T15:04", by the person's clock
	Symptom store.TypeID
	Rating  int // HKCategoryValueSeverity
}

// EntryFault says what is wrong with a field: that of a measure by its index, or
// the date when it is whenField.
type EntryFault struct {
	Field int
	Text  string
}

const whenField = -1

// clockForm is how a browser writes a date and time without a zone (HTML section
// 2.3.5.4).
const clockForm = "2006-01-02T15:04"

// Read makes samples of what was typed. They share one syncIdentifier, by which a
// later edit replaces them.
func (k EntryKind) Read(typed Typed, now time.Time) ([]store.Sample, []EntryFault) {
	var faults []EntryFault
	at, err := time.ParseInLocation(clockForm, typed.When, now.Location())
	switch {
	case err != nil:
		faults = append(faults, EntryFault{whenField, "Enter a date and a time."})
	case at.After(now.Add(time.Minute)):
		faults = append(faults, EntryFault{whenField, "This is in the future."})
	case at.Year() < 1900:
		faults = append(faults, EntryFault{whenField, "Enter a year from 1900 on."})
	}
	samples, wrong := k.samples(typed)
	if faults = append(wrong, faults...); len(faults) > 0 {
		return nil, faults
	}
	for i := range samples {
		samples[i].StartDate, samples[i].EndDate = at.UnixMilli(), at.UnixMilli()
	}
	return samples, nil
}

func (k EntryKind) samples(typed Typed) (samples []store.Sample, faults []EntryFault) {
	if k.Symptom {
		rating := float64(typed.Rating)
		return []store.Sample{{Type: typed.Symptom, Value: &rating}}, nil
	}
	for i, measure := range k.Measures {
		unit := measure.Units[typed.Unit]
		value, ok := readNumber(typed.Values[i])
		switch {
		case !ok:
			faults = append(faults, EntryFault{i, "Enter a number."})
		case value < unit.Min || value > unit.Max:
			faults = append(faults, EntryFault{i, fmt.Sprintf("Enter a number from %s to %s.", Quantity(unit.Min, ""), Quantity(unit.Max, unit.Display))})
		}
		samples = append(samples, store.Sample{Type: measure.Type, Value: &value, Unit: unit.Unit})
	}
	if k.Whole != "" {
		samples = append(samples, store.Sample{Type: k.Whole})
	}
	if len(faults) == 0 && k.Type == "bloodPressureSystolic" && *samples[0].Value <= *samples[1].Value {
		faults = append(faults, EntryFault{1, "The lower number must be less than the upper one."})
	}
	return samples, faults
}

// readNumber reads a number with a point or a comma.
func readNumber(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	if strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
		text = strings.Replace(text, ",", ".", 1)
	}
	if strings.Trim(text, "0123456789.") != "" { // no exponents, no "Inf"
		return 0, false
	}
	value, err := strconv.ParseFloat(text, 64)
	return value, err == nil
}

// Fill is what the form shows of samples that were entered before: of each
// measure, or one symptom.
func (k EntryKind) Fill(samples []store.Sample, location *time.Location) Typed {
	typed := Typed{Values: make([]string, len(k.Measures)), Rating: 2}
	for _, sample := range samples {
		typed.When = time.UnixMilli(sample.StartDate).In(location).Format(clockForm)
		if k.Symptom {
			typed.Symptom = sample.Type
			if sample.Value != nil {
				typed.Rating = int(*sample.Value)
			}
		}
		for i, measure := range k.Measures {
			if measure.Type != sample.Type || sample.Value == nil {
				continue
			}
			typed.Values[i] = strconv.FormatFloat(*sample.Value, 'f', -1, 64)
			typed.Unit = max(0, slices.IndexFunc(measure.Units, func(u EntryUnit) bool { return u.Unit == sample.Unit }))
		}
	}
	return typed
}

// isMine reports whether the person entered a sample, and so may change it.
func isMine(s store.Sample) bool { return s.Source.ID == "person" }
