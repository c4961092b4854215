//go:build js && wasm

package seal

import (
	"context"
	"crypto/rand"
	"fmt"
	"syscall/js"

	"github.com/keepwell-health/keepwell/store"
)

// KeyStore keeps CryptoKeys by name; idb.Backend is one.
type KeyStore interface {
	// Key returns store.ErrNotFound when there is none of that name.
	Key(ctx context.Context, name string) (js.Value, error)
	PutKey(ctx context.Context, name string, key js.Value) error
	DeleteKey(ctx context.Context, name string) error
	KeyNames(ctx context.Context) ([]string, error)
}

// browserKeys is the DeviceKey of a browser.
type browserKeys struct{ keys KeyStore }

// NewBrowserKeys returns the DeviceKey whose keys WebCrypto makes, not
// extractable, and keys keeps.
func NewBrowserKeys(keys KeyStore) DeviceKey { return browserKeys{keys} }

// Create implements DeviceKey.
func (b browserKeys) Create(ctx context.Context, name string) error {
	subtle, err := subtleCrypto()
	if err != nil {
		return err
	}
	key, err := promised(ctx, subtle, "generateKey",
		map[string]any{"name": "AES-GCM", "length": keySize * 8}, false, []any{"encrypt", "decrypt"})
	if err != nil {
		return err
	}
	return b.keys.PutKey(ctx, name, key)
}

// Wrap implements DeviceKey.
func (b browserKeys) Wrap(ctx context.Context, name string, associated, secret []byte) ([]byte, error) {
	key, err := b.cipher(ctx, name)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, nonceSize)
	rand.Read(nonce)
	return key.seal(ctx, nonce, nonce, associated, secret)
}

// Unwrap implements DeviceKey.
func (b browserKeys) Unwrap(ctx context.Context, name string, associated, wrapped []byte) ([]byte, error) {
	key, err := b.cipher(ctx, name)
	if err != nil {
		return nil, err
	}
	if len(wrapped) < nonceSize+tagSize {
		return nil, fmt.Errorf("%w: it is cut short", store.ErrSeal)
	}
	return key.open(ctx, wrapped[:nonceSize], associated, wrapped[nonceSize:])
}

// Destroy implements DeviceKey.
func (b browserKeys) Destroy(ctx context.Context, name string) error {
	return b.keys.DeleteKey(ctx, name)
}

// Names implements DeviceKey.
func (b browserKeys) Names(ctx context.Context) ([]string, error) { return b.keys.KeyNames(ctx) }

func (b browserKeys) cipher(ctx context.Context, name string) (webCipher, error) {
	subtle, err := subtleCrypto()
	if err != nil {
		return webCipher{}, err
	}
	key, err := b.keys.Key(ctx, name)
	if err != nil {
		return webCipher{}, err
	}
	if constructor := js.Global().Get("CryptoKey"); !key.InstanceOf(constructor) {
		return webCipher{}, fmt.Errorf("%w: what is kept is not a key", store.ErrSeal)
	}
	return webCipher{subtle, key}, nil
}
