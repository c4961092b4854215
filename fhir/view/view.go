// Package view says what a FHIR record holds in plain words, for the person
// whose record it is: "Dose: 1 tablet twice a day", "Reaction: Hives (severe)".
//
// Every primitive value of the record is in its View, but for the base64 data
// of attachments; what only a program needs (identifiers, code systems,
// extensions, meta) stands last, under "Technical details".
package view

// View is one record in plain words.
type View struct {
	// Fields stand in the order of the record's JSON, after those that a person
	// looks for first; "Technical details" is last.
	Fields []Field `json:"fields"`
	// Narrative is the record's own text (FHIR R4 section 2.4), sanitised.
	Narrative []Block `json:"narrative,omitempty"`
	// Typed tells that the typed model of the record's release carries the
	// record whole. When false, Notes say why in plain words.
	Typed bool     `json:"typed"`
	Notes []string `json:"notes,omitempty"`
}

// Field is a label with what the record says under it. Value may be empty when
// Fields say it all; Fields may be empty when Value does.
type Field struct {
	Label  string  `json:"label"`
	Value  string  `json:"value,omitempty"`
	Fields []Field `json:"fields,omitempty"`
}
