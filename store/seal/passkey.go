package seal

import (
	"bytes"
	"encoding/binary"
	"io"
)

const (
	// prfSize is the length of an input of ours and of an output (WebAuthn Level
	// 3 section 10.1.4), in bytes.
	prfSize = 32
	// maxCredential is the longest credential id (WebAuthn Level 3 section 4), in
	// bytes.
	maxCredential = 1023
)

// PasskeyInput is what the page asks the authenticator with: the credential and
// the input of its pseudo-random function. Both are readable while locked.
type PasskeyInput struct {
	Credential []byte // PublicKeyCredential.rawId
	Input      []byte // prf.eval.first, 32 bytes: the same one made the method
}

// passkeyParams are those of KindPasskey:
//
//	salt 16 | input 32 | credential length 2 | credential
type passkeyParams struct {
	salt []byte
	PasskeyInput
}

func (p passkeyParams) append(to []byte) []byte {
	to = append(to, p.salt...)
	to = append(to, p.Input...)
	to = binary.BigEndian.AppendUint16(to, uint16(len(p.Credential)))
	return append(to, p.Credential...)
}

func parsePasskeyParams(data []byte) (passkeyParams, bool) {
	const fixed = saltSize + prfSize + 2
	if len(data) < fixed {
		return passkeyParams{}, false
	}
	p := passkeyParams{salt: data[:saltSize]}
	p.Input = data[saltSize : saltSize+prfSize]
	p.Credential = data[fixed:]
	length := int(binary.BigEndian.Uint16(data[fixed-2:]))
	return p, length == len(p.Credential) && length > 0 && length <= maxCredential
}

// passkey is what an authenticator computed.
type passkey struct {
	PasskeyInput
	output []byte
}

// Passkey returns the secret of a passkey: output is prf.results.first, the 32
// bytes that the authenticator computed for that input.
func Passkey(asked PasskeyInput, output []byte) (Secret, error) {
	switch {
	case len(asked.Credential) == 0 || len(asked.Credential) > maxCredential:
		return nil, invalid("the passkey's credential id must have 1 to %d bytes", maxCredential)
	case len(asked.Input) != prfSize || len(output) != prfSize:
		return nil, invalid("the passkey's input and output must have %d bytes each", prfSize)
	}
	return passkey{PasskeyInput: asked, output: bytes.Clone(output)}, nil
}

func (p passkey) Kind() Kind { return KindPasskey }

func (p passkey) newParams(random io.Reader) ([]byte, error) {
	salt, err := newSalt(random)
	if err != nil {
		return nil, err
	}
	return passkeyParams{salt: salt, PasskeyInput: p.PasskeyInput}.append(nil), nil
}

func (p passkey) wrappingKey(params []byte) ([]byte, bool) {
	stored, ok := parsePasskeyParams(params)
	if !ok || !bytes.Equal(stored.Credential, p.Credential) {
		return nil, false
	}
	return derive(p.output, stored.salt, "passkey"), true
}
