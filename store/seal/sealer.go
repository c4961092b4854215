package seal

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"slices"
	"sync"

	"github.com/keepwell-health/keepwell/store"
)

// cipherKey is an AES-256-GCM key for values; each platform has one.
type cipherKey interface {
	// seal appends ciphertext and tag to prefix.
	seal(ctx context.Context, prefix, nonce, associated, plaintext []byte) ([]byte, error)
	// open returns an error wrapping store.ErrSeal when the tag does not match.
	open(ctx context.Context, nonce, associated, ciphertext []byte) ([]byte, error)
}

// identifySize is the length of an identity in bytes.
const identifySize = 16

// unlocked holds every secret of an unlocked store. Lock empties it, and with
// it every sealer that was handed out.
type unlocked struct {
	id     storeID
	random io.Reader

	mu       sync.Mutex
	locked   bool
	current  epoch
	masters  map[epoch]*master // the current one and those that old values need
	ciphers  map[header]cipherKey
	identify []byte // key of Identify; the same for good
	mac      hash.Hash
}

func newUnlocked(id storeID, random io.Reader, current epoch, m master, s secrets) *unlocked {
	u := &unlocked{id: id, random: random, ciphers: map[header]cipherKey{}, identify: s.identify[:]}
	u.mac = hmac.New(sha256.New, u.identify)
	u.adopt(current, m, s)
	return u
}

// adopt makes m the master that new values are sealed under, beside the retired
// ones. Keys of no master are forgotten.
func (u *unlocked) adopt(current epoch, m master, s secrets) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.current = current
	u.masters = map[epoch]*master{current: &m}
	for _, r := range s.retired {
		u.masters[r.epoch] = &r.master
	}
	for h := range u.ciphers {
		if u.masters[h.epoch] == nil {
			delete(u.ciphers, h)
		}
	}
}

// lock forgets the keys, as far as a garbage-collected program can. Ending the
// Worker afterwards gives the memory itself back.
func (u *unlocked) lock() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, m := range u.masters {
		clear(m[:])
	}
	clear(u.identify)
	u.locked, u.masters, u.ciphers, u.mac = true, nil, nil, nil
}

// cipher returns the key that h names, deriving it on first use.
func (u *unlocked) cipher(ctx context.Context, h header) (cipherKey, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.locked {
		return nil, ErrLocked
	}
	if key, ok := u.ciphers[h]; ok {
		return key, nil
	}
	purpose, known := h.class.purpose()
	m := u.masters[h.epoch]
	if !known || m == nil {
		return nil, fmt.Errorf("%w: it names a key that is not in the keyring", store.ErrSeal)
	}
	key, err := newCipherKey(ctx, m.subkey(u.id, purpose))
	if err != nil {
		return nil, err
	}
	u.ciphers[h] = key
	return key, nil
}

// master returns the master key of an epoch.
func (u *unlocked) master(e epoch) (*master, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.locked {
		return nil, ErrLocked
	}
	m := u.masters[e]
	if m == nil {
		return nil, fmt.Errorf("%w: it names a key that is not in the keyring", store.ErrSeal)
	}
	kept := *m // lock clears the original
	return &kept, nil
}

func (u *unlocked) epoch() epoch {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.current
}

// sealer is the store.Sealer of one class.
type sealer struct {
	ring  *Keyring
	keys  *unlocked
	class Class
}

// Seal implements store.Sealer.
func (s sealer) Seal(ctx context.Context, place string, plaintext []byte) ([]byte, error) {
	h := header{class: s.class, epoch: s.keys.epoch()}
	key, err := s.keys.cipher(ctx, h)
	if err != nil {
		return nil, err
	}
	prefix := make([]byte, headerSize+nonceSize, envelopeSize+len(plaintext))
	h.append(prefix[:0])
	nonce := prefix[headerSize:]
	if _, err := io.ReadFull(s.keys.random, nonce); err != nil {
		return nil, err
	}
	return key.seal(ctx, prefix, nonce, h.associated(s.keys.id, place), plaintext)
}

// Open implements store.Sealer.
func (s sealer) Open(ctx context.Context, place string, sealed []byte) ([]byte, error) {
	h, err := parseHeader(sealed)
	if err != nil {
		return nil, err
	}
	if h.class != s.class {
		return nil, fmt.Errorf("%w: it is of another class", store.ErrSeal)
	}
	key, err := s.keys.cipher(ctx, h)
	if err != nil {
		return nil, err
	}
	nonce, ciphertext := sealed[headerSize:headerSize+nonceSize], sealed[headerSize+nonceSize:]
	return key.open(ctx, nonce, h.associated(s.keys.id, place), ciphertext)
}

// Identify implements store.Sealer: HMAC-SHA-256 of the label, its first half.
func (s sealer) Identify(_ context.Context, label string) ([]byte, error) {
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	if s.keys.locked {
		return nil, ErrLocked
	}
	s.keys.mac.Reset()
	io.WriteString(s.keys.mac, label)
	return slices.Clip(s.keys.mac.Sum(nil)[:identifySize]), nil
}
