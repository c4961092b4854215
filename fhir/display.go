package fhir

// Title returns the line that names a record in a list. It is never empty.
func Title(s *Summary) string { return s.ResourceType }

// Subtitle returns the line under the title: the status of a medication, the
// value of an observation, or "".
func Subtitle(s *Summary) string { return "" }

// ValueText returns the value as a person reads it: "5.4 mmol/L", "120/80 mmHg".
func ValueText(s *Summary) string { return "" }
