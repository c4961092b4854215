package fhir

import (
	"bytes"
	"strconv"
	"strings"
)

// fillValues reads value[x], the components, the interpretation and the
// reference range of an Observation.
func (s *summarizer) fillValues() {
	sum := s.sum
	for i := range s.top.list {
		m := &s.top.list[i]
		s.lex.pos = m.value
		switch string(m.key) {
		case "component":
			s.components()
		case "interpretation":
			keep(&sum.Interpretation, s.interpretation())
		case "referenceRange":
			keep(&sum.ReferenceRange, s.referenceRange())
		case "dataAbsentReason":
			if sum.Value.Kind == ValueNone {
				sum.Value = s.absent()
			}
		default:
			s.valueMember(&sum.Value, m.key)
		}
	}
}

// valueMember reads the value at the position when its key is that of a
// value[x]. A value goes before a reason for its absence.
func (s *summarizer) valueMember(value *Value, key []byte) bool {
	kind, ok := bytes.CutPrefix(key, []byte("value"))
	if !ok || value.Kind != ValueNone && value.Kind != ValueAbsent {
		return false
	}
	read := Value{Kind: ValueString}
	switch string(kind) {
	case "Quantity", "Age", "Count", "Distance", "Duration", "Money", "SimpleQuantity":
		read = s.quantity()
	case "String", "Code", "Uri", "Markdown", "Integer", "Decimal", "DateTime", "Date", "Time", "Instant":
		read.Text = strings.TrimSpace(s.text())
	case "Boolean":
		read.Text = yesNo(s.text())
	case "CodeableConcept", "Coding", "Reference", "CodeableReference":
		found := s.concept(s.scratch[:0], 0)
		s.scratch = found.codes[:0]
		read.Text = found.display()
	case "Range":
		read = Value{Kind: ValueRange, Text: s.span("low", "high")}
	case "Ratio":
		read = Value{Kind: ValueRange, Text: s.ratio()}
	case "Period":
		read = Value{Kind: ValueRange, Text: s.period()}
	case "SampledData":
		read = Value{Kind: ValueRange, Text: s.sampledData()}
	case "Attachment":
		read.Text = s.words()
		keep(&read.Text, "Attachment")
	default:
		return false
	}
	if read.Number != "" || read.Text != "" {
		*value = read
	}
	return true
}

func yesNo(boolean string) string {
	switch boolean {
	case "true":
		return "Yes"
	case "false":
		return "No"
	}
	return boolean
}

// ucum is the system of the Unified Code for Units of Measure.
const ucum = "http://unitsofmeasure.org"

// quantity reads a Quantity (FHIR R4 section 2.24.0.5); its number keeps the
// digits that were written. A plain number is taken for one.
func (s *summarizer) quantity() Value {
	l := &s.lex
	if l.next() != '{' {
		return Value{Kind: ValueQuantity, Number: s.text()}
	}
	value := Value{Kind: ValueQuantity}
	system, code := "", ""
	l.eachMember(func(key []byte) {
		switch string(key) {
		case "value":
			keep(&value.Number, s.text())
		case "comparator":
			keep(&value.Comparator, s.text())
		case "unit", "units":
			keep(&value.Unit, strings.TrimSpace(s.text()))
		case "system":
			keep(&system, s.system())
		case "code", "currency":
			keep(&code, s.text())
		default:
			l.skipValue()
		}
	})
	if system == ucum {
		value.UnitCode = code
	}
	keep(&value.Unit, code)
	if value.Number == "" {
		// Without a number a unit says nothing, but a text in its place may.
		return Value{Kind: ValueString, Text: value.Unit}
	}
	return value
}

// span reads an object with two quantities under the keys low and high as a
// person reads it: "3.5–5.1 mmol/L", "≥ 3.5 mmol/L".
func (s *summarizer) span(lowKey, highKey string) string {
	var low, high Value
	s.lex.eachMember(func(key []byte) {
		switch string(key) {
		case lowKey:
			low = s.quantity()
		case highKey:
			high = s.quantity()
		default:
			s.lex.skipValue()
		}
	})
	return spanText(low, high)
}

// spanText writes a range of which either end may be missing.
func spanText(low, high Value) string {
	switch {
	case low.Number == "" && high.Number == "":
		return ""
	case low.Number == "":
		return "≤ " + quantityText(high)
	case high.Number == "":
		return "≥ " + quantityText(low)
	case low.Unit != high.Unit && low.Unit != "" && high.Unit != "":
		return quantityText(low) + " – " + quantityText(high)
	}
	keep(&high.Unit, low.Unit)
	return low.Number + "–" + quantityText(high)
}

// ratio reads a Ratio: "1:128" for a titer, "5 mg / 1 mL" for a rate.
func (s *summarizer) ratio() string {
	var numerator, denominator Value
	s.lex.eachMember(func(key []byte) {
		switch string(key) {
		case "numerator":
			numerator = s.quantity()
		case "denominator":
			denominator = s.quantity()
		default:
			s.lex.skipValue()
		}
	})
	switch {
	case denominator.Number == "":
		return quantityText(numerator)
	case numerator.Unit == "" && denominator.Unit == "":
		return numerator.Number + ":" + denominator.Number
	}
	return quantityText(numerator) + " / " + quantityText(denominator)
}

