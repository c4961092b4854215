package store

// Query asks for samples of one type. The zero Limit means no limit. Without
// Sort the newest start comes first.
type Query struct {
	Type      TypeID     `json:"type"`
	Predicate *Predicate `json:"predicate,omitempty"`
	Limit     int        `json:"limit,omitempty"`
	Offset    int        `json:"offset,omitempty"` // skip so many, after sorting: pages of a list
	Sort      []Sort     `json:"sort,omitempty"`
}

// Sort orders by one key: "startDate", "endDate" or "dateAdded". Ties are
// broken by the order in which the store took the samples in.
type Sort struct {
	Key       string `json:"key"`
	Ascending bool   `json:"ascending"`
}

// Predicate selects samples. Exactly one of its fields is set, but that
// Start/End and their strict flags go together.
type Predicate struct {
	// Dates in ms since the Unix epoch: overlap with [Start, End) by default;
	// StrictStart keeps samples that start in it, StrictEnd those that end in it.
	Start       *int64 `json:"startDate,omitempty"`
	End         *int64 `json:"endDate,omitempty"`
	StrictStart bool   `json:"strictStartDate,omitempty"`
	StrictEnd   bool   `json:"strictEndDate,omitempty"`

	Sources  []string       `json:"sources,omitempty"` // Source.ID
	UUIDs    []string       `json:"uuids,omitempty"`
	Metadata *MetadataMatch `json:"metadata,omitempty"`
	Quantity *QuantityMatch `json:"quantity,omitempty"`
	Category *CategoryMatch `json:"category,omitempty"`
	FHIR     *FHIRMatch     `json:"fhir,omitempty"`
	And      []Predicate    `json:"and,omitempty"`
	Or       []Predicate    `json:"or,omitempty"`
	Not      *Predicate     `json:"not,omitempty"`
}

// MetadataMatch selects by a metadata key and, when given, its values.
type MetadataMatch struct {
	Key    string   `json:"key"`
	Values []string `json:"values,omitempty"`
}

// QuantityMatch compares a value: Operator is one of < <= = != >= >.
type QuantityMatch struct {
	Operator string  `json:"operator"`
	Value    float64 `json:"value"`
	Unit     string  `json:"unit"`
}

// CategoryMatch compares a category value.
type CategoryMatch struct {
	Operator string `json:"operator"`
	Value    int    `json:"value"`
}

// FHIRMatch selects clinical records by resource type, and further by source
// and identifier when given.
type FHIRMatch struct {
	ResourceType string `json:"resourceType"`
	Source       string `json:"source,omitempty"`
	Identifier   string `json:"identifier,omitempty"`
}
