// Package bundle reads FHIR JSON of every release into the store: a bundle of
// any type, bundles in bundles, NDJSON, an array of resources, one resource.
package bundle

import (
	"bytes"
	"errors"
	"io"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/format"
)

// Decoder reads FHIR JSON.
var Decoder = format.Decoder{Name: "FHIR JSON", Sniff: sniff, Decode: decode}

// sniff takes anything that begins as a JSON object or array: whether it is FHIR
// is told resource by resource, with a reason for what is not.
func sniff(_ string, head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(head) > 0 && (head[0] == '{' || head[0] == '[')
}

func decode(main *format.Input, _ []*format.Input, sink format.Sink) error {
	stream, err := main.Open()
	if err != nil {
		return err
	}
	defer stream.Close()
	return Read(main, stream, releaseOf(main), sink)
}

// lookAhead is how many bytes of a file are read to tell its release. The bound
// keeps a hostile archive from being unpacked twice.
const lookAhead = 2 << 20

// releaseOf looks ahead for the release of a file's resources, which most of
// them don't tell one by one; "" when the file can't be read or does not tell.
func releaseOf(file *format.Input) fhir.Release {
	stream, err := file.Open()
	if err != nil {
		return ""
	}
	defer stream.Close()
	release, err := fhir.DetectRelease(io.LimitReader(stream, lookAhead))
	if err != nil {
		return "" // the reader meets the same fault and reports it
	}
	return release
}

// Read hands every resource of a stream of FHIR JSON to sink. from names the
// file; release is that of resources of which nothing else tells it. All
// resources of a file have one source, which the first one tells.
func Read(from *format.Input, stream io.Reader, release fhir.Release, sink format.Sink) error {
	reader := fhir.NewReader(stream, fhir.ReaderOptions{})
	var source store.Source
	for {
		resource, err := reader.Next()
		var broken *fhir.Error
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &broken):
			sink.Skip(faultOf(from, broken))
			if broken.Fatal {
				return nil
			}
			continue
		case err != nil:
			return err
		}
		if resource.Release == "" {
			resource.Release = release
		}
		if source.ID == "" {
			source = nameSource(from.Path, reader.Bundle(), resource)
		}
		if err := sink.Resource(from, source, resource); err != nil {
			return err
		}
	}
}

func faultOf(from *format.Input, broken *fhir.Error) format.Fault {
	return format.Fault{
		File: from.Path, Offset: broken.Offset, Line: broken.Line,
		Pointer: broken.Pointer, Reason: broken.Rule,
	}
}
