package store

import "github.com/keepwell-health/keepwell/fhir"

// ReceivedKey is the metadata key of when a clinical record came from its source,
// as it was written, where that is another time than DateAdded.
const ReceivedKey = "receivedDate"

// Sample is what a query returns. Times are milliseconds since the Unix epoch
// (UTC) so that they cross to JavaScript unchanged.
type Sample struct {
	UUID      string `json:"uuid"` // RFC 9562 version 8, stable while the object lives
	Type      TypeID `json:"type"`
	StartDate int64  `json:"startDate"` // ms since the Unix epoch
	EndDate   int64  `json:"endDate"`   // ms since the Unix epoch; equals StartDate for an instant
	DateAdded int64  `json:"dateAdded"` // ms since the Unix epoch: when the store took it in

	// StartText and EndText keep a date that is less precise than a second as it
	// was written ("2019", "2019-03"), so that a page never shows an invented day.
	StartText string `json:"startText,omitempty"`
	EndText   string `json:"endText,omitempty"`
	// Undated says that nothing told when; StartDate and EndDate are DateAdded.
	Undated bool `json:"undated,omitempty"`

	Source      Source `json:"source"`
	DisplayName string `json:"displayName"`
	Subtitle    string `json:"subtitle,omitempty"`
	Status      string `json:"status,omitempty"`

	Value    *float64          `json:"value,omitempty"` // quantity and category types; Observations with one number
	Unit     string            `json:"unit,omitempty"`
	Metadata map[string]string `json:"metadata,omitempty"`

	FHIR *FHIRResource `json:"fhir,omitempty"`

	SyncIdentifier string `json:"syncIdentifier,omitempty"`
	SyncVersion    int64  `json:"syncVersion,omitempty"`
}

// Source tells where a sample came from. ID is stable: "origin:https://…" for
// an app, "import:…" for an institution or file, "person" for what is typed in.
type Source struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	Device  string `json:"device,omitempty"`
}

// FHIRResource describes the resource behind a clinical record. Its bytes are
// had by Store.Resource.
type FHIRResource struct {
	ResourceType string       `json:"resourceType"`
	Identifier   string       `json:"identifier"`
	Release      fhir.Release `json:"release,omitempty"`
	Version      string       `json:"version"` // "4.0.1"
	SourceURL    string       `json:"sourceURL,omitempty"`
}
