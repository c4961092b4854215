package applehealth

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/format"
	"github.com/keepwell-health/keepwell/store/intake/xmlscan"
)

// clinicalFile is a file that a ClinicalRecord element names.
type clinicalFile struct {
	input    *format.Input
	source   store.Source
	release  fhir.Release
	url      string // of the resource on its server
	received string // when the phone got it, as written
}

// maxURL bounds a server's address, in bytes.
const maxURL = 2048

// clinicalRecord reads one ClinicalRecord element. The resource itself is the
// JSON file that it names; it is read after export.xml, so that an archive is
// read from its front to its end.
func (e *export) clinicalRecord(token xmlscan.Token) error {
	attrs := attributeMap(token)
	offset := token.Offset
	if err := e.rest(token, nil); err != nil {
		return err
	}
	file := e.files.take(attrs["resourceFilePath"])
	if file == nil {
		e.skip(offset, "the file that this clinical record names is not in the export")
		return nil
	}
	one := clinicalFile{input: file, source: clinicalSource(attrs), release: releaseOf(attrs["fhirVersion"])}
	if url := attrs["sourceURL"]; len(url) <= maxURL {
		one.url = url
	}
	if _, ok := parseDate([]byte(attrs["receivedDate"])); ok {
		one.received = attrs["receivedDate"]
	}
	e.clinical = append(e.clinical, one)
	return nil
}

// resources takes in the FHIR resources of a file of the export.
func (e *export) resources(file clinicalFile) error {
	stream, err := file.input.Open()
	if err != nil {
		return err
	}
	defer stream.Close()
	reader := fhir.NewReader(stream, fhir.ReaderOptions{})
	for {
		resource, err := reader.Next()
		var fault *fhir.Error
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &fault):
			e.sink.Skip(format.Fault{File: file.input.Path, Offset: fault.Offset, Line: fault.Line, Pointer: fault.Pointer, Reason: fault.Rule})
			if fault.Fatal {
				return nil // the next file may be whole
			}
			continue
		case err != nil:
			return err
		}
		if resource.Release == "" {
			resource.Release = file.release
		}
		if resource.FullURL == "" && resource.Pointer == "" {
			resource.FullURL = file.url
		}
		resource.Received = file.received
		if err := e.sink.Resource(file.input, file.source, resource); err != nil {
			return err
		}
	}
}

// clinicalSource names the institution that a record came from. The server's
// address tells institutions apart: everything before "/Observation/123".
func clinicalSource(attrs map[string]string) store.Source {
	name := attrs["sourceName"]
	if name == "" {
		name = "Apple Health"
	}
	base := attrs["sourceURL"]
	if resourceType := attrs["type"]; resourceType != "" {
		if i := strings.LastIndex(base, "/"+resourceType+"/"); i > 0 {
			base = base[:i]
		}
	}
	if base == "" {
		base = "apple-health/" + name
	}
	return store.Source{ID: "import:" + base, Name: name}
}

// releaseOf tells the release of an export's fhirVersion, "" when it is not one
// that the reader knows: the resource then tells it.
func releaseOf(version string) fhir.Release {
	release, err := fhir.ParseVersion(version)
	if err != nil {
		return ""
	}
	return release
}

// isCDA reports whether a file's first bytes are a clinical document (HL7 CDA
// release 2, section 4.1).
func isCDA(head []byte) bool { return bytes.Contains(head, []byte("<ClinicalDocument")) }
