package engine

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/seal"
)

// lockKey is where the last lock of all tabs has left its mark: random bytes,
// readable, that mean nothing but "not the same lock". See Vault.expired.
const lockKey = "lock"

const (
	// markInterval is how long a look at the mark is good for. A tab hears of a
	// lock at once; the mark is for one that slept and did not.
	markInterval = time.Second
	// clockSlack is how far a clock may be set back before that counts as time
	// unknown, which locks.
	clockSlack = time.Minute
)

// Vault keeps a store together with its keys. It is made by NewVault.
type Vault struct {
	connect func(ctx context.Context) (Disk, error)
	destroy func(ctx context.Context) error
	now     func() time.Time

	opening sync.Mutex // held while the keyring is opened
	marking sync.Mutex // held while the mark is written and adopted, or read and compared

	mu      sync.Mutex
	disk    Disk
	keys    *seal.Keyring  // nil until opened
	kept    *store.Canary  // of the store when it was open last; nil for none
	journal *store.Journal // of saves while locked; nil until opened
	mark    []byte         // of the last lock of all when the keys were opened
	looked  int64          // when the mark was read, ms since the Unix epoch
	touched int64          // when the person was last there, ms since the Unix epoch
	idle    time.Duration  // how long the keys stay without them; 0 is for good
}

// Disk is what the browser keeps.
type Disk struct {
	Backend  store.Backend
	Keys     seal.DeviceKey
	Turns    store.Turns    // among the tabs; nil where a test has one
	Location *time.Location // the person's time zone; UTC when nil
}

// NewVault returns a vault over what connect opens. destroy deletes all of it,
// whether it opens or not.
func NewVault(connect func(ctx context.Context) (Disk, error), destroy func(ctx context.Context) error) *Vault {
	return &Vault{connect: connect, destroy: destroy, now: time.Now}
}

// Open opens the store; it returns seal.ErrLocked until Unlock where a person has
// set an unlock method.
func (v *Vault) Open(ctx context.Context) (*store.Store, error) {
	v.outlived(ctx) // whoever opens hears of it by what the keys say now
	keys, err := v.Keyring(ctx)
	if err != nil {
		return nil, err
	}
	records, err := keys.Sealer()
	if err != nil {
		return nil, err
	}
	metadata, err := keys.SealerOf(seal.ClassMetadata)
	if err != nil {
		return nil, err
	}
	disk := v.opened()
	return store.Open(ctx, disk.Backend, records, store.Options{
		Permissions: metadata, Journal: keys, Canary: v.canary(), Turns: disk.Turns, Shared: true, Location: disk.Location,
	})
}

// Keyring opens the keyring when that has not been done.
func (v *Vault) Keyring(ctx context.Context) (*seal.Keyring, error) {
	v.opening.Lock()
	defer v.opening.Unlock()
	if keys := v.keyring(); keys != nil {
		return keys, nil
	}
	disk, err := v.connect(ctx)
	if err != nil {
		return nil, err
	}
	mark, err := readMark(ctx, disk.Backend)
	if err != nil {
		return nil, errors.Join(err, disk.Backend.Close())
	}
	keys, err := seal.OpenKeyring(ctx, disk.Backend, disk.Keys)
	if err != nil {
		_ = disk.Backend.Close() // the first failure is the one to tell
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.disk, v.keys, v.mark = disk, keys, mark
	v.journal = store.NewJournal(disk.Backend, keys, store.Options{Now: v.now})
	v.looked = v.now().UnixMilli()
	v.touched = v.looked
	return keys, nil
}

// Journal takes what apps save while the store is locked.
func (v *Vault) Journal(ctx context.Context) (*store.Journal, error) {
	if _, err := v.Keyring(ctx); err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.journal, nil
}

// Unlock opens the keys; errors are those of seal.Keyring.Unlock.
func (v *Vault) Unlock(ctx context.Context, secret seal.Secret) error {
	keys, err := v.Keyring(ctx)
	if err != nil {
		return err
	}
	// The mark first: a lock of all that comes between is then noticed.
	mark, err := readMark(ctx, v.backend())
	if err != nil {
		return err
	}
	if err := keys.Unlock(ctx, secret); err != nil {
		return err
	}
	v.adopt(mark)
	return nil
}

// Lock forgets the keys of this tab.
func (v *Vault) Lock(ctx context.Context) error {
	keys := v.keyring()
	if keys == nil {
		return nil
	}
	keys.Lock()
	return keys.Reload(ctx) // another tab may have set the first method
}

// leave forgets the keys and closes the disk.
func (v *Vault) leave() error {
	v.opening.Lock()
	defer v.opening.Unlock()
	if v.keyring() == nil {
		return nil
	}
	v.forget()
	return v.backend().Close()
}

// lockOthers makes every tab that opened the keys before this forget them.
func (v *Vault) lockOthers(ctx context.Context) error {
	mark := make([]byte, 16)
	rand.Read(mark)
	v.marking.Lock()
	defer v.marking.Unlock()
	err := v.backend().Apply(ctx, store.Batch{Put: []store.Entry{{Key: lockKey, Value: mark}}})
	if err == nil {
		v.adopt(mark)
	}
	return err
}

// Change alters the unlock methods. The first method that is set brings new keys;
// other tabs, which have the old ones, lock.
func (v *Vault) Change(ctx context.Context, change func(*seal.Keyring) error) error {
	keys, err := v.Keyring(ctx)
	if err != nil {
		return err
	}
	if err := keys.Reload(ctx); err != nil { // another tab may have changed a method
		return err
	}
	bare := keys.Protection() == seal.KindDevice.String()
	if err := change(keys); err != nil || !bare {
		return err
	}
	return v.lockOthers(ctx)
}

// Keep notes what the page kept of the store, to compare with when it opens.
func (v *Vault) Keep(kept store.Canary) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.kept = &kept
}

