package intake

import (
	"strings"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/format"
)

// maxListed bounds each list of a Report, so that a file with a million faults
// costs no more than one with a thousand.
const maxListed = 1000

// Skip names what was left out, or what is worth a note: where and why, never a value.
type Skip = format.Fault

// Report tells what an import did. What was found in the files equals what was
// added, replaced, left unchanged and skipped, for the whole and for each file;
// a file of which nothing can be read counts as one skip.
type Report struct {
	Files     int `json:"files"` // files read, those inside archives included
	Added     int `json:"added"`
	Replaced  int `json:"replaced"`  // newer copies of what the store had
	Unchanged int `json:"unchanged"` // the store had the same bytes

	Skipped      []Skip `json:"skipped"` // at most 1,000; never nil
	SkippedCount int    `json:"skippedCount"`
	Notes        []Skip `json:"notes,omitempty"` // at most 1,000
	NotesCount   int    `json:"notesCount,omitempty"`

	ByType map[store.TypeID]int `json:"byType"`            // added, replaced and unchanged, by type
	ByFile []FileReport         `json:"byFile"`            // at most 1,000; never nil
	Types  []store.TypeID       `json:"changed,omitempty"` // types with something added or replaced
}

// FileReport tells what became of one file.
type FileReport struct {
	File      string `json:"file"`
	Format    string `json:"format,omitempty"` // name of the decoder, or "" when none could read it
	Added     int    `json:"added"`
	Replaced  int    `json:"replaced"`
	Unchanged int    `json:"unchanged"`
	Skipped   int    `json:"skipped"`
	// Reason says why nothing of the file could be read; "" when something was.
	Reason string `json:"reason,omitempty"`
}

// Phase tells what an import is doing.
type Phase string

const (
	PhaseOpening Phase = "opening" // looking at what was brought
	PhaseReading Phase = "reading"
	PhaseSaving  Phase = "saving" // making it all durable at once
)

// Progress tells how far an import is.
type Progress struct {
	File       string `json:"file"` // the file being read
	Phase      Phase  `json:"phase"`
	Bytes      int64  `json:"bytes"` // read so far, over all files
	TotalBytes int64  `json:"totalBytes"`
	Records    int    `json:"records"` // added, replaced or unchanged so far
}

// compareFiles orders by path; with failuresFirst, files that could not be read
// come before the others, so that a cut list still holds them.
func compareFiles(a, b FileReport, failuresFirst bool) int {
	if failuresFirst && (a.Reason != "") != (b.Reason != "") {
		if a.Reason != "" {
			return -1
		}
		return 1
	}
	return strings.Compare(a.File, b.File)
}
