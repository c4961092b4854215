package fhir

import "strings"

// Title returns the line that names a record in a list, as a person reads it:
// what was measured, given or found. It is never empty.
func Title(s *Summary) string {
	if s.Display != "" {
		return s.Display
	}
	for _, attachment := range s.Attachments {
		if attachment.Title != "" {
			return attachment.Title
		}
	}
	for i := range s.Categories {
		if words := s.Categories[i].Display; words != "" {
			return words
		}
	}
	return typeName(s.ResourceType)
}

// typeName returns what a person calls a record of a resource type.
func typeName(resourceType string) string {
	if name := rows[resourceType].name; name != "" {
		return name
	}
	if resourceType == "" {
		return "Record"
	}
	// "MedicationKnowledge" reads "Medication knowledge".
	var words strings.Builder
	for i := range len(resourceType) {
		c := resourceType[i]
		if upper := 'A' <= c && c <= 'Z'; upper && i > 0 {
			words.WriteByte(' ')
			c |= 0x20
		}
		words.WriteByte(c)
	}
	return words.String()
}

// Subtitle returns the line under the title: for an Observation its value with
// what was made of it ("7.2 mmol/L · High"), for other records their status
// ("Active"). It may be empty.
func Subtitle(s *Summary) string {
	switch s.ResourceType {
	case "Observation":
		return observationLine(s)
	case "Patient", "Person", "Practitioner", "Organization", "Location", "Binary", "Provenance":
		return ""
	}
	return statusWords(s.Status)
}

// observationLine joins value and interpretation; the status is shown where it
// warns, or where there is nothing else.
func observationLine(s *Summary) string {
	line := ValueText(s)
	line = join(line, " · ", s.Interpretation)
	switch s.Status {
	case "entered-in-error", "cancelled", "preliminary", "registered":
		return join(line, " · ", statusWords(s.Status))
	}
	if line == "" {
		return statusWords(s.Status)
	}
	return line
}

// join puts a separator between two texts unless one is empty.
func join(left, separator, right string) string {
	if left == "" || right == "" {
		return left + right
	}
	return left + separator + right
}

// statusWords writes a status code as words: "entered-in-error" reads "Entered
// in error".
func statusWords(code string) string {
	switch code {
	case "":
		return ""
	case "not-done":
		return "Not done"
	}
	words := statusSpaces.Replace(code)
	if first := words[0]; 'a' <= first && first <= 'z' {
		return string(first-'a'+'A') + words[1:]
	}
	return words
}

var statusSpaces = strings.NewReplacer("-", " ", "_", " ")

// ValueText returns the value as a person reads it: "5.4 mmol/L", "< 0.5 mg/L",
// "Positive", "120/80 mmHg" for a blood pressure, "Eye: 4, Verbal: 5" for other
// components. It is empty for a resource without a value.
func ValueText(s *Summary) string {
	own := valueText(s.Value)
	if s.Value.Kind == ValueAbsent || s.Value.Kind == ValueNone {
		if parts := componentsText(s.Components); parts != "" {
			return parts
		}
	}
	return own
}

// valueText writes one value.
func valueText(v Value) string {
	if v.Kind == ValueQuantity {
		return quantityText(v)
	}
	return v.Text
}

// quantityText writes a quantity: comparator, number and unit.
func quantityText(v Value) string {
	unit := unitText(v.Unit)
	text := join(comparatorText(v.Comparator), " ", v.Number)
	if unit == "%" || unit == "°" {
		return text + unit
	}
	return join(text, " ", unit)
}

// comparatorText writes Quantity.comparator (FHIR R4 value set
// quantity-comparator) in signs.
func comparatorText(code string) string {
	switch code {
	case "<=":
		return "≤"
	case ">=":
		return "≥"
	case "ad":
		return "up to"
	}
	return code
}

// LOINC codes of the two parts of a blood pressure.
const (
	loinc     = "http://loinc.org"
	systolic  = "8480-6"
	diastolic = "8462-4"
)

// componentsText writes the components of an Observation: a blood pressure as
// people say it, others as their names with their values.
func componentsText(components []Component) string {
	if pressure, ok := bloodPressure(components); ok {
		return pressure
	}
	line := ""
	for i := range components {
		c := &components[i]
		value := valueText(c.Value)
		if c.Value.Kind == ValueNone || c.Value.Kind == ValueAbsent {
			continue
		}
		line = join(line, ", ", join(c.Display, ": ", value))
	}
	return line
}

// bloodPressure writes systolic over diastolic pressure when both are there:
// "120/80 mmHg".
func bloodPressure(components []Component) (text string, ok bool) {
	high, low := find(components, systolic), find(components, diastolic)
	if high == nil || low == nil || high.Value.Number == "" || low.Value.Number == "" {
		return "", false
	}
	unit := high.Value.Unit
	keep(&unit, low.Value.Unit)
	return join(high.Value.Number+"/"+low.Value.Number, " ", unitText(unit)), true
}

// find returns the component with a LOINC code.
func find(components []Component, code string) *Component {
	for i := range components {
		for _, coding := range components[i].Codes {
			if coding.Code == code && (coding.System == loinc || coding.System == "") {
				return &components[i]
			}
		}
	}
	return nil
}
