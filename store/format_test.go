package store

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

func someManifest() *manifest {
	return &manifest{
		Counter: 7, Previous: [32]byte{1, 2, 3}, Next: 1000, Written: 1_700_000_000_000,
		Segments: []segmentEntry{
			{ID: segmentID{1}, Kind: kindRecords, Base: 1, Rows: 10, Bytes: 1234},
			{ID: segmentID{2}, Kind: kindSamples, Base: 11, Rows: 100, Bytes: 99},
			{ID: segmentID{3}, Kind: kindTombstones, Base: 500, Rows: 500, Bytes: 5},
			{ID: segmentID{4}, Kind: kindSamples, Base: 600, Rows: 5, Bytes: 6, Sparse: true, Gaps: 395},
			{ID: segmentID{5}, Kind: kindRecords, Base: 601, Rows: 5, Bytes: 6, Sparse: true},
		},
	}
}

func TestManifest(t *testing.T) {
	for name, m := range map[string]*manifest{"some": someManifest(), "first": {Next: 1, Segments: []segmentEntry{}}} {
		got, err := decodeManifest(m.encode())
		if err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, m)
		}
	}
}

// TestManifestBytes holds the format of docs/format.md fast.
func TestManifestBytes(t *testing.T) {
	m := someManifest()
	m.Segments = m.Segments[:1]
	want := strings.Join([]string{
		"\x01", "\x07", "\x01\x02\x03" + strings.Repeat("\x00", 29), "\xe8\x07", "\x80\xa0\xab\xfe\xf9\x62", "\x01",
		"\x01" + strings.Repeat("\x00", 15), "\x01", "\x01", "\x0a", "\xd2\x09",
	}, "")
	if got := m.encode(); string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestBadManifests(t *testing.T) {
	change := func(f func(m *manifest)) []byte {
		m := someManifest()
		f(m)
		return m.encode()
	}
	good := someManifest().encode()
	for name, b := range map[string][]byte{
		"empty":                nil,
		"cut":                  good[:len(good)-1],
		"longer":               append(bytes.Clone(good), 0),
		"overlapping segments": change(func(m *manifest) { m.Segments[1].Base = 10 }),
		"beyond next":          change(func(m *manifest) { m.Next = 999 }),
		"unknown kind":         change(func(m *manifest) { m.Segments[0].Kind = 4 }),
		"no kind":              change(func(m *manifest) { m.Segments[0].Kind = 0 }),
		"too many rows":        change(func(m *manifest) { m.Next = 1 << 50; m.Segments[2].Rows = 1 << 40 }),
	} {
		if _, err := decodeManifest(b); err != columnar.ErrMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	newer := bytes.Clone(good)
	newer[0] = formatVersion + 1
	if _, err := decodeManifest(newer); err != errFormat {
		t.Errorf("newer: %v", err)
	}
}

func sampleTable(values ...float64) *columnar.Table {
	b := columnar.NewBuilder(tableShape)
	line := columnar.NewRow(tableShape)
	for at, value := range values {
		sample := Sample{Type: "stepCount", StartDate: int64(at), EndDate: int64(2 * at), Unit: "count", Value: &value}
		if at%2 == 1 {
			sample.Source = Source{ID: "odd", Name: "Odd"}
			sample.SyncIdentifier = "x"
		}
		if value < 0 {
			sample.Value = nil
		}
		fill(line, &sample)
		b.Append(line)
	}
	return b.Table()
}

func TestSummary(t *testing.T) {
	want := &summary{
		Type: "stepCount", Rows: 5, Start: span{0, 4}, End: span{0, 8}, Sync: true,
		Groups: []summaryGroup{
			{Unit: "count", Count: 3, Values: 2, Sum: 4, Min: 1, Max: 3},
			{SourceID: "odd", SourceName: "Odd", Unit: "count", Count: 2, Values: 2, Sum: 6, Min: 2, Max: 4},
		},
	}
	got := summarize(sampleTable(1, 2, 3, 4, -1))
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	decoded, err := decodeSummary(got.encode())
	if err != nil || !reflect.DeepEqual(decoded, want) {
		t.Errorf("%+v, %v, want %+v", decoded, err, want)
	}
	encoded := got.encode()
	for end := range encoded {
		if _, err := decodeSummary(encoded[:end]); err != columnar.ErrMalformed {
			t.Errorf("cut to %d: %v", end, err)
		}
	}
}

func TestMetadata(t *testing.T) {
	for _, metadata := range []map[string]string{nil, {"a": "b"}, {"": ""}, {"key": "", "other\x00": "\xff"}} {
		if got := decodeMetadata(encodeMetadata(metadata)); !reflect.DeepEqual(got, metadata) {
			t.Errorf("%q comes back as %q", metadata, got)
		}
	}
	decodeMetadata("\xff\xff\xff\xff\x0f") // malformed: no panic
}

// TestTableRoundTrip checks that every field of a sample has a column.
func TestTableRoundTrip(t *testing.T) {
	value := 1.5
	sample := Sample{
		Type: "t", StartDate: 1, EndDate: 5, DateAdded: 9, StartText: "1970", EndText: "1971", Undated: true,
		Source:      Source{ID: "i", Name: "n", Version: "v", Device: "d"},
		DisplayName: "display", Subtitle: "subtitle", Status: "status", Value: &value, Unit: "u",
		Metadata:       map[string]string{"k": "v"},
		FHIR:           &FHIRResource{ResourceType: "r", Identifier: "id", Release: "R4", Version: "4.0.1", SourceURL: "url"},
		SyncIdentifier: "sync", SyncVersion: 3,
	}
	fields := reflect.ValueOf(sample)
	for at := range fields.NumField() {
		if name := fields.Type().Field(at).Name; fields.Field(at).IsZero() && name != "UUID" {
			t.Errorf("the test leaves %s out", name)
		}
	}
	b := columnar.NewBuilder(tableShape)
	line := columnar.NewRow(tableShape)
	fill(line, &sample)
	b.Append(line)
	table, err := columnar.Decode(tableShape, b.Table().Encode())
	if err != nil {
		t.Fatal(err)
	}
	if got := (object{table: table}).sample(); !reflect.DeepEqual(got, sample) {
		t.Errorf("%+v, want %+v", got, sample)
	}
}

// FuzzManifest checks that any bytes decode or fail, and that what decodes is
// encoded to bytes that decode to the same.
func FuzzManifest(f *testing.F) {
	f.Add(someManifest().encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decodeManifest(b)
		if err != nil {
			return
		}
		again, err := decodeManifest(m.encode())
		if err != nil || !reflect.DeepEqual(again, m) {
			t.Errorf("%+v comes back as %+v, %v", m, again, err)
		}
	})
}

// FuzzSummary does the same for the index of samples.
func FuzzSummary(f *testing.F) {
	f.Add(summarize(sampleTable(1, 2, -1)).encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decodeSummary(b)
		if err != nil {
			return
		}
		again, err := decodeSummary(s.encode())
		if err != nil || !bytes.Equal(again.encode(), s.encode()) {
			t.Errorf("%+v comes back as %+v, %v", s, again, err)
		}
	})
}

// FuzzIndexBlock checks that an index which decodes is safe to plan with.
func FuzzIndexBlock(f *testing.F) {
	f.Add(sampleTable(1, 2, 3).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		table, err := columnar.Decode(tableShape, b)
		if err != nil || table.Rows() > 1000 {
			return
		}
		one := newSegment(segmentEntry{Kind: kindRecords, Base: 1, Rows: table.Rows()}, b)
		s, _ := emptyState().extend(nil, &manifest{Next: 1}, []*segment{one})
		for id, known := range s.types {
			for _, r := range known.order(s, order{key: sortEnd}) {
				if sample := s.at(r).sample(); sample.Type != id {
					t.Errorf("a row of %q is listed under %q", sample.Type, id)
				}
			}
		}
	})
}

// FuzzGrants checks that any bytes are grants or not.
func FuzzGrants(f *testing.F) {
	f.Add([]byte(`{"format":1,"types":{"stepCount":{"read":"granted"},"x":null}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := decodeGrants(b)
		if err != nil {
			return
		}
		g.describe()
		for id := range g.Types {
			g.scope(id, "own")
		}
		if _, err := g.clone().encode(); err != nil {
			t.Error(err)
		}
	})
}
