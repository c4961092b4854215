package applehealth

import (
	"strings"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/xmlscan"
	"github.com/keepwell-health/keepwell/store/unit"
)

// metadata is a sample's metadata; equal ones are shared and never changed.
type metadata = map[string]string

// maxRecord bounds the bytes of a record that are kept or learnt from.
const maxRecord = 1 << 20

// Bounds of one record's metadata.
const (
	maxMetadata     = 100  // entries
	maxMetadataText = 4096 // bytes of a key or value
)

// offsetKey is the metadata key of the offset from UTC that a sample's start was
// written with, such as "+0200": the time a person saw on the clock.
const offsetKey = "UTCOffset"

// recordType is what must be known of a record's type to read a record.
type recordType struct {
	row   store.Type
	known bool
	units map[string]string // unit as written -> unit to keep, "" when it does not fit
}

// record reads one Record element: a quantity or category sample.
func (e *export) record(token xmlscan.Token) error {
	e.scan.Capture(token, maxRecord)
	offset := token.Offset
	attrs := e.attributes(token)
	typ := e.recordType(attrs.typ)
	sample, reason := e.sample(&attrs, typ)
	beats := false
	err := e.rest(token, func(child xmlscan.Token) {
		switch string(child.Name) {
		case "MetadataEntry":
			e.addMetadata(&sample, child)
		case "HeartRateVariabilityMetadataList":
			beats = true
		}
	})
	if err != nil {
		return err
	}
	raw, fits := e.scan.Captured()
	if reason != "" {
		e.skip(offset, reason)
		return nil
	}
	if beats && !fits {
		e.skip(offset, "the beats of this record are larger than 1 MiB")
	}
	if beats && fits {
		if err := e.heartbeats(sample, raw); err != nil {
			return err
		}
	}
	like, reading := store.NewTemplate(sample), store.Reading{StartDate: sample.StartDate, EndDate: sample.EndDate, Value: *sample.Value}
	if fits && !beats {
		e.alike.learn(raw, typ, like, reading)
	}
	return e.take(like, reading)
}

// maxReadings is how many readings are handed over at once, at most.
const maxReadings = 256

// take gathers readings that are alike, to hand them over at once.
func (e *export) take(like *store.Template, reading store.Reading) error {
	if e.like != like || len(e.readings) == maxReadings {
		if err := e.handOver(); err != nil {
			return err
		}
		e.like = like
	}
	e.readings = append(e.readings, reading)
	return nil
}

func (e *export) handOver() error {
	if len(e.readings) == 0 {
		return nil
	}
	err := e.sink.Samples(e.input, e.like, e.readings)
	e.readings = e.readings[:0]
	return err
}

// attributes holds the attributes that elements share, as written. They are
// valid until the scanner moves on.
type attributes struct {
	typ, source, version, device, unit, value, start, end []byte
	offset                                                int64
}

func (e *export) attributes(token xmlscan.Token) attributes {
	attrs := attributes{offset: token.Offset}
	for i := range token.Attrs {
		raw := token.Attrs[i].Raw
		switch string(token.Attrs[i].Name) {
		case "type":
			attrs.typ = raw
		case "sourceName":
			attrs.source = raw
		case "sourceVersion":
			attrs.version = raw
		case "device":
			attrs.device = raw
		case "unit":
			attrs.unit = raw
		case "value":
			attrs.value = raw
		case "startDate":
			attrs.start = raw
		case "endDate":
			attrs.end = raw
		}
	}
	return attrs
}

// recordType finds the catalogue's row for a type attribute.
func (e *export) recordType(raw []byte) *recordType {
	if typ, ok := e.types[string(raw)]; ok {
		return typ
	}
	row, known := store.TypeByApple(string(xmlscan.Expand(raw)))
	typ := &recordType{row: row, known: known, units: map[string]string{}}
	if len(e.types) < maxInterned {
		e.types[string(raw)] = typ
	}
	return typ
}

// sample makes a sample of a record's attributes, or says which rule they break.
func (e *export) sample(attrs *attributes, typ *recordType) (sample store.Sample, reason string) {
	if !typ.known {
		return sample, "the type of this record is not known"
	}
	sample.Type = typ.row.ID
	if reason = e.dates(attrs, &sample); reason != "" {
		return sample, reason
	}
	sample.Source = e.source(attrs)
	value, reason := typ.value(attrs.value)
	if reason == "" && typ.row.Kind == store.KindQuantity {
		sample.Unit = e.unit(attrs, typ)
		if sample.Unit == "" {
			reason = "the unit does not fit this type"
		}
		value *= scale(sample.Unit)
	}
	sample.Value = &value
	return sample, reason
}

