package store

// AnchoredQuery asks for what changed among the samples of a type since an
// anchor; without one, for all of them.
type AnchoredQuery struct {
	Type      TypeID     `json:"type"`
	Predicate *Predicate `json:"predicate,omitempty"` // selects samples; deletions always come
	Anchor    string     `json:"anchor,omitempty"`    // from an earlier AnchoredResult of this client and type
	Limit     int        `json:"limit,omitempty"`     // most samples to return; 0 is no limit
}

// AnchoredResult holds changes in the order in which the store took them in.
type AnchoredResult struct {
	Samples []Sample        `json:"samples"`
	Deleted []DeletedObject `json:"deleted"`
	Anchor  string          `json:"anchor"` // opaque; ask again with it
	More    bool            `json:"more"`   // Limit cut the result short
}

// DeletedObject is the tombstone of a sample.
type DeletedObject struct {
	UUID           string `json:"uuid"`
	SyncIdentifier string `json:"syncIdentifier,omitempty"`
	SyncVersion    int64  `json:"syncVersion,omitempty"`
}
