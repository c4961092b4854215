//go:build js && wasm

package dom

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// WebAuthn Level 3 (https://www.w3.org/TR/webauthn-3/): the prf extension is
// section 10.1.4.

const prfInputSize = 32 // bytes

// Why there is no key of a passkey.
var (
	// ErrPasskeyDeclined is also what browsers say of a passkey that is not there,
	// so as not to tell.
	ErrPasskeyDeclined = errors.New("dom: the passkey was not used")
	// ErrPasskeyUnfit says that the passkey's keeper lacks the prf extension.
	ErrPasskeyUnfit = errors.New("dom: the passkey gives no key")
	// ErrNoPasskeys says that this browser or device can't use passkeys here.
	ErrNoPasskeys = errors.New("dom: no passkeys here")
)

// COSE algorithms (RFC 9053): ES256, and RS256 for older authenticators.
var passkeyAlgorithms = []any{
	map[string]any{"type": "public-key", "alg": -7},
	map[string]any{"type": "public-key", "alg": -257},
}

// PasskeysThere reports whether this browser knows passkeys at all.
func PasskeysThere() bool { return js.Global().Get("PublicKeyCredential").Truthy() }

// CreatePasskey has the person make a passkey for this site and returns what its
// pseudo-random function gives. It must be called in a click. Errors are those
// above.
func CreatePasskey(ctx context.Context) (protocol.PasskeyOutput, error) {
	input := randomBytes(prfInputSize)
	created, err := credentials(ctx, "create", map[string]any{
		"rp":               map[string]any{"name": "Keepwell"},
		"user":             map[string]any{"id": jsx.Uint8Array(randomBytes(16)), "name": "Keepwell", "displayName": "Keepwell"},
		"challenge":        jsx.Uint8Array(randomBytes(32)), // nobody checks the answer: the function's output is what counts
		"pubKeyCredParams": passkeyAlgorithms,
		"authenticatorSelection": map[string]any{
			"residentKey": "preferred", "userVerification": "required",
		},
		"extensions": map[string]any{"prf": map[string]any{"eval": map[string]any{"first": jsx.Uint8Array(input)}}},
	})
	if err != nil {
		return protocol.PasskeyOutput{}, err
	}
	made := protocol.PasskeyOutput{Credential: jsx.Bytes(created.Get("rawId")), Input: input}
	prf := created.Call("getClientExtensionResults").Get("prf")
	if !prf.Truthy() || !prf.Get("enabled").Truthy() {
		return made, ErrPasskeyUnfit
	}
	if made.Output = prfOutput(prf); made.Output != nil {
		return made, nil
	}
	// Many authenticators give the output only when asked.
	return AskPasskey(ctx, []protocol.UnlockMethod{{Credential: made.Credential, Input: made.Input}})
}

// AskPasskey has the person use one of the passkeys. It must be called in a
// click. Errors are those above.
func AskPasskey(ctx context.Context, methods []protocol.UnlockMethod) (protocol.PasskeyOutput, error) {
	var allowed []any
	inputs := map[string]any{}
	for _, m := range methods {
		allowed = append(allowed, map[string]any{"type": "public-key", "id": jsx.Uint8Array(m.Credential)})
		inputs[base64.RawURLEncoding.EncodeToString(m.Credential)] = map[string]any{"first": jsx.Uint8Array(m.Input)}
	}
	got, err := credentials(ctx, "get", map[string]any{
		"challenge":        jsx.Uint8Array(randomBytes(32)),
		"allowCredentials": allowed,
		"userVerification": "required",
		"extensions":       map[string]any{"prf": map[string]any{"evalByCredential": inputs}},
	})
	if err != nil {
		return protocol.PasskeyOutput{}, err
	}
	answer := protocol.PasskeyOutput{Credential: jsx.Bytes(got.Get("rawId"))}
	for _, m := range methods {
		if string(m.Credential) == string(answer.Credential) {
			answer.Input = m.Input
		}
	}
	if prf := got.Call("getClientExtensionResults").Get("prf"); prf.Truthy() {
		answer.Output = prfOutput(prf)
	}
	if answer.Output == nil {
		return answer, ErrPasskeyUnfit
	}
	return answer, nil
}

// credentials calls a method of navigator.credentials.
func credentials(ctx context.Context, method string, options map[string]any) (js.Value, error) {
	container := js.Global().Get("navigator").Get("credentials")
	if !container.Truthy() || !PasskeysThere() {
		return js.Undefined(), ErrNoPasskeys
	}
	promise, err := jsx.Call(container, method, map[string]any{"publicKey": options})
	if err == nil {
		promise, err = jsx.Await(ctx, promise)
	}
	switch {
	case err == nil && promise.Truthy():
		return promise, nil
	case err == nil || jsx.Named(err, "NotAllowedError", "AbortError"):
		return promise, ErrPasskeyDeclined
	}
	return promise, ErrNoPasskeys
}

func prfOutput(prf js.Value) []byte {
	results := prf.Get("results")
	if !results.Truthy() || !jsx.IsBytes(results.Get("first")) {
		return nil
	}
	return jsx.Bytes(results.Get("first"))
}

func randomBytes(size int) []byte {
	data := make([]byte, size)
	rand.Read(data)
	return data
}