// period reads a Period as "2019-03-05 – 2019-03-06".
func (s *summarizer) period() string {
	start, end := s.dates(0)
	switch {
	case end.Text == "":
		return start.Text
	case start.Text == "":
		return "– " + end.Text
	}
	return start.Text + " – " + end.Text
}

// sampledData says how many points a curve has; a curve is no text.
func (s *summarizer) sampledData() string {
	points := 0
	s.lex.eachMember(func(key []byte) {
		if string(key) != "data" {
			s.lex.skipValue()
			return
		}
		points = countFields(s.bytes())
	})
	if points == 0 {
		return "Recording"
	}
	return "Recording of " + strconv.Itoa(points) + " points"
}

// countFields counts the words of a text without taking it apart.
func countFields(text []byte) int {
	count, inside := 0, false
	for i := range len(text) {
		space := text[i] == ' '
		if !space && !inside {
			count++
		}
		inside = !space
	}
	return count
}

// absent reads a dataAbsentReason.
func (s *summarizer) absent() Value {
	found := s.concept(s.scratch[:0], 0)
	s.scratch = found.codes[:0]
	text := found.display()
	if word, ok := absentWords[text]; ok {
		text = word
	}
	return Value{Kind: ValueAbsent, Text: text}
}

// absentWords are the codes of dataAbsentReason (HL7 terminology,
// data-absent-reason) in words.
var absentWords = map[string]string{
	"unknown": "Unknown", "asked": "Asked but unknown", "asked-unknown": "Asked but unknown", "temp": "Temporarily unknown",
	"temp-unknown": "Temporarily unknown", "not-asked": "Not asked", "asked-declined": "Asked but declined", "masked": "Masked",
	"unsupported": "Unsupported", "not-applicable": "Not applicable", "astext": "As text", "as-text": "As text", "error": "Error",
	"NaN": "Not a number", "not-a-number": "Not a number", "negative-infinity": "Negative infinity",
	"positive-infinity": "Positive infinity", "not-performed": "Not performed", "not-permitted": "Not permitted",
}

// components reads Observation.component, each with what the Observation itself
// may have.
func (s *summarizer) components() {
	sum := s.sum
	s.lex.eachElement(func() {
		if s.lex.next() != '{' {
			s.lex.skipValue()
			return
		}
		component := s.spareComponent()
		s.lex.eachMember(func(key []byte) { s.componentMember(component, key) })
		if len(component.Codes) == 0 && component.Display == "" && component.Value.Kind == ValueNone {
			sum.Components = sum.Components[:len(sum.Components)-1]
		}
	})
}

// spareComponent appends an empty component, with the memory of one that was
// there before.
func (s *summarizer) spareComponent() *Component {
	list := s.sum.Components
	if len(list) < cap(list) {
		list = list[:len(list)+1]
	} else {
		list = append(list, Component{})
	}
	s.sum.Components = list
	component := &list[len(list)-1]
	*component = Component{Codes: component.Codes[:0]}
	return component
}

func (s *summarizer) componentMember(c *Component, key []byte) {
	switch string(key) {
	case "code":
		found := s.concept(c.Codes, 0)
		c.Codes = found.codes
		keep(&c.Display, found.display())
	case "interpretation":
		keep(&c.Interpretation, s.interpretation())
	case "referenceRange":
		keep(&c.ReferenceRange, s.referenceRange())
	case "dataAbsentReason":
		reason := s.absent()
		if c.Value.Kind == ValueNone {
			c.Value = reason
		}
	default:
		before := s.lex.pos
		if !s.valueMember(&c.Value, key) {
			s.lex.pos = before
			s.lex.skipValue()
		}
	}
}

// referenceRange reads the first reference range that says anything, a normal
// one before others.
func (s *summarizer) referenceRange() string {
	best, normal := "", false
	s.lex.eachElement(func() {
		text, kind := s.oneReferenceRange()
		isNormal := kind == "" || kind == "normal"
		if text != "" && (best == "" || isNormal && !normal) {
			best, normal = text, isNormal
		}
	})
	return best
}

// oneReferenceRange reads a range: its text, else its bounds. kind is the code
// of its type or meaning.
func (s *summarizer) oneReferenceRange() (words, kind string) {
	var low, high Value
	text := ""
	s.lex.eachMember(func(key []byte) {
		switch string(key) {
		case "low":
			low = s.quantity()
		case "high":
			high = s.quantity()
		case "text":
			text = strings.TrimSpace(s.text())
		case "type", "meaning":
			found := s.concept(s.scratch[:0], 0)
			s.scratch = found.codes[:0]
			if len(found.codes) > 0 {
				kind = found.codes[0].Code
			}
		default:
			s.lex.skipValue()
		}
	})
	if bounds := spanText(low, high); bounds != "" {
		return bounds, kind
	}
	return text, kind
}
