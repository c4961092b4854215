package fhir

import "strings"

// interpretations are the codes of Observation.interpretation in words: HL7 v3
// ObservationInterpretation, and the v2 table 0078 that DSTU2 and STU3 use.
var interpretations = map[string]string{
	"H": "High", "L": "Low", "N": "Normal", "A": "Abnormal", "AA": "Critical abnormal", "HH": "Critical high", "LL": "Critical low",
	"H>": "Significantly high", "HU": "Significantly high", "L<": "Significantly low", "LU": "Significantly low",
	"HX": "Above high threshold", "LX": "Below low threshold", "EX": "Outside threshold", ">": "Off scale high", "<": "Off scale low",
	"B": "Better", "W": "Worse", "U": "Significant change up", "D": "Significant change down",
	"S": "Susceptible", "R": "Resistant", "I": "Intermediate", "MS": "Moderately susceptible", "VS": "Very susceptible",
	"SDD": "Susceptible, dose dependent", "SYN-S": "Synergy, susceptible", "SYN-R": "Synergy, resistant", "NS": "Not susceptible",
	"POS": "Positive", "NEG": "Negative", "IND": "Indeterminate", "E": "Equivocal", "IE": "Insufficient evidence",
	"DET": "Detected", "ND": "Not detected", "RR": "Reactive", "WR": "Weakly reactive", "NR": "Nonreactive", "UNE": "Unexpected",
	"EXP": "Expected", "CAR": "Carrier", "NCL": "No guidelines", "TOX": "Toxic", "QCF": "Quality control failure",
	"OBX": "Interpretation qualifiers", "AC": "Anti-complementary substances present", "IM": "Immunization",
}

// interpretation reads Observation.interpretation: one CodeableConcept until
// STU3, several from R4 on. Each gives its text, else its display, else the
// meaning of its code.
func (s *summarizer) interpretation() string {
	joined := ""
	s.lex.eachElement(func() {
		found := s.concept(s.scratch[:0], 0)
		s.scratch = found.codes[:0]
		words := interpretationWords(found.display())
		switch {
		case joined == "":
			joined = words
		case words != "" && words != joined:
			joined += ", " + words
		}
	})
	return joined
}

// interpretationWords replaces a code by its meaning and leaves words alone.
func interpretationWords(text string) string {
	if words, ok := interpretations[strings.ToUpper(text)]; ok {
		return words
	}
	return text
}
