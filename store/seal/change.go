package seal

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/keepwell-health/keepwell/store"
)

// Add sets a further unlock method; no record is rewritten.
//
// The first one replaces the device's key. Since that key has lain readable on
// the disk, and its traces may outlast it, a new master key begins with this
// method (an epoch): what is sealed from then on opens by the method alone. The
// old master key is kept sealed under the new one, for the values of before,
// until DropRetired.
//
// It returns ErrLocked, ErrTooMany, or store.ErrConflict when another tab
// changed the methods first: Reload and ask again.
func (k *Keyring) Add(ctx context.Context, secret Secret) (_ Method, err error) {
	defer func() { err = store.Failed(err, "setting the unlock method") }()
	k.changing.Lock()
	defer k.changing.Unlock()
	c, err := k.begin()
	if err != nil {
		return Method{}, err
	}
	if len(c.next.methods) >= maxMethods {
		return Method{}, ErrTooMany
	}
	first := c.next.methods[0].kind == KindDevice
	if first {
		if err := c.rotate(); err != nil {
			return Method{}, err
		}
	}
	added, err := c.wrap(secret)
	if err != nil {
		return Method{}, err
	}
	c.next.methods = append(c.next.methods, added)
	if err := c.commit(ctx); err != nil {
		return Method{}, err
	}
	if first {
		err = k.sweep(ctx) // the device's key is gone before the caller says so
	}
	return added.describe(), err
}

// Change replaces the secret of a method, or the whole method by another kind.
// The old secret opens nothing from then on. Errors are those of Add, and
// ErrNoMethod.
func (k *Keyring) Change(ctx context.Context, id string, secret Secret) (_ Method, err error) {
	defer func() { err = store.Failed(err, "changing the unlock method") }()
	k.changing.Lock()
	defer k.changing.Unlock()
	c, err := k.begin()
	if err != nil {
		return Method{}, err
	}
	i, err := c.find(id)
	if err != nil {
		return Method{}, err
	}
	if c.next.methods[i].kind == KindDevice {
		return Method{}, invalid("the device's key is not changed: add an unlock method")
	}
	changed, err := c.wrap(secret)
	if err != nil {
		return Method{}, err
	}
	c.next.methods[i] = changed
	return changed.describe(), c.commit(ctx)
}

// Remove takes a method away. Errors are ErrLocked, ErrNoMethod, ErrLastMethod
// and store.ErrConflict.
func (k *Keyring) Remove(ctx context.Context, id string) (err error) {
	defer func() { err = store.Failed(err, "removing the unlock method") }()
	k.changing.Lock()
	defer k.changing.Unlock()
	c, err := k.begin()
	if err != nil {
		return err
	}
	i, err := c.find(id)
	if err != nil {
		return err
	}
	if len(c.next.methods) == 1 {
		return ErrLastMethod
	}
	c.next.methods = slices.Delete(c.next.methods, i, i+1)
	return c.commit(ctx)
}

// DropRetired forgets the master keys of former epochs. Call it when every
// value has been sealed anew (see Current): what is left of theirs is lost.
func (k *Keyring) DropRetired(ctx context.Context) (err error) {
	defer func() { err = store.Failed(err, "forgetting the former keys") }()
	k.changing.Lock()
	defer k.changing.Unlock()
	c, err := k.begin()
	if err != nil {
		return err
	}
	c.secrets.retired = nil
	return c.commit(ctx)
}

// Current reports whether a value is sealed under the master key of now.
// Compaction seals the others anew.
func (k *Keyring) Current(sealed []byte) bool {
	h, err := parseHeader(sealed)
	return err == nil && h.epoch == k.snapshot().epoch
}

// Reload reads the keyring again after another tab changed it. When that tab
// began a new epoch this one locks, and a method must be used.
func (k *Keyring) Reload(ctx context.Context) (err error) {
	defer func() { err = store.Failed(err, "reading the keys") }()
	k.changing.Lock()
	defer k.changing.Unlock()
	if err := k.load(ctx); err != nil {
		return missing(err)
	}
	keys, err := k.keys()
	if err != nil {
		return nil // locked already
	}
	stored := k.snapshot()
	m, err := keys.master(stored.epoch)
	if err != nil || stored.id != keys.id {
		k.Lock()
		return nil
	}
	if !stored.authentic(m) {
		k.Lock()
		return fmt.Errorf("%w: it was altered", ErrKeyring)
	}
	return nil
}

