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
	allow  string // with 405: the methods that are
}

func (f *failure) Error() string { return f.text }

// errTooLarge is that of an answer.
var errTooLarge = fail(413, "too-long", "the answer is too large; ask for less with _count")

func fail(status int, code, text string) error {
	return &failure{status: status, code: code, text: text}
}

func badRequest(text string) error { return fail(400, "invalid", text) }

func notAllowed(allow string) error {
	return &failure{status: 405, code: "not-supported", text: "this method is not supported here, but " + allow, allow: allow}
}

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

// Failed answers with an error (FHIR R4 section 2.28, OperationOutcome).
func Failed(err error) Response {
	f := failure{status: 500, code: "exception", text: "something went wrong inside Keepwell"}
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
	headers := mediaType(ownVersion)
	if f.allow != "" {
		headers["allow"] = f.allow
	}
	return Response{Status: f.status, Headers: headers, Body: body}
}
