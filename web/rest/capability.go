package rest

import (
	"slices"

	"github.com/keepwell-health/keepwell/store"
)

// published is the date of what is said here.
const published = "2026-01-01"

// capabilities says what can be asked (FHIR R4 section 5.1, CapabilityStatement).
// It is the same for everybody: it must not tell what there is.
func capabilities() []byte {
	type code struct {
		Code string `json:"code"`
	}
	type searchParam struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	type resource struct {
		Type            string        `json:"type"`
		Interaction     []code        `json:"interaction"`
		Versioning      string        `json:"versioning"`
		ConditionalRead string        `json:"conditionalRead"`
		SearchInclude   []string      `json:"searchInclude"`
		SearchParam     []searchParam `json:"searchParam"`
	}
	var resources []resource
	for _, name := range resourceTypes() {
		if name == dstu2Order {
			continue
		}
		var params []searchParam
		for at := range definitions {
			if d := &definitions[at]; define(name, d.name) == d {
				params = append(params, searchParam{d.name, d.kind})
			}
		}
		resources = append(resources, resource{
			name, []code{{"read"}, {"vread"}, {"search-type"}}, "no-version", "not-match", []string{"*"}, params,
		})
	}
	type rest struct {
		Mode          string     `json:"mode"`
		Documentation string     `json:"documentation"`
		Resource      []resource `json:"resource"`
		Interaction   []code     `json:"interaction"`
	}
	return appendText(nil, struct {
		ResourceType   string            `json:"resourceType"`
		Status         string            `json:"status"`
		Date           string            `json:"date"`
		Kind           string            `json:"kind"`
		Software       map[string]string `json:"software"`
		Implementation map[string]string `json:"implementation"`
		FHIRVersion    string            `json:"fhirVersion"`
		Format         []string          `json:"format"`
		Rest           []rest            `json:"rest"`
	}{
		"CapabilityStatement", "active", published, "instance",
		map[string]string{"name": "Keepwell"},
		map[string]string{
			"description": "Records that a person keeps on their device, in the release and the bytes in which their source sent them",
			"url":         Base,
		},
		"4.0.1", []string{"application/fhir+json", "json"}, []rest{{"server", dstu2Order + " of DSTU2 can be asked for too.", resources, []code{{"batch"}}}},
	})
}

// dstu2Order is a type that R4 has no code for.
const dstu2Order = "MedicationOrder"

// others are the most common resources that no clinical type holds.
var others = []string{
	"CarePlan", "CareTeam", "Device", "Encounter", "ExplanationOfBenefit", "Goal", "Location", "Medication",
	"Organization", "Patient", "Practitioner", "QuestionnaireResponse",
}

func resourceTypes() []string {
	names := slices.Clone(others)
	for _, t := range store.Catalogue() {
		names = append(names, t.Resources...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
