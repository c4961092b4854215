package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// keys is what an opened keyring gives.
type keys struct {
	store    []byte
	identify []byte
	masters  map[uint32][]byte // by epoch
}

// openGCM opens nonce, ciphertext and tag.
func openGCM(key, sealed, associated []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	if len(sealed) < 12 {
		return nil, errShort
	}
	return aead.Open(nil, sealed[:12], sealed[12:], associated)
}

// identity is the first half of an HMAC under the identify key (section 2).
func (k *keys) identity(label string) []byte {
	mac := hmac.New(sha256.New, k.identify)
	mac.Write([]byte(label))
	return mac.Sum(nil)[:16]
}

// classes are the subkeys' labels, by the class of a value.
var classes = map[byte]string{1: "records", 2: "metadata"}

// open opens a sealed value (section 3).
func (k *keys) open(place string, value []byte) ([]byte, error) {
	in := &input{data: value}
	version, class, epoch := in.byte(), in.byte(), in.uint32()
	if in.err != nil || version != 1 || classes[class] == "" || k.masters[epoch] == nil {
		return nil, fmt.Errorf("%s is no value of version 1", place)
	}
	associated := append([]byte("keepwell/1 value"), k.store...)
	associated = append(append(associated, value[:6]...), place...)
	plain, err := openGCM(derive(k.masters[epoch], k.store, classes[class]), in.data, associated)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", place, err)
	}
	return plain, nil
}

// unpack opens a packed value (section 1).
func (k *keys) unpack(place string, value []byte) ([]byte, error) {
	plain, err := k.open(place, value)
	if err != nil {
		return nil, err
	}
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		return nil, err
	}
	defer decoder.Close()
	return decoder.DecodeAll(plain, nil)
}

// openEntry opens an entry of the journal (section 3).
func (k *keys) openEntry(place string, value []byte) ([]byte, error) {
	in := &input{data: value}
	version, epoch := in.byte(), in.uint32()
	if in.err != nil || version != 1 || k.masters[epoch] == nil {
		return nil, errors.New("an entry of the journal is of no known version")
	}
	private, err := hpke.DHKEM(ecdh.X25519()).DeriveKeyPair(derive(k.masters[epoch], k.store, "journal"))
	if err != nil {
		return nil, err
	}
	info := binary.BigEndian.AppendUint32(append([]byte("keepwell/1 journal"), k.store...), epoch)
	return hpke.Open(private, hpke.HKDFSHA256(), hpke.AES256GCM(), append(info, place...), in.data)
}
