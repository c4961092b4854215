package rest_test

import (
	"bytes"
	"encoding/json"
	"testing"

	models "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/keepwell-health/keepwell/web/rest"
)

// TestAnswersAreR4 reads what is written here by R4's models: every element and every
// code of a required value set must be theirs.
func TestAnswersAreR4(t *testing.T) {
	s := records()
	s.put("medicationRecord", "a", "MedicationRequest", "old", "", "active", "")
	s.samples[len(s.samples)-1].FHIR.Version = "3.0.2"
	answer := func(method, url, body string) []byte {
		r := rest.Serve(t.Context(), s, now, rest.Request{Method: method, URL: url, Body: body})
		checkAnswer(t, r)
		return r.Body
	}
	for name, c := range map[string]struct {
		body []byte
		into any
	}{
		"capabilities": {answer("GET", "metadata", ""), new(models.CapabilityStatement)},
		"searchset":    {answer("GET", "MedicationRequest?_include=*&_count=5&_offset=0", ""), new(models.Bundle)},
		"pages":        {answer("GET", "Observation?_count=1&_offset=1", ""), new(models.Bundle)},
		"count":        {answer("GET", "Observation?_summary=count", ""), new(models.Bundle)},
		"batch": {answer("POST", "", `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Observation/o1"}},{}]}`),
			new(models.Bundle)},
		"outcome": {answer("GET", "Observation?x=y", ""), new(models.OperationOutcome)},
	} {
		var whole map[string]json.RawMessage
		if err := json.Unmarshal(c.body, &whole); err != nil {
			t.Fatal(err)
		}
		delete(whole, "resourceType") // is no field of the models
		text, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(c.into); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