func (v *Vault) canary() *store.Canary {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.kept
}

// Touch notes that the person is there, and how long the keys stay without them.
func (v *Vault) Touch(idle time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.touched, v.idle = v.now().UnixMilli(), idle
}

// Protection says what keeps the records from who has the disk; "" before the
// keyring was opened.
func (v *Vault) Protection() string {
	if keys := v.keyring(); keys != nil {
		return keys.Protection()
	}
	return ""
}

// Erase destroys the keys, then the values, which are unreadable by then. A store
// that is not open goes with its whole database, in case it does not open.
func (v *Vault) Erase(ctx context.Context, s *store.Store) error {
	v.mu.Lock()
	keys := v.keys
	v.keys, v.kept = nil, nil
	v.mu.Unlock()
	if s == nil || keys == nil {
		return v.destroy(ctx)
	}
	identity := ""
	if known, err := s.Canary(); err == nil {
		identity = known.Store
	}
	if err := keys.Erase(ctx, identity); err != nil {
		return err
	}
	s.Lock()
	return s.Close()
}

// forget lets go of a store that another tab erased.
func (v *Vault) forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys != nil {
		v.keys.Lock()
	}
	v.keys, v.kept = nil, nil
}

// outlived reports whether the keys that this tab holds, with no store open, are of
// the past: another tab set the first method, or erased the store and may have begun
// one that needs no unlocking.
func (v *Vault) outlived(ctx context.Context) bool {
	keys := v.keyring()
	if keys == nil {
		return false
	}
	locked := keys.Locked()
	err := keys.Reload(ctx)
	gone := errors.Is(err, seal.ErrKeyring) || errors.Is(err, store.ErrRemoved)
	switch {
	case err != nil && !gone: // who needs the keys next will say so
		return false
	case err == nil && !keys.Locked():
		return false
	case err == nil && locked && keys.Protection() != seal.KindDevice.String():
		return false
	}
	v.forget()
	return true
}

// expired reports whether open keys must not be used any more: another tab locked
// all, or the person has been away for too long. It counts by the wall clock,
// since other clocks stand still while a device or a tab sleeps. fresh has the
// mark read now, whenever that was done last.
func (v *Vault) expired(ctx context.Context, fresh bool) (bool, error) {
	v.mu.Lock()
	now := v.now().UnixMilli()
	away, stale := now-v.touched, now-v.looked
	idle := v.idle.Milliseconds()
	v.mu.Unlock()
	bare := v.Protection() == seal.KindDevice.String() // as far as this tab knows; nothing would unlock it again
	switch {
	case v.keyring() == nil:
		return false, nil
	case !bare && idle > 0 && (away >= idle || away < -clockSlack.Milliseconds()):
		return true, nil
	case !fresh && stale >= 0 && stale < markInterval.Milliseconds():
		return false, nil
	}
	v.marking.Lock()
	defer v.marking.Unlock()
	last, err := readMark(ctx, v.backend())
	if err != nil {
		return false, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.looked = now
	return last != nil && !bytes.Equal(last, v.mark), nil // a mark that is gone was erased, with all there was
}

func (v *Vault) adopt(mark []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.mark, v.looked = mark, v.now().UnixMilli()
	v.touched = v.looked
}

func (v *Vault) keyring() *seal.Keyring {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.keys
}

func (v *Vault) backend() store.Backend { return v.opened().Backend }

func (v *Vault) opened() Disk {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.disk
}

func readMark(ctx context.Context, backend store.Backend) ([]byte, error) {
	mark, err := backend.Get(ctx, lockKey)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return mark, err
}
