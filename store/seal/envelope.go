package seal

import (
	"encoding/binary"
	"fmt"

	"github.com/keepwell-health/keepwell/store"
)

// Class says what a value is sealed for; each class has a key of its own, so
// that a value of one never passes for a value of another.
type Class byte

const (
	ClassRecords  Class = 1 // segments, index blocks, manifests
	ClassMetadata Class = 2 // apps, grants, access log, settings
)

func (c Class) purpose() (string, bool) {
	switch c {
	case ClassRecords:
		return "records", true
	case ClassMetadata:
		return "metadata", true
	}
	return "", false
}

// A sealed value is
//
//	version 1 | class 1 | epoch 4 | nonce 12 | ciphertext | tag 16
//
// with numbers in big-endian order. The nonce is random: NIST SP 800-38D
// section 8.3 allows 2^32 values under one key with random 96-bit nonces, and
// at one value a second that is 136 years. A segment is one value, so that the
// key of a class sees some thousands a year.
const (
	envelopeVersion = 1
	headerSize      = 1 + 1 + 4
	envelopeSize    = headerSize + nonceSize + tagSize
)

type header struct {
	class Class
	epoch epoch
}

func (h header) append(to []byte) []byte {
	to = append(to, envelopeVersion, byte(h.class))
	return binary.BigEndian.AppendUint32(to, uint32(h.epoch))
}

// associated binds a value to the format, its store, class and epoch, and its
// place. All but the place have fixed lengths, so nothing can be shifted.
func (h header) associated(id storeID, place string) []byte {
	data := append([]byte(domain+"value"), id[:]...)
	return append(h.append(data), place...)
}

func parseHeader(sealed []byte) (header, error) {
	switch {
	case len(sealed) < envelopeSize:
		return header{}, fmt.Errorf("%w: it is cut short", store.ErrSeal)
	case sealed[0] != envelopeVersion:
		return header{}, fmt.Errorf("%w: its version %d is not known", store.ErrSeal, sealed[0])
	}
	return header{class: Class(sealed[1]), epoch: epoch(binary.BigEndian.Uint32(sealed[2:]))}, nil
}
