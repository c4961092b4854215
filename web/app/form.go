package app

import "github.com/keepwell-health/keepwell/store"

// form is how a record's bytes are written.
type form struct {
	name        string // "FHIR Observation"
	syntax      string // "JSON"
	contentType string
	file        string // the name of a download, which stays behind on the device: it says nothing
}

// formOf tells the form of what came with a sample.
func formOf(s store.Sample) form {
	switch {
	case s.FHIR != nil:
		return form{"FHIR " + s.FHIR.ResourceType, "JSON", "application/fhir+json", "keepwell-record.json"}
	case s.Type == "electrocardiogram":
		return form{"A file of an Apple Health export", "CSV", "text/csv", "keepwell-record.csv"}
	case s.Type == "workoutRoute":
		return form{"A file of an Apple Health export", "GPX", "application/gpx+xml", "keepwell-record.gpx"}
	case s.Type == "cdaDocument":
		return form{"A clinical document (CDA)", "XML", "application/xml", "keepwell-record.xml"}
	}
	return form{"A part of an Apple Health export", "XML", "application/xml", "keepwell-record.xml"}
}
