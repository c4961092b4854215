//go:build !js

package seal

import (
	"context"
	"crypto/cipher"
	"fmt"

	"github.com/keepwell-health/keepwell/store"
)

// stdCipher is AES-256-GCM by the standard library.
type stdCipher struct{ aead cipher.AEAD }

func newCipherKey(_ context.Context, key []byte) (cipherKey, error) {
	return stdCipher{gcm(key)}, nil
}

func (c stdCipher) seal(ctx context.Context, prefix, nonce, associated, plaintext []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.aead.Seal(prefix, nonce, plaintext, associated), nil
}

func (c stdCipher) open(ctx context.Context, nonce, associated, ciphertext []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	plaintext, err := c.aead.Open(nil, nonce, ciphertext, associated)
	if err != nil {
		return nil, fmt.Errorf("%w: altered, moved or of another key", store.ErrSeal)
	}
	return plaintext, nil
}

// Normalize returns the text in Unicode Normalization Form C. Natively the
// caller brings it so; only the browser's keyboard and tests type passphrases.
func Normalize(text string) string { return text }
