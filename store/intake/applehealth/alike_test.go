package applehealth

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/format"
	"github.com/keepwell-health/keepwell/store/intake/intaketest"
)

// lister is a Sink that lists what it is given.
type lister struct{ list []string }

func (l *lister) add(parts ...any) { l.list = append(l.list, fmt.Sprintln(parts...)) }

func (l *lister) Resource(_ *format.Input, source store.Source, resource fhir.Resource) error {
	l.add("resource", source, string(resource.Raw))
	return nil
}

func (l *lister) Sample(_ *format.Input, sample store.Sample) error {
	l.add("sample", sample.Type, sample.Source, sample.Unit, sample.Metadata, sample.StartDate, sample.EndDate, *sample.Value)
	return nil
}

func (l *lister) Samples(from *format.Input, like *store.Template, readings []store.Reading) error {
	for _, reading := range readings {
		sample := like.Sample()
		sample.StartDate, sample.EndDate, sample.Value = reading.StartDate, reading.EndDate, &reading.Value
		l.Sample(from, sample)
	}
	return nil
}

func (l *lister) Object(_ *format.Input, sample store.Sample, identifier string, raw []byte) error {
	if _, known := store.TypeByID(sample.Type); known && sample.Type != "bloodType" { // characteristics come in no order
		l.add("object", sample.Type, sample.Source, sample.StartDate, sample.EndDate, identifier, string(raw))
	}
	return nil
}

func (l *lister) Skip(fault format.Fault) { l.add("skip", fault) }
func (l *lister) Note(fault format.Fault) { l.add("note", fault) }

// listed reads an export.xml. Samples come after the skips that they were read
// between, so that both are listed apart.
func listed(document string, pieces bool) (samples, others []string) {
	input := &format.Input{Path: "export.xml", Size: int64(len(document)), Open: func() (io.ReadCloser, error) {
		var stream io.Reader = strings.NewReader(document)
		if pieces {
			stream = iotest.OneByteReader(stream)
		}
		return io.NopCloser(stream), nil
	}}
	sink := &lister{}
	if err := decode(input, nil, sink); err != nil {
		sink.add("error", err)
	}
	for _, line := range sink.list {
		if strings.HasPrefix(line, "sample") {
			samples = append(samples, line)
		} else {
			others = append(others, line)
		}
	}
	return samples, others
}

// comparePieces holds that records which are taken by their likeness to the last
// one, as those of a whole document are, are what a full reading makes of them: in
// a document that comes byte by byte there is never a next record to look at.
func comparePieces(t *testing.T, document string) {
	t.Helper()
	quick, others := listed(document, false)
	full, othersFull := listed(document, true)
	if fmt.Sprint(quick) != fmt.Sprint(full) {
		t.Errorf("quick:\n%s\nfull:\n%s", quick, full)
	}
	if fmt.Sprint(others) != fmt.Sprint(othersFull) {
		t.Errorf("quick:\n%s\nfull:\n%s", others, othersFull)
	}
}

// heart is a heart rate, with what stands behind the value.
func heart(offset, start, value, tail string) string {
	return ` <Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" sourceVersion="10.2" unit="count/min" creationDate="2024-01-01 09:00:00 ` + offset +
		`" startDate="2024-01-01 ` + start + ` ` + offset + `" endDate="2024-01-01 08:59:00 ` + offset + `" value="` + value + `"` + tail + "\n"
}

const moving = ">\n  <MetadataEntry key=\"HKMetadataKeyHeartRateMotionContext\" value=\"1\"/>\n </Record>"

var alikes = []string{
	heart("+0100", "08:00:00", "60", "/>") + heart("+0100", "08:01:00", "61.5", "/>") + heart("+0100", "08:02:00", "-0.125", "/>"),
	heart("+0100", "08:00:00", "60", moving) + heart("+0100", "08:01:00", "61", "/>") + heart("+0100", "08:02:00", "62", moving),
	heart("+0100", "08:00:00", "60", "/>") + heart("+0200", "08:01:00", "61", "/>") + heart("+0100", "08:02:00", "62", "/>"),
	heart("+0100", "08:00:00", "60", "/>") + heart("+0100", "09:01:00", "61", "/>") + heart("+0100", "08:02:00", "sixty", "/>") + heart("+0100", "08:03:00", "64", "/>"),
	heart("+0100", "08:00:00", "60", ` sourceName="Other"/>`) + heart("+0100", "08:01:00", "61", "/>"),
	heart("+0100", "08:00:00", "60", "/>") + "</HealthData>" + strings.Repeat(heart("+0100", "08:01:00", "61", "/>"), 3),
	strings.Repeat(heart("+0100", "08:00:00", "60", "><Record a=\"b\"></Record></Record>"), 3) + heart("+0100", "08:02:00", "62", "/>"),
	heart("+0100", "08:00:00", "60", "/>") + "<!-- " + heart("+0100", "08:01:00", "61", "/>") + "-->" + heart("+0100", "08:02:00", "62", "/>"),
	heart("+0100", "08:00:00", "60", "><a>") + heart("+0100", "08:01:00", "61", "/>") + "</a></Record>" + heart("+0100", "08:02:00", "62", "/>"),
	heart("+0100", "08:00:00", "1e3", "/>") + heart("+0100", "08:01:00", "0x1p-2", "/>") + heart("+0100", "08:02:00", ".5", "/>") + heart("+0100", "08:03:00", "5.", "/>"),
	strings.ReplaceAll(heart("+0100", "08:00:00", "0.97", "/>")+heart("+0100", "08:01:00", "0.9", "/>"), `HeartRate" sourceName="Watch" sourceVersion="10.2" unit="count/min"`, `OxygenSaturation" sourceName="Watch" unit="%"`),
	heart("+0100", "08:00:00", "60", "/>") + strings.Replace(heart("+0100", "08:01:00", "61", "/>"), "2024-01-01 09:00:00 +0100", `2024" sourceName="A" b="c`, 1) + heart("+0100", "08:02:00", "62", "/>"),
}

func TestAlike(t *testing.T) {
	for _, records := range alikes {
		comparePieces(t, "<HealthData>\n"+records+"</HealthData>")
	}
}

// TestAlikeIsUsed holds that records which repeat the last one take the quick way.
func TestAlikeIsUsed(t *testing.T) {
	document := "<HealthData>\n" + strings.Repeat(alikes[1], 100) + "</HealthData>"
	sink := &lister{}
	e := newExport(&format.Input{}, strings.NewReader(document), newFiles(&format.Input{}, nil), sink)
	quick := 0
	for range 300 {
		if again, _ := e.again(); again {
			quick++
			continue
		}
		if token, err := e.scan.Next(); err == nil && string(token.Name) == "Record" {
			e.record(token)
		}
	}
	if quick < 250 {
		t.Errorf("%d of 300 records took the quick way", quick)
	}
}

func FuzzAlike(f *testing.F) {
	for _, records := range alikes {
		f.Add(records)
	}
	f.Fuzz(func(t *testing.T, records string) {
		intaketest.Modest(t, 2*len(records), func() { comparePieces(t, "<HealthData>\n"+records+"</HealthData>") })
	})
}
