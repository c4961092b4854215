// Package healthexport writes exports of Apple's Health app, of a fictional
// person and of any length: input for benchmarks and tests of size, with what an
// importer must make of it. The same days always give the same bytes, and a
// longer export repeats a shorter one, as next month's does this month's.
package healthexport

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"fmt"
	"io"
	"path"
	"time"
)

// zone is where the person lives: days of 23 and 25 hours are among theirs.
const zone = "Europe/Berlin"

// folder is the one that an iPhone puts into export.zip.
const folder = "apple_health_export/"

// Export is an export of some days. Make one with New.
type Export struct {
	days []day
	zone *time.Location
}

// New returns the export of a number of days from 2016-01-01 on: about 1,300
// records each, so that 3,653 days are ten years and 4.8 million records.
func New(days int) (*Export, error) {
	location, err := time.LoadLocation(zone)
	if err != nil {
		return nil, err
	}
	e := &Export{zone: location}
	for at := range days {
		e.days = append(e.days, newDay(at, location))
	}
	return e, nil
}

// WriteTo writes the kind of file that a name ends with: export.xml, else
// export.zip.
func (e *Export) WriteTo(name string, to io.Writer) error {
	if path.Ext(name) == ".xml" {
		return e.WriteXML(to)
	}
	return e.WriteZip(to)
}

// WriteZip writes export.zip: export.xml with the files beside it.
func (e *Export) WriteZip(to io.Writer) error {
	archive := zip.NewWriter(to)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestSpeed)
	})
	add := func(name string, write func(*bufio.Writer)) error {
		member, err := archive.Create(folder + name)
		if err != nil {
			return err
		}
		out := bufio.NewWriterSize(member, 1<<16)
		write(out)
		return out.Flush()
	}
	for _, one := range e.beside() {
		if err := add(one.name, one.write); err != nil {
			return err
		}
	}
	if err := add("export.xml", e.writeXML); err != nil {
		return err
	}
	return archive.Close()
}

// WriteXML writes export.xml alone.
func (e *Export) WriteXML(to io.Writer) error {
	out := bufio.NewWriterSize(to, 1<<16)
	e.writeXML(out)
	return out.Flush()
}

// writeXML writes to out, which keeps the first error.
func (e *Export) writeXML(out *bufio.Writer) {
	out.WriteString(head)
	last := e.days[len(e.days)-1]
	fmt.Fprintf(out, " <ExportDate value=\"%s\"/>\n", last.clock(23*3600))
	out.WriteString(me)
	w := &recordWriter{out: out}
	for at := range streams {
		for _, d := range e.days {
			w.write(&streams[at], d)
		}
	}
	for _, d := range e.days {
		d.writeObjects(out)
	}
	out.WriteString("</HealthData>\n")
}

const me = ` <Me HKCharacteristicTypeIdentifierDateOfBirth="1985-03-03" HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexFemale" HKCharacteristicTypeIdentifierBloodType="HKBloodTypeOPositive" HKCharacteristicTypeIdentifierFitzpatrickSkinType="HKFitzpatrickSkinTypeNotSet" HKCharacteristicTypeIdentifierCardioFitnessMedicationsUse="None"/>
`

// head is the top of an export.xml, with the document type declaration cut to
// the elements that are written.
const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 13 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary|ClinicalRecord|Audiogram|VisionPrescription)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ELEMENT ExportDate EMPTY>
<!ATTLIST ExportDate
  value CDATA #REQUIRED
>
<!ELEMENT Me EMPTY>
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
<!ATTLIST Record
  type          CDATA #REQUIRED
  unit          CDATA #IMPLIED
  value         CDATA #IMPLIED
  sourceName    CDATA #REQUIRED
  sourceVersion CDATA #IMPLIED
  device        CDATA #IMPLIED
  creationDate  CDATA #IMPLIED
  startDate     CDATA #REQUIRED
  endDate       CDATA #REQUIRED
>
<!ELEMENT MetadataEntry EMPTY>
<!ATTLIST MetadataEntry
  key   CDATA #REQUIRED
  value CDATA #REQUIRED
>
]>
<HealthData locale="en_DE">
`
