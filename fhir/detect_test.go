package fhir_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/keepwell-health/keepwell/fhir"
)

func TestDetectRelease(t *testing.T) {
	const (
		dstu2 = `{"resourceType":"MedicationOrder"}`
		stu3  = `{"resourceType":"Condition","assertedDate":"2016"}`
		r4    = `{"resourceType":"ServiceRequest"}`
		any   = `{"resourceType":"Patient"}`
	)
	for _, c := range []struct {
		name, file string
		want       fhir.Release
	}{
		{"nothing tells", any, ""},
		{"one tells", any + any + stu3 + any, fhir.STU3},
		{"all agree", dstu2 + any + dstu2, fhir.DSTU2},
		{"most agree", strings.Repeat(dstu2, 4) + r4, fhir.DSTU2},
		{"they contradict each other", dstu2 + r4 + stu3, ""},
		{"the resource says it", `{"resourceType":"StructureDefinition","fhirVersion":"5.0.0"}`, fhir.R5},
		{"the bundle says it", `{"resourceType":"Bundle","link":[{"relation":"self","url":"https://a/STU3"}],"entry":[{"resource":` + r4 + `}]}`, fhir.STU3},
		{"faults are left alone", inBundle(`{"id":"a"}`, dstu2, `{"resourceType":"Goal","a":"\ud800"}`) + "cut", fhir.DSTU2},
		{"cut short", inBundle(any, dstu2, r4)[:130], fhir.DSTU2},
		{"no FHIR", "<html>", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := fhir.DetectRelease(strings.NewReader(c.file)); err != nil || got != c.want {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	failure := errors.New("the disk is gone")
	if _, err := fhir.DetectRelease(iotest.ErrReader(failure)); err != failure {
		t.Errorf("got %v", err)
	}
}
