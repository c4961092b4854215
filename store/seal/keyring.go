package seal

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/keepwell-health/keepwell/store"
)

// Keyring opens and guards the keys of one store. It is safe for use by several
// goroutines. Several keyrings may be open on one store (tabs): a change fails
// with store.ErrConflict when another one changed the stored keyring first.
type Keyring struct {
	backend store.Backend
	device  DeviceKey
	env     environment

	changing sync.Mutex // held over a whole change: reading, wrapping, writing

	mu       sync.Mutex
	stored   *keyring  // never altered, only replaced
	open     *unlocked // nil while locked
	failures int       // wrong secrets since the last right one
}

// environment is what tests replace.
type environment struct {
	random io.Reader
	now    func() time.Time
	wait   func(ctx context.Context, d time.Duration) error
}

func realEnvironment() environment {
	return environment{random: rand.Reader, now: time.Now, wait: wait}
}

// Method is an unlock method as it may be shown, also while locked.
type Method struct {
	ID      string // hexadecimal
	Kind    Kind
	Created int64         // ms since the Unix epoch
	Argon2  *Argon2       // passphrases
	Passkey *PasskeyInput // passkeys: what to ask the authenticator with
}

// OpenKeyring reads the keyring of the store in backend. In an empty backend it
// makes one, its master key wrapped by a fresh key of the device. A store that
// has no unlock method but the device's comes back unlocked.
//
// It returns an error wrapping ErrKeyring when the keyring is damaged or
// missing beside stored values; nothing is changed then. What an erasure that was
// broken off has left is deleted first.
func OpenKeyring(ctx context.Context, backend store.Backend, device DeviceKey) (*Keyring, error) {
	k, err := openKeyring(ctx, backend, device, realEnvironment())
	return k, store.Failed(err, "opening the keys")
}

func openKeyring(ctx context.Context, backend store.Backend, device DeviceKey, env environment) (*Keyring, error) {
	k := &Keyring{backend: backend, device: device, env: env}
	err := k.load(ctx)
	for n := 0; n < 5 && errors.Is(err, store.ErrNotFound); n++ {
		err = k.create(ctx)
		if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
			err = k.load(ctx) // another tab was first, and may have swept the key that was to be this one's
		}
	}
	if err != nil {
		return nil, err
	}
	if err := k.unlockByDevice(ctx); err != nil {
		return nil, err
	}
	return k, k.sweep(ctx)
}

// load reads the stored keyring.
func (k *Keyring) load(ctx context.Context) error {
	data, err := k.backend.Get(ctx, keyringKey)
	if err != nil {
		return err
	}
	stored, err := parseKeyring(data)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stored = stored
	return nil
}

// create makes the keyring of a new store.
func (k *Keyring) create(ctx context.Context) error {
	if err := k.mustBeNew(ctx); err != nil {
		return err
	}
	var m master
	var s secrets
	next := &keyring{epoch: 1}
	for _, secret := range [][]byte{m[:], s.identify[:], next.id[:]} {
		if _, err := io.ReadFull(k.env.random, secret); err != nil {
			return err
		}
	}
	device, err := k.wrapByDevice(ctx, next, &m)
	if err != nil {
		return err
	}
	next.methods = []method{device}
	if err = next.seal(k.env.random, &m, s); err == nil {
		err = k.write(ctx, nil, next)
	}
	if err != nil {
		return errors.Join(err, k.device.Destroy(ctx, device.deviceName()))
	}
	return nil
}

// wrapByDevice wraps m with a key that the device makes for it.
func (k *Keyring) wrapByDevice(ctx context.Context, next *keyring, m *master) (method, error) {
	device, err := k.newMethod(KindDevice, nil)
	if err != nil {
		return device, err
	}
	name := device.deviceName()
	if err := k.device.Create(ctx, name); err != nil {
		return device, err
	}
	device.wrapped, err = k.device.Wrap(ctx, name, device.associated(next.id, next.epoch), m[:])
	return device, err
}

// mustBeNew keeps a lost keyring from being taken for a new store, whose first
// write would bury the records for good. The error is store.ErrConflict when
// another tab has made the keyring meanwhile.
func (k *Keyring) mustBeNew(ctx context.Context) error {
	names, err := k.backend.Keys(ctx, "", "")
	switch {
	case err != nil:
		return err
	case slices.Contains(names, keyringKey):
		return store.ErrConflict
	case slices.Contains(names, erasingKey):
		return k.finishErasing(ctx)
	case len(names) > 0 && !slices.Equal(names, []string{store.ErasedKey}):
		return fmt.Errorf("%w: it is missing, though there are records", ErrKeyring)
	}
	return nil
}

