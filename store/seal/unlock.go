package seal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/keepwell-health/keepwell/store"
)

const (
	freeAttempts = 3                // wrong secrets before the wait begins
	longestWait  = 30 * time.Second // between two attempts
)

// Unlock opens the keys with a secret. It returns ErrWrongSecret when the
// secret opens none of the methods of its kind, and an error wrapping
// ErrKeyring when it does open one and the keyring is not what a holder of the
// keys wrote. Attempts after several wrong ones wait first, until ctx ends.
func (k *Keyring) Unlock(ctx context.Context, secret Secret) (err error) {
	defer func() { err = store.Failed(err, "unlocking") }()
	if err := k.env.wait(ctx, k.penalty()); err != nil {
		return err
	}
	if err := k.load(ctx); err != nil { // another tab may have changed a method
		return missing(err)
	}
	stored := k.snapshot()
	for i := range stored.methods {
		m, ok := stored.methods[i].unwrap(stored, secret)
		if !ok {
			continue
		}
		return k.adopt(stored, m)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failures++
	return ErrWrongSecret
}

// unwrap tries a secret on a method.
func (m *method) unwrap(of *keyring, secret Secret) (master, bool) {
	if m.kind != secret.Kind() {
		return master{}, false
	}
	key, ok := secret.wrappingKey(m.params)
	if !ok {
		return master{}, false
	}
	defer clear(key)
	plaintext, ok := openSmall(key, m.associated(of.id, of.epoch), m.wrapped)
	if !ok || len(plaintext) != keySize {
		return master{}, false
	}
	defer clear(plaintext)
	return master(plaintext), true
}

// adopt checks the keyring under its master key and unlocks.
func (k *Keyring) adopt(stored *keyring, m master) error {
	if !stored.authentic(&m) {
		return fmt.Errorf("%w: it was altered", ErrKeyring)
	}
	s, err := openSecrets(sealing{id: stored.id, epoch: stored.epoch, master: &m}, stored.secrets)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.open != nil {
		k.open.lock()
	}
	k.open = newUnlocked(stored.id, k.env.random, stored.epoch, m, s)
	k.failures = 0
	return nil
}

// unlockByDevice unlocks a store that has a device method.
func (k *Keyring) unlockByDevice(ctx context.Context) error {
	stored := k.snapshot()
	for i := range stored.methods {
		m := &stored.methods[i]
		if m.kind != KindDevice {
			continue
		}
		plaintext, err := k.device.Unwrap(ctx, m.deviceName(), m.associated(stored.id, stored.epoch), m.wrapped)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return fmt.Errorf("%w: the browser no longer has the key of this device", ErrKeyring)
		case errors.Is(err, store.ErrSeal) || err == nil && len(plaintext) != keySize:
			return fmt.Errorf("%w: the key of this device does not open it", ErrKeyring)
		case err != nil:
			return err
		}
		defer clear(plaintext)
		return k.adopt(stored, master(plaintext))
	}
	return nil
}

// Lock forgets the keys; every sealer handed out returns ErrLocked from now on.
// A store with no method but the device's can be locked too; OpenKeyring
// unlocks it.
func (k *Keyring) Lock() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.open != nil {
		k.open.lock()
		k.open = nil
	}
}

// penalty is how long the next attempt waits: nothing at first, then doubling.
// It slows a person who guesses at a page; who has the disk is slowed by
// Argon2id.
func (k *Keyring) penalty() time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	extra := k.failures - freeAttempts
	if extra < 0 {
		return 0
	}
	return min(time.Second<<min(extra, 10), longestWait)
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func missing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%w: it is missing", ErrKeyring)
	}
	return err
}
