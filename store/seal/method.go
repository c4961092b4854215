package seal

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/keepwell-health/keepwell/store"
)

// Kind is a way to unlock.
type Kind byte

const (
	KindDevice     Kind = 1 // a key that the browser keeps; only until another method is set
	KindPassphrase Kind = 2
	KindRecovery   Kind = 3 // a code that is written down
	KindPasskey    Kind = 4 // WebAuthn with the prf extension
)

// String returns the name that status and pages use.
func (k Kind) String() string {
	switch k {
	case KindDevice:
		return "device"
	case KindPassphrase:
		return "passphrase"
	case KindRecovery:
		return "recovery"
	case KindPasskey:
		return "passkey"
	}
	return "unknown"
}

const (
	methodIDSize = 8
	saltSize     = 16
)

// methodID names a method in its keyring.
type methodID [methodIDSize]byte

// method is one wrapping of the master key.
type method struct {
	kind    Kind
	id      methodID
	created int64  // ms since the Unix epoch
	params  []byte // of its kind; see secretKind
	wrapped []byte // the master key: nonce, ciphertext, tag
}

// associated binds the wrapped key to the store, the epoch and everything the
// method says of itself, so that parameters can't be weakened unseen.
func (m *method) associated(id storeID, e epoch) []byte {
	data := append([]byte(domain+"wrap"), id[:]...)
	data = binary.BigEndian.AppendUint32(data, uint32(e))
	return m.appendHead(data)
}

func (m *method) appendHead(to []byte) []byte {
	to = append(to, byte(m.kind))
	to = append(to, m.id[:]...)
	to = binary.BigEndian.AppendUint64(to, uint64(m.created))
	to = binary.BigEndian.AppendUint16(to, uint16(len(m.params)))
	return append(to, m.params...)
}

// Secret is what a person or their authenticator gives to unlock: made by
// Passphrase, RecoveryCode or Passkey.
type Secret interface {
	// Kind tells which methods the secret may open.
	Kind() Kind
	// newParams makes the parameters of a new method.
	newParams(random io.Reader) ([]byte, error)
	// wrappingKey derives the key that wraps the master key; ok is false when
	// the secret can't belong to a method with these parameters.
	wrappingKey(params []byte) (key []byte, ok bool)
}

// checkParams refuses parameters that no method of that kind writes. It stands
// between a stored keyring and what the keyring may make this program do.
func checkParams(kind Kind, params []byte) error {
	var ok bool
	switch kind {
	case KindDevice:
		ok = len(params) == 0
	case KindPassphrase:
		_, ok = parsePassphraseParams(params)
	case KindRecovery:
		ok = len(params) == saltSize
	case KindPasskey:
		_, ok = parsePasskeyParams(params)
	}
	if !ok {
		return fmt.Errorf("%w: the parameters of a method (%s) are out of bounds", ErrKeyring, kind)
	}
	return nil
}

func newSalt(random io.Reader) ([]byte, error) {
	salt := make([]byte, saltSize)
	_, err := io.ReadFull(random, salt)
	return salt, err
}

func invalid(format string, args ...any) error {
	return store.Errorf(store.CodeInvalidArgument, format, args...)
}
