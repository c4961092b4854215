package main

import (
	"crypto/aes"
	"encoding/binary"
	"fmt"
	"math/big"
)

// uuid makes the UUID of a sequence number (section 7).
func (k *keys) uuid(number uint64) string { return uuidOf(k.identity("uuid"), number) }

func uuidOf(key []byte, number uint64) string {
	const low61 = 1<<61 - 1
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // an identity is 16 bytes
	}
	// The 122 bits number || 58 zeros, in halves of 61.
	left, right := number>>3, number<<58&low61
	for round := range byte(4) {
		var in, out [16]byte
		in[0] = round
		binary.BigEndian.PutUint64(in[8:], right)
		block.Encrypt(out[:], in[:])
		left, right = right, left^binary.BigEndian.Uint64(out[:8])&low61
	}
	bits := new(big.Int).Or(new(big.Int).Lsh(new(big.Int).SetUint64(left), 61), new(big.Int).SetUint64(right))
	// RFC 9562 section 5.8: 48 bits, the version 8, 12 bits, the variant 10, 62 bits.
	part := func(from, length uint) *big.Int {
		mask := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), length), big.NewInt(1))
		return mask.And(mask, new(big.Int).Rsh(bits, 122-from-length))
	}
	last := part(60, 62).Uint64() | 2<<62
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", part(0, 32), part(32, 16), part(48, 12).Uint64()|8<<12, last>>48, last&(1<<48-1))
}
