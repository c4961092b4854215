// Package format says what a decoder of the intake is and what it works with.
// Each format that a person can bring has a package beside this one with one
// Decoder; package intake holds the explicit list of them.
package format

import (
	"io"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
)

// HeadSize is how many bytes of a file a Decoder sees to tell its format. It
// covers the document type declaration at the top of Apple's export.xml.
const HeadSize = 16 << 10

// Input is one file to be read: as a person brought it, or a member of an archive.
type Input struct {
	Path string // below what was picked, with slashes; a member stands below its archive: "export.zip/a/b.json"
	Size int64  // bytes that Open yields, as declared; an archive may lie
	// Open starts reading from the first byte. The bytes read move the progress.
	// A read fails with an error that wraps ErrDamaged or ErrBomb where an archive
	// is broken or hostile.
	Open func() (io.ReadCloser, error)
	// ReaderAt reads at any place; nil for a compressed member of an archive.
	ReaderAt io.ReaderAt
}

// Decoder reads one format.
type Decoder struct {
	Name string // for people: "FHIR JSON"

	// Sniff tells whether a file is of this format by its first bytes, of which
	// there are at most HeadSize. A gzip file is sniffed by what it holds. The
	// path may help but never decides alone.
	Sniff func(path string, head []byte) bool

	// Gather returns which of all inputs belong to main, when a format spreads
	// over several files; they are then read by this decoder only. nil means
	// that each file stands alone.
	Gather func(main *Input, all []*Input) []*Input

	// Decode reads main and the others that belong to it into sink. What is wrong
	// with a part is told to sink.Skip and the rest goes on. An error ends this
	// file: one that a method of sink returned must be handed back as it is, any
	// other says why the file can't be read, in words that hold no value of it.
	Decode func(main *Input, others []*Input, sink Sink) error
}

// Sink takes in what a decoder finds. Every error of its methods ends the whole
// import: it was canceled or the store failed.
type Sink interface {
	// Resource takes in one FHIR resource of a file. What is wrong with the
	// resource itself is reported and is no error.
	Resource(from *Input, source store.Source, resource fhir.Resource) error
	// Sample takes in one sample of a file.
	Sample(from *Input, sample store.Sample) error
	// Samples takes in samples of a file that are alike but for their dates and
	// values: of millions, each costs a fraction of what Sample does.
	Samples(from *Input, like *store.Template, readings []store.Reading) error
	// Object takes in a sample that is more than one number or code, with the
	// bytes that it came as: an electrocardiogram, a route, a document. identifier
	// tells it from the others of its source and type, so that it is known again.
	Object(from *Input, sample store.Sample, identifier string, raw []byte) error
	// Skip reports something that was not taken in.
	Skip(fault Fault)
	// Note reports something worth knowing of what was taken in.
	Note(fault Fault)
}

// Fault names a place and what is wrong or notable there, without any value.
type Fault struct {
	File    string `json:"file"`
	Offset  int64  `json:"offset"`            // bytes from the start of the decompressed file
	Line    int64  `json:"line,omitempty"`    // of NDJSON and CSV, from 1
	Pointer string `json:"pointer,omitempty"` // JSON Pointer (RFC 6901)
	Reason  string `json:"reason"`
}

// Error is a reason that a person can read, with what caused it for errors.Is.
type Error struct {
	Reason string
	Offset int64 // bytes from the start of the decompressed file; 0: not known
	Err    error
}

func (e *Error) Error() string { return e.Reason }
func (e *Error) Unwrap() error { return e.Err }

// Errors of reading an archive's member.
var (
	ErrDamaged error = &Error{Reason: "the archive is damaged here"}
	ErrBomb    error = &Error{Reason: "this unpacks to far more than its size, as a hostile archive does; the rest of it was left out"}
)