// Erase destroys every key, whether locked or not, and then deletes every value: what
// the keys sealed is lost for good even before. Where it is broken off, a mark has
// the next OpenKeyring delete what is left. identity is the store's, as its canary
// names it (store.ErasedKey); "" when nobody knows it.
//
// Another tab may begin a new store at any moment after the first step. Nothing of
// that one is touched.
func (k *Keyring) Erase(ctx context.Context, identity string) (err error) {
	defer func() { err = store.Failed(err, "erasing the keys") }()
	k.changing.Lock()
	defer k.changing.Unlock()
	k.Lock()
	err = k.backend.Apply(ctx, store.Batch{
		Delete: []store.Range{{From: keyringKey}},
		Put:    []store.Entry{{Key: erasingKey, Value: []byte(erasing + identity)}},
	})
	if err != nil {
		return err
	}
	for _, m := range k.snapshot().methods {
		if m.kind == KindDevice {
			if err := k.device.Destroy(ctx, m.deviceName()); err != nil {
				return err
			}
		}
	}
	return k.finishErasing(ctx)
}

// finishErasing deletes what an erasure has left, unless another tab has just done
// so. The device's keys that were not destroyed go by the sweep.
func (k *Keyring) finishErasing(ctx context.Context) error {
	mark, err := k.backend.Get(ctx, erasingKey)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	batch, err := store.Erasure(ctx, k.backend, strings.TrimPrefix(string(mark), erasing))
	if err != nil {
		return err
	}
	batch.Expect = []store.Expectation{{Key: erasingKey, Value: mark}}
	err = k.backend.Apply(ctx, batch)
	if errors.Is(err, store.ErrConflict) {
		return nil
	}
	return err
}

// sweep destroys the device's keys that the keyring does not name: after the
// first method was set, and what a crash or a slower tab left.
func (k *Keyring) sweep(ctx context.Context) error {
	named := ""
	for _, m := range k.snapshot().methods {
		if m.kind == KindDevice {
			named = m.deviceName()
		}
	}
	names, err := k.device.Names(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == named {
			continue
		}
		if err := k.device.Destroy(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// change is a keyring being made from the stored one.
type change struct {
	keyring  *Keyring
	previous *keyring
	next     *keyring
	keys     *unlocked
	master   master
	secrets  secrets
}

// begin copies the stored keyring. Only the holder of the keys may change it,
// and only when it is authentic.
func (k *Keyring) begin() (*change, error) {
	keys, err := k.keys()
	if err != nil {
		return nil, err
	}
	previous := k.snapshot()
	m, err := keys.master(previous.epoch)
	if err != nil {
		return nil, ErrLocked // another tab began an epoch
	}
	if !previous.authentic(m) {
		return nil, fmt.Errorf("%w: it was altered", ErrKeyring)
	}
	c := &change{keyring: k, previous: previous, keys: keys, master: *m}
	c.secrets, err = openSecrets(sealing{id: previous.id, epoch: previous.epoch, master: m}, previous.secrets)
	if err != nil {
		return nil, err
	}
	next := *previous
	next.methods = slices.Clone(previous.methods)
	c.next = &next
	return c, nil
}

// rotate begins an epoch: a fresh master key, and no method yet.
func (c *change) rotate() error {
	if len(c.secrets.retired) >= maxRetired {
		return invalid("there are too many former keys; compact the store first")
	}
	c.secrets.retired = append(slices.Clone(c.secrets.retired), retiredMaster{epoch: c.next.epoch, master: c.master})
	c.next.epoch++
	c.next.methods = nil
	_, err := io.ReadFull(c.keyring.env.random, c.master[:])
	return err
}

// wrap makes the method by which secret opens the master key.
func (c *change) wrap(secret Secret) (method, error) {
	random := c.keyring.env.random
	params, err := secret.newParams(random)
	if err != nil {
		return method{}, err
	}
	m, err := c.keyring.newMethod(secret.Kind(), params)
	if err != nil {
		return m, err
	}
	key, ok := secret.wrappingKey(params)
	if !ok {
		panic("seal: a secret does not take its own parameters")
	}
	defer clear(key)
	m.wrapped, err = sealSmall(random, key, m.associated(c.next.id, c.next.epoch), c.master[:])
	return m, err
}

func (c *change) find(id string) (int, error) {
	for i := range c.next.methods {
		if hex.EncodeToString(c.next.methods[i].id[:]) == id {
			return i, nil
		}
	}
	return 0, ErrNoMethod
}

// commit stores the new keyring, then uses its keys.
func (c *change) commit(ctx context.Context) error {
	c.next.revision = c.previous.revision + 1
	if err := c.next.seal(c.keyring.env.random, &c.master, c.secrets); err != nil {
		return err
	}
	if err := c.keyring.write(ctx, c.previous, c.next); err != nil {
		return err
	}
	c.keys.adopt(c.next.epoch, c.master, c.secrets)
	return nil
}
