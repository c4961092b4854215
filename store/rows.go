package store

import (
	"maps"
	"slices"
	"strconv"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// Columns of every table: samples, records' indexes and tombstones. What a row
// has no use for stays empty and takes no room. The numbers are part of the
// stored format.
const (
	columnType = iota
	columnSourceID
	columnSourceName
	columnSourceVersion
	columnSourceDevice
	columnDisplay
	columnSubtitle
	columnStatus
	columnUnit
	columnStartText
	columnEndText
	columnMetadata // encodeMetadata
	columnSyncIdentifier
	columnResourceType
	columnIdentifier
	columnRelease
	columnVersion
	columnSourceURL
	stringColumns
)

const (
	columnStart    = iota // ms since the Unix epoch
	columnDuration        // ms
	columnAdded           // ms since the Unix epoch
	columnFlags           // flagUndated
	columnSyncVersion
	columnLength  // records: of the raw bytes, in bytes
	columnDeleted // tombstones: the sequence number of the deleted object
	intColumns
)

const (
	columnValue = iota
	floatColumns
)

const flagUndated = 1 // columnFlags: Sample.Undated

var tableShape = columnar.Shape{Strings: stringColumns, Ints: intColumns, Floats: floatColumns}

// object is one row of a table, with the sequence number that its segment gives it.
type object struct {
	table    *columnar.Table
	at       int
	sequence uint64
}

func (o object) text(column int) string  { return o.table.String(column, o.at) }
func (o object) number(column int) int64 { return o.table.Int(column, o.at) }

func (o object) start() int64 { return o.number(columnStart) }
func (o object) end() int64   { return o.number(columnStart) + o.number(columnDuration) }
func (o object) added() int64 { return o.number(columnAdded) }

func (o object) value() (float64, bool) { return o.table.Float(columnValue, o.at) }

func (o object) source() Source {
	return Source{
		ID:      o.text(columnSourceID),
		Name:    o.text(columnSourceName),
		Version: o.text(columnSourceVersion),
		Device:  o.text(columnSourceDevice),
	}
}

// sample returns the row as a query gives it, but for its UUID.
func (o object) sample() Sample {
	sample := o.stored()
	if sample.DisplayName == "" || sample.Subtitle == "" {
		sample.describe()
	}
	return sample
}

// stored returns what the row holds.
func (o object) stored() Sample {
	sample := Sample{
		Type:           TypeID(o.text(columnType)),
		StartDate:      o.start(),
		EndDate:        o.end(),
		DateAdded:      o.added(),
		StartText:      o.text(columnStartText),
		EndText:        o.text(columnEndText),
		Undated:        o.number(columnFlags)&flagUndated != 0,
		Source:         o.source(),
		DisplayName:    o.text(columnDisplay),
		Subtitle:       o.text(columnSubtitle),
		Status:         o.text(columnStatus),
		Unit:           o.text(columnUnit),
		Metadata:       decodeMetadata(o.text(columnMetadata)),
		SyncIdentifier: o.text(columnSyncIdentifier),
		SyncVersion:    o.number(columnSyncVersion),
		FHIR:           o.resource(),
	}
	if value, ok := o.value(); ok {
		sample.Value = &value
	}
	return sample
}

func (o object) resource() *FHIRResource {
	resourceType := o.text(columnResourceType)
	if resourceType == "" {
		return nil
	}
	return &FHIRResource{
		ResourceType: resourceType,
		Identifier:   o.text(columnIdentifier),
		Release:      fhir.Release(o.text(columnRelease)),
		Version:      o.text(columnVersion),
		SourceURL:    o.text(columnSourceURL),
	}
}

// describe fills the lines that a list shows from the catalogue and the value.
func (s *Sample) describe() {
	known, _ := TypeByID(s.Type)
	if s.DisplayName == "" {
		s.DisplayName = known.Title
	}
	if s.Subtitle != "" || s.Value == nil {
		return
	}
	if meaning, ok := known.Values[int(*s.Value)]; ok {
		s.Subtitle = meaning
		return
	}
	unit := s.Unit
	if unit == known.Unit {
		unit = known.Display
	}
	s.Subtitle = strconv.FormatFloat(*s.Value, 'f', -1, 64)
	if unit != "" {
		s.Subtitle += " " + unit
	}
}

// fill writes a sample into the columns of a row.
func fill(r columnar.Row, sample *Sample) {
	r.Clear()
	r.Strings[columnType] = string(sample.Type)
	r.Strings[columnSourceID] = sample.Source.ID
	r.Strings[columnSourceName] = sample.Source.Name
	r.Strings[columnSourceVersion] = sample.Source.Version
	r.Strings[columnSourceDevice] = sample.Source.Device
	r.Strings[columnDisplay] = sample.DisplayName
	r.Strings[columnSubtitle] = sample.Subtitle
	r.Strings[columnStatus] = sample.Status
	r.Strings[columnUnit] = sample.Unit
	r.Strings[columnStartText] = sample.StartText
	r.Strings[columnEndText] = sample.EndText
	r.Strings[columnMetadata] = encodeMetadata(sample.Metadata)
	r.Strings[columnSyncIdentifier] = sample.SyncIdentifier
	r.Ints[columnStart] = sample.StartDate
	r.Ints[columnDuration] = sample.EndDate - sample.StartDate
	r.Ints[columnAdded] = sample.DateAdded
	r.Ints[columnSyncVersion] = sample.SyncVersion
	if sample.Undated {
		r.Ints[columnFlags] = flagUndated
	}
	if sample.Value != nil {
		r.Floats[columnValue] = columnar.Float{Value: *sample.Value, Valid: true}
	}
	if sample.FHIR != nil {
		r.Strings[columnResourceType] = sample.FHIR.ResourceType
		r.Strings[columnIdentifier] = sample.FHIR.Identifier
		r.Strings[columnRelease] = string(sample.FHIR.Release)
		r.Strings[columnVersion] = sample.FHIR.Version
		r.Strings[columnSourceURL] = sample.FHIR.SourceURL
	}
}

// encodeMetadata writes a set of keys and values as one string: each key and
// value after its length, by ascending key, so that equal sets are equal strings.
func encodeMetadata(metadata map[string]string) string {
	if len(metadata) == 0 {
		return ""
	}
	e := &columnar.Encoder{}
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		e.Text(key)
		e.Text(metadata[key])
	}
	return string(e.Bytes)
}

// decodeMetadata undoes encodeMetadata; what is malformed is left out.
func decodeMetadata(encoded string) map[string]string {
	if encoded == "" {
		return nil
	}
	metadata := map[string]string{}
	d := columnar.NewDecoder([]byte(encoded))
	for d.Len() > 0 {
		key, value := d.Text(), d.Text()
		if d.Err() == nil {
			metadata[key] = value
		}
	}
	return metadata
}
