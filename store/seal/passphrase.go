package seal

import (
	"encoding/binary"
	"io"

	"golang.org/x/crypto/argon2"
)

// Argon2 is the cost of Argon2id (RFC 9106), version 0x13.
type Argon2 struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// Costs of a passphrase.
var (
	// DefaultArgon2 is the second recommended option of RFC 9106 section 4, on
	// the one lane that wasm has: about half a second in a browser.
	DefaultArgon2 = Argon2{MemoryKiB: 64 << 10, Passes: 3, Lanes: 1}
	// FloorArgon2 is the least that is written or read: OWASP's minimum.
	FloorArgon2 = Argon2{MemoryKiB: 19 << 10, Passes: 2, Lanes: 1}
	// ceilingArgon2 is the most that is read, so that an altered keyring can't
	// take a device's memory or hours of its time.
	ceilingArgon2 = Argon2{MemoryKiB: 512 << 10, Passes: 16, Lanes: 4}
)

func (a Argon2) bounded() bool {
	low, high := FloorArgon2, ceilingArgon2
	return low.MemoryKiB <= a.MemoryKiB && a.MemoryKiB <= high.MemoryKiB &&
		low.Passes <= a.Passes && a.Passes <= high.Passes &&
		low.Lanes <= a.Lanes && a.Lanes <= high.Lanes
}

// passphraseParams are those of KindPassphrase:
//
//	algorithm 1 (1: Argon2id) | memory KiB 4 | passes 4 | lanes 1 | salt 16
type passphraseParams struct {
	cost Argon2
	salt []byte
}

const (
	algorithmArgon2id    = 1
	passphraseParamsSize = 1 + 4 + 4 + 1 + saltSize
)

func (p passphraseParams) append(to []byte) []byte {
	to = append(to, algorithmArgon2id)
	to = binary.BigEndian.AppendUint32(to, p.cost.MemoryKiB)
	to = binary.BigEndian.AppendUint32(to, p.cost.Passes)
	to = append(to, p.cost.Lanes)
	return append(to, p.salt...)
}

func parsePassphraseParams(data []byte) (passphraseParams, bool) {
	if len(data) != passphraseParamsSize || data[0] != algorithmArgon2id {
		return passphraseParams{}, false
	}
	p := passphraseParams{
		cost: Argon2{
			MemoryKiB: binary.BigEndian.Uint32(data[1:]),
			Passes:    binary.BigEndian.Uint32(data[5:]),
			Lanes:     data[9],
		},
		salt: data[10:],
	}
	return p, p.cost.bounded()
}

// passphrase is what a person remembers.
type passphrase struct {
	text []byte
	cost Argon2 // of a new method
}

// Passphrase returns the secret of a passphrase, of any length but none, in
// Unicode Normalization Form C. cost is what a new method will use; nil stands
// for DefaultArgon2. Unlocking uses the cost that the method was made with.
func Passphrase(text string, cost *Argon2) (Secret, error) {
	if text == "" {
		return nil, invalid("the passphrase is empty")
	}
	p := passphrase{text: []byte(Normalize(text)), cost: DefaultArgon2}
	if cost != nil {
		p.cost = *cost
	}
	if !p.cost.bounded() {
		return nil, invalid("the cost of the passphrase is out of bounds")
	}
	return p, nil
}

func (p passphrase) Kind() Kind { return KindPassphrase }

func (p passphrase) newParams(random io.Reader) ([]byte, error) {
	salt, err := newSalt(random)
	if err != nil {
		return nil, err
	}
	return passphraseParams{cost: p.cost, salt: salt}.append(nil), nil
}

func (p passphrase) wrappingKey(params []byte) ([]byte, bool) {
	stored, ok := parsePassphraseParams(params)
	if !ok {
		return nil, false
	}
	cost := stored.cost
	return argon2.IDKey(p.text, stored.salt, cost.Passes, cost.MemoryKiB, cost.Lanes, keySize), true
}
