// Package applehealth reads the export of Apple's Health app: export.zip, the
// folder that it unpacks to, or export.xml alone.
//
// export.xml is read in one pass by package xmlscan. The files beside it are
// read too: clinical records (FHIR), electrocardiograms (CSV) and workout routes
// (GPX), each told by its content, since folder names follow the phone's
// language. docs/formats.md lists what is read and what is kept only as bytes.
package applehealth

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/format"
)

// Decoder reads an export.
var Decoder = format.Decoder{
	Name: "Apple Health export",
	Sniff: func(_ string, head []byte) bool {
		return bytes.Contains(head, []byte("<HealthData")) || bytes.Contains(head, []byte("<!DOCTYPE HealthData"))
	},
	Gather: func(main *format.Input, all []*format.Input) []*format.Input {
		var mine []*format.Input
		for _, input := range all {
			if belongsTo(main, input) {
				mine = append(mine, input)
			}
		}
		return mine
	},
	Decode: decode,
}

func decode(main *format.Input, others []*format.Input, sink format.Sink) error {
	stream, err := main.Open()
	if err != nil {
		return err
	}
	defer stream.Close()
	e := newExport(main, stream, newFiles(main, others), sink)
	if err := e.read(); err != nil && err != errStop {
		return err
	}
	for _, file := range e.clinical {
		if err := e.resources(file); err != nil {
			return err
		}
	}
	for _, file := range e.files.left() {
		if err := e.beside(file); err != nil {
			return err
		}
	}
	return nil
}

// maxBeside bounds an electrocardiogram, a route or a document, in bytes.
const maxBeside = 64 << 20

// beside reads a file of the export that export.xml does not name.
func (e *export) beside(file *format.Input) error {
	stream, err := file.Open()
	if err != nil {
		return err
	}
	defer stream.Close()
	head := make([]byte, 1024)
	n, err := io.ReadFull(stream, head)
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	take := e.kindOf(file, head[:n])
	switch {
	case take != nil:
		return e.whole(file, io.MultiReader(bytes.NewReader(head[:n]), stream), take)
	case bytes.HasPrefix(bytes.TrimLeft(head[:n], "\xef\xbb\xbf \r\n\t"), []byte("{")):
		return e.resources(clinicalFile{input: file, source: clinicalSource(nil)})
	}
	e.sink.Note(format.Fault{File: file.Path, Reason: "the file is not a kind of record, so it was left out"})
	return nil
}

// kindOf tells by a file's first bytes what reads it as a whole.
func (e *export) kindOf(file *format.Input, head []byte) func(*format.Input, []byte) error {
	switch {
	case bytes.Contains(head, []byte("<gpx")):
		return e.route
	case isCDA(head):
		return e.document
	case strings.EqualFold(path.Ext(file.Path), ".csv"):
		return e.electrocardiogram
	}
	return nil
}

// whole reads a small file at once and hands it to take.
func (e *export) whole(file *format.Input, stream io.Reader, take func(*format.Input, []byte) error) error {
	raw := bytes.NewBuffer(make([]byte, 0, min(max(file.Size, 0), maxBeside)+bytes.MinRead))
	if _, err := raw.ReadFrom(io.LimitReader(stream, maxBeside+1)); err != nil {
		return err
	}
	if raw.Len() > maxBeside {
		e.leave(file, "the file is larger than 64 MiB")
		return nil
	}
	return take(file, raw.Bytes())
}

func (e *export) leave(file *format.Input, reason string) {
	e.sink.Skip(format.Fault{File: file.Path, Reason: reason})
}

// fileSample makes the sample of an object that is a file of its own.
func (e *export) fileSample(id store.TypeID, title string) store.Sample {
	return store.Sample{Type: id, DisplayName: title, Source: store.Source{ID: e.sourceID("Health"), Name: "Apple Health"}}
}

func (e *export) electrocardiogram(file *format.Input, raw []byte) error {
	ecg, err := ReadECG(bytes.NewReader(raw))
	if err != nil {
		e.leave(file, err.Error())
		return nil
	}
	sample := e.fileSample("electrocardiogram", "Electrocardiogram")
	sample.Subtitle = ecg.Classification
	sample.StartDate, sample.EndDate = ecg.Recorded, ecg.Recorded
	if ecg.SampleRate > 0 {
		sample.EndDate += int64(float64(len(ecg.Voltages)) / ecg.SampleRate * 1000)
	}
	sample.Source.Device = ecg.Device
	return e.sink.Object(file, sample, path.Base(file.Path), raw)
}

func (e *export) route(file *format.Input, raw []byte) error {
	route, err := ReadRoute(bytes.NewReader(raw))
	if err != nil {
		e.leave(file, err.Error())
		return nil
	}
	sample := e.fileSample("workoutRoute", "Workout Route")
	if n := len(route.Points); n > 0 {
		sample.StartDate, sample.EndDate = route.Points[0].Time, max(route.Points[0].Time, route.Points[n-1].Time)
	}
	if route.Distance > 0 {
		sample.Subtitle = strconv.FormatFloat(route.Distance/1000, 'f', 2, 64) + " km"
	}
	return e.sink.Object(file, sample, path.Base(file.Path), raw)
}

// document keeps export_cda.xml. It repeats what export.xml says, so nothing of
// it is read.
func (e *export) document(file *format.Input, raw []byte) error {
	sample := e.fileSample("cdaDocument", "Health export (CDA)")
	return e.sink.Object(file, sample, path.Base(file.Path), raw)
}
