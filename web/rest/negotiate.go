package rest

import (
	"slices"
	"strings"
)

// checkMethod refuses what would write (FHIR R4 section 3.1.0.1; RFC 9110 section
// 15.5.6).
func checkMethod(method string, t target) error {
	allowed := "GET, HEAD"
	if t.kind == targetBase || t.kind == targetPost {
		allowed = "POST"
	}
	if method == "" {
		method = "GET"
	}
	if !slices.Contains(strings.Split(allowed, ", "), method) {
		return notAllowed(allowed)
	}
	return nil
}

// negotiate refuses what asks for something else than JSON. _format goes before the
// header (FHIR R4 section 3.1.0.1.11).
func negotiate(request Request, t target) error {
	asked := request.Headers["accept"]
	for _, p := range t.parameters {
		if p.name == "_format" {
			asked = strings.ReplaceAll(p.value, " ", "+") // a + that was not percent-encoded
		}
	}
	if asked == "" {
		return nil
	}
	for one := range strings.SplitSeq(asked, ",") {
		if isJSON(one) {
			return nil
		}
	}
	return fail(406, "not-supported", "only JSON is supported")
}

// jsonTypes are the media types by which clients of all releases mean FHIR's JSON.
var jsonTypes = []string{"json", "application/json", "application/fhir+json", "application/json+fhir", "text/json", "*/*", "application/*"}

func isJSON(mediaType string) bool {
	name, _, _ := strings.Cut(mediaType, ";")
	return slices.Contains(jsonTypes, strings.ToLower(strings.TrimSpace(name)))
}

// isLenient tells whether parameters that are not known are to be ignored (FHIR R4
// section 3.1.1.2).
func isLenient(request Request) bool {
	for one := range strings.FieldsFuncSeq(request.Headers["prefer"], func(r rune) bool { return r == ',' || r == ';' }) {
		if strings.EqualFold(strings.TrimSpace(one), "handling=lenient") {
			return true
		}
	}
	return false
}

// parseForm reads the parameters in the body of a search by POST.
func parseForm(request Request) ([]parameter, error) {
	if request.Body == "" {
		return nil, nil
	}
	name, _, _ := strings.Cut(request.Headers["content-type"], ";")
	if !strings.EqualFold(strings.TrimSpace(name), "application/x-www-form-urlencoded") {
		return nil, fail(415, "not-supported", "the body of a search is application/x-www-form-urlencoded")
	}
	if len(request.Body) > maxURL {
		return nil, fail(413, "too-long", "the body is too long")
	}
	return parseParameters(request.Body)
}
