package applehealth

import (
	"cmp"
	"errors"
	"io"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/format"
	"github.com/keepwell-health/keepwell/store/intake/xmlscan"
)

// export reads one export.xml into a sink. What is wrong with an element is
// reported and the next one is read.
type export struct {
	scan  *xmlscan.Scanner
	input *format.Input
	files *files
	sink  format.Sink

	texts   interned
	sources map[string]string      // a source's name -> its identifier
	devices map[string]string      // a device as written -> as kept
	types   map[string]*recordType // by the type attribute
	offsets map[string]metadata    // by the offset of a date
	unread  map[string]bool        // elements already noted as not read

	alike    alike
	like     *store.Template // of readings
	readings []store.Reading // not handed over yet

	clinical []clinicalFile // to be read when export.xml has been
}

func newExport(input *format.Input, stream io.Reader, files *files, sink format.Sink) *export {
	return &export{
		scan: xmlscan.New(stream), input: input, files: files, sink: sink,
		texts: interned{}, sources: map[string]string{}, devices: map[string]string{}, types: map[string]*recordType{},
		offsets: map[string]metadata{}, unread: map[string]bool{},
	}
}

// read reads to the end of the file. A file that breaks off yields what stands
// before the break, and a report of it.
func (e *export) read() error {
	err := e.elements()
	return cmp.Or(e.handOver(), err)
}

func (e *export) elements() error {
	for {
		again, err := e.again()
		if err != nil {
			return err
		}
		if again {
			continue
		}
		token, err := e.scan.Next()
		if err == io.EOF {
			e.noteDefects()
			return nil
		}
		if err != nil {
			if err = e.fault(err); err != nil {
				return err
			}
			continue
		}
		if token.Kind != xmlscan.Start || token.Depth == 1 {
			continue
		}
		if err := e.element(token); err != nil {
			return err
		}
	}
}

// errStop ends the file after a fault that was reported already.
var errStop = errors.New("applehealth: the file can't be read further")

// fault reports what the scanner met. It returns errStop where it can't go on
// and the error itself where the file can't be read at all.
func (e *export) fault(err error) error {
	var fault *xmlscan.Error
	if !errors.As(err, &fault) {
		return err // of the archive or the medium
	}
	e.sink.Skip(format.Fault{File: e.input.Path, Offset: fault.Offset, Reason: fault.Rule})
	if fault.Fatal {
		return errStop
	}
	return nil
}

func (e *export) noteDefects() {
	if e.scan.Defects() > 0 {
		e.sink.Note(format.Fault{File: e.input.Path, Reason: "quotes inside attribute values were not escaped; they were read as part of the values"})
	}
}

// skip reports that the element at offset was left out.
func (e *export) skip(offset int64, reason string) {
	e.sink.Skip(format.Fault{File: e.input.Path, Offset: offset, Reason: reason})
}

// element reads one child of HealthData. The names are those of the document
// type declaration at the top of every export.
func (e *export) element(token xmlscan.Token) error {
	switch string(token.Name) {
	case "Record":
		return e.record(token)
	case "ClinicalRecord":
		return e.clinicalRecord(token)
	case "Correlation", "Workout", "ActivitySummary", "Audiogram", "VisionPrescription":
		return e.object(token)
	case "Me":
		return e.me(token)
	case "ExportDate":
		return e.rest(token, nil)
	}
	return e.other(token)
}

// other passes over an element that isn't read, and notes each name once.
func (e *export) other(token xmlscan.Token) error {
	name := string(token.Name)
	if !e.unread[name] && len(e.unread) < 100 {
		e.unread[name] = true
		e.sink.Note(format.Fault{File: e.input.Path, Offset: token.Offset, Reason: "an element of a kind that isn't read was left out, here and further on"})
	}
	return e.rest(token, nil)
}

// rest reads to the end of the element that token opens and hands the opening
// tags inside it to child, which may be nil.
func (e *export) rest(token xmlscan.Token, child func(xmlscan.Token)) error {
	for {
		inner, err := e.scan.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			if err = e.fault(err); err != nil {
				return err
			}
			continue
		}
		switch {
		case inner.Kind == xmlscan.End && inner.Depth == token.Depth:
			return nil
		case inner.Kind == xmlscan.Start && child != nil:
			child(inner)
		}
	}
}

// interned keeps one copy of texts that come again and again: types, sources,
// devices, units. It is keyed by the text as written and holds it expanded.
type interned map[string]string

// maxInterned bounds the table; texts beyond it are copied each time.
const maxInterned = 20_000

func (in interned) get(raw []byte) string {
	if text, ok := in[string(raw)]; ok {
		return text
	}
	text := string(xmlscan.Expand(raw))
	if len(in) < maxInterned {
		in[string(raw)] = text
	}
	return text
}
