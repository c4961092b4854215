package store

import (
	"math"
	"slices"

	"github.com/keepwell-health/keepwell/store/unit"
)

// Bounds of a predicate, so that one query can't occupy the engine.
const (
	maxPredicateDepth = 16
	maxPredicateParts = 4096 // predicates, sources, UUIDs and values together
)

// matcher decides whether an object fulfils a predicate.
type matcher func(o object) bool

// compiler turns the predicates of one query into matchers.
type compiler struct {
	known  Type
	number func(uuid string) (sequence uint64, ok bool)
	parts  int
}

// compile checks a predicate, which may be nil, and returns its matcher, or nil
// for one that lets everything through. The error is of CodeInvalidArgument.
func (c *compiler) compile(p *Predicate, depth int) (matcher, error) {
	if p == nil {
		return nil, nil
	}
	c.parts += 1 + len(p.And) + len(p.Or) + len(p.Sources) + len(p.UUIDs)
	if p.Metadata != nil {
		c.parts += len(p.Metadata.Values)
	}
	if depth > maxPredicateDepth || c.parts > maxPredicateParts {
		return nil, Errorf(CodeInvalidArgument, "the predicate is too large")
	}
	if countParts(p) != 1 {
		return nil, Errorf(CodeInvalidArgument, "a predicate must state exactly one condition")
	}
	switch {
	case p.hasDates():
		return compileDates(p)
	case p.Sources != nil:
		return func(o object) bool { return slices.Contains(p.Sources, o.text(columnSourceID)) }, nil
	case p.UUIDs != nil:
		return c.compileUUIDs(p.UUIDs)
	case p.Metadata != nil:
		return compileMetadata(p.Metadata)
	case p.Quantity != nil:
		return c.compileQuantity(p.Quantity)
	case p.Category != nil:
		return c.compileCategory(p.Category)
	case p.FHIR != nil:
		return c.compileFHIR(p.FHIR)
	case p.Not != nil:
		return c.compileNot(p.Not, depth)
	case p.And != nil:
		return c.compileAll(p.And, depth, true)
	default:
		return c.compileAll(p.Or, depth, false)
	}
}

func (p *Predicate) hasDates() bool {
	return p.Start != nil || p.End != nil || p.StrictStart || p.StrictEnd
}

// countParts returns how many of a predicate's conditions are set.
func countParts(p *Predicate) int {
	count := 0
	for _, set := range []bool{
		p.hasDates(), p.Sources != nil, p.UUIDs != nil, p.Metadata != nil, p.Quantity != nil,
		p.Category != nil, p.FHIR != nil, p.And != nil, p.Or != nil, p.Not != nil,
	} {
		if set {
			count++
		}
	}
	return count
}

// dates returns the bounds of a date predicate; what is absent is open.
func (p *Predicate) dates() (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if p.Start != nil {
		from = *p.Start
	}
	if p.End != nil {
		to = *p.End
	}
	return from, to
}

// compileDates follows HKQuery.predicateForSamples(withStart:end:options:):
// without options a sample's interval must overlap [from, to). Intervals are
// half open, but that an instant lies in an interval which begins with it.
func compileDates(p *Predicate) (matcher, error) {
	from, to := p.dates()
	if p.Start == nil && p.End == nil {
		return nil, Errorf(CodeInvalidArgument, "a strict date option needs a date")
	}
	if to < from {
		return nil, Errorf(CodeInvalidArgument, "the end date comes before the start date")
	}
	strictStart, strictEnd := p.StrictStart, p.StrictEnd
	return func(o object) bool {
		start, end := o.start(), o.end()
		if strictStart && (start < from || start >= to) {
			return false
		}
		if strictEnd && (end < from || end >= to) {
			return false
		}
		return strictStart || strictEnd || start < to && (end > from || start >= from)
	}, nil
}

// window returns bounds that the interval of every matching object overlaps, so
// that segments outside them need not be opened.
func (p *Predicate) window() (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if p == nil {
		return from, to
	}
	if p.hasDates() {
		return p.dates()
	}
	for at := range p.And {
		inner, outer := p.And[at].window()
		from, to = max(from, inner), min(to, outer)
	}
	return from, to
}

