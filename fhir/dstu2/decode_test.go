package dstu2

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestUnmarshalTolerates(t *testing.T) {
	cases := []struct {
		name, resource string
		want           string // the model, encoded
		departures     []Departure
	}{
		{"as the release has it",
			`{"resourceType":"Patient","active":true,"name":[{"family":["Doe"]}]}`,
			`{"resourceType":"Patient","active":true,"name":[{"family":["Doe"]}]}`, nil},
		{"boolean as a string",
			`{"resourceType":"Patient","active":"true"}`,
			`{"resourceType":"Patient","active":true}`, []Departure{{"/active", RuleAsString}}},
		{"boolean as another string",
			`{"resourceType":"Patient","active":"yes"}`,
			`{"resourceType":"Patient"}`, []Departure{{"/active", RuleShape}}},
		{"integer as a string",
			`{"resourceType":"Patient","multipleBirthInteger":"2"}`,
			`{"resourceType":"Patient","multipleBirthInteger":2}`, []Departure{{"/multipleBirthInteger", RuleAsString}}},
		{"decimal as a string keeps its digits",
			`{"resourceType":"Observation","valueQuantity":{"value":"1.00"}}`,
			`{"resourceType":"Observation","valueQuantity":{"value":1.00}}`, []Departure{{"/valueQuantity/value", RuleAsString}}},
		{"decimal keeps its digits",
			`{"resourceType":"Observation","valueQuantity":{"value":1.00}}`,
			`{"resourceType":"Observation","valueQuantity":{"value":1.00}}`, nil},
		{"a string that is no decimal",
			`{"resourceType":"Observation","valueQuantity":{"value":"high","unit":"mg"}}`,
			`{"resourceType":"Observation","valueQuantity":{"unit":"mg"}}`, []Departure{{"/valueQuantity/value", RuleShape}}},
		{"string as a number",
			`{"resourceType":"Observation","comments":12}`,
			`{"resourceType":"Observation","comments":"12"}`, []Departure{{"/comments", RuleAsString}}},
		{"object for an array",
			`{"resourceType":"Encounter","reason":{"text":"Cough"}}`,
			`{"resourceType":"Encounter","reason":[{"text":"Cough"}]}`, []Departure{{"/reason", RuleNotArray}}},
		{"array of one for an object",
			`{"resourceType":"MedicationOrder","reasonReference":[{"reference":"Condition/1"}]}`,
			`{"resourceType":"MedicationOrder","reasonReference":{"reference":"Condition/1"}}`, []Departure{{"/reasonReference", RuleArrayOne}}},
		{"array of two for an object",
			`{"resourceType":"Observation","category":[{"text":"a"},{"text":"b"}]}`,
			`{"resourceType":"Observation","category":{"text":"a"}}`, []Departure{{"/category", RuleArrayMany}}},
		{"object for a string",
			`{"resourceType":"Goal","description":{"text":"Walk"}}`,
			`{"resourceType":"Goal"}`, []Departure{{"/description", RuleShape}}},
		{"string for an object",
			`{"resourceType":"Goal","author":"me"}`,
			`{"resourceType":"Goal"}`, []Departure{{"/author", RuleShape}}},
		{"unknown elements",
			`{"resourceType":"Goal","a/b":1,"_status":{},"Status":"x"}`,
			`{"resourceType":"Goal"}`, []Departure{{"/Status", RuleUnknown}, {"/_status", RuleUnknown}, {"/a~1b", RuleUnknown}}},
		{"a code outside its value set",
			`{"resourceType":"Goal","status":"hoped-for"}`,
			`{"resourceType":"Goal","status":"hoped-for"}`, nil},
		{"null keeps its place in an array",
			`{"resourceType":"Patient","name":[{"given":[null,"Ann"]}]}`,
			`{"resourceType":"Patient","name":[{"given":["","Ann"]}]}`, nil},
		{"empty array for an object",
			`{"resourceType":"Goal","subject":[]}`, `{"resourceType":"Goal"}`, nil},
		{"contained resources stay as they are",
			`{"resourceType":"Goal","contained":[{"resourceType":"Foo", "x": 1.0}]}`,
			`{"resourceType":"Goal","contained":[{"resourceType":"Foo","x":1.0}]}`, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var head struct{ ResourceType string }
			if err := json.Unmarshal([]byte(c.resource), &head); err != nil {
				t.Fatal(err)
			}
			model := New(head.ResourceType)
			departures, err := Unmarshal([]byte(c.resource), model)
			if err != nil {
				t.Fatal(err)
			}
			slices.SortFunc(departures, func(a, b Departure) int { return strings.Compare(a.Pointer, b.Pointer) })
			if !slices.Equal(departures, c.departures) {
				t.Errorf("departures: got %v, want %v", departures, c.departures)
			}
			if got, _ := json.Marshal(model); string(got) != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	cases := []struct {
		name, resource string
		want           error
	}{
		{"nothing", ``, ErrSyntax},
		{"null", `null`, ErrSyntax},
		{"an array", `[]`, ErrSyntax},
		{"a string", `"Patient"`, ErrSyntax},
		{"cut short", `{"resourceType":"Patient","name":[`, ErrSyntax},
		{"a byte order mark", "\ufeff{}", ErrSyntax},
		{"UTF-16", "{\x00}\x00", ErrSyntax},
		{"an HTML page", `<html></html>`, ErrSyntax},
		{"no resourceType", `{"id":"1"}`, ErrResourceType},
		{"another resourceType", `{"resourceType":"Observation"}`, ErrResourceType},
		{"a resourceType that is no string", `{"resourceType":{}}`, ErrResourceType},
		{"10,000 levels", `{"resourceType":"Patient","extension":` + strings.Repeat(`[{"extension":`, 10000), ErrTooDeep},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Unmarshal([]byte(c.resource), new(Patient)); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestDisplay(t *testing.T) {
	if got := AllergyIntoleranceCriticalityCRITH.Display(); got != "High Risk" {
		t.Errorf("got %q", got)
	}
	if got := GoalStatus("hoped-for").Display(); got != "hoped-for" {
		t.Errorf("an unknown code: got %q", got)
	}
	if got := UnitsOfTimeD.Display(); got != "day" {
		t.Errorf("got %q", got)
	}
}

func TestNewOfUnmodelled(t *testing.T) {
	if model := New("Conformance"); model != nil {
		t.Errorf("got %T", model)
	}
}

// TestRealRecords decodes every resource of the shared DSTU2 records that has a
// model, and shows that the strict files of HL7 depart from nothing but by
// "_name" members, and that the loose ones are decoded all the same.
func TestRealRecords(t *testing.T) {
	for _, folder := range []string{"fhir-dstu2-examples", "synthea-dstu2", "smart-sample-patients"} {
		paths, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", folder, "*.json"))
		if len(paths) == 0 {
			t.Skip("the shared sample records are not here")
		}
		decoded, departed := 0, map[string]int{}
		for _, path := range paths {
			for _, raw := range resourcesOf(t, path) {
				var head struct{ ResourceType string }
				json.Unmarshal(raw, &head)
				model := New(head.ResourceType)
				if model == nil {
					continue
				}
				departures, err := Unmarshal(raw, model)
				if err != nil {
					t.Errorf("%s: %v", path, err)
				}
				decoded++
				for _, d := range departures {
					departed[d.Rule]++
					if folder == "fhir-dstu2-examples" && !strings.Contains(d.Pointer, "/_") && !strings.HasSuffix(d.Pointer, "fhir_comments") {
						t.Errorf("%s: %v", path, d)
					}
				}
			}
		}
		t.Logf("%s: %d resources decoded, departures: %v", folder, decoded, departed)
		if folder == "synthea-dstu2" && (departed[RuleNotArray] == 0 || departed[RuleArrayOne] == 0 || departed[RuleShape] == 0) {
			t.Errorf("the departures that its README names were not seen: %v", departed)
		}
	}
}

// resourcesOf lists the resource, or the resources of the bundle, in a file.
func resourcesOf(t *testing.T, path string) []json.RawMessage {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var bundle struct {
		ResourceType string
		Entry        []struct{ Resource json.RawMessage }
	}
	if err := json.Unmarshal(text, &bundle); err != nil {
		t.Logf("%s: left out: %v", path, err)
		return nil
	}
	if bundle.ResourceType != "Bundle" {
		return []json.RawMessage{text}
	}
	var resources []json.RawMessage
	for _, entry := range bundle.Entry {
		resources = append(resources, entry.Resource)
	}
	return resources
}

func FuzzDSTU2(f *testing.F) {
	f.Add("Patient", []byte(`{"resourceType":"Patient","active":"true","name":{"family":["Doe",null]}}`))
	f.Add("Observation", []byte(`{"resourceType":"Observation","valueQuantity":[{"value":"1.00"}],"component":{}}`))
	f.Add("Goal", []byte(`{"resourceType":"Goal","description":{"text":[]},"contained":{"a":1}}`))
	f.Add("MedicationOrder", []byte(`{"resourceType":"MedicationOrder","dosageInstruction":[[{"timing":{"repeat":[]}}]]}`))
	f.Fuzz(func(t *testing.T, resourceType string, raw []byte) {
		model := New(resourceType)
		if model == nil {
			return
		}
		if _, err := Unmarshal(raw, model); err != nil {
			return
		}
		// What was decoded is in the release's form, so that it decodes again
		// without a departure but for what the model can't tell.
		text, err := json.Marshal(model)
		if err != nil {
			t.Fatal(err)
		}
		again := New(resourceType)
		departures, err := Unmarshal(text, again)
		if err != nil || len(departures) > 0 {
			t.Fatalf("%v %v", err, departures)
		}
		if fmt.Sprint(string(text)) != encode(t, again) {
			t.Fatalf("%s\n%s", text, encode(t, again))
		}
	})
}

func encode(t *testing.T, model any) string {
	text, err := json.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
