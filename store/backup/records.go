package backup

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/keepwell-health/keepwell/store"
)

// recordLine is a line of an index: what the store knows of a record. The lines of
// an index are in the order of the lines of the NDJSON beside it; a record with a
// file of its own has no line there.
type recordLine struct {
	// File, Bytes and SHA256 are of a record whose bytes are a file of their own.
	File   string `json:"file,omitempty"`
	Bytes  int64  `json:"bytes,omitempty"`
	SHA256 string `json:"sha256,omitempty"`

	Position int `json:"position"` // see store.Export
	store.Sample
}

// ownFile begins every line of a record that has a file of its own.
var ownFile = []byte(`{"file":`)

const indexSuffix = ".index.ndjson"

// groupName returns the name of a group's files, without the ending: a number,
// and of the source's name what every file system takes.
func groupName(number int, g *store.ExportGroup) string {
	if g.Documents {
		return fmt.Sprintf("documents/%03d-%s", number, slug(g.SourceName))
	}
	release := string(g.Release)
	if release == "" {
		release = "unknown"
	}
	return fmt.Sprintf("fhir/%03d-%s-%s", number, slug(g.SourceName), release)
}

func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// records writes every group with its index.
func (e *exporter) records() error { return e.groups((*groupWriter).index) }

// resources writes every group without what only a restore needs.
func (e *exporter) resources() error { return e.groups(nil) }

func (e *exporter) groups(index func(*groupWriter) error) error {
	for at, g := range e.view.Groups() {
		w := &groupWriter{
			exporter: e, group: g, name: groupName(at+1, g),
			places: make([]place, g.Records), own: map[int]File{},
		}
		if err := w.lines(); err != nil {
			return err
		}
		if err := w.files(); err != nil {
			return err
		}
		if index == nil {
			continue
		}
		if err := index(w); err != nil {
			return err
		}
	}
	return nil
}

// place says where a record is in the archive.
type place byte

const (
	placeMissing place = iota // nowhere: its bytes do not open
	placeLine
	placeFile
)

// groupWriter writes one group.
type groupWriter struct {
	*exporter
	group  *store.ExportGroup
	name   string
	places []place
	own    map[int]File // of the records that have files of their own
}

// lines writes the resources that are one line each. JSON never needs a line
// break, so that this is all of most groups.
func (w *groupWriter) lines() error {
	var m *member
	for n := range w.places {
		raw, ok, err := w.view.Raw(w.ctx, w.group, n)
		if err != nil {
			return err
		}
		if !ok {
			w.manifest.Counts.Missing++
			continue
		}
		if w.group.Documents || bytes.ContainsAny(raw, "\n\r") {
			w.places[n] = placeFile
			continue
		}
		if m == nil {
			if m, err = w.create(w.name + ".ndjson"); err != nil {
				return err
			}
		}
		w.places[n] = placeLine
		w.manifest.Counts.Records++
		if err := m.line(raw); err != nil {
			return err
		}
		if err := w.count(); err != nil {
			return err
		}
	}
	if m == nil {
		return nil
	}
	return m.close()
}

// files writes the records that have a file of their own.
func (w *groupWriter) files() error {
	for n, at := range w.places {
		if at != placeFile {
			continue
		}
		raw, ok, err := w.view.Raw(w.ctx, w.group, n)
		if err != nil {
			return err
		}
		if !ok { // it did open a moment ago
			return errReading
		}
		position, _ := w.view.Record(w.group, n)
		m, err := w.create(w.ownName(position, raw))
		if err != nil {
			return err
		}
		if err := m.write(raw); err != nil {
			return err
		}
		if err := m.finish(); err != nil {
			return err
		}
		w.own[n] = m.file
		if w.group.Documents {
			w.manifest.Counts.Documents++
		} else {
			w.manifest.Counts.Records++
		}
		if err := w.count(); err != nil {
			return err
		}
	}
	return nil
}

func (w *groupWriter) ownName(position int, raw []byte) string {
	if w.group.Documents {
		return fmt.Sprintf("documents/%08d%s", position, extension(raw))
	}
	return fmt.Sprintf("resources/%08d.json", position)
}

// extension tells from its first bytes how a document's name should end.
func extension(raw []byte) string {
	for start, ending := range map[string]string{"<": ".xml", "%PDF": ".pdf", "{": ".json"} {
		if bytes.HasPrefix(raw, []byte(start)) {
			return ending
		}
	}
	return ".bin"
}

// index writes what the store knows of the group's records.
func (w *groupWriter) index() error {
	m, err := w.create(w.name + indexSuffix)
	if err != nil {
		return err
	}
	for n, at := range w.places {
		if at == placeMissing {
			continue
		}
		own := w.own[n]
		line := recordLine{File: own.Name, Bytes: own.Bytes, SHA256: own.SHA256}
		line.Position, line.Sample = w.view.Record(w.group, n)
		if err := m.json(line); err != nil {
			return err
		}
	}
	return m.close()
}

// json adds a value as a line.
func (m *member) json(value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return m.line(text)
}
