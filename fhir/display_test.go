package fhir_test

import (
	"testing"

	"github.com/keepwell-health/keepwell/fhir"
)

func TestTitleIsNeverEmpty(t *testing.T) {
	for _, c := range []struct {
		sum  fhir.Summary
		want string
	}{
		{fhir.Summary{}, "Record"},
		{fhir.Summary{ResourceType: "MedicationRequest"}, "Medication"},
		{fhir.Summary{ResourceType: "AllergyIntolerance"}, "Allergy"},
		{fhir.Summary{ResourceType: "ImmunizationEvaluation"}, "Immunization evaluation"},
		{fhir.Summary{ResourceType: "Observation", Categories: []fhir.Coding{{Code: "x"}, {Display: "Laboratory"}}}, "Laboratory"},
		{fhir.Summary{ResourceType: "DocumentReference", Attachments: []fhir.Attachment{{}, {Title: "Letter"}}}, "Letter"},
		{fhir.Summary{ResourceType: "Condition", Display: "Asthma"}, "Asthma"},
	} {
		if got := fhir.Title(&c.sum); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestSubtitle(t *testing.T) {
	high := fhir.Value{Kind: fhir.ValueQuantity, Number: "7.20", Unit: "mmol/L"}
	for _, c := range []struct {
		sum  fhir.Summary
		want string
	}{
		{fhir.Summary{ResourceType: "MedicationRequest", Status: "on-hold"}, "On hold"},
		{fhir.Summary{ResourceType: "Immunization", Status: "not-done"}, "Not done"},
		{fhir.Summary{ResourceType: "Condition"}, ""},
		{fhir.Summary{ResourceType: "Patient", Status: "active"}, ""},
		{fhir.Summary{ResourceType: "Procedure", Status: "élan"}, "élan"},
		{fhir.Summary{ResourceType: "Observation", Status: "final", Value: high, Interpretation: "High"}, "7.20 mmol/L · High"},
		{fhir.Summary{ResourceType: "Observation", Status: "final", Interpretation: "High"}, "High"},
		{fhir.Summary{ResourceType: "Observation", Status: "final"}, "Final"},
		{fhir.Summary{ResourceType: "Observation", Status: "entered-in-error", Value: high}, "7.20 mmol/L · Entered in error"},
	} {
		if got := fhir.Subtitle(&c.sum); got != c.want {
			t.Errorf("%s: got %q, want %q", c.sum.ResourceType, got, c.want)
		}
	}
}

func TestValueText(t *testing.T) {
	quantity := func(comparator, number, unit string) fhir.Value {
		return fhir.Value{Kind: fhir.ValueQuantity, Comparator: comparator, Number: number, Unit: unit}
	}
	part := func(code, display string, value fhir.Value) fhir.Component {
		return fhir.Component{Codes: []fhir.Coding{{System: "http://loinc.org", Code: code}}, Display: display, Value: value}
	}
	absent := fhir.Value{Kind: fhir.ValueAbsent, Text: "Not performed"}
	for _, c := range []struct {
		sum  fhir.Summary
		want string
	}{
		{fhir.Summary{}, ""},
		{fhir.Summary{Value: quantity("", "1.00", "kg/m2")}, "1.00 kg/m²"},
		{fhir.Summary{Value: quantity("<", "5", "")}, "< 5"},
		{fhir.Summary{Value: quantity(">=", "200", "10*3/uL")}, "≥ 200 ×10³/µL"},
		{fhir.Summary{Value: quantity("ad", "20", "mL")}, "up to 20 mL"},
		{fhir.Summary{Value: quantity("", "40.5", "%")}, "40.5%"},
		{fhir.Summary{Value: quantity("", "15", "{score}")}, "15"},
		{fhir.Summary{Value: quantity("", "3", "{tablets}")}, "3 tablets"},
		{fhir.Summary{Value: quantity("", "3", "{a}/{b}")}, "3 {a}/{b}"},
		{fhir.Summary{Value: quantity("", "3", "{}")}, "3 {}"},
		{fhir.Summary{Value: absent}, "Not performed"},
		{fhir.Summary{Components: []fhir.Component{part("8462-4", "D", quantity("", "80", "mm[Hg]")), part("8480-6", "S", quantity("", "120", "mm[Hg]"))}}, "120/80 mmHg"},
		{fhir.Summary{Value: absent, Components: []fhir.Component{part("8480-6", "Systolic", quantity("", "120", "mm[Hg]")), part("8462-4", "Diastolic", absent)}}, "Systolic: 120 mmHg"},
		{fhir.Summary{Value: quantity("", "9", ""), Components: []fhir.Component{part("x", "Eye", quantity("", "4", ""))}}, "9"},
		{fhir.Summary{Components: []fhir.Component{part("x", "Eye", quantity("", "4", "")), part("y", "", quantity("", "5", ""))}}, "Eye: 4, 5"},
		{fhir.Summary{Value: absent, Components: []fhir.Component{part("x", "Eye", absent)}}, "Not performed"},
	} {
		if got := fhir.ValueText(&c.sum); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
