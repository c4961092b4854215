// Package backup writes everything that a store holds into one encrypted file and
// reads it back. The file is an age file (age-encryption.org/v1) with a
// passphrase, so that the age command opens it, and inside a zip archive of FHIR
// and other plain formats, so that it is of use without this program.
// docs/format.md describes it.
package backup

import (
	"io"
	"time"

	"github.com/keepwell-health/keepwell/store"
)

const (
	formatName    = "keepwell-backup"
	formatVersion = 1
)

// Intro begins every age file with a binary payload (age-encryption.org/v1).
const Intro = "age-encryption.org/v1\n"

// Names of what an archive holds besides the groups of records and the types of
// samples.
const (
	manifestName  = "manifest.json"
	readmeName    = "README.txt"
	appsName      = "apps.json"
	ordersName    = "orders.json"
	accessLogName = "access-log.ndjson"
)

// Manifest tells what an archive holds. It is the last member, manifest.json.
type Manifest struct {
	Format  string `json:"format"` // "keepwell-backup"
	Version int    `json:"version"`
	Created int64  `json:"created"` // ms since the Unix epoch
	Counts  Counts `json:"counts"`
	Files   []File `json:"files"` // every other member but resources and documents of their own

	// Through is what Store.NoteBackup takes, once the file is where it belongs.
	Through uint64 `json:"-"`
}

// Counts is how much an archive holds.
type Counts struct {
	Records   int `json:"records"`   // FHIR resources
	Documents int `json:"documents"` // bytes that are no FHIR resource
	Samples   int `json:"samples"`
	Apps      int `json:"apps"`
	Accesses  int `json:"accesses"` // lines of the access log
	Missing   int `json:"missing"`  // objects left out because the store could not open them
}

// File is one member of an archive.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`          // hexadecimal
	Lines  int    `json:"lines,omitempty"` // of an NDJSON file
}

// Mode says what a restore does with what is there.
type Mode string

const (
	Merge   Mode = "merge"   // it stays; of two copies of a record the later one does
	Replace Mode = "replace" // it goes
)

// Progress tells how far an export or a restore is.
type Progress struct {
	Phase string `json:"phase"` // one of the phases below
	Done  int64  `json:"done"`  // objects while writing, bytes while checking and taking in
	Total int64  `json:"total"`
}

// Phases of an export and a restore.
const (
	PhaseWriting = "writing"
	PhaseOpening = "opening" // turning the passphrase into a key
	PhaseCheck   = "checking"
	PhaseTaking  = "taking"
)

// Summary tells what a backup holds, before it is restored.
type Summary struct {
	Created int64    `json:"created"` // ms since the Unix epoch
	Counts  Counts   `json:"counts"`
	Apps    []string `json:"apps"` // origins of the apps that were granted or denied something
}

// Report tells what a restore did.
type Report struct {
	Created   int64  `json:"created"` // of the backup, ms since the Unix epoch
	Counts    Counts `json:"counts"`  // of the backup
	Added     int    `json:"added"`
	Replaced  int    `json:"replaced"`
	Unchanged int    `json:"unchanged"`
}

// Options of exports and restores. The zero value is good.
type Options struct {
	Progress func(Progress)                       // may be nil; called often
	Inflate  func(packed io.Reader) io.ReadCloser // unpacks DEFLATE (RFC 1951); nil: in Go
	Now      func() time.Time                     // nil: time.Now
	// WorkFactor is the base-2 logarithm of scrypt's N; 0 stands for 17. Tests take
	// less.
	WorkFactor int
}

// Work factors of scrypt (RFC 7914), which takes 128 * 2^factor * 8 bytes.
const (
	// defaultWorkFactor is OWASP's minimum for one lane: 128 MiB, and about a
	// second in a browser. age's own default of 18 would take half of the memory
	// that an export may.
	defaultWorkFactor = 17
	// maxWorkFactor lets in files that the age command wrote.
	maxWorkFactor = 18
)

func (o Options) withDefaults() Options {
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.WorkFactor == 0 {
		o.WorkFactor = defaultWorkFactor
	}
	return o
}

// invalid is an error about a backup, which names rules and never values.
func invalid(text string) error { return store.Errorf(store.CodeInvalidArgument, "%s", text) }

var errReading = store.Errorf(store.CodeCorruptStore, "a record can't be read any more")

// Errors of a restore. Whichever it is, nothing has changed.
var (
	errNoPassphrase = invalid("a backup needs a passphrase")
	errNotBackup    = invalid("this file is no backup of Keepwell")
	errOtherKey     = invalid("this file is encrypted to a key, not by a passphrase: it is no backup of Keepwell")
	errArmored      = invalid("this file is encrypted as text; bring the one that Keepwell wrote")
	errTooCostly    = invalid("opening this file would take more memory than a backup of Keepwell does")
	errPassphrase   = invalid("the passphrase does not open this backup")
	errDamaged      = invalid("the backup is cut short or damaged")
	errNewer        = invalid("a newer version of Keepwell wrote this backup; load that version and try again")
	errHash         = invalid("the backup is damaged: a file in it is not what its manifest says")
	errMembers      = invalid("the backup is damaged: it lacks a file that its manifest names, or has one that it does not name")
	errCounts       = invalid("the backup is damaged: it does not hold as much as its manifest says")
	errMalformed    = invalid("the backup is damaged: a file in it is malformed")
	errBomb         = store.Errorf(store.CodeDataSizeExceeded, "the backup unpacks to more than a backup can hold")
)
