package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"io"
)

// Sizes in bytes.
const (
	keySize     = 32 // AES-256, HKDF-SHA-256, HMAC-SHA-256
	nonceSize   = 12 // NIST SP 800-38D section 5.2.1.1
	tagSize     = 16
	storeIDSize = 16
	wrappedSize = nonceSize + keySize + tagSize
)

// domain begins every derivation label and all associated data. Its number is
// the version of the whole format; it changes only when old bytes can no longer
// be read the same way.
const domain = "keepwell/1 "

// storeID tells stores apart, so that a value can't be moved between them.
type storeID [storeIDSize]byte

// epoch numbers master keys, from 1: a value names the one it is sealed under.
type epoch uint32

// master is the root of one epoch: every other key is derived from it.
type master [keySize]byte

// subkey derives the key for one purpose (HKDF-SHA-256, RFC 5869), salted with
// the store's identity.
func (m *master) subkey(id storeID, purpose string) []byte {
	return derive(m[:], id[:], purpose)
}

func derive(secret, salt []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, salt, domain+purpose, keySize)
	if err != nil {
		panic(err) // only for lengths above 255 hashes
	}
	return key
}

// sealSmall encrypts a key or a list of keys: nonce, ciphertext, tag.
func sealSmall(random io.Reader, key, associated, plaintext []byte) ([]byte, error) {
	nonce := make([]byte, nonceSize, nonceSize+len(plaintext)+tagSize)
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, err
	}
	return gcm(key).Seal(nonce, nonce, plaintext, associated), nil
}

// openSmall undoes sealSmall; ok is false when it does not open.
func openSmall(key, associated, sealed []byte) (plaintext []byte, ok bool) {
	if len(sealed) < nonceSize+tagSize {
		return nil, false
	}
	plaintext, err := gcm(key).Open(nil, sealed[:nonceSize], sealed[nonceSize:], associated)
	return plaintext, err == nil
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // every key here has keySize bytes
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}
