package rest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	defaultCount = 50
	maxCount     = 1000 // entries a page
	maxValues    = 200  // parts of one query
)

// definition is a search parameter (FHIR R4, the search parameters of each resource).
// Those without types hold for every type, which is more than FHIR has.
type definition struct {
	name, kind string   // kind as a CapabilityStatement names it
	types      []string // resource types that have it; nil: all
	elements   string   // of a date: where it stands, as fhir.IntervalOf has it; "": where the index says
	byIndex    bool     // it is decided without the resource, but for open periods
}

// definitions lists the parameters; of several of one name the first that fits counts.
var definitions = []definition{
	{name: "_id", kind: "token", byIndex: true},
	{name: "_lastUpdated", kind: "date", elements: "meta.lastUpdated"},
	{name: "identifier", kind: "token"},
	{name: "patient", kind: "reference"},
	{name: "subject", kind: "reference"},
	{name: "category", kind: "token"},
	{name: "code", kind: "token"},
	{name: "vaccine-code", kind: "token", types: []string{"Immunization"}},
	{name: "type", kind: "token", types: []string{"Coverage", "DocumentReference"}},
	{name: "status", kind: "token", byIndex: true},
	{name: "clinical-status", kind: "token", types: []string{"AllergyIntolerance", "Condition"}, byIndex: true},
	{name: "date", kind: "date", types: []string{"AllergyIntolerance"}, elements: "recordedDate assertedDate"},
	{name: "date", kind: "date", types: []string{"DocumentReference"}, elements: "date indexed created"},
	{name: "date", kind: "date", byIndex: true},
	{name: "onset-date", kind: "date", types: []string{"Condition"}, elements: "onsetDateTime onsetPeriod"},
	{name: "recorded-date", kind: "date", types: []string{"Condition"}, elements: "recordedDate assertedDate dateRecorded"},
	{name: "authoredon", kind: "date", types: []string{"MedicationRequest"}, elements: "authoredOn dateWritten"},
	{name: "datewritten", kind: "date", types: []string{"MedicationOrder"}, elements: "dateWritten"},
	{name: "effective", kind: "date", types: []string{"MedicationStatement"}, elements: "effectiveDateTime effectivePeriod"},
	{name: "whenhandedover", kind: "date", types: []string{"MedicationDispense"}, elements: "whenHandedOver"},
	{name: "period", kind: "date", types: []string{"DocumentReference"}, elements: "context.period"},
}

// define returns a resource type's parameter of a name, or nil.
func define(resourceType, name string) *definition {
	for at := range definitions {
		d := &definitions[at]
		if d.name == name && (d.types == nil || slices.Contains(d.types, resourceType)) {
			return d
		}
	}
	return nil
}

// search is a checked query: all of its filters must hold (FHIR R4 section 3.1.1.4).
type search struct {
	resourceType string
	parameters   []parameter // as asked, without the offset and what was not heeded

	filters   []filter
	sort      []sortKey
	include   []inclusion
	count     int
	offset    int
	onlyCount bool
}

type sortKey struct {
	definition *definition
	ascending  bool
}

// inclusion is one _include: the parameter to follow, "*" for all, and the type that
// it must lead to, "" for any.
type inclusion struct{ name, resourceType string }

// offsetName is ours: where a page begins.
const offsetName = "_offset"

func parseSearch(t target, now time.Time, lenient bool) (*search, error) {
	q := &search{resourceType: t.resourceType, count: defaultCount}
	if len(t.parameters) > maxValues {
		return nil, badRequest("the query has too many parameters")
	}
	for _, p := range t.parameters {
		heeded, err := q.take(p, now)
		if err == errUnknown && lenient && !strings.Contains(p.name, ":") {
			continue
		}
		if err != nil {
			return nil, err
		}
		if heeded {
			q.parameters = append(q.parameters, p)
		}
	}
	slices.SortStableFunc(q.filters, func(a, b filter) int { return indexed(b) - indexed(a) })
	return q, nil
}

