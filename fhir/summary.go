package fhir

import "time"

// Summary is what one pass over a resource's bytes tells: enough to list, sort,
// filter and display it without a typed model. Every field may be empty.
type Summary struct {
	ResourceType string
	ID           string // the resource's id, as written
	Release      Release
	Version      string // as in FHIRVersion.stringRepresentation: "4.0.1"

	// Start and End bound the clinically relevant time (effective, onset,
	// authoredOn, occurrence, performed, ...; issued or recorded where the
	// resource has nothing closer). End is zero where the resource names none.
	Start, End DateTime

	Codes      []Coding // of the element that says what this is (code, vaccineCode, medication, type, ...)
	Categories []Coding
	Display    string // text of the code: CodeableConcept.text, else the best coding display, else the code
	Status     string // as written: "active", "final", ... (clinicalStatus for AllergyIntolerance and Condition)
	Subject    string // Reference.reference of subject, patient or beneficiary

	// CodeReference is the Reference.reference of the resource that says what
	// this is (medicationReference), where this one holds no code itself.
	CodeReference string

	Value          Value
	Components     []Component
	ReferenceRange string // as a person reads it: "3.5–5.1 mmol/L"
	Interpretation string // "High", "Low", "Normal", ...: text, else display, else the code's meaning

	Attachments []Attachment
	Contained   int // number of contained resources
}

// Precision tells how much of a date the text gives (FHIR R4 section 2.24.0.1).
type Precision uint8

const (
	PrecisionNone   Precision = iota // no date
	PrecisionYear                    // 2019
	PrecisionMonth                   // 2019-03
	PrecisionDay                     // 2019-03-05
	PrecisionMinute                  // 2019-03-05T10:20Z (seen in DSTU2)
	PrecisionSecond                  // 2019-03-05T10:20:30Z, with or without fraction
)

// DateTime is a FHIR date, dateTime or instant with its original text.
type DateTime struct {
	Text      string    // as written
	Time      time.Time // the first instant that the text covers; in UTC where the text has no zone
	Precision Precision
	HasZone   bool // whether the text gives an offset or Z
}

// IsZero reports whether no date was given.
func (d DateTime) IsZero() bool { return d.Precision == PrecisionNone }

// Coding is a code with its system and the display text that came with it.
type Coding struct{ System, Code, Display string }

// ValueKind tells which value[x] a resource has.
type ValueKind uint8

const (
	ValueNone     ValueKind = iota
	ValueQuantity           // Number, Comparator, Unit
	ValueString             // string, CodeableConcept, boolean, integer, dateTime, time: Text
	ValueRange              // Range, Ratio, Period, SampledData: Text as a person reads it
	ValueAbsent             // dataAbsentReason: Text says why
)

// Value is the value of an Observation or of one of its components.
type Value struct {
	Kind       ValueKind
	Number     string // the decimal exactly as written, so that 1.0 and 1.00 stay apart
	Comparator string // "<", "<=", ">=", ">", "ad" or ""
	Unit       string // for people: Quantity.unit, else its code
	UnitCode   string // Quantity.code when its system is UCUM
	Text       string
}

// Component is one part of an Observation, such as the systolic pressure.
type Component struct {
	Codes          []Coding
	Display        string
	Value          Value
	Interpretation string
	ReferenceRange string
}

// Attachment describes a document that a resource holds or points at.
type Attachment struct {
	ContentType string
	Title       string
	URL         string
	Pointer     string // JSON Pointer of the Attachment in the resource
	DataLength  int    // length of its base64 data, in bytes as written; 0 when absent
}
