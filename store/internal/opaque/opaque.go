// Package opaque writes numbers as UUIDs that tell nothing: neither the number,
// nor which of two is greater, nor how many there are. Only the holder of the
// key can make one or read one.
//
// It is encode-then-encipher (Bellare and Rogaway, "Encode-then-encipher
// encryption", ASIACRYPT 2000): a block of 122 bits, 64 of them the number and
// 58 a tag that the reader knows, goes through a keyed permutation. A UUID
// that was not made with the key shows a wrong tag but for 1 in 2^58.
package opaque

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// TagBits is the length of a tag.
const TagBits = 58

const (
	halfBits = 61 // of the 122 bits that RFC 9562 section 5.8 leaves free
	halfMask = 1<<halfBits - 1
	tagMask  = 1<<TagBits - 1

	// rounds of a Feistel network that make it a strong pseudorandom
	// permutation (Luby and Rackoff, SIAM J. Comput. 17(2), 1988).
	rounds = 4
)

// Namer turns numbers into UUIDs and back. It is safe for use by several
// goroutines.
type Namer struct{ block cipher.Block }

// New returns the Namer of a key of 16 bytes.
func New(key []byte) (*Namer, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("opaque: %w", err)
	}
	return &Namer{block: block}, nil
}

// Name returns the UUID, version 8, of a number and a tag of TagBits bits.
func (n *Namer) Name(number, tag uint64) string {
	left := number >> 3
	right := (number&7)<<TagBits | tag&tagMask
	for round := range rounds {
		left, right = right, left^n.mix(round, right)
	}
	return format(left, right)
}

// Number undoes Name. ok is false when name is not a UUID of version 8; whether
// this Namer made it, the tag tells.
func (n *Namer) Number(name string) (number, tag uint64, ok bool) {
	left, right, ok := parse(name)
	if !ok {
		return 0, 0, false
	}
	for round := rounds - 1; round >= 0; round-- {
		left, right = right^n.mix(round, left), left
	}
	return left<<3 | right>>TagBits, right & tagMask, true
}

// mix is the round function: AES of the round's number and one half.
func (n *Namer) mix(round int, half uint64) uint64 {
	var block [aes.BlockSize]byte
	block[0] = byte(round)
	binary.BigEndian.PutUint64(block[8:], half)
	n.block.Encrypt(block[:], block[:])
	return binary.BigEndian.Uint64(block[:8]) & halfMask
}

// format lays 122 bits around the version and the variant (RFC 9562 section
// 5.8): 48 bits, version 8, 12 bits, variant 2, 62 bits.
func format(left, right uint64) string {
	high, low := left>>3, left<<halfBits|right // 58 and 64 bits
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], high>>10<<16|8<<12|(high&0x3ff)<<2|low>>62)
	binary.BigEndian.PutUint64(b[8:], 2<<62|low&(1<<62-1))
	text := make([]byte, 0, 36)
	for at, end := range []int{4, 6, 8, 10, 16} {
		if at > 0 {
			text = append(text, '-')
		}
		text = hex.AppendEncode(text, b[(len(text)-at)/2:end])
	}
	return string(text)
}

func parse(name string) (left, right uint64, ok bool) {
	if !isUUID(name) {
		return 0, 0, false
	}
	var b [16]byte
	digits := name[:8] + name[9:13] + name[14:18] + name[19:23] + name[24:]
	if _, err := hex.Decode(b[:], []byte(digits)); err != nil {
		return 0, 0, false
	}
	first, second := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	if first>>12&15 != 8 || second>>62 != 2 {
		return 0, 0, false
	}
	high := first>>16<<10 | first&0xfff>>2
	low := first<<62 | second&(1<<62-1)
	return high<<3 | low>>halfBits, low & halfMask, true
}

func isUUID(name string) bool {
	return len(name) == 36 && name[8] == '-' && name[13] == '-' && name[18] == '-' && name[23] == '-'
}
