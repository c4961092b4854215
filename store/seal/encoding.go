package seal

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// keyringKey is where a Backend keeps the keyring.
const keyringKey = "keyring"

// erasingKey stands where the keyring was while a store is being erased. It tells
// such a store from one that lost its keyring.
const erasingKey = "erasing"

// erasing begins the value under erasingKey, before the identity of the store.
const erasing = "\x01"

const (
	keyringMagic    = "KWKR"
	keyringVersion  = 1
	journalKeySize  = 32 // an X25519 public key
	macSize         = sha256.Size
	maxMethods      = 16
	maxParams       = saltSize + prfSize + 2 + maxCredential
	maxRetired      = 64
	maxSecrets      = nonceSize + keySize + 1 + maxRetired*(4+keySize) + tagSize
	keyringPurpose  = "keyring"
	secretsPurpose  = "secrets"
	identifyKeySize = keySize
)

// keyring is what is stored under keyringKey:
//
//	magic "KWKR" | version 1 | store id 16 | revision 8 | epoch 4 |
//	journal public key 32 | number of methods 1 | methods |
//	secrets length 2 | secrets | HMAC-SHA-256 of all before it 32
//
// a method is
//
//	kind 1 | id 8 | created 8 | params length 2 | params | wrapped 60
//
// and secrets is sealed (nonce 12, ciphertext, tag 16) under a subkey of the
// master key. Numbers are big-endian. There is one encoding of a keyring.
type keyring struct {
	id       storeID
	revision uint64 // counts the writes of this keyring
	epoch    epoch  // of the wrapped master key
	journal  [journalKeySize]byte
	methods  []method
	secrets  []byte // sealed
	mac      [macSize]byte
}

// sign sets the code that makes the keyring authentic.
func (k *keyring) sign(m *master) {
	k.mac = k.authentication(m)
}

// authentic reports whether a holder of the master key wrote the keyring.
func (k *keyring) authentic(m *master) bool {
	want := k.authentication(m)
	return hmac.Equal(want[:], k.mac[:])
}

func (k *keyring) authentication(m *master) (code [macSize]byte) {
	mac := hmac.New(sha256.New, m.subkey(k.id, keyringPurpose))
	mac.Write(k.appendBody(nil))
	mac.Sum(code[:0])
	return code
}

func (k *keyring) encode() []byte { return append(k.appendBody(nil), k.mac[:]...) }

func (k *keyring) appendBody(to []byte) []byte {
	to = append(to, keyringMagic...)
	to = append(to, keyringVersion)
	to = append(to, k.id[:]...)
	to = binary.BigEndian.AppendUint64(to, k.revision)
	to = binary.BigEndian.AppendUint32(to, uint32(k.epoch))
	to = append(to, k.journal[:]...)
	to = append(to, byte(len(k.methods)))
	for i := range k.methods {
		to = k.methods[i].appendHead(to)
		to = append(to, k.methods[i].wrapped...)
	}
	to = binary.BigEndian.AppendUint16(to, uint16(len(k.secrets)))
	return append(to, k.secrets...)
}

// parseKeyring reads a keyring and checks every bound, but not that it is
// authentic, which needs the master key. Errors wrap ErrKeyring.
func parseKeyring(data []byte) (*keyring, error) {
	r := reader{data: data}
	if string(r.bytes(len(keyringMagic))) != keyringMagic {
		return nil, fmt.Errorf("%w: it does not begin as a keyring does", ErrKeyring)
	}
	if version := r.byte(); version != keyringVersion {
		return nil, fmt.Errorf("%w: its version is %d and this program knows version %d", ErrKeyring, version, keyringVersion)
	}
	k := &keyring{}
	copy(k.id[:], r.bytes(storeIDSize))
	k.revision = r.uint64()
	k.epoch = epoch(r.uint32())
	copy(k.journal[:], r.bytes(journalKeySize))
	count := int(r.byte())
	if count == 0 || count > maxMethods {
		return nil, fmt.Errorf("%w: its number of methods is out of bounds", ErrKeyring)
	}
	for range count {
		m, err := r.method()
		if err != nil {
			return nil, err
		}
		k.methods = append(k.methods, m)
	}
	k.secrets = bytes.Clone(r.bytes(r.length(maxSecrets)))
	copy(k.mac[:], r.bytes(macSize))
	if r.failed || len(r.data) != 0 {
		return nil, fmt.Errorf("%w: its length is wrong", ErrKeyring)
	}
	return k, nil
}

func (r *reader) method() (method, error) {
	m := method{kind: Kind(r.byte())}
	copy(m.id[:], r.bytes(methodIDSize))
	m.created = int64(r.uint64())
	m.params = bytes.Clone(r.bytes(r.length(maxParams)))
	m.wrapped = bytes.Clone(r.bytes(wrappedSize))
	if r.failed {
		return m, fmt.Errorf("%w: it is cut short", ErrKeyring)
	}
	return m, checkParams(m.kind, m.params)
}

// reader takes fields off the front of bytes. After a failure all are zero.
type reader struct {
	data   []byte
	failed bool
}

func (r *reader) bytes(n int) []byte {
	if r.failed || n > len(r.data) {
		r.failed = true
		return nil
	}
	field := r.data[:n]
	r.data = r.data[n:]
	return field
}

func (r *reader) byte() byte {
	if field := r.bytes(1); field != nil {
		return field[0]
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if field := r.bytes(4); field != nil {
		return binary.BigEndian.Uint32(field)
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if field := r.bytes(8); field != nil {
		return binary.BigEndian.Uint64(field)
	}
	return 0
}

// length reads a 16-bit length of at most limit.
func (r *reader) length(limit int) int {
	field := r.bytes(2)
	if field == nil {
		return 0
	}
	n := int(binary.BigEndian.Uint16(field))
	if n > limit {
		r.failed = true
		return 0
	}
	return n
}

// secrets is what only the master key opens:
//
//	identify key 32 | number of retired masters 1 | (epoch 4 | master 32) ...
type secrets struct {
	identify [identifyKeySize]byte
	retired  []retiredMaster
}

// retiredMaster is a master that old values are still sealed under.
type retiredMaster struct {
	epoch  epoch
	master master
}

func (s *secrets) seal(u sealing) ([]byte, error) {
	plaintext := append([]byte(nil), s.identify[:]...)
	plaintext = append(plaintext, byte(len(s.retired)))
	for _, r := range s.retired {
		plaintext = binary.BigEndian.AppendUint32(plaintext, uint32(r.epoch))
		plaintext = append(plaintext, r.master[:]...)
	}
	defer clear(plaintext)
	return sealSmall(u.random, u.master.subkey(u.id, secretsPurpose), u.associated(), plaintext)
}

func openSecrets(u sealing, sealed []byte) (s secrets, err error) {
	plaintext, ok := openSmall(u.master.subkey(u.id, secretsPurpose), u.associated(), sealed)
	if !ok {
		return s, fmt.Errorf("%w: its secrets do not open", ErrKeyring)
	}
	defer clear(plaintext)
	r := reader{data: plaintext}
	copy(s.identify[:], r.bytes(identifyKeySize))
	for range r.byte() {
		old := retiredMaster{epoch: epoch(r.uint32())}
		copy(old.master[:], r.bytes(keySize))
		s.retired = append(s.retired, old)
	}
	if r.failed || len(r.data) != 0 {
		return s, fmt.Errorf("%w: the length of its secrets is wrong", ErrKeyring)
	}
	return s, nil
}
