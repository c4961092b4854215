package store

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

func TestSparse(t *testing.T) {
	for name, offsets := range map[string][]uint32{
		"gaps":          {0, 1, 5, 6, 900},
		"another order": {7, 3, 0, 8},
		"far apart":     {0, maxSpan - 1},
		"one":           {3},
	} {
		entry := segmentEntry{Base: 10, Rows: len(offsets), Sparse: true, Gaps: maxSpan - uint64(len(offsets))}
		d := columnar.NewDecoder(append(newSparse(offsets).encode(), "index"...))
		s, err := decodeSparse(d, &entry)
		if err != nil || !slices.Equal(s.offsets, offsets) || string(d.Raw(d.Len())) != "index" {
			t.Errorf("%s: %v, %v", name, s, err)
			continue
		}
		for at, offset := range offsets {
			if found, ok := s.find(offset); !ok || found != at {
				t.Errorf("%s: offset %d is found at %d, %t", name, offset, found, ok)
			}
			if slices.Contains(offsets, offset+1) {
				continue
			}
			if found, ok := s.find(offset + 1); ok {
				t.Errorf("%s: offset %d, which no row has, is found at %d", name, offset+1, found)
			}
		}
	}
}

func TestBadSparse(t *testing.T) {
	entry := segmentEntry{Rows: 3, Sparse: true, Gaps: 2}
	encoded := func(offsets ...uint32) []byte { return newSparse(offsets).encode() }
	for name, b := range map[string][]byte{
		"empty":               nil,
		"cut":                 encoded(0, 1),
		"a number twice":      encoded(0, 1, 1),
		"twice, out of order": encoded(3, 1, 3),
		"beyond the end":      encoded(0, 1, 5),
		"before the base":     {1, 0, 0}, // a varint of -1
		"a varint too long":   {0, 0, 0x80},
	} {
		if _, err := decodeSparse(columnar.NewDecoder(b), &entry); err != columnar.ErrMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzSparse checks that what decodes comes back the same.
func FuzzSparse(f *testing.F) {
	f.Add([]byte{0, 0, 4}, 3)
	f.Fuzz(func(t *testing.T, b []byte, rows int) {
		if rows < 0 || rows > 1000 {
			return
		}
		entry := segmentEntry{Rows: rows, Sparse: true, Gaps: 1 << 20}
		s, err := decodeSparse(columnar.NewDecoder(b), &entry)
		if err != nil {
			return
		}
		again, err := decodeSparse(columnar.NewDecoder(s.encode()), &entry)
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Errorf("%v comes back as %v, %v", s, again, err)
		}
	})
}

// TestLocate finds every row among segments whose numbers overlap, and nothing
// else.
func TestLocate(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		owner := map[uint64]int{} // numbers 1 to 100, to one of five segments or none
		offsets := make([][]uint32, 5)
		for sequence := range uint64(100) {
			if of := random.IntN(7); of < 5 {
				owner[sequence+1] = of
				offsets[of] = append(offsets[of], uint32(sequence))
			}
		}
		var segments []*segment
		for _, some := range offsets {
			random.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
			one := &segment{sparse: newSparse(some)}
			one.Base, one.Rows, one.Sparse, one.Gaps = 1, len(some), true, 100-uint64(len(some))
			segments = append(segments, one)
		}
		s := &state{segments: segments, reach: reachOf(segments)}
		for sequence := range uint64(103) {
			want, there := owner[sequence]
			at, rowAt, ok := s.locate(sequence)
			if ok != there || ok && (at != want || segments[at].sequence(rowAt) != sequence) {
				t.Fatalf("number %d is found in %d, %t; want %d, %t", sequence, at, ok, want, there)
			}
		}
	}
}