// newMethod makes a method that wraps nothing yet.
func (k *Keyring) newMethod(kind Kind, params []byte) (method, error) {
	m := method{kind: kind, created: k.env.now().UnixMilli(), params: params}
	_, err := io.ReadFull(k.env.random, m.id[:])
	return m, err
}

// deviceName is where the DeviceKey keeps the key of a device method. It is
// never used twice, so that two tabs making a store do not overwrite each
// other's key.
func (m *method) deviceName() string { return "device-" + hex.EncodeToString(m.id[:]) }

// write stores next, which is sealed, in place of previous (nil: of nothing).
func (k *Keyring) write(ctx context.Context, previous, next *keyring) error {
	expected := store.Expectation{Key: keyringKey}
	if previous != nil {
		expected.Value = previous.encode()
	}
	err := k.backend.Apply(ctx, store.Batch{
		Expect: []store.Expectation{expected},
		Put:    []store.Entry{{Key: keyringKey, Value: next.encode()}},
	})
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stored = next
	return nil
}

func (k *Keyring) snapshot() *keyring {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.stored
}

// Methods lists the unlock methods.
func (k *Keyring) Methods() []Method {
	stored := k.snapshot()
	methods := make([]Method, len(stored.methods))
	for i := range stored.methods {
		methods[i] = stored.methods[i].describe()
	}
	return methods
}

func (m *method) describe() Method {
	d := Method{ID: hex.EncodeToString(m.id[:]), Kind: m.kind, Created: m.created}
	switch m.kind {
	case KindPassphrase:
		if p, ok := parsePassphraseParams(m.params); ok {
			d.Argon2 = &p.cost
		}
	case KindPasskey:
		if p, ok := parsePasskeyParams(m.params); ok {
			d.Passkey = &PasskeyInput{Credential: bytes.Clone(p.Credential), Input: bytes.Clone(p.Input)}
		}
	}
	return d
}

// Protection names the kinds of unlock methods in use, joined by "+":
// "passphrase+recovery". It is "device" while whoever has the disk can read the
// records.
func (k *Keyring) Protection() string {
	present := map[Kind]bool{}
	for _, m := range k.snapshot().methods {
		present[m.kind] = true
	}
	var names []string
	for _, kind := range []Kind{KindDevice, KindPassphrase, KindPasskey, KindRecovery} {
		if present[kind] {
			names = append(names, kind.String())
		}
	}
	return strings.Join(names, "+")
}

// Revision counts the changes of the keyring. A manifest that records it tells
// a keyring that was rolled back.
func (k *Keyring) Revision() uint64 { return k.snapshot().revision }

// Locked reports whether the keys are away.
func (k *Keyring) Locked() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.open == nil
}

// Sealer returns the sealer of records. It returns ErrLocked while locked; after
// Lock every sealer that was handed out returns it too.
func (k *Keyring) Sealer() (store.Sealer, error) { return k.SealerOf(ClassRecords) }

// SealerOf returns the sealer of one class.
func (k *Keyring) SealerOf(class Class) (store.Sealer, error) {
	if _, known := class.purpose(); !known {
		return nil, invalid("there is no such class of values")
	}
	keys, err := k.keys()
	if err != nil {
		return nil, err
	}
	return sealer{ring: k, keys: keys, class: class}, nil
}

func (k *Keyring) keys() (*unlocked, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.open == nil {
		return nil, ErrLocked
	}
	return k.open, nil
}

// seal sets what m makes of the keyring: journal key, secrets and code.
func (next *keyring) seal(random io.Reader, m *master, s secrets) error {
	journal, err := m.journalKey(next.id)
	if err != nil {
		return err
	}
	copy(next.journal[:], journal.PublicKey().Bytes())
	next.secrets, err = s.seal(sealing{random: random, id: next.id, epoch: next.epoch, master: m})
	if err != nil {
		return err
	}
	next.sign(m)
	return nil
}

// sealing is what it takes to seal or open a keyring's secrets.
type sealing struct {
	random io.Reader
	id     storeID
	epoch  epoch
	master *master
}

func (u sealing) associated() []byte {
	data := append([]byte(domain+secretsPurpose), u.id[:]...)
	return binary.BigEndian.AppendUint32(data, uint32(u.epoch))
}
