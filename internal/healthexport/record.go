package healthexport

import (
	"bufio"
	"math/rand/v2"
	"strconv"
)

// recordWriter writes Record elements.
type recordWriter struct {
	out  *bufio.Writer
	line []byte
}

// write writes the records of a stream on one day.
func (w *recordWriter) write(s *stream, d day) {
	measures := s.day(d)
	if len(measures) == 0 {
		return
	}
	luck := d.luck(s.seed() + 1)
	top := s.attributes(d, luck)
	for _, m := range measures {
		b := append(w.line[:0], top...)
		b = d.appendTime(append(b, ` creationDate="`...), m.created)
		b = d.appendTime(append(b, `" startDate="`...), m.start)
		b = d.appendTime(append(b, `" endDate="`...), m.end)
		b = append(b, `" value="`...)
		if s.names != nil {
			b = append(b, s.names[int(m.value)]...)
		} else {
			b = strconv.AppendFloat(b, m.value, 'f', -1, 64)
		}
		if s.metadata == nil {
			b = append(b, "\"/>\n"...)
		} else {
			b = append(b, "\">\n  <MetadataEntry key=\""...)
			b = append(b, s.metadata(luck)...)
			b = append(b, "\"/>\n </Record>\n"...)
		}
		w.out.Write(b)
		w.line = b
	}
}

// attributes returns what the records of a day begin with.
func (s *stream) attributes(d day, luck *rand.Rand) string {
	version := s.from.version(d)
	text := ` <Record type="HK` + s.kind + `TypeIdentifier` + s.name + `" sourceName="` + s.from.name + `" sourceVersion="` + version + `"`
	if s.device {
		text += ` device="` + s.from.device(d, luck) + `"`
	}
	if s.unit != "" {
		text += ` unit="` + s.unit + `"`
	}
	return text
}

func (s *source) version(d day) string {
	return strconv.Itoa(s.major+d.version/4) + "." + strconv.Itoa(d.version%4)
}

// device writes a device as HealthKit does: with its address in memory, which
// means nothing and changes all the time.
func (s *source) device(d day, luck *rand.Rand) string {
	address := strconv.FormatUint(0x280000000+uint64(luck.Uint32()>>4)*16, 16)
	return "&lt;&lt;HKDevice: 0x" + address + "&gt;, name:" + s.name + ", manufacturer:Apple Inc., model:" + s.model +
		", hardware:" + s.hardware + ", software:" + s.version(d) + "&gt;"
}
