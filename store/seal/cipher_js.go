//go:build js && wasm

package seal

import (
	"context"
	"fmt"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/store"
)

// webCipher is AES-256-GCM by WebCrypto (W3C Web Cryptography section 29). The
// CryptoKey is not extractable.
type webCipher struct{ subtle, key js.Value }

func newCipherKey(ctx context.Context, key []byte) (cipherKey, error) {
	subtle, err := subtleCrypto()
	if err != nil {
		return nil, err
	}
	imported, err := promised(ctx, subtle, "importKey", "raw", jsx.Uint8Array(key), "AES-GCM", false, []any{"encrypt", "decrypt"})
	if err != nil {
		return nil, err
	}
	return webCipher{subtle, imported}, nil
}

func (c webCipher) seal(ctx context.Context, prefix, nonce, associated, plaintext []byte) ([]byte, error) {
	result, err := promised(ctx, c.subtle, "encrypt", gcmParams(nonce, associated), c.key, jsx.Uint8Array(plaintext))
	if err != nil {
		return nil, err
	}
	return appendBytes(prefix, result), nil
}

func (c webCipher) open(ctx context.Context, nonce, associated, ciphertext []byte) ([]byte, error) {
	result, err := promised(ctx, c.subtle, "decrypt", gcmParams(nonce, associated), c.key, jsx.Uint8Array(ciphertext))
	if jsx.Named(err, "OperationError") {
		return nil, fmt.Errorf("%w: altered, moved or of another key", store.ErrSeal)
	}
	if err != nil {
		return nil, err
	}
	return appendBytes(nil, result), nil
}

func gcmParams(nonce, associated []byte) map[string]any {
	return map[string]any{
		"name": "AES-GCM", "iv": jsx.Uint8Array(nonce),
		"additionalData": jsx.Uint8Array(associated), "tagLength": tagSize * 8,
	}
}

// appendBytes appends an ArrayBuffer to what prefix holds.
func appendBytes(prefix []byte, buffer js.Value) []byte {
	view := jsx.View(buffer)
	out := make([]byte, len(prefix)+view.Length())
	copy(out, prefix)
	js.CopyBytesToGo(out[len(prefix):], view)
	return out
}

// promised calls a method that returns a promise and waits for it.
func promised(ctx context.Context, receiver js.Value, method string, args ...any) (js.Value, error) {
	if err := ctx.Err(); err != nil {
		return js.Undefined(), err
	}
	promise, err := jsx.Call(receiver, method, args...)
	if err != nil {
		return js.Undefined(), err
	}
	return jsx.Await(ctx, promise)
}

// subtleCrypto returns SubtleCrypto, which exists in secure contexts only.
func subtleCrypto() (js.Value, error) {
	crypto := js.Global().Get("crypto")
	if crypto.Truthy() {
		if subtle := crypto.Get("subtle"); subtle.Truthy() {
			return subtle, nil
		}
	}
	return js.Undefined(), store.Errorf(store.CodeHealthDataUnavailable, "this page can't encrypt: it must be opened by https")
}

// Normalize returns the text in Unicode Normalization Form C, so that a
// passphrase is the same whatever keyboard typed it.
func Normalize(text string) string {
	method := js.Global().Get("String").Get("prototype").Get("normalize")
	return method.Call("call", text, "NFC").String()
}
