package store

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/fhir"
)

var updateGolden = flag.Bool("update-catalogue", false, "write testdata/catalogue.golden anew")

func TestCatalogueIdentifiersAreUnique(t *testing.T) {
	ids, apples := map[TypeID]bool{}, map[string]bool{}
	for _, row := range Catalogue() {
		if ids[row.ID] {
			t.Errorf("%s: the id stands twice", row.ID)
		}
		if row.Apple != "" && apples[row.Apple] {
			t.Errorf("%s: %s stands twice", row.ID, row.Apple)
		}
		ids[row.ID], apples[row.Apple] = true, true
		if got, ok := TypeByID(row.ID); !ok || got.Title != row.Title {
			t.Errorf("%s: TypeByID does not find it", row.ID)
		}
		if got, ok := TypeByApple(row.Apple); row.Apple != "" && (!ok || got.ID != row.ID) {
			t.Errorf("%s: TypeByApple does not find it", row.ID)
		}
	}
	for _, absent := range []string{"", "HKQuantityTypeIdentifier", "stepcount"} {
		if _, ok := TypeByID(TypeID(absent)); ok {
			t.Errorf("TypeByID finds %q", absent)
		}
		if _, ok := TypeByApple(absent); ok {
			t.Errorf("TypeByApple finds %q", absent)
		}
	}
}

func TestCatalogueRowsAreComplete(t *testing.T) {
	for _, row := range Catalogue() {
		if row.ID == "" || row.Title == "" || row.Kind == "" || row.Group == "" {
			t.Errorf("%+v: id, title, kind and group must be given", row)
		}
		if row.Apple == "" && row.Kind != KindOther {
			t.Errorf("%s: no HealthKit identifier", row.ID)
		}
		isQuantity := row.Kind == KindQuantity
		if isQuantity != (row.Unit != "" && row.Display != "" && row.Aggregation != AggregationNone) {
			t.Errorf("%s: unit, display and aggregation belong to quantities, and all of them", row.ID)
		}
		if row.Kind == KindCategory && len(row.Values) == 0 {
			t.Errorf("%s: no meanings for its values", row.ID)
		}
		if clinical := row.Kind == KindClinical; clinical != (len(row.Resources) > 0) || clinical && !row.ReadOnly {
			t.Errorf("%s: clinical types name their resources and are read-only", row.ID)
		}
		if row.PerObject != (row.Kind == KindDocument) {
			t.Errorf("%s: documents, and only they, are asked for one by one", row.ID)
		}
	}
}

