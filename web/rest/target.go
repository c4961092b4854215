package rest

import (
	"net/url"
	"strings"
)

// maxURL bounds an address, in bytes; servers commonly take 8 KiB (RFC 9110
// section 4.1).
const maxURL = 8 << 10

// targetKind tells what a path names.
type targetKind uint8

const (
	targetSearch       targetKind = iota // Observation
	targetCapabilities                   // metadata
	targetRead                           // Observation/id
	targetVersion                        // Observation/id/_history/version
	targetPost                           // Observation/_search
	targetBase                           // the base itself, which takes batches
)

// target is what a request is about.
type target struct {
	kind                      targetKind
	resourceType, id, version string
	parameters                []parameter
}

// parameter is one name=value of a query, in its order.
type parameter struct{ name, value string }

// isType tells whether text could name a resource type. No regular expressions
// here: their package would weigh more than the rest of this one.
func isType(text string) bool {
	return len(text) >= 2 && len(text) <= 64 && 'A' <= text[0] && text[0] <= 'Z' && made(text, isLetter)
}

// isID tells whether text is a resource's id (FHIR R4 section 2.24.0.1).
func isID(text string) bool {
	return len(text) >= 1 && len(text) <= 64 && made(text, func(c byte) bool {
		return isLetter(c) || '0' <= c && c <= '9' || c == '-' || c == '.'
	})
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// made tells whether all bytes of text are of a kind.
func made(text string, of func(byte) bool) bool {
	for i := range len(text) {
		if !of(text[i]) {
			return false
		}
	}
	return true
}

// parseTarget reads an address below Base, or relative to it.
func parseTarget(address string) (target, error) {
	if len(address) > maxURL {
		return target{}, fail(414, "too-long", "the address is too long")
	}
	rest, _, _ := strings.Cut(address, "#")
	if below, ok := strings.CutPrefix(rest, Base); ok && (below == "" || below[0] == '/' || below[0] == '?') {
		rest = below
	} else if strings.Contains(strings.SplitN(rest, "?", 2)[0], ":") {
		return target{}, badRequest("the address is not below " + Base)
	}
	path, query, _ := strings.Cut(rest, "?")
	t, err := parsePath(strings.Trim(path, "/"))
	if err != nil {
		return target{}, err
	}
	t.parameters, err = parseParameters(query)
	return t, err
}

// parsePath reads a path below Base.
func parsePath(path string) (target, error) {
	segments := strings.Split(path, "/")
	for at := range segments {
		var err error
		if segments[at], err = url.PathUnescape(segments[at]); err != nil {
			return target{}, badRequest("the path is not percent-encoded")
		}
	}
	t := target{resourceType: segments[0]}
	count := len(segments)
	switch {
	case path == "":
		t.kind = targetBase
	case path == "metadata":
		t.kind = targetCapabilities
	case !isType(t.resourceType):
		return target{}, fail(404, "not-found", "the path begins with no resource type")
	case count == 1:
	case segments[count-1] == "_history" || strings.HasPrefix(segments[count-1], "$"):
		return target{}, fail(501, "not-supported", "histories and operations are not supported")
	case count == 2 && segments[1] == "_search":
		t.kind = targetPost
	case count == 2 && isID(segments[1]):
		t.kind, t.id = targetRead, segments[1]
	case count == 4 && isID(segments[1]) && segments[2] == "_history" && isID(segments[3]):
		t.kind, t.id, t.version = targetVersion, segments[1], segments[3]
	default:
		return target{}, fail(404, "not-found", "the path names no resource")
	}
	return t, nil
}

// parseParameters keeps the order, in which links repeat them.
func parseParameters(query string) ([]parameter, error) {
	var parameters []parameter
	for _, part := range strings.Split(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if nameErr != nil || valueErr != nil {
			return nil, badRequest("the query is not percent-encoded")
		}
		parameters = append(parameters, parameter{name, value})
	}
	return parameters, nil
}

// encode undoes parseParameters.
func encode(parameters []parameter) string {
	parts := make([]string, len(parameters))
	for at, p := range parameters {
		parts[at] = url.QueryEscape(p.name) + "=" + url.QueryEscape(p.value)
	}
	return strings.Join(parts, "&")
}