// value reads what a record of the type measured, as written.
func (typ *recordType) value(raw []byte) (value float64, reason string) {
	ok := false
	switch typ.row.Kind {
	case store.KindQuantity:
		if value, ok = number(raw); !ok {
			return 0, "the value is not a number"
		}
	case store.KindCategory:
		if value, ok = categoryValue(raw); !ok {
			return 0, "the value is none that this type has"
		}
	default:
		return 0, "a record can't be of this type"
	}
	return value, ""
}

// scale is 100 for a percentage, which counts from 0 to 1 in an export and from
// 0 to 100 in the store (see the catalogue).
func scale(unit string) float64 {
	if unit == "%" {
		return 100
	}
	return 1
}

// dates reads the start and end, and keeps the offset they were written with.
func (e *export) dates(attrs *attributes, sample *store.Sample) (reason string) {
	start, okStart := parseDate(attrs.start)
	end, okEnd := parseDate(attrs.end)
	switch {
	case !okStart:
		return "startDate is not a date and time between the years 1800 and 2200"
	case !okEnd:
		return "endDate is not a date and time between the years 1800 and 2200"
	case end < start:
		return "endDate is before startDate"
	}
	sample.StartDate, sample.EndDate = start, end
	sample.Metadata = e.offsetOf(attrs.start)
	return ""
}

// offsetOf returns the shared metadata that holds a date's offset.
func (e *export) offsetOf(date []byte) metadata {
	offset := date[len(date)-5:]
	if shared, ok := e.offsets[string(offset)]; ok {
		return shared
	}
	shared := metadata{offsetKey: string(offset)}
	e.offsets[string(offset)] = shared
	return shared
}

// source names where an element came from. The name tells sources apart: an
// export has no better identifier.
func (e *export) source(attrs *attributes) store.Source {
	name := e.texts.get(attrs.source)
	return store.Source{
		ID: e.sourceID(name), Name: name,
		Version: e.texts.get(attrs.version), Device: e.device(attrs.device),
	}
}

// sourceID returns the identifier of the source of a name.
func (e *export) sourceID(name string) string {
	id, ok := e.sources[name]
	if !ok {
		id = "import:apple-health/" + name
		if len(e.sources) < maxInterned {
			e.sources[name] = id
		}
	}
	return id
}

// device returns what a device attribute says of the device, without the
// address in memory that HealthKit prints before it: "<<HKDevice: 0x1>, name:…>".
func (e *export) device(raw []byte) string {
	text, ok := e.devices[string(raw)]
	if ok || len(raw) == 0 {
		return text
	}
	text = string(xmlscan.Expand(raw))
	if strings.HasPrefix(text, "<<HKDevice:") {
		if _, rest, ok := strings.Cut(text, ">, "); ok {
			text = strings.TrimSuffix(rest, ">")
		}
	}
	if len(e.devices) < maxInterned {
		e.devices[string(raw)] = text
	}
	return text
}

// unit returns the unit to keep of a record, "" where it does not fit the type.
// Numbers stay in the unit that they were written in.
func (e *export) unit(attrs *attributes, typ *recordType) string {
	kept, ok := typ.units[string(attrs.unit)]
	if !ok {
		kept = fitting(e.texts.get(attrs.unit), typ.row.Unit)
		if len(typ.units) < 1000 {
			typ.units[string(attrs.unit)] = kept
		}
	}
	return kept
}

// fitting returns the unit to keep for values written in a unit, or "" when it
// does not measure what the type does. Exports write ratios that the catalogue
// counts by a unit of their own ("count" for a body mass index or a score).
func fitting(written, canonical string) string {
	switch {
	case written == canonical, unit.Compatible(written, canonical):
		return written
	case written == "count", written == "", written == "appleEffortScore":
		return canonical
	}
	return ""
}

// addMetadata adds one entry. The shared metadata is copied first.
func (e *export) addMetadata(sample *store.Sample, entry xmlscan.Token) {
	key, value := entry.Attr("key"), entry.Attr("value")
	if len(key) == 0 || len(sample.Metadata) >= maxMetadata || len(key) > maxMetadataText || len(value) > maxMetadataText {
		return
	}
	if len(sample.Metadata) <= 1 {
		own := make(metadata, 4)
		for k, v := range sample.Metadata {
			own[k] = v
		}
		sample.Metadata = own
	}
	sample.Metadata[e.texts.get(key)] = string(value)
}