// TestCatalogueGolden holds every row, so that a change of any shows in review.
func TestCatalogueGolden(t *testing.T) {
	var text strings.Builder
	counts := map[Kind]int{}
	for _, row := range Catalogue() {
		counts[row.Kind]++
		fmt.Fprintf(&text, "%s | %s | %s | %s", row.ID, row.Kind, row.Group, row.Title)
		if row.Unit != "" {
			fmt.Fprintf(&text, " | %s (%s) %s", row.Unit, row.Display, row.Aggregation)
		}
		if len(row.Values) > 0 {
			fmt.Fprintf(&text, " | %v", row.Values)
		}
		if row.ReadOnly {
			text.WriteString(" | read-only")
		}
		text.WriteByte('\n')
	}
	fmt.Fprintf(&text, "\n%v\n", counts)
	path := filepath.Join("testdata", "catalogue.golden")
	if *updateGolden {
		if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text.String() != string(want) {
		t.Errorf("the catalogue differs from %s; look at the change, then run go test ./store -run Golden -update-catalogue", path)
	}
}

func TestTypeByAppleKnowsRenamedIdentifiers(t *testing.T) {
	row, ok := TypeByApple("HKCategoryTypeIdentifierAudioExposureEvent")
	if !ok || row.ID != "environmentalAudioExposureEvent" {
		t.Errorf("got %q", row.ID)
	}
}

func TestClinicalType(t *testing.T) {
	const (
		loinc  = "http://loinc.org"
		dstu2  = "http://hl7.org/fhir/observation-category"
		r4     = "http://terminology.hl7.org/CodeSystem/observation-category"
		v20074 = "http://terminology.hl7.org/CodeSystem/v2-0074"
	)
	codings := func(c ...fhir.Coding) []fhir.Coding { return c }
	cases := []struct {
		name string
		sum  fhir.Summary
		want TypeID
	}{
		{"allergy", fhir.Summary{ResourceType: "AllergyIntolerance"}, AllergyRecord},
		{"condition", fhir.Summary{ResourceType: "Condition"}, ConditionRecord},
		{"immunization", fhir.Summary{ResourceType: "Immunization"}, ImmunizationRecord},
		{"procedure", fhir.Summary{ResourceType: "Procedure"}, ProcedureRecord},
		{"coverage", fhir.Summary{ResourceType: "Coverage"}, CoverageRecord},
		{"document", fhir.Summary{ResourceType: "DocumentReference"}, ClinicalNoteRecord},
		{"order of DSTU2", fhir.Summary{ResourceType: "MedicationOrder"}, MedicationRecord},
		{"request", fhir.Summary{ResourceType: "MedicationRequest"}, MedicationRecord},
		{"dispense", fhir.Summary{ResourceType: "MedicationDispense"}, MedicationRecord},
		{"statement", fhir.Summary{ResourceType: "MedicationStatement"}, MedicationRecord},
		{"administration", fhir.Summary{ResourceType: "MedicationAdministration"}, OtherRecord},
		{"medication itself", fhir.Summary{ResourceType: "Medication"}, OtherRecord},
		{"patient", fhir.Summary{ResourceType: "Patient"}, OtherRecord},
		{"no type", fhir.Summary{}, OtherRecord},

		{"laboratory, DSTU2", fhir.Summary{ResourceType: "Observation", Categories: codings(fhir.Coding{System: dstu2, Code: "laboratory"})}, LabResultRecord},
		{"laboratory, R4", fhir.Summary{ResourceType: "Observation", Categories: codings(fhir.Coding{System: r4, Code: "laboratory"})}, LabResultRecord},
		{"vital sign", fhir.Summary{ResourceType: "Observation", Categories: codings(fhir.Coding{System: r4, Code: "vital-signs"})}, VitalSignRecord},
		{"vital sign by text", fhir.Summary{ResourceType: "Observation", Categories: codings(fhir.Coding{Display: "Vital Signs"})}, VitalSignRecord},
		{"second category counts", fhir.Summary{ResourceType: "Observation", Categories: codings(fhir.Coding{Code: "local"}, fhir.Coding{Code: "Laboratory"})}, LabResultRecord},
		{"social history", fhir.Summary{ResourceType: "Observation", Categories: codings(fhir.Coding{Code: "social-history"})}, OtherRecord},
		{"survey with a vital sign's code", fhir.Summary{ResourceType: "Observation", Categories: codings(fhir.Coding{Code: "survey"}), Codes: codings(fhir.Coding{System: loinc, Code: "8302-2"})}, OtherRecord},
		{"no category, a vital sign's code", fhir.Summary{ResourceType: "Observation", Codes: codings(fhir.Coding{System: loinc, Code: "8302-2"})}, VitalSignRecord},
		{"no category, the code of another system", fhir.Summary{ResourceType: "Observation", Codes: codings(fhir.Coding{System: "urn:local", Code: "8302-2"})}, OtherRecord},
		{"no category, no code", fhir.Summary{ResourceType: "Observation"}, OtherRecord},

		{"report of the laboratory", fhir.Summary{ResourceType: "DiagnosticReport", Categories: codings(fhir.Coding{System: v20074, Code: "LAB"})}, LabResultRecord},
		{"report of hematology", fhir.Summary{ResourceType: "DiagnosticReport", Categories: codings(fhir.Coding{System: v20074, Code: "HM"})}, LabResultRecord},
		{"report of the laboratory with a file", fhir.Summary{ResourceType: "DiagnosticReport", Categories: codings(fhir.Coding{Code: "LAB"}), Attachments: make([]fhir.Attachment, 1)}, LabResultRecord},
		{"report of radiology", fhir.Summary{ResourceType: "DiagnosticReport", Categories: codings(fhir.Coding{System: v20074, Code: "RAD"})}, ClinicalNoteRecord},
		{"note, US Core", fhir.Summary{ResourceType: "DiagnosticReport", Categories: codings(fhir.Coding{System: loinc, Code: "LP29708-2"})}, ClinicalNoteRecord},
		{"report with a file", fhir.Summary{ResourceType: "DiagnosticReport", Attachments: make([]fhir.Attachment, 1)}, ClinicalNoteRecord},
		{"report that says nothing", fhir.Summary{ResourceType: "DiagnosticReport"}, LabResultRecord},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := ClinicalType(&c.sum); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestTypeFits(t *testing.T) {
	for _, c := range []struct {
		id        TypeID
		of        string
		fits, own bool
	}{
		{"heartRate", "/min", true, true},
		{"heartRate", "count/min", true, true},
		{"heartRate", "Hz", true, false},
		{"bodyMass", "lb", true, false},
		{"bodyMass", "km", false, false},
		{"bodyMass", "", false, false},
		{"bodyMass", "no unit <", false, false},
		{"sleepAnalysis", "", false, false},
	} {
		row, _ := TypeByID(c.id)
		if fits, own := row.Fits(c.of); fits != c.fits || own != c.own {
			t.Errorf("%s in %q: fits %v, own %v", c.id, c.of, fits, own)
		}
	}
}
