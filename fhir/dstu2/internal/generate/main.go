// Generate writes the DSTU2 models of package dstu2 from HL7's definitions of
// the release (FHIR 1.0.2): the StructureDefinitions of the resources and data
// types, and the value sets of the codes.
//
// Run it by "go generate ./fhir/dstu2". Its output is committed; a test shows
// that it is fresh.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"
)

// resources are what a person's record holds: the clinical types, and what
// these refer to. Each one adds to the size of the wasm module; a resource that
// is not listed is shown from its bytes.
var resources = []string{
	"AllergyIntolerance", "CarePlan", "Condition", "Coverage", "DiagnosticOrder", "DiagnosticReport",
	"DocumentReference", "Encounter", "FamilyMemberHistory", "Goal", "Immunization", "Location",
	"Medication", "MedicationAdministration", "MedicationDispense", "MedicationOrder",
	"MedicationStatement", "Observation", "Organization", "Patient", "Practitioner", "Procedure",
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("generate: ")
	definitions := flag.String("definitions", filepath.FromSlash("../../../shared/data/definitions/dstu2"),
		"folder of profiles-resources.json, profiles-types.json and valuesets.json")
	out := flag.String("out", ".", "folder that the Go files are written to")
	flag.Parse()

	files, err := generate(*definitions)
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(*out, name), text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// generate makes the Go files, by name, from the definitions in folder.
func generate(folder string) (map[string][]byte, error) {
	defs, err := load(folder)
	if err != nil {
		return nil, err
	}
	m := &models{definitions: defs, bound: map[string]*valueSet{}}
	return m.files(resources)
}
