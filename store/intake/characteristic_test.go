package intake

import (
	"fmt"
	"testing"

	"github.com/keepwell-health/keepwell/fhir"
)

func TestPatientCharacteristics(t *testing.T) {
	const extension = `"extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex","valueCode":"%s"}]`
	cases := []struct{ name, members, want string }{
		{"both", `"birthDate":"1971-03-14","gender":"female"`, "[{dateOfBirth 1971-03-14 0} {biologicalSex Female 1}]"},
		{"a year only", `"birthDate":"1971"`, "[{dateOfBirth 1971 0}]"},
		{"sex at birth counts", `"gender":"female",` + fmt.Sprintf(extension, "M"), "[{biologicalSex Male 2}]"},
		{"unknown sex at birth", `"gender":"female",` + fmt.Sprintf(extension, "UNK"), "[]"},
		{"other", `"gender":"other"`, "[{biologicalSex Other 3}]"},
		{"unknown", `"gender":"unknown"`, "[]"},
		{"not a date", `"birthDate":"14.3.1971"`, "[]"},
		{"a time", `"birthDate":"1971-03-14T00:00:00Z"`, "[]"},
		{"not a text", `"birthDate":1971`, "[]"},
		{"nothing", `"active":true`, "[]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			raw := []byte(`{"resourceType":"Patient",` + c.members + `}`)
			got := characteristicsOf(&fhir.Summary{ResourceType: "Patient"}, raw)
			if fmt.Sprint(got) != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

func TestBloodGroup(t *testing.T) {
	cases := map[string]int{
		"A+": 1, "A Rh(D) positive": 1, "Blood group A Rh(D) positive (finding)": 1, "A POS": 1, "Group A, Rh negative": 2, "A −": 2,
		"B Positive": 3, "b neg": 4, "AB+": 5, "AB Rh negative": 6, "O Pos": 7, "0 NEG": 8, "O-": 8,
		"": 0, "A": 0, "positive": 0, "AO+": 0, "A+ or B+": 0, "unknown": 0,
	}
	for text, want := range cases {
		if got := bloodGroup(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func TestBloodTypeNeedsItsCode(t *testing.T) {
	sum := fhir.Summary{ResourceType: "Observation", Value: fhir.Value{Text: "O+"}}
	for _, code := range []fhir.Coding{{System: "http://loinc.org", Code: "883-9"}, {System: "urn:local", Code: "882-1"}} {
		sum.Codes = []fhir.Coding{code}
		if got := characteristicsOf(&sum, nil); got != nil {
			t.Errorf("%v: got %v", code, got)
		}
	}
	sum.Codes = []fhir.Coding{{System: "http://loinc.org", Code: "882-1"}}
	if got := fmt.Sprint(characteristicsOf(&sum, nil)); got != "[{bloodType O+ 7}]" {
		t.Errorf("got %s", got)
	}
}
