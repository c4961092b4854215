package seal

import (
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/binary"
	"fmt"

	"github.com/keepwell-health/keepwell/store"
)

// An entry of the journal is sealed to a public key, so that it can be written
// while the store is locked and read only after unlocking:
//
//	version 1 | epoch 4 | encapsulated key 32 | ciphertext | tag 16
//
// by HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256
// and AES-256-GCM. The private key is DeriveKeyPair (section 7.1.3) of a subkey
// of the epoch's master.
const (
	journalVersion = 1
	journalHeader  = 1 + 4
	journalPurpose = "journal"
)

func journalKEM() hpke.KEM { return hpke.DHKEM(ecdh.X25519()) }

func (m *master) journalKey(id storeID) (hpke.PrivateKey, error) {
	return journalKEM().DeriveKeyPair(m.subkey(id, journalPurpose))
}

func journalInfo(id storeID, e epoch, place string) []byte {
	info := append([]byte(domain+journalPurpose), id[:]...)
	info = binary.BigEndian.AppendUint32(info, uint32(e))
	return append(info, place...)
}

// JournalKey implements store.JournalSealer: an entry opens as long as the store
// has the keyring that it was sealed by, or one that followed it.
func (k *Keyring) JournalKey(ctx context.Context) (store.Expectation, error) {
	if err := k.Reload(ctx); err != nil {
		return store.Expectation{}, err
	}
	return store.Expectation{Key: keyringKey, Value: k.snapshot().encode()}, nil
}

// SealJournal seals an entry to be kept at place. It works while locked.
func (k *Keyring) SealJournal(place string, plaintext []byte) ([]byte, error) {
	stored := k.snapshot()
	key, err := journalKEM().NewPublicKey(stored.journal[:])
	if err != nil {
		return nil, fmt.Errorf("%w: its journal key is not a key", ErrKeyring)
	}
	sealed, err := hpke.Seal(key, hpke.HKDFSHA256(), hpke.AES256GCM(), journalInfo(stored.id, stored.epoch, place), plaintext)
	if err != nil {
		return nil, err
	}
	entry := binary.BigEndian.AppendUint32([]byte{journalVersion}, uint32(stored.epoch))
	return append(entry, sealed...), nil
}

// OpenJournal opens an entry that was kept at place. It returns ErrLocked, or
// an error wrapping store.ErrSeal when the entry was altered or moved.
func (k *Keyring) OpenJournal(place string, entry []byte) ([]byte, error) {
	if len(entry) < journalHeader || entry[0] != journalVersion {
		return nil, fmt.Errorf("%w: it is not an entry of the journal", store.ErrSeal)
	}
	e := epoch(binary.BigEndian.Uint32(entry[1:]))
	key, id, err := k.journalPrivateKey(e)
	if err != nil {
		return nil, err
	}
	plaintext, err := hpke.Open(key, hpke.HKDFSHA256(), hpke.AES256GCM(), journalInfo(id, e, place), entry[journalHeader:])
	if err != nil {
		return nil, fmt.Errorf("%w: altered, moved or of another key", store.ErrSeal)
	}
	return plaintext, nil
}

func (k *Keyring) journalPrivateKey(e epoch) (hpke.PrivateKey, storeID, error) {
	keys, err := k.keys()
	if err != nil {
		return nil, storeID{}, err
	}
	m, err := keys.master(e)
	if err != nil {
		return nil, storeID{}, err
	}
	key, err := m.journalKey(keys.id)
	return key, keys.id, err
}
