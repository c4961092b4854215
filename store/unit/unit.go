// Package unit converts between units of measurement. It reads UCUM codes, case
// sensitive (The Unified Code for Units of Measure, version 2.1), and the unit
// strings of HealthKit (HKUnit.unitString, as in Apple's export.xml), which are
// near to UCUM but not it.
//
// It holds what health records and fitness data use and no more.
package unit

import (
	"math"
	"strconv"
	"strings"
)

// dimension holds the exponents of the base quantities.
type dimension [baseCount]int8

// The base quantities. Counts, international units and scores are kept apart,
// though UCUM gives them the dimension 1, because turning one into another is
// never meant.
const (
	length = iota
	mass
	duration
	temperature
	amount
	current
	luminosity
	soundPressure
	hearing
	international
	effort
	angle
	baseCount
)

// unit is a factor to base units, with an offset for temperatures:
// base = value*factor + offset.
type unit struct {
	factor    float64
	offset    float64
	dimension dimension
}

// Convert returns value, which is in the unit from, in the unit to. ok is false
// when either is unknown or they don't measure the same thing.
func Convert(value float64, from, to string) (result float64, ok bool) {
	if from == to {
		return value, true
	}
	source, ok := parse(from)
	if !ok {
		return 0, false
	}
	target, ok := parse(to)
	if !ok || source.dimension != target.dimension {
		return 0, false
	}
	if source.offset == target.offset {
		return round(value * source.factor / target.factor), true
	}
	return round((value*source.factor + source.offset - target.offset) / target.factor), true
}

// Known reports whether text is a unit that Convert reads.
func Known(text string) bool {
	_, ok := parse(text)
	return ok
}

// Compatible reports whether values in one unit can be given in the other.
func Compatible(from, to string) bool {
	_, ok := Convert(1, from, to)
	return ok
}

// round takes off what binary arithmetic adds behind the twelfth digit, so that
// 1 kg is 1000 g.
func round(value float64) float64 {
	if value == 0 || math.IsInf(value, 0) || math.IsNaN(value) {
		return value
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 12, 64), 64)
	if err != nil {
		return value
	}
	return short
}

// maxLength bounds a unit's text, in bytes.
const maxLength = 64

// parse reads a whole unit.
func parse(text string) (unit, bool) {
	if text == "" || len(text) > maxLength {
		return unit{}, false
	}
	p := parser{rest: text}
	u, ok := p.quotient()
	return u, ok && p.rest == ""
}

// parser reads the grammar
//
//	quotient = [ "/" ] product { ( "/" | "." ) product }
//	product  = factor { "·" factor }
//	factor   = "(" quotient ")" | atom
//
// UCUM reads "a/b.c" from the left (section 7.3); HealthKit's "a/b·c" divides by
// both b and c, as its "mL/min·kg" shows.
type parser struct {
	rest  string
	depth int
}

func (p *parser) take(token string) bool {
	rest, ok := strings.CutPrefix(p.rest, token)
	p.rest = rest
	return ok
}

func (p *parser) quotient() (unit, bool) {
	result := unit{factor: 1}
	sign := int8(1)
	if p.take("/") {
		sign = -1
	}
	for {
		u, ok := p.product()
		if !ok || !result.multiply(u, sign) {
			return unit{}, false
		}
		switch {
		case p.take("/"):
			sign = -1
		case p.take("."):
			sign = 1
		default:
			return result, true
		}
	}
}

func (p *parser) product() (unit, bool) {
	result, ok := p.factor()
	for ok && p.take("·") {
		var u unit
		if u, ok = p.factor(); ok {
			ok = result.multiply(u, 1)
		}
	}
	return result, ok
}

func (p *parser) factor() (unit, bool) {
	if p.take("(") {
		if p.depth++; p.depth > 4 {
			return unit{}, false
		}
		u, ok := p.quotient()
		return u, ok && p.take(")")
	}
	return readAtom(p.atom())
}

// atom takes the text up to the next operator outside of brackets.
func (p *parser) atom() string {
	open := 0
	for i, r := range p.rest {
		switch r {
		case '<', '{', '[':
			open++
		case '>', '}', ']':
			open--
		case '/', '.', '·', ')', '(':
			if open > 0 || r == '(' {
				continue
			}
			if r == ')' && strings.LastIndexByte(p.rest[:i], '(') >= 0 {
				continue // dB(SPL)
			}
			text := p.rest[:i]
			p.rest = p.rest[i:]
			return text
		}
	}
	text := p.rest
	p.rest = ""
	return text
}

// multiply multiplies u by v to the power of sign. A temperature of a scale
// stands alone: it can't be a factor.
func (u *unit) multiply(v unit, sign int8) bool {
	alone := u.factor == 1 && u.dimension == dimension{}
	if u.offset != 0 || v.offset != 0 && !(alone && sign == 1) {
		return false
	}
	u.factor *= math.Pow(v.factor, float64(sign))
	u.offset = v.offset
	for i, e := range v.dimension {
		u.dimension[i] += e * sign
	}
	return true
}

// readAtom reads one factor, such as "m2".
func readAtom(text string) (unit, bool) {
	if atom, ok := lookUp(text); ok {
		return atom, true
	}
	atom, exponent, ok := withExponent(text)
	if !ok || atom.offset != 0 {
		return unit{}, false
	}
	result := unit{factor: math.Pow(atom.factor, float64(exponent))}
	for i, e := range atom.dimension {
		result.dimension[i] = e * exponent
	}
	return result, true
}

// withExponent reads "m2", "m^2" and "s-1".
func withExponent(text string) (unit, int8, bool) {
	name := strings.TrimRight(text, "0123456789")
	name = strings.TrimRight(name, "+-")
	digits := text[len(name):]
	exponent, err := strconv.ParseInt(digits, 10, 8)
	if err != nil || exponent < -4 || exponent > 4 || exponent == 0 {
		return unit{}, 0, false
	}
	atom, ok := lookUp(strings.TrimSuffix(name, "^"))
	return atom, int8(exponent), ok
}

// lookUp finds an atom, with a metric prefix where it takes one, or a number,
// or HealthKit's amount of a substance of known molar mass.
func lookUp(text string) (unit, bool) {
	if open := strings.IndexByte(text, '{'); open >= 0 && strings.HasSuffix(text, "}") {
		if text = text[:open]; text == "" { // an annotation alone is 1 (UCUM section 6)
			return unit{factor: 1}, true
		}
	}
	if atom, ok := atoms[text]; ok {
		return atom.unit, true
	}
	if open := strings.IndexByte(text, '<'); open > 0 && strings.HasSuffix(text, ">") {
		return molar(text[:open], text[open+1:len(text)-1])
	}
	for prefix, factor := range prefixes {
		name, ok := strings.CutPrefix(text, prefix)
		if !ok {
			continue
		}
		if atom, ok := atoms[name]; ok && atom.metric {
			atom.factor *= factor
			return atom.unit, true
		}
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && n > 0 && !math.IsInf(n, 0) {
		return unit{factor: n}, true
	}
	return unit{}, false
}

// molar reads "mmol<180.15588>": an amount as the mass it has, in grams a mole.
func molar(text, gramsPerMole string) (unit, bool) {
	atom, ok := lookUp(text)
	grams, err := strconv.ParseFloat(gramsPerMole, 64)
	if !ok || err != nil || grams <= 0 || math.IsInf(grams, 0) || atom.dimension != of(amount) {
		return unit{}, false
	}
	return unit{factor: atom.factor / avogadro * grams / 1000, dimension: of(mass)}, true
}
