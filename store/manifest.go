package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// Keys of the store's values. Beside them the key space holds the keyring.
const (
	headKey     = "head"     // the manifest; replacing it is the commit
	epochKey    = "epoch"    // who may write; claimed by imports and sweeps
	segmentKeys = "segment/" // + segment id: raw resources, or rows of samples
	indexKeys   = "index/"   // + segment id: what to know of a segment without opening it
	appKeys     = "app/"     // + a name made from the origin: what an app was granted
	logKeys     = "log/"     // + a number: what apps read and saved
	lastKey     = "~"        // after every key
)

// formatVersion is the version of every byte that this package stores; it is
// the first number of the head.
const formatVersion = 1

// maxSequence bounds sequence numbers: a million a second for 500 years.
const maxSequence = 1 << 54

// segmentID names a segment at random, so that the name tells nothing.
type segmentID [16]byte

func (id segmentID) segmentKey() string { return segmentKeys + hex.EncodeToString(id[:]) }
func (id segmentID) indexKey() string   { return indexKeys + hex.EncodeToString(id[:]) }

// segmentKind tells what the rows of a segment are.
type segmentKind byte

const (
	kindRecords    segmentKind = 1 // raw resources, and an index of one row each
	kindSamples    segmentKind = 2 // samples of one type by start, and a summary
	kindTombstones segmentKind = 3 // deleted objects: an index only
)

// segmentEntry is a manifest's line. Every row of a segment has a sequence
// number: that of row n is Base + n, unless the segment is sparse.
type segmentEntry struct {
	ID    segmentID
	Kind  segmentKind
	Base  uint64
	Rows  int
	Bytes int64 // stored, of the segment and its index

	// Sparse says that compaction made the segment: its index tells which row has
	// which sequence number.
	Sparse bool
	// Gaps is how many sequence numbers from Base on, up to end, are not a row's.
	Gaps uint64
}

// manifest lists what is live. Segments are in the order of their Base; sparse
// ones may overlap others, but no two rows have one sequence number.
type manifest struct {
	Counter  uint64 // commits since the store was made
	Previous [sha256.Size]byte
	Next     uint64 // the first sequence number not yet given
	Written  int64  // ms since the Unix epoch
	Segments []segmentEntry
}

var errFormat = errors.New("store: the stored format is newer than this program")

// encode returns the bytes under headKey, before compression and sealing.
func (m *manifest) encode() []byte {
	e := &columnar.Encoder{}
	e.Uvarint(formatVersion)
	e.Uvarint(m.Counter)
	e.Raw(m.Previous[:])
	e.Uvarint(m.Next)
	e.Varint(m.Written)
	e.Uvarint(uint64(len(m.Segments)))
	base := uint64(0)
	for _, segment := range m.Segments {
		e.Raw(segment.ID[:])
		e.Byte(segment.kindByte())
		e.Uvarint(segment.Base - base)
		e.Uvarint(uint64(segment.Rows))
		e.Uvarint(uint64(segment.Bytes))
		if segment.Sparse {
			e.Uvarint(segment.Gaps)
		}
		base = segment.Base
	}
	return e.Bytes
}

// sparseFlag is set in the kind of a sparse segment.
const sparseFlag = 0x80

func (e *segmentEntry) kindByte() byte {
	if e.Sparse {
		return byte(e.Kind) | sparseFlag
	}
	return byte(e.Kind)
}

// minSegmentEntry is the least number of bytes of an encoded segmentEntry.
const minSegmentEntry = 16 + 1 + 1 + 1 + 1

// decodeManifest reads what encode wrote. The error is errFormat or
// columnar.ErrMalformed.
func decodeManifest(b []byte) (*manifest, error) {
	d := columnar.NewDecoder(b)
	if version := d.Uvarint(); d.Err() == nil && version != formatVersion {
		return nil, errFormat
	}
	m := &manifest{Counter: d.Uvarint()}
	copy(m.Previous[:], d.Raw(sha256.Size))
	m.Next = d.Below(maxSequence)
	m.Written = d.Varint()
	m.Segments = make([]segmentEntry, d.Count(minSegmentEntry))
	base, end := uint64(0), uint64(0)
	for at := range m.Segments {
		segment := decodeSegmentEntry(d, base)
		if !segment.Sparse && segment.Base < end || segment.end() > m.Next {
			d.Fail() // two objects would have one sequence number
		}
		if base = segment.Base; !segment.Sparse {
			end = segment.end()
		}
		m.Segments[at] = segment
	}
	if err := d.End(); err != nil {
		return nil, err
	}
	return m, nil
}

func decodeSegmentEntry(d *columnar.Decoder, base uint64) segmentEntry {
	var segment segmentEntry
	copy(segment.ID[:], d.Raw(len(segment.ID)))
	kind := d.Byte()
	segment.Kind = segmentKind(kind &^ sparseFlag)
	if segment.Kind < kindRecords || segment.Kind > kindTombstones {
		d.Fail()
	}
	segment.Base = base + d.Below(maxSequence)
	segment.Rows = int(d.Below(columnar.MaxRows + 1))
	segment.Bytes = int64(d.Below(1 << 62))
	if kind&sparseFlag != 0 {
		segment.Sparse, segment.Gaps = true, d.Below(maxSequence)
	}
	return segment
}

// end returns the sequence number after those of the segment.
func (e *segmentEntry) end() uint64 { return e.Base + uint64(e.Rows) + e.Gaps }
