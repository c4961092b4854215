package protocol

import (
	"math"
	"sort"
	"strconv"
	"unicode/utf8"

	"github.com/keepwell-health/keepwell/store"
)

// AppendJSON appends the result as json.Marshal would write it, but for HTML
// escapes. It is written by hand because encoding/json in WebAssembly writes a
// few MB/s, and a query's result may be many.
func (r QueryResult) AppendJSON(dst []byte) []byte {
	dst = appendSamples(append(dst, '{'), r.Samples)
	return append(dst, '}')
}

// AppendJSON is QueryResult.AppendJSON for an anchored query.
func (r AnchoredResult) AppendJSON(dst []byte) []byte {
	dst = appendSamples(append(dst, '{'), r.Samples)
	dst = append(appendName(dst, "deleted"), '[')
	for i := range r.Deleted {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendDeleted(dst, &r.Deleted[i])
	}
	dst = appendField(append(dst, ']'), "anchor", r.Anchor)
	dst = strconv.AppendBool(appendName(dst, "more"), r.More)
	return append(dst, '}')
}

func appendSamples(dst []byte, samples []store.Sample) []byte {
	dst = append(appendName(dst, "samples"), '[')
	for i := range samples {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendSample(dst, &samples[i])
	}
	return append(dst, ']')
}

func appendDeleted(dst []byte, d *store.DeletedObject) []byte {
	dst = appendField(append(dst, '{'), "uuid", d.UUID)
	dst = appendOptionalField(dst, "syncIdentifier", d.SyncIdentifier)
	if d.SyncVersion != 0 {
		dst = appendIntField(dst, "syncVersion", d.SyncVersion)
	}
	return append(dst, '}')
}

// AppendSample appends one sample as JSON. Its fields stand in the order of
// store.Sample; the generator of keepwell.d.ts reads the same struct.
func AppendSample(dst []byte, s *store.Sample) []byte {
	dst = appendField(append(dst, '{'), "uuid", s.UUID)
	dst = appendField(dst, "type", string(s.Type))
	dst = appendIntField(dst, "startDate", s.StartDate)
	dst = appendIntField(dst, "endDate", s.EndDate)
	dst = appendIntField(dst, "dateAdded", s.DateAdded)
	dst = appendOptionalField(dst, "startText", s.StartText)
	dst = appendOptionalField(dst, "endText", s.EndText)
	dst = appendTrueField(dst, "undated", s.Undated)
	dst = appendSource(appendName(dst, "source"), &s.Source)
	dst = appendField(dst, "displayName", s.DisplayName)
	dst = appendOptionalField(dst, "subtitle", s.Subtitle)
	dst = appendOptionalField(dst, "status", s.Status)
	if s.Value != nil {
		dst = appendNumber(appendName(dst, "value"), *s.Value)
	}
	dst = appendOptionalField(dst, "unit", s.Unit)
	if len(s.Metadata) > 0 {
		dst = appendMetadata(appendName(dst, "metadata"), s.Metadata)
	}
	if s.FHIR != nil {
		dst = appendFHIR(appendName(dst, "fhir"), s.FHIR)
	}
	dst = appendOptionalField(dst, "syncIdentifier", s.SyncIdentifier)
	if s.SyncVersion != 0 {
		dst = appendIntField(dst, "syncVersion", s.SyncVersion)
	}
	return append(dst, '}')
}

func appendSource(dst []byte, s *store.Source) []byte {
	dst = appendField(append(dst, '{'), "id", s.ID)
	dst = appendField(dst, "name", s.Name)
	dst = appendOptionalField(dst, "version", s.Version)
	dst = appendOptionalField(dst, "device", s.Device)
	return append(dst, '}')
}

func appendFHIR(dst []byte, f *store.FHIRResource) []byte {
	dst = appendField(append(dst, '{'), "resourceType", f.ResourceType)
	dst = appendField(dst, "identifier", f.Identifier)
	dst = appendOptionalField(dst, "release", string(f.Release))
	dst = appendField(dst, "version", f.Version)
	dst = appendOptionalField(dst, "sourceURL", f.SourceURL)
	return append(dst, '}')
}

// appendMetadata writes the keys in order, so that one sample is always one text.
func appendMetadata(dst []byte, metadata map[string]string) []byte {
	keys := make([]string, 0, len(metadata))
	for key := range metadata {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	dst = append(dst, '{')
	for _, key := range keys {
		dst = appendField(dst, key, metadata[key])
	}
	return append(dst, '}')
}

// appendName appends "name": with a comma before it unless an object begins.
func appendName(dst []byte, name string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	return append(appendString(dst, name), ':')
}

func appendField(dst []byte, name, value string) []byte {
	return appendString(appendName(dst, name), value)
}

func appendOptionalField(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return appendField(dst, name, value)
}

// appendTrueField writes only what is true.
func appendTrueField(dst []byte, name string, value bool) []byte {
	if !value {
		return dst
	}
	return append(appendName(dst, name), "true"...)
}

func appendIntField(dst []byte, name string, value int64) []byte {
	return strconv.AppendInt(appendName(dst, name), value, 10)
}

// appendNumber writes a number as ECMAScript's Number.prototype.toString does
// (section 6.1.6.1.20), which is how encoding/json writes it too. JSON has no
// NaN and no infinity (RFC 8259 section 6): they become null.
func appendNumber(dst []byte, value float64) []byte {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return append(dst, "null"...)
	}
	format := byte('f')
	if size := math.Abs(value); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, value, format, -1, 64)
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string (RFC 8259 section 7). Bytes that are not
// UTF-8 become U+FFFD, which is what a JavaScript string would make of them.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	plain := 0 // s[plain:i] needs no escape
	for i := 0; i < len(s); {
		b := s[i]
		if b >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[plain:i]...), "\uFFFD"...)
				plain = i + 1
			}
			i += size
			continue
		}
		if b < ' ' || b == '"' || b == '\\' {
			dst = appendEscape(append(dst, s[plain:i]...), b)
			plain = i + 1
		}
		i++
	}
	return append(append(dst, s[plain:]...), '"')
}

func appendEscape(dst []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(dst, '\\', b)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[b>>4], hexDigits[b&15])
}
