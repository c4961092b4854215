package columnar

import (
	"encoding/binary"
	"errors"
)

// ErrMalformed says that bytes are cut short or break a rule of the format.
var ErrMalformed = errors.New("columnar: malformed bytes")

// Encoder appends values to a byte slice. Numbers are the varints of
// encoding/binary (LEB128; signed ones zigzag).
type Encoder struct{ Bytes []byte }

// Uvarint appends an unsigned number.
func (e *Encoder) Uvarint(v uint64) { e.Bytes = binary.AppendUvarint(e.Bytes, v) }

// Varint appends a signed number.
func (e *Encoder) Varint(v int64) { e.Bytes = binary.AppendVarint(e.Bytes, v) }

// Byte appends one byte.
func (e *Encoder) Byte(b byte) { e.Bytes = append(e.Bytes, b) }

// Raw appends bytes without their length.
func (e *Encoder) Raw(b []byte) { e.Bytes = append(e.Bytes, b...) }

// Text appends a string after its length in bytes.
func (e *Encoder) Text(s string) {
	e.Uvarint(uint64(len(s)))
	e.Bytes = append(e.Bytes, s...)
}

// Uint64 appends eight bytes, little-endian.
func (e *Encoder) Uint64(v uint64) { e.Bytes = binary.LittleEndian.AppendUint64(e.Bytes, v) }

// Decoder reads what an Encoder wrote. The first failure sticks: every later
// call returns a zero value, so that callers check Err once at the end of a
// group. No call allocates more than a small multiple of the bytes that are
// there.
type Decoder struct {
	rest []byte
	err  error
}

// NewDecoder returns a Decoder of b, which it does not change.
func NewDecoder(b []byte) *Decoder { return &Decoder{rest: b} }

// Err returns nil or ErrMalformed.
func (d *Decoder) Err() error { return d.err }

// Fail makes every later call fail.
func (d *Decoder) Fail() {
	d.err = ErrMalformed
	d.rest = nil
}

// Len returns the number of bytes not yet read.
func (d *Decoder) Len() int { return len(d.rest) }

// End fails when bytes are left over and returns Err.
func (d *Decoder) End() error {
	if len(d.rest) > 0 {
		d.Fail()
	}
	return d.err
}

// Uvarint reads an unsigned number.
func (d *Decoder) Uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 {
		d.Fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

// Varint reads a signed number.
func (d *Decoder) Varint() int64 {
	v, n := binary.Varint(d.rest)
	if n <= 0 {
		d.Fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

// Count reads a number of items of at least size bytes each, and fails when
// fewer bytes than that are left: a slice of that length is then safe to make.
func (d *Decoder) Count(size int) int {
	v := d.Uvarint()
	if v > uint64(len(d.rest)/size) {
		d.Fail()
		return 0
	}
	return int(v)
}

// Below reads a number less than limit.
func (d *Decoder) Below(limit uint64) uint64 {
	v := d.Uvarint()
	if v >= limit {
		d.Fail()
		return 0
	}
	return v
}

// Byte reads one byte.
func (d *Decoder) Byte() byte {
	if len(d.rest) == 0 {
		d.Fail()
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

// Raw reads n bytes, which share memory with the Decoder's.
func (d *Decoder) Raw(n int) []byte {
	if n < 0 || n > len(d.rest) {
		d.Fail()
		return nil
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

// Text reads a string.
func (d *Decoder) Text() string { return string(d.Raw(d.Count(1))) }

// Uint64 reads eight bytes, little-endian.
func (d *Decoder) Uint64() uint64 {
	b := d.Raw(8)
	if d.err != nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}
