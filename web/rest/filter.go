package rest

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
)

// filter is one parameter of a search. Its values are alternatives.
type filter struct {
	definition *definition
	not        bool   // :not, of tokens
	missing    string // :missing; "true", "false" or ""

	tokens     []token
	references []reference
	dates      []dateMatch
}

// candidate is a resource that may match: what the index says of it, and the
// resource itself once it is needed.
type candidate struct {
	sample  store.Sample
	read    func(uuid string) ([]byte, error)
	raw     []byte
	summary *fhir.Summary
}

func (c *candidate) bytes() ([]byte, error) {
	var err error
	if c.raw == nil {
		c.raw, err = c.read(c.sample.UUID)
	}
	return c.raw, err
}

// summarized returns what the resource says. One that can't be read has no code and
// no patient.
func (c *candidate) summarized() (*fhir.Summary, error) {
	if c.summary != nil {
		return c.summary, nil
	}
	raw, err := c.bytes()
	if err != nil {
		return nil, err
	}
	summary, broken := fhir.Summarize(raw, c.sample.FHIR.Release)
	if broken != nil {
		summary = fhir.Summary{}
	}
	c.summary = &summary
	return c.summary, nil
}

// parseFilter reads a parameter with its modifier (FHIR R4 section 3.1.1.4.4).
func (q *search) parseFilter(p parameter, now time.Time) (filter, error) {
	name, modifier, _ := strings.Cut(p.name, ":")
	f := filter{definition: define(q.resourceType, name)}
	if f.definition == nil {
		return f, errUnknown
	}
	values, err := alternatives(p.value)
	if err != nil {
		return f, err
	}
	switch kind := f.definition.kind; {
	case modifier == "missing":
		if f.missing = p.value; p.value != "true" && p.value != "false" {
			err = badRequest(":missing takes true and false")
		}
	case kind == "token" && (modifier == "" || modifier == "not"):
		f.not = modifier == "not"
		f.tokens, err = parseTokens(values)
	case kind == "date" && modifier == "":
		f.dates, err = parseDates(values, now)
	case kind == "reference" && (modifier == "" || isType(modifier)):
		if name == "patient" {
			modifier = "Patient"
		}
		f.references, err = parseReferences(values, modifier)
	default:
		err = errUnknown
	}
	return f, err
}

// holds tells whether a resource fulfils the parameter.
func (f *filter) holds(c *candidate) (bool, error) {
	switch f.definition.kind {
	case "token":
		return f.holdsToken(c)
	case "reference":
		return f.holdsReference(c)
	}
	return f.holdsDate(c)
}

func (f *filter) holdsToken(c *candidate) (bool, error) {
	codings, err := f.codings(c)
	switch {
	case err != nil:
		return false, err
	case f.missing != "":
		return (len(codings) == 0) == (f.missing == "true"), nil
	}
	found := slices.ContainsFunc(f.tokens, func(t token) bool { return t.holds(codings) })
	return found != f.not, nil
}

// codings returns what a token parameter looks at.
func (f *filter) codings(c *candidate) ([]fhir.Coding, error) {
	switch f.definition.name {
	case "_id":
		return codes(c.sample.FHIR.Identifier), nil
	case "status", "clinical-status":
		return codes(c.sample.Status), nil
	case "identifier":
		raw, err := c.bytes()
		return identifiers(raw), err
	}
	summary, err := c.summarized()
	if err != nil {
		return nil, err
	}
	if f.definition.name == "category" {
		return summary.Categories, nil
	}
	return summary.Codes, nil
}

// anySystem is that of a code whose element tells its system, which the index does
// not hold.
const anySystem = "\x00"

func codes(code string) []fhir.Coding {
	if code == "" {
		return nil
	}
	return []fhir.Coding{{System: anySystem, Code: code}}
}

// identifiers returns a resource's Identifiers, whose value a token names as a code.
func identifiers(raw []byte) []fhir.Coding {
	var resource struct {
		Identifier []struct{ System, Value string }
	}
	if json.Unmarshal(raw, &resource) != nil {
		return nil
	}
	found := make([]fhir.Coding, len(resource.Identifier))
	for at, i := range resource.Identifier {
		found[at] = fhir.Coding{System: i.System, Code: i.Value}
	}
	return found
}

// token is one value of a token parameter (FHIR R4 section 3.1.1.4.10).
type token struct {
	system, code      string
	anySystem, anyOne bool // no system was named; no code was
}

func parseTokens(values []string) ([]token, error) {
	tokens := make([]token, len(values))
	for at, value := range values {
		parts := split(value, '|')
		switch {
		case len(parts) == 1:
			tokens[at] = token{code: unescape(value), anySystem: true}
		case len(parts) == 2 && value != "|":
			code := unescape(parts[1])
			tokens[at] = token{system: unescape(parts[0]), code: code, anyOne: code == ""}
		default:
			return nil, badRequest("a token is code, system|code, system| or |code")
		}
	}
	return tokens, nil
}

func (t token) holds(codings []fhir.Coding) bool {
	return slices.ContainsFunc(codings, func(c fhir.Coding) bool {
		return (t.anySystem || t.system == c.System || c.System == anySystem) && (t.anyOne || t.code == c.Code)
	})
}

func (f *filter) holdsReference(c *candidate) (bool, error) {
	summary, err := c.summarized()
	switch {
	case err != nil:
		return false, err
	case f.missing != "":
		return (summary.Subject == "") == (f.missing == "true"), nil
	}
	to := parseReference(summary.Subject)
	return slices.ContainsFunc(f.references, func(named reference) bool { return named.names(to) }), nil
}

func (f *filter) holdsDate(c *candidate) (bool, error) {
	when, dated, err := f.definition.time(c, f.ambiguous)
	switch {
	case err != nil:
		return false, err
	case f.missing != "":
		return dated == (f.missing == "false"), nil
	}
	return dated && f.matches(when), nil
}

func (f *filter) matches(when span) bool {
	return slices.ContainsFunc(f.dates, func(m dateMatch) bool { return m.holds(when) })
}

// ambiguous tells whether it matters that a Period may be open on either side of
// what the index has of it.
func (f *filter) ambiguous(indexed span) bool {
	asIs := f.matches(indexed)
	return f.matches(span{indexed.from, lastInstant}) != asIs || f.matches(span{firstInstant, indexed.to}) != asIs
}
