package seal

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"

	"github.com/keepwell-health/keepwell/store"
)

// DeviceKey keeps AES-256-GCM keys that this device alone can use: CryptoKeys
// that no script can read, in the browser. Such a key lies readable on the
// disk, so it protects from other programs' scripts and not from who has the
// disk; it serves only until the person sets an unlock method.
type DeviceKey interface {
	// Create makes a new key under name.
	Create(ctx context.Context, name string) error
	// Wrap seals secret with the key under name: nonce 12, ciphertext, tag 16.
	Wrap(ctx context.Context, name string, associated, secret []byte) ([]byte, error)
	// Unwrap undoes Wrap. It returns store.ErrNotFound when there is no such key,
	// and an error wrapping store.ErrSeal when wrapped does not open.
	Unwrap(ctx context.Context, name string, associated, wrapped []byte) ([]byte, error)
	// Destroy removes the key under name, if there is one.
	Destroy(ctx context.Context, name string) error
	// Names returns the names of all keys.
	Names(ctx context.Context) ([]string, error)
}

// MemoryKeys is a DeviceKey that lives in memory, for tests and for stores that
// end with the program.
type MemoryKeys struct {
	mu   sync.Mutex
	keys map[string][]byte
}

// NewMemoryKeys returns a DeviceKey without keys.
func NewMemoryKeys() *MemoryKeys { return &MemoryKeys{keys: map[string][]byte{}} }

// Create implements DeviceKey.
func (m *MemoryKeys) Create(_ context.Context, name string) error {
	key := make([]byte, keySize)
	rand.Read(key)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys[name] = key
	return nil
}

// Wrap implements DeviceKey.
func (m *MemoryKeys) Wrap(_ context.Context, name string, associated, secret []byte) ([]byte, error) {
	key, err := m.key(name)
	if err != nil {
		return nil, err
	}
	return sealSmall(rand.Reader, key, associated, secret)
}

// Unwrap implements DeviceKey.
func (m *MemoryKeys) Unwrap(_ context.Context, name string, associated, wrapped []byte) ([]byte, error) {
	key, err := m.key(name)
	if err != nil {
		return nil, err
	}
	secret, ok := openSmall(key, associated, wrapped)
	if !ok {
		return nil, fmt.Errorf("%w: the device's key does not fit", store.ErrSeal)
	}
	return secret, nil
}

// Destroy implements DeviceKey.
func (m *MemoryKeys) Destroy(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.keys[name])
	delete(m.keys, name)
	return nil
}

// Names implements DeviceKey.
func (m *MemoryKeys) Names(context.Context) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	names := make([]string, 0, len(m.keys))
	for name := range m.keys {
		names = append(names, name)
	}
	return names, nil
}

func (m *MemoryKeys) key(name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if key, ok := m.keys[name]; ok {
		return key, nil
	}
	return nil, store.ErrNotFound
}