// indexed orders filters: those that cost nothing come first.
func indexed(f filter) int {
	if f.definition.byIndex {
		return 1
	}
	return 0
}

// errUnknown is that of a parameter which might be ignored; a modifier must not be
// (FHIR R4 section 3.1.1.4.4).
var errUnknown = fail(400, "not-supported", "a search parameter, or its modifier, is not supported")

// take reads one parameter. heeded is false for what is accepted and makes no
// difference: a client sees that in the link to itself.
func (q *search) take(p parameter, now time.Time) (heeded bool, err error) {
	switch p.name {
	case "_sort":
		return true, q.takeSort(p.value)
	case "_count":
		return true, takeNumber(&q.count, p, maxCount)
	case offsetName:
		return false, takeNumber(&q.offset, p, 1<<30)
	case "_include":
		return true, q.takeInclude(p.value)
	case "_summary":
		return q.takeSummary(p.value)
	case "_elements", "_fields", "_pretty", "_total", "_format":
		// Whole resources are answered in any case, as a server may (FHIR R4 section
		// 3.1.1.5.9), and their number is always known. _fields is _elements in Medplum's
		// words; _format was looked at before.
		return p.name == "_format", nil
	}
	f, err := q.parseFilter(p, now)
	if err != nil {
		return false, err
	}
	q.filters = append(q.filters, f)
	return true, nil
}

// alternatives splits a value at its commas; \ escapes them (FHIR R4 section
// 3.1.1.4.0).
func alternatives(value string) ([]string, error) {
	parts := split(value, ',')
	if len(parts) > maxValues {
		return nil, badRequest("a search parameter has too many values")
	}
	for _, part := range parts {
		if part == "" {
			return nil, badRequest("a search parameter has an empty value")
		}
	}
	return parts, nil
}

// split cuts text at separators that no backslash escapes.
func split(text string, separator byte) []string {
	var parts []string
	start := 0
	for at := 0; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case separator:
			parts = append(parts, text[start:at])
			start = at + 1
		}
	}
	return append(parts, text[start:])
}

var escapes = strings.NewReplacer(`\\`, `\`, `\,`, `,`, `\|`, `|`, `\$`, `$`)

func unescape(text string) string { return escapes.Replace(text) }

func (q *search) takeSort(value string) error {
	for value := range strings.SplitSeq(value, ",") {
		name, descending := strings.CutPrefix(value, "-")
		d := define(q.resourceType, name)
		if d == nil || d.kind != "date" && d.name != "_id" {
			return badRequest("_sort takes _id, _lastUpdated and dates")
		}
		q.sort = append(q.sort, sortKey{d, !descending})
	}
	return nil
}

func takeNumber(into *int, p parameter, most int) error {
	n, err := strconv.Atoi(p.value)
	if err != nil || n < 0 {
		return badRequest(p.name + " is not a number from 0 up")
	}
	*into = min(n, most)
	return nil
}

// takeInclude reads Type:parameter[:Type].
func (q *search) takeInclude(value string) error {
	parts := strings.Split(value, ":")
	if value == "*" {
		parts = []string{q.resourceType, "*"}
	}
	if len(parts) < 2 || len(parts) > 3 || parts[0] != q.resourceType || parts[1] == "" {
		return badRequest("_include takes " + q.resourceType + ":parameter")
	}
	one := inclusion{name: parts[1]}
	if one.name == "patient" {
		one.resourceType = "Patient"
	}
	if len(parts) == 3 {
		if one.resourceType = parts[2]; !isType(one.resourceType) {
			return badRequest("_include names no resource type")
		}
	}
	q.include = append(q.include, one)
	return nil
}

// takeSummary reads _summary. Resources are whole whatever is asked for, as a server
// may answer (FHIR R4 section 3.1.1.5.8).
func (q *search) takeSummary(value string) (heeded bool, err error) {
	switch value {
	case "count":
		q.onlyCount = true
		return true, nil
	case "true", "text", "data", "false":
		return false, nil
	}
	return false, badRequest("_summary takes true, text, data, count and false")
}