func (c *compiler) compileUUIDs(uuids []string) (matcher, error) {
	wanted := make(map[uint64]bool, len(uuids))
	for _, uuid := range uuids {
		if sequence, ok := c.number(uuid); ok { // an unknown UUID matches nothing
			wanted[sequence] = true
		}
	}
	return func(o object) bool { return wanted[o.sequence] }, nil
}

func compileMetadata(m *MetadataMatch) (matcher, error) {
	if m.Key == "" {
		return nil, Errorf(CodeInvalidArgument, "a metadata predicate needs a key")
	}
	return func(o object) bool {
		value, ok := decodeMetadata(o.text(columnMetadata))[m.Key]
		return ok && (len(m.Values) == 0 || slices.Contains(m.Values, value))
	}, nil
}

// comparisons are the operators of quantity and category predicates.
var comparisons = map[string]func(a, b float64) bool{
	"<":  func(a, b float64) bool { return a < b },
	"<=": func(a, b float64) bool { return a <= b },
	"=":  func(a, b float64) bool { return a == b },
	"!=": func(a, b float64) bool { return a != b },
	">=": func(a, b float64) bool { return a >= b },
	">":  func(a, b float64) bool { return a > b },
}

func (c *compiler) compileQuantity(q *QuantityMatch) (matcher, error) {
	holds, ok := comparisons[q.Operator]
	if !ok {
		return nil, Errorf(CodeInvalidArgument, "the operator is not one of < <= = != >= >")
	}
	if c.known.Kind == KindCategory {
		return nil, Errorf(CodeInvalidArgument, "a quantity predicate does not fit a category type")
	}
	if math.IsNaN(q.Value) || math.IsInf(q.Value, 0) {
		return nil, Errorf(CodeInvalidArgument, "the value is not a number")
	}
	if c.known.Unit != "" && !unit.Compatible(q.Unit, c.known.Unit) {
		return nil, Errorf(CodeInvalidArgument, "the unit does not fit the type")
	}
	return func(o object) bool {
		value, ok := o.value()
		if !ok {
			return false
		}
		converted, fits := unit.Convert(value, o.text(columnUnit), q.Unit)
		return fits && holds(converted, q.Value)
	}, nil
}

func (c *compiler) compileCategory(m *CategoryMatch) (matcher, error) {
	holds, ok := comparisons[m.Operator]
	if !ok {
		return nil, Errorf(CodeInvalidArgument, "the operator is not one of < <= = != >= >")
	}
	if c.known.Kind != KindCategory {
		return nil, Errorf(CodeInvalidArgument, "a category predicate needs a category type")
	}
	return func(o object) bool {
		value, ok := o.value()
		return ok && holds(value, float64(m.Value))
	}, nil
}

func (c *compiler) compileFHIR(m *FHIRMatch) (matcher, error) {
	if m.ResourceType == "" {
		return nil, Errorf(CodeInvalidArgument, "a FHIR predicate needs a resource type")
	}
	if c.known.Kind != KindClinical && c.known.Kind != KindOther {
		return nil, Errorf(CodeInvalidArgument, "a FHIR predicate needs a clinical type")
	}
	return func(o object) bool {
		return o.text(columnResourceType) == m.ResourceType &&
			(m.Source == "" || o.text(columnSourceID) == m.Source) &&
			(m.Identifier == "" || o.text(columnIdentifier) == m.Identifier)
	}, nil
}

func (c *compiler) compileNot(p *Predicate, depth int) (matcher, error) {
	inner, err := c.compile(p, depth+1)
	if err != nil {
		return nil, err
	}
	return func(o object) bool { return !inner(o) }, nil
}

// compileAll joins predicates: with all set every one must hold, otherwise one.
func (c *compiler) compileAll(predicates []Predicate, depth int, all bool) (matcher, error) {
	inner := make([]matcher, len(predicates))
	for at := range predicates {
		var err error
		if inner[at], err = c.compile(&predicates[at], depth+1); err != nil {
			return nil, err
		}
	}
	return func(o object) bool {
		for _, holds := range inner {
			if holds(o) != all {
				return !all
			}
		}
		return all
	}, nil
}
