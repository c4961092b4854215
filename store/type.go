package store

import "github.com/keepwell-health/keepwell/store/unit"

// TypeID is HealthKit's identifier without its prefix: "labResultRecord",
// "stepCount", "heartRate".
type TypeID string

// Kind groups types by how their samples are stored, asked for and shown.
type Kind string

const (
	KindClinical       Kind = "clinical"       // FHIR resources; read-only for apps, own consent page
	KindOther          Kind = "other"          // otherRecord: every FHIR resource that no clinical type holds
	KindQuantity       Kind = "quantity"       // a number with a unit
	KindCategory       Kind = "category"       // a coded value, often with a duration
	KindCorrelation    Kind = "correlation"    // blood pressure, food: a set of samples
	KindWorkout        Kind = "workout"        // a workout, its statistics, events and route
	KindCharacteristic Kind = "characteristic" // date of birth, blood type: one value, no dates
	KindDocument       Kind = "document"       // per-object: asked for each time (CDA, verifiable records, vision prescriptions)
	KindSeries         Kind = "series"         // electrocardiogram, audiogram, workout route
	KindAssessment     Kind = "assessment"     // GAD-7, PHQ-9, state of mind: a score and its answers
	KindSummary        Kind = "summary"        // activity summary: one a day, computed
)

// Aggregation tells which statistics a quantity type has.
type Aggregation string

const (
	AggregationNone       Aggregation = ""
	AggregationCumulative Aggregation = "cumulative" // may be summed: steps
	AggregationDiscrete   Aggregation = "discrete"   // may be averaged: heart rate
)

// Averaging tells how the average of a discrete type is made: the kinds of
// "Discrete" in HealthKit's HKTypeIdentifiers.h.
type Averaging string

const (
	AveragingArithmetic      Averaging = ""                // every sample counts the same
	AveragingTemporal        Averaging = "temporal"        // by duration; an instant as one second
	AveragingContinuousLevel Averaging = "continuousLevel" // of sound: the level of the mean energy, by duration (IEC 61672-1, Leq)
)

// Type is one row of the catalogue: all that the sheet, validation, queries and
// the pages need to know of a type. To add a type, add a row.
type Type struct {
	ID    TypeID
	Title string // for people: "Lab Results", "Steps"
	Kind  Kind
	Group string // heading that the type is shown under: "Activity", "Heart", ...

	// Clinical types: the FHIR resource types that may belong here.
	Resources []string

	// Quantity types.
	Unit        string // the canonical unit (UCUM, or "count"), in which values are kept for statistics
	Display     string // the unit as people read it: "steps", "bpm"
	Aggregation Aggregation
	Averaging   Averaging // of a discrete type

	// Category types: the value's meaning, by number.
	Values map[int]string

	// Identifiers in Apple's export.xml: "HKQuantityTypeIdentifierStepCount".
	Apple string

	PerObject bool // no standing grant: the person picks objects each time
	ReadOnly  bool // never in toShare: clinical types, Apple's computed ones
}

// Fits reports whether a quantity of the type can have a unit, and whether that
// is the type's own: "count/min" is "/min" by another name.
func (t Type) Fits(of string) (fits, own bool) {
	if t.Kind != KindQuantity {
		return false, false
	}
	scale, fits := unit.Between(of, t.Unit)
	return fits, fits && scale == (unit.Scale{Factor: 1})
}
