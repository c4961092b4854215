// Package dstu2 models the resources of FHIR DSTU2 (1.0.2) that a person's
// record holds, and decodes them tolerantly.
//
// The models are generated from HL7's definitions of the release and follow the
// names of the R4 models of github.com/samply/golang-fhir-models, but that
// nothing in them is required and that a code is a string, which holds codes
// outside its value set too: real records need both.
package dstu2

//go:generate go run ./internal/generate
