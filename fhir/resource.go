// Package fhir reads health records in FHIR JSON of every release from DSTU2
// to R5: a streaming reader that yields each resource's exact bytes, a one-pass
// summary of a resource, and its display text. It knows no store and keeps no
// state between resources.
//
// The bytes received are the truth: nothing here rewrites them.
package fhir

import "fmt"

// Release names a FHIR release (FHIR R5 section 2.1.0.7, "Version history").
// The empty string means that nothing told the release.
type Release string

// The releases that Keepwell reads, each with the version it stands for.
const (
	DSTU2 Release = "DSTU2" // 1.0.2
	STU3  Release = "STU3"  // 3.0.2
	R4    Release = "R4"    // 4.0.1
	R4B   Release = "R4B"   // 4.3.0
	R5    Release = "R5"    // 5.0.0
)

// Resource is one FHIR resource as it stood in its file.
type Resource struct {
	// Raw holds the exact bytes of the resource's JSON object, from its opening
	// to its closing brace. It is valid until the next call of Reader.Next.
	Raw []byte
	// Offset is the position of Raw's first byte in the file after
	// decompression, in bytes, before any byte order mark is taken off.
	Offset int64
	// Pointer is the JSON Pointer (RFC 6901) of the resource in its document:
	// "" for a document that is one resource, "/entry/3/resource" in a bundle.
	Pointer string
	// Line counts from 1 the line of an NDJSON stream; 0 in other files.
	Line int64
	// FullURL is the fullUrl of the bundle entry that holds the resource, or "".
	FullURL string
	// Release is what the enclosing bundle says of its release, or "".
	Release Release
	// Received is when the resource came from its source, as what enclosed it
	// wrote that, or "".
	Received string

	// spots are where its members stand, from Raw's first byte on; valid as long as
	// Raw. nil when they must be looked for.
	spots []spot
}

// Error says where input breaks a rule. Its text names the place and the rule
// and never a value, so that it may be shown, logged and reported.
type Error struct {
	Offset  int64  // bytes from the start of the (decompressed) file
	Line    int64  // NDJSON line, from 1; 0 in other files
	Pointer string // JSON Pointer (RFC 6901) in the document, as far as known
	Rule    string // the rule that was broken, in plain words
	// Fatal tells that the reader can't go on. When false, Reader.Next may be
	// called again and yields the next resource.
	Fatal bool
}

func (e *Error) Error() string {
	place := fmt.Sprintf("at byte %d", e.Offset)
	if e.Line > 0 {
		place = fmt.Sprintf("line %d, %s", e.Line, place)
	}
	if e.Pointer != "" {
		place += ", " + e.Pointer
	}
	return e.Rule + " (" + place + ")"
}

// UnsupportedVersionError names a FHIR version that Keepwell does not read.
type UnsupportedVersionError struct{ Version string }

func (e *UnsupportedVersionError) Error() string {
	return "FHIR version " + e.Version + " is not supported; DSTU2, STU3, R4, R4B and R5 are"
}
