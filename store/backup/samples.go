package backup

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"

	"github.com/keepwell-health/keepwell/store"
)

// A file of samples is NDJSON of two kinds of lines, so that a sample takes some
// fifty bytes instead of three hundred:
//
//	{"origin":0,"source":{"id":"…","name":"…"},"unit":"count/min"}
//	[0,1700000000000,1700000060000,72,1700000500000]
//	[0,1700000000000,1700000060000,72,1700000500000,{"metadata":{"…":"…"}}]
//
// The first says where samples come from and in which unit they are; it is
// numbered, from 0, and stands before its first use. The others are samples:
// number of the origin, start, end, value or null, when the store took it in, and
// what else there is to a sample, by the names that a query gives.

// sampleOrigin is what many samples have in common.
type sampleOrigin struct {
	Origin int          `json:"origin"`
	Source store.Source `json:"source"`
	Unit   string       `json:"unit,omitempty"`
}

// sampleExtra is what few samples have.
type sampleExtra struct {
	StartText      string            `json:"startText,omitempty"`
	EndText        string            `json:"endText,omitempty"`
	Undated        bool              `json:"undated,omitempty"`
	DisplayName    string            `json:"displayName,omitempty"`
	Subtitle       string            `json:"subtitle,omitempty"`
	Status         string            `json:"status,omitempty"`
	Metadata       map[string]string `json:"metadata,omitempty"`
	SyncIdentifier string            `json:"syncIdentifier,omitempty"`
	SyncVersion    int64             `json:"syncVersion,omitempty"`
}

// sampleWriter writes the file of one type.
type sampleWriter struct {
	member  *member
	origins map[sampleOrigin]int // with Origin 0
	line    []byte
}

func newSampleWriter(m *member) *sampleWriter {
	return &sampleWriter{member: m, origins: map[sampleOrigin]int{}}
}

func (w *sampleWriter) write(s *store.Sample) error {
	origin := sampleOrigin{Source: s.Source, Unit: s.Unit}
	number, known := w.origins[origin]
	if !known {
		number = len(w.origins)
		w.origins[origin] = number
		origin.Origin = number
		if err := w.member.json(origin); err != nil {
			return err
		}
	}
	line := append(w.line[:0], '[')
	line = append(strconv.AppendInt(line, int64(number), 10), ',')
	line = append(strconv.AppendInt(line, s.StartDate, 10), ',')
	line = append(strconv.AppendInt(line, s.EndDate, 10), ',')
	line = append(appendValue(line, s.Value), ',')
	line = strconv.AppendInt(line, s.DateAdded, 10)
	extra, err := appendExtra(line, s)
	if err != nil {
		return err
	}
	w.line = append(extra, ']')
	return w.member.line(w.line)
}

// appendValue writes the shortest text that reads back as the same number.
func appendValue(line []byte, value *float64) []byte {
	if value == nil {
		return append(line, "null"...)
	}
	return strconv.AppendFloat(line, *value, 'g', -1, 64)
}

func appendExtra(line []byte, s *store.Sample) ([]byte, error) {
	if s.StartText == "" && s.EndText == "" && !s.Undated && s.DisplayName == "" && s.Subtitle == "" &&
		s.Status == "" && len(s.Metadata) == 0 && s.SyncIdentifier == "" && s.SyncVersion == 0 {
		return line, nil
	}
	text, err := json.Marshal(sampleExtra{
		s.StartText, s.EndText, s.Undated, s.DisplayName, s.Subtitle, s.Status, s.Metadata, s.SyncIdentifier, s.SyncVersion,
	})
	return append(append(line, ','), text...), err
}

// maxOrigins bounds the origins of one file.
const maxOrigins = 100_000

// sampleReader reads the lines of one type.
type sampleReader struct {
	id      store.TypeID
	origins []sampleOrigin
}

// read reads one line. ok is false for one that is no sample. The error is
// errMalformed.
func (r *sampleReader) read(line []byte) (sample store.Sample, ok bool, err error) {
	if len(line) > 0 && line[0] == '{' {
		return sample, false, r.readOrigin(line)
	}
	if len(line) < 2 || line[0] != '[' || line[len(line)-1] != ']' {
		return sample, false, errMalformed
	}
	fields := bytes.SplitN(line[1:len(line)-1], []byte(","), 6)
	if len(fields) < 5 {
		return sample, false, errMalformed
	}
	var numbers [5]int64
	for _, at := range [...]int{0, 1, 2, 4} {
		if numbers[at], err = strconv.ParseInt(string(fields[at]), 10, 64); err != nil {
			return sample, false, errMalformed
		}
	}
	if numbers[0] < 0 || numbers[0] >= int64(len(r.origins)) {
		return sample, false, errMalformed
	}
	origin := r.origins[numbers[0]]
	sample = store.Sample{
		Type: r.id, Source: origin.Source, Unit: origin.Unit,
		StartDate: numbers[1], EndDate: numbers[2], DateAdded: numbers[4],
	}
	if sample.Value, err = readValue(fields[3]); err != nil {
		return sample, false, err
	}
	if len(fields) == 6 {
		err = readExtra(fields[5], &sample)
	}
	return sample, err == nil, err
}

func (r *sampleReader) readOrigin(line []byte) error {
	var origin sampleOrigin
	if json.Unmarshal(line, &origin) != nil || origin.Origin != len(r.origins) || origin.Origin >= maxOrigins {
		return errMalformed
	}
	r.origins = append(r.origins, origin)
	return nil
}

func readValue(field []byte) (*float64, error) {
	if string(field) == "null" {
		return nil, nil
	}
	value, err := strconv.ParseFloat(string(field), 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return nil, errMalformed
	}
	return &value, nil
}

func readExtra(field []byte, s *store.Sample) error {
	var extra sampleExtra
	if json.Unmarshal(field, &extra) != nil {
		return errMalformed
	}
	s.StartText, s.EndText, s.Undated = extra.StartText, extra.EndText, extra.Undated
	s.DisplayName, s.Subtitle, s.Status = extra.DisplayName, extra.Subtitle, extra.Status
	s.Metadata, s.SyncIdentifier, s.SyncVersion = extra.Metadata, extra.SyncIdentifier, extra.SyncVersion
	return nil
}
