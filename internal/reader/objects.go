package main

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The kinds of segments (section 4).
const (
	kindRecords    = 1
	kindSamples    = 2
	kindTombstones = 3
	sparse         = 128
)

type storeReader struct {
	keys   *keys
	values map[string][]byte
}

// object is a line of the output.
type object struct {
	Kind         string            `json:"kind"` // record or sample
	UUID         string            `json:"uuid"`
	Sequence     uint64            `json:"sequence"`
	Type         string            `json:"type"`
	Start        int64             `json:"startDate"` // ms since the Unix epoch, as every time here
	End          int64             `json:"endDate"`
	Added        int64             `json:"dateAdded"`
	Source       map[string]string `json:"source"`
	Value        *float64          `json:"value,omitempty"`
	Unit         string            `json:"unit,omitempty"`
	Metadata     string            `json:"metadata,omitempty"`
	ResourceType string            `json:"resourceType,omitempty"`
	Identifier   string            `json:"identifier,omitempty"`
	Release      string            `json:"release,omitempty"`
	FullURL      string            `json:"fullUrl,omitempty"`
	Raw          []byte            `json:"raw,omitempty"` // base64
}

// entry is a segment as the head lists it.
type entry struct {
	id     string
	kind   byte
	sparse bool
	base   uint64
	rows   int
}

// head reads section 4.
func (s *storeReader) head() ([]entry, error) {
	sealed, ok := s.values["head"]
	if !ok {
		return nil, nil // an empty store
	}
	plain, err := s.keys.unpack("head", sealed)
	if err != nil {
		return nil, err
	}
	in := &input{data: plain}
	if version := in.uvarint(); version != 1 {
		return nil, fmt.Errorf("the head is of version %d", version)
	}
	in.uvarint() // counter
	in.take(32)  // previous
	in.uvarint() // next
	in.varint()  // written
	entries := make([]entry, min(in.uvarint(), uint64(len(in.data))))
	base := uint64(0)
	for at := range entries {
		one := &entries[at]
		one.id = hex.EncodeToString(in.take(16))
		kind := in.byte()
		one.kind, one.sparse = kind&^sparse, kind&sparse != 0
		base += in.uvarint()
		one.base, one.rows = base, int(in.uvarint())
		in.uvarint() // bytes
		if one.sparse {
			in.uvarint() // gaps
		}
	}
	return entries, in.done()
}

// objects returns the live ones: section 6, "Reading a store".
func (s *storeReader) objects() ([]any, error) {
	entries, err := s.head()
	if err != nil {
		return nil, err
	}
	var found []*object
	deleted := map[uint64]bool{}
	for _, one := range entries {
		objects, graves, err := s.segment(one)
		if err != nil {
			return nil, err
		}
		found = append(found, objects...)
		for _, sequence := range graves {
			deleted[sequence] = true
		}
	}
	slices.SortFunc(found, func(a, b *object) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Sequence, b.Sequence))
	})
	var live []any
	for _, o := range found {
		if !deleted[o.Sequence] {
			live = append(live, o)
		}
	}
	return live, nil
}

// segment reads one segment: its objects, or what its tombstones name.
func (s *storeReader) segment(one entry) (objects []*object, graves []uint64, err error) {
	place := "index/" + one.id
	plain, err := s.keys.unpack(place, s.values[place])
	if err != nil {
		return nil, nil, err
	}
	in := &input{data: plain}
	numbers := sequence(in, one)
	if in.err != nil {
		return nil, nil, in.err
	}
	switch one.kind {
	case kindSamples: // the index is a summary
		t, err := s.rows(one)
		if err != nil {
			return nil, nil, err
		}
		return t.objects(s.keys, numbers, nil), nil, nil
	case kindRecords, kindTombstones:
		t, err := parseTable(in)
		if err != nil || t.rows != one.rows {
			return nil, nil, fmt.Errorf("%s: %w", place, cmp.Or(err, errShort))
		}
		if one.kind == kindTombstones {
			for _, number := range t.ints[intDeleted] {
				graves = append(graves, uint64(number))
			}
			return nil, graves, nil
		}
		raw, err := s.keys.unpack("segment/"+one.id, s.values["segment/"+one.id])
		return t.objects(s.keys, numbers, raw), nil, err
	}
	return nil, nil, fmt.Errorf("%s is of kind %d", place, one.kind)
}

// rows reads the table of a segment of samples.
func (s *storeReader) rows(one entry) (*table, error) {
	place := "segment/" + one.id
	plain, err := s.keys.unpack(place, s.values[place])
	if err != nil {
		return nil, err
	}
	t, err := parseTable(&input{data: plain})
	if err == nil && t.rows != one.rows {
		err = errShort
	}
	return t, err
}

// sequence returns the sequence number of each row.
func sequence(in *input, one entry) []uint64 {
	numbers := make([]uint64, one.rows)
	next := one.base
	for at := range numbers {
		if one.sparse {
			next += uint64(in.varint())
		}
		numbers[at] = next
		next++
	}
	return numbers
}

// objects makes the rows of a table, and the bytes behind them, objects.
func (t *table) objects(k *keys, numbers []uint64, raw []byte) []*object {
	objects := make([]*object, t.rows)
	for at := range objects {
		text := func(column int) string { return t.texts[column][at] }
		o := &object{
			Kind: "sample", UUID: k.uuid(numbers[at]), Sequence: numbers[at], Type: text(textType),
			Start: t.ints[intStart][at], Added: t.ints[intAdded][at], Value: t.values[at], Unit: text(textUnit),
			Source: map[string]string{
				"id": text(textSourceID), "name": text(textSourceName),
				"version": text(textSourceVersion), "device": text(textDevice),
			},
			Metadata: text(textMetadata), ResourceType: text(textResourceType), Identifier: text(textResourceID),
			Release: text(textRelease), FullURL: text(textFullURL),
		}
		o.End = o.Start + t.ints[intDuration][at]
		if raw != nil {
			in := &input{data: raw}
			o.Kind, o.Raw = "record", in.take(uint64(t.ints[intLength][at]))
			raw = in.data
		}
		objects[at] = o
	}
	return objects
}

// others returns what is stored beside the objects, as JSON: sections 3, 8 and 9.
func (s *storeReader) others() ([]any, error) {
	var lines []any
	for _, place := range slices.Sorted(maps.Keys(s.values)) {
		kind, _, _ := strings.Cut(place, "/")
		open := s.keys.open
		switch kind {
		case "journal":
			open = s.keys.openEntry
		case "app", "log", "orders":
		default:
			continue
		}
		plain, err := open(place, s.values[place])
		if err != nil {
			return nil, err
		}
		lines = append(lines, map[string]any{"kind": kind, "value": json.RawMessage(strings.TrimRight(string(plain), " "))})
	}
	return lines, nil
}
