package host

import (
	"net/http"
	"strconv"
	"strings"
)

// accepts reports whether a request takes a content coding (RFC 9110 section
// 12.5.3): a weight of 0 refuses it, "*" stands for those that are not named.
func accepts(request http.Header, coding string) bool {
	byStar := false
	for _, line := range request.Values("Accept-Encoding") {
		for _, item := range strings.Split(line, ",") {
			name, parameters, _ := strings.Cut(item, ";")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case coding:
				return weight(parameters) > 0
			case "*":
				byStar = weight(parameters) > 0
			}
		}
	}
	return byStar
}

// weight reads "q=0.5" (RFC 9110 section 12.4.2): 1 when absent, and 0 when it
// is no such number, so that what is not understood gets the plain file.
func weight(parameters string) float64 {
	parameters = strings.TrimSpace(parameters)
	if parameters == "" {
		return 1
	}
	name, value, _ := strings.Cut(parameters, "=")
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !strings.EqualFold(strings.TrimSpace(name), "q") || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}
