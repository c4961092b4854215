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

// search is a checked query. Filters of one parameter are alternatives; all
// parameters must hold (FHIR R4 section 3.1.1.4).
type search struct {
	resourceType string
	parameters   []parameter // as asked, without the offset

	ids         []string // nil: any
	patients    [][]string
	codes       [][]token
	categories  [][]token
	statuses    [][]token
	dates       [][]dateMatch
	lastUpdated [][]dateMatch
	sort        []sortKey
	include     []string // search parameters to follow; "*" for all
	count       int
	offset      int
	onlyCount   bool
}

// token is one value of a token parameter (FHIR R4 section 3.1.1.4.10).
type token struct {
	system, code      string
	anySystem, anyOne bool // no system was named; no code was
}

type sortKey struct {
	name      string
	ascending bool
}

// dateNames are the parameters that stand for the clinically relevant date in
// the resources that have no `date`.
var dateNames = []string{"date", "onset-date", "recorded-date", "authoredon", "effective", "whenhandedover", "period"}

// offsetName is ours: where a page begins.
const offsetName = "_offset"

func parseSearch(t target, now time.Time) (*search, error) {
	q := &search{resourceType: t.resourceType, count: defaultCount}
	if len(t.parameters) > maxValues {
		return nil, badRequest("the query has too many parameters")
	}
	for _, p := range t.parameters {
		if err := q.take(p, now); err != nil {
			return nil, err
		}
		if p.name != offsetName {
			q.parameters = append(q.parameters, p)
		}
	}
	return q, nil
}

func (q *search) take(p parameter, now time.Time) error {
	values, err := alternatives(p.value)
	if err != nil {
		return err
	}
	switch name := p.name; {
	case name == "_id":
		q.takeIDs(values)
	case name == "patient" || name == "subject" || name == "patient:Patient" || name == "subject:Patient":
		q.patients = append(q.patients, values)
	case name == "code":
		q.codes = append(q.codes, tokens(p.value))
	case name == "category":
		q.categories = append(q.categories, tokens(p.value))
	case name == "status" || name == "clinical-status":
		q.statuses = append(q.statuses, tokens(p.value))
	case name == "_lastUpdated":
		return takeDates(&q.lastUpdated, values, now)
	case slices.Contains(dateNames, name):
		return takeDates(&q.dates, values, now)
	case name == "_sort":
		return q.takeSort(values)
	case name == "_count":
		return takeNumber(&q.count, p, maxCount)
	case name == offsetName:
		return takeNumber(&q.offset, p, 1<<30)
	case name == "_include":
		return q.takeInclude(p.value)
	case name == "_summary":
		return q.takeSummary(p.value)
	default:
		return ignorable(p)
	}
	return nil
}

// ignorable accepts what asks for no more than is done anyway.
func ignorable(p parameter) error {
	switch p.name {
	case "_pretty", "_total":
		return nil
	case "_format":
		if strings.Contains(p.value, "json") {
			return nil
		}
		return &failure{406, "not-supported", "only JSON is supported"}
	}
	return &failure{400, "not-supported", "a search parameter, or its modifier, is not supported"}
}

// alternatives splits a value at its commas; \ escapes them (FHIR R4 section
// 3.1.1.4.0).
func alternatives(value string) ([]string, error) {
	parts := split(value, ',')
	for at, part := range parts {
		if parts[at] = unescape(part); parts[at] == "" {
			return nil, badRequest("a search parameter has an empty value")
		}
	}
	if len(parts) > maxValues {
		return nil, badRequest("a search parameter has too many values")
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

func tokens(value string) []token {
	var all []token
	for _, part := range split(value, ',') {
		parts := split(part, '|')
		if len(parts) == 1 {
			all = append(all, token{code: unescape(part), anySystem: true})
			continue
		}
		code := unescape(parts[1])
		all = append(all, token{system: unescape(parts[0]), code: code, anyOne: code == ""})
	}
	return all
}

// takeIDs narrows the ids: a second _id must hold as well.
func (q *search) takeIDs(values []string) {
	if q.ids == nil {
		q.ids = values
		return
	}
	q.ids = slices.DeleteFunc(slices.Clone(q.ids), func(id string) bool { return !slices.Contains(values, id) })
}

func takeDates(into *[][]dateMatch, values []string, now time.Time) error {
	matches := make([]dateMatch, len(values))
	for at, value := range values {
		var err error
		if matches[at], err = parseDate(value, now); err != nil {
			return err
		}
	}
	*into = append(*into, matches)
	return nil
}

var sortNames = append([]string{"_id", "_lastUpdated"}, dateNames...)

func (q *search) takeSort(values []string) error {
	for _, value := range values {
		name, descending := strings.CutPrefix(value, "-")
		if !slices.Contains(sortNames, name) {
			return badRequest("_sort takes _id, _lastUpdated and date")
		}
		q.sort = append(q.sort, sortKey{name, !descending})
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
	q.include = append(q.include, parts[1])
	return nil
}

func (q *search) takeSummary(value string) error {
	switch value {
	case "count":
		q.onlyCount = true
	case "false":
	default:
		return badRequest("_summary takes count and false")
	}
	return nil
}
