package main

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"

	"golang.org/x/crypto/argon2"
)

// keyring is section 2.
type keyring struct {
	store   []byte
	epoch   uint32
	methods []method
	secrets []byte
	body    []byte // all but the code
	code    []byte
}

type method struct {
	kind    byte
	params  []byte
	bound   []byte // from its kind to the end of its parameters
	wrapped []byte
}

// The kinds of methods that a secret from the outside opens.
const (
	kindPassphrase = 2
	kindRecovery   = 3
)

func parseKeyring(data []byte) (*keyring, error) {
	in := &input{data: data}
	if string(in.take(4)) != "KWKR" || in.byte() != 1 {
		return nil, errors.New("there is no keyring of version 1")
	}
	ring := &keyring{store: in.take(16)}
	in.take(8) // revision
	ring.epoch = in.uint32()
	in.take(32) // journal key
	for range in.byte() {
		start := in.data
		m := method{kind: in.byte()}
		in.take(8 + 8) // id, created
		m.params = in.take(in.uint16())
		m.bound = start[:len(start)-len(in.data)]
		m.wrapped = in.take(60)
		ring.methods = append(ring.methods, m)
	}
	ring.secrets = in.take(in.uint16())
	ring.body = data[:len(data)-len(in.data)]
	ring.code = in.take(32)
	return ring, in.done()
}

func derive(secret, salt []byte, label string) []byte {
	key, err := hkdf.Key(sha256.New, secret, salt, "keepwell/1 "+label, 32)
	if err != nil {
		panic(err) // 32 bytes are never too many
	}
	return key
}

func (ring *keyring) associated(purpose string) []byte {
	return binary.BigEndian.AppendUint32(append([]byte("keepwell/1 "+purpose), ring.store...), ring.epoch)
}

// unlock opens the keyring by the secret that is given.
func (ring *keyring) unlock(passphrase, code string) (*keys, error) {
	for _, m := range ring.methods {
		var wrapping []byte
		switch {
		case m.kind == kindPassphrase && passphrase != "":
			wrapping = passphraseKey(m.params, passphrase)
		case m.kind == kindRecovery && code != "":
			symbols := strings.ReplaceAll(code, "-", "")
			wrapping = derive([]byte(symbols[:min(26, len(symbols))]), m.params, "recovery")
		default:
			continue
		}
		master, err := openGCM(wrapping, m.wrapped, append(ring.associated("wrap"), m.bound...))
		if err != nil {
			return nil, err
		}
		return ring.open(master)
	}
	return nil, errors.New("there is no method for such a secret")
}

func passphraseKey(params []byte, passphrase string) []byte {
	in := &input{data: params}
	in.byte() // algorithm 1: Argon2id
	memory, passes, lanes, salt := in.uint32(), in.uint32(), in.byte(), in.take(16)
	return argon2.IDKey([]byte(passphrase), salt, passes, memory, lanes, 32)
}

// open checks the keyring and takes out its secrets.
func (ring *keyring) open(master []byte) (*keys, error) {
	mac := hmac.New(sha256.New, derive(master, ring.store, "keyring"))
	mac.Write(ring.body)
	if !hmac.Equal(mac.Sum(nil), ring.code) {
		return nil, errors.New("the keyring was altered")
	}
	plain, err := openGCM(derive(master, ring.store, "secrets"), ring.secrets, ring.associated("secrets"))
	if err != nil {
		return nil, err
	}
	in := &input{data: plain}
	k := &keys{store: ring.store, identify: in.take(32), masters: map[uint32][]byte{ring.epoch: master}}
	for range in.byte() {
		epoch := in.uint32()
		k.masters[epoch] = in.take(32)
	}
	return k, in.done()
}
