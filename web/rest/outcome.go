package rest

import (
	"encoding/json"
	"errors"

	"github.com/keepwell-health/keepwell/store"
)

// failure becomes an OperationOutcome.
type failure struct {
	status int    // of HTTP
	code   string // of the value set issue-type (FHIR R4)
	text   string // names places and rules, never a value from a record
}

func (f *failure) Error() string { return f.text }

func badRequest(text string) error { return &failure{400, "invalid", text} }

// failures says the store's errors in FHIR's words.
var failures = map[store.Code]failure{
	store.CodeInvalidArgument:            {status: 400, code: "invalid"},
	store.CodeAuthorizationNotDetermined: {status: 403, code: "forbidden"},
	store.CodeHealthDataRestricted:       {status: 403, code: "forbidden"},
	store.CodeNoData:                     {status: 404, code: "not-found"},
	store.CodeDataSizeExceeded:           {status: 413, code: "too-long"},
	store.CodeDatabaseInaccessible:       {status: 503, code: "transient"},
	store.CodeUserCanceled:               {status: 503, code: "incomplete"},
}

// outcome answers with an error (FHIR R4 section 2.28, OperationOutcome).
func outcome(err error) Response {
	f := failure{500, "exception", "something went wrong inside Keepwell"}
	var typed *store.Error
	var own *failure
	switch {
	case errors.As(err, &own):
		f = *own
	case errors.As(err, &typed):
		if known, ok := failures[typed.Code]; ok {
			f = known
		}
		f.text = string(typed.Code) + ": " + typed.Text
	}
	type issue struct {
		Severity    string `json:"severity"`
		Code        string `json:"code"`
		Diagnostics string `json:"diagnostics"`
	}
	body, marshalErr := json.Marshal(struct {
		ResourceType string  `json:"resourceType"`
		Issue        []issue `json:"issue"`
	}{"OperationOutcome", []issue{{"error", f.code, f.text}}})
	if marshalErr != nil {
		panic("rest: texts always marshal: " + marshalErr.Error())
	}
	return Response{Status: f.status, Body: body}
}
