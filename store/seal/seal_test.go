package seal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/storetest"
)

// cheap is the least costly passphrase, for tests that unlock often.
var cheap = FloorArgon2

// place is a store on a disk that outlives its keyrings.
type place struct {
	backend *mem.Backend
	device  *MemoryKeys
}

func newPlace() place { return place{mem.New(), NewMemoryKeys()} }

func (p place) open(t *testing.T) *Keyring {
	t.Helper()
	env := realEnvironment()
	env.wait = func(context.Context, time.Duration) error { return nil }
	k, err := openKeyring(t.Context(), p.backend, p.device, env)
	if err != nil {
		t.Fatalf("OpenKeyring: %v", err)
	}
	return k
}

func secretOf(t *testing.T, text string) Secret {
	t.Helper()
	s, err := Passphrase(text, &cheap)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func passkeyOf(t *testing.T, credential string, output byte) Secret {
	t.Helper()
	s, err := Passkey(PasskeyInput{Credential: []byte(credential), Input: bytes.Repeat([]byte{1}, prfSize)}, bytes.Repeat([]byte{output}, prfSize))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func add(t *testing.T, k *Keyring, s Secret) Method {
	t.Helper()
	m, err := k.Add(t.Context(), s)
	if err != nil {
		t.Fatalf("Add: %v", err)
	}
	return m
}

func sealOne(t *testing.T, k *Keyring, value string) []byte {
	t.Helper()
	s, err := k.Sealer()
	if err != nil {
		t.Fatalf("Sealer: %v", err)
	}
	sealed, err := s.Seal(t.Context(), "place", []byte(value))
	if err != nil {
		t.Fatalf("Seal: %v", err)
	}
	return sealed
}

func wantOpens(t *testing.T, k *Keyring, sealed []byte, want string) {
	t.Helper()
	s, err := k.Sealer()
	if err != nil {
		t.Fatalf("Sealer: %v", err)
	}
	if got, err := s.Open(t.Context(), "place", sealed); err != nil || string(got) != want {
		t.Errorf("Open = %q, %v; want %q", got, err, want)
	}
}

func wantUnlock(t *testing.T, k *Keyring, s Secret, want error) {
	t.Helper()
	if err := k.Unlock(t.Context(), s); !errors.Is(err, want) {
		t.Errorf("Unlock = %v, want %v", err, want)
	}
}

func TestSealer(t *testing.T) {
	storetest.TestSealer(t, func(t *testing.T) (one, same, other store.Sealer) {
		here, there := newPlace(), newPlace()
		sealers := make([]store.Sealer, 3)
		for i, p := range []place{here, here, there} {
			var err error
			if sealers[i], err = p.open(t).Sealer(); err != nil {
				t.Fatal(err)
			}
		}
		return sealers[0], sealers[1], sealers[2]
	})
}

// A value of one class never opens as one of another.
func TestClasses(t *testing.T) {
	k := newPlace().open(t)
	sealed := sealOne(t, k, "value")
	metadata, err := k.SealerOf(ClassMetadata)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := metadata.Open(t.Context(), "place", sealed); !errors.Is(err, store.ErrSeal) {
		t.Errorf("another class opens it: %v", err)
	}
	sealed[1] = byte(ClassMetadata) // pretend
	if _, err := metadata.Open(t.Context(), "place", sealed); !errors.Is(err, store.ErrSeal) {
		t.Errorf("another class opens it, once relabelled: %v", err)
	}
	if _, err := k.SealerOf(77); err == nil {
		t.Error("there is a sealer for a class that does not exist")
	}
}

func TestDeviceMethod(t *testing.T) {
	p := newPlace()
	k := p.open(t)
	if k.Locked() || k.Protection() != "device" {
		t.Fatalf("a new store: locked %t, protection %q", k.Locked(), k.Protection())
	}
	sealed := sealOne(t, k, "value")
	wantOpens(t, p.open(t), sealed, "value")
}

func TestMethods(t *testing.T) {
	code, err := NewRecoveryCode(realEnvironment().random)
	if err != nil {
		t.Fatal(err)
	}
	recovery, err := RecoveryCode(code)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := RecoveryCode("0000-0000-0000-0000-0000-0000-0000")
	for _, test := range []struct {
		name         string
		right, wrong Secret
	}{
		{"passphrase", secretOf(t, "correct horse"), secretOf(t, "correct horsf")},
		{"recovery", recovery, other},
		{"passkey", passkeyOf(t, "id", 1), passkeyOf(t, "id", 2)},
		{"another passkey", passkeyOf(t, "id", 1), passkeyOf(t, "ID", 1)},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace()
			k := p.open(t)
			before := sealOne(t, k, "before")
			m := add(t, k, test.right)
			if m.Kind != test.right.Kind() || k.Protection() != m.Kind.String() {
				t.Errorf("the method is %+v, protection %q", m, k.Protection())
			}
			after := sealOne(t, k, "after")
			wantOpens(t, k, before, "before")

			again := p.open(t)
			if !again.Locked() {
				t.Fatal("the store opens without its method")
			}
			if _, err := again.Sealer(); !errors.Is(err, ErrLocked) {
				t.Errorf("Sealer while locked: %v", err)
			}
			wantUnlock(t, again, test.wrong, ErrWrongSecret)
			wantUnlock(t, again, test.right, nil)
			wantOpens(t, again, before, "before")
			wantOpens(t, again, after, "after")
		})
	}
}

// Once the first method is set, nothing that the device kept opens anything.
func TestFirstMethodDestroysTheDeviceKey(t *testing.T) {
	p := newPlace()
	k := p.open(t)
	traces := place{p.backend.Clone(), NewMemoryKeys()} // what a disk may still show
	for name, key := range p.device.keys {
		traces.device.keys[name] = bytes.Clone(key)
	}
	add(t, k, secretOf(t, "passphrase"))
	if names, _ := p.device.Names(t.Context()); len(names) != 0 {
		t.Errorf("the device keeps %d keys", len(names))
	}
	sealed := sealOne(t, k, "new value")
	old, err := traces.open(t).Sealer()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.Open(t.Context(), "place", sealed); !errors.Is(err, store.ErrSeal) {
		t.Errorf("the traces of the device's key open a later value: %v", err)
	}
}

func TestIdentityOutlivesEpochs(t *testing.T) {
	k := newPlace().open(t)
	identify := func() string {
		s, err := k.Sealer()
		if err != nil {
			t.Fatal(err)
		}
		identity, err := s.Identify(t.Context(), "label")
		if err != nil {
			t.Fatal(err)
		}
		return string(identity)
	}
	before := identify()
	add(t, k, secretOf(t, "passphrase"))
	if identify() != before {
		t.Error("an identity changed with the epoch")
	}
	k.Lock()
	wantUnlock(t, k, secretOf(t, "passphrase"), nil)
	if identify() != before {
		t.Error("an identity changed with unlocking")
	}
}

func TestDropRetired(t *testing.T) {
	k := newPlace().open(t)
	old := sealOne(t, k, "old")
	add(t, k, secretOf(t, "passphrase"))
	fresh := sealOne(t, k, "fresh")
	if k.Current(old) || !k.Current(fresh) || k.Current(nil) {
		t.Errorf("Current: old %t, fresh %t", k.Current(old), k.Current(fresh))
	}
	if err := k.DropRetired(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantOpens(t, k, fresh, "fresh")
	s, _ := k.Sealer()
	if _, err := s.Open(t.Context(), "place", old); !errors.Is(err, store.ErrSeal) {
		t.Errorf("a value of a dropped epoch opens: %v", err)
	}
}

func TestChange(t *testing.T) {
	p := newPlace()
	k := p.open(t)
	m := add(t, k, secretOf(t, "old"))
	sealed := sealOne(t, k, "value")
	changed, err := k.Change(t.Context(), m.ID, secretOf(t, "new"))
	if err != nil || changed.ID == m.ID {
		t.Fatalf("Change = %+v, %v", changed, err)
	}
	again := p.open(t)
	wantUnlock(t, again, secretOf(t, "old"), ErrWrongSecret)
	wantUnlock(t, again, secretOf(t, "new"), nil)
	wantOpens(t, again, sealed, "value")
	if _, err := k.Change(t.Context(), m.ID, secretOf(t, "x")); !errors.Is(err, ErrNoMethod) {
		t.Errorf("Change of a former method: %v", err)
	}
}

func TestRaisedCost(t *testing.T) {
	k := newPlace().open(t)
	m := add(t, k, secretOf(t, "passphrase"))
	dearer := Argon2{MemoryKiB: FloorArgon2.MemoryKiB + 1024, Passes: 3, Lanes: 1}
	raised, err := Passphrase("passphrase", &dearer)
	if err != nil {
		t.Fatal(err)
	}
	if m, err = k.Change(t.Context(), m.ID, raised); err != nil || *m.Argon2 != dearer {
		t.Fatalf("Change = %+v, %v", m, err)
	}
	wantUnlock(t, k, secretOf(t, "passphrase"), nil) // the stored cost counts
}

func TestRemove(t *testing.T) {
	p := newPlace()
	k := p.open(t)
	if err := k.Remove(t.Context(), k.Methods()[0].ID); !errors.Is(err, ErrLastMethod) {
		t.Errorf("Remove of the device's key: %v", err)
	}
	first := add(t, k, secretOf(t, "first"))
	second := add(t, k, passkeyOf(t, "id", 1))
	if got := k.Protection(); got != "passphrase+passkey" {
		t.Errorf("Protection = %q", got)
	}
	if err := k.Remove(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	if err := k.Remove(t.Context(), second.ID); !errors.Is(err, ErrLastMethod) {
		t.Errorf("Remove of the last method: %v", err)
	}
	again := p.open(t)
	wantUnlock(t, again, secretOf(t, "first"), ErrWrongSecret)
	wantUnlock(t, again, passkeyOf(t, "id", 1), nil)
}

func TestTooManyMethods(t *testing.T) {
	k := newPlace().open(t)
	for i := range maxMethods {
		add(t, k, passkeyOf(t, "id", byte(i)))
	}
	if _, err := k.Add(t.Context(), passkeyOf(t, "id", 99)); !errors.Is(err, ErrTooMany) {
		t.Errorf("Add = %v, want ErrTooMany", err)
	}
}

func TestLock(t *testing.T) {
	k := newPlace().open(t)
	add(t, k, secretOf(t, "passphrase"))
	s, err := k.Sealer()
	if err != nil {
		t.Fatal(err)
	}
	sealed := sealOne(t, k, "value")
	k.Lock()
	k.Lock()
	_, sealErr := s.Seal(t.Context(), "place", nil)
	_, openErr := s.Open(t.Context(), "place", sealed)
	_, identifyErr := s.Identify(t.Context(), "label")
	_, addErr := k.Add(t.Context(), secretOf(t, "x"))
	_, changeErr := k.Change(t.Context(), k.Methods()[0].ID, secretOf(t, "x"))
	for name, err := range map[string]error{
		"Seal": sealErr, "Open": openErr, "Identify": identifyErr, "Add": addErr, "Change": changeErr,
		"Remove": k.Remove(t.Context(), k.Methods()[0].ID), "DropRetired": k.DropRetired(t.Context()),
	} {
		if !errors.Is(err, ErrLocked) {
			t.Errorf("%s while locked: %v, want ErrLocked", name, err)
		}
	}
	wantUnlock(t, k, secretOf(t, "passphrase"), nil)
	wantOpens(t, k, sealed, "value")
}

func TestTabs(t *testing.T) {
	p := newPlace()
	one, two := p.open(t), p.open(t)
	add(t, one, secretOf(t, "passphrase"))
	if _, err := two.Add(t.Context(), secretOf(t, "other")); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Add behind another tab's back: %v, want ErrConflict", err)
	}
	if err := two.Reload(t.Context()); err != nil || !two.Locked() {
		t.Errorf("Reload = %v, locked %t; a new epoch locks", err, two.Locked())
	}
	wantUnlock(t, two, secretOf(t, "passphrase"), nil)
	added := add(t, two, passkeyOf(t, "id", 1))
	if err := one.Reload(t.Context()); err != nil || one.Locked() {
		t.Errorf("Reload = %v, locked %t; a further method locks nobody", err, one.Locked())
	}
	if err := one.Remove(t.Context(), added.ID); err != nil {
		t.Errorf("Remove after Reload: %v", err)
	}
}

// Two tabs that open a new store at once end with one keyring, whichever call of
// the slower one the other comes before.
func TestTwoTabsCreate(t *testing.T) {
	for _, call := range []string{"Get", "Keys", "Apply"} {
		p := newPlace()
		late := &lateBackend{Backend: p.backend, call: call}
		late.before = func() { p.open(t) }
		k, err := OpenKeyring(t.Context(), late, p.device)
		if err != nil || late.before != nil {
			t.Fatalf("before %s: %v", call, err)
		}
		wantOpens(t, p.open(t), sealOne(t, k, "value"), "value")
		if names, _ := p.device.Names(t.Context()); len(names) != 1 {
			t.Errorf("before %s: %d device keys remain, want 1", call, len(names))
		}
	}
}

// lateBackend lets something happen before its first call of a name.
type lateBackend struct {
	*mem.Backend
	call   string
	before func()
}

func (l *lateBackend) begin(call string) {
	if before := l.before; before != nil && call == l.call {
		l.before = nil
		before()
	}
}

func (l *lateBackend) Get(ctx context.Context, key string) ([]byte, error) {
	l.begin("Get")
	return l.Backend.Get(ctx, key)
}

func (l *lateBackend) Keys(ctx context.Context, from, to string) ([]string, error) {
	l.begin("Keys")
	return l.Backend.Keys(ctx, from, to)
}

func (l *lateBackend) Apply(ctx context.Context, batch store.Batch) error {
	l.begin("Apply")
	return l.Backend.Apply(ctx, batch)
}

func TestErase(t *testing.T) {
	p := newPlace()
	k := p.open(t)
	if err := k.Erase(t.Context(), "which store"); err != nil {
		t.Fatal(err)
	}
	names, _ := p.device.Names(t.Context())
	if _, err := p.backend.Get(t.Context(), keyringKey); !errors.Is(err, store.ErrNotFound) || len(names) != 0 || !k.Locked() {
		t.Errorf("after Erase: keyring %v, %d device keys, locked %t", err, len(names), k.Locked())
	}
	k = p.open(t) // as after a crash
	mark, err := p.backend.Get(t.Context(), store.ErasedKey)
	if err != nil || string(mark) != "which store" || k.Locked() {
		t.Errorf("a new store knows of %q, %v, locked %t", mark, err, k.Locked())
	}
}

// A tab that begins a new store while another erases the old one keeps it, with its
// key and its first values.
func TestEraseBesideANewStore(t *testing.T) {
	for _, moment := range []string{"Destroy", "Get"} {
		p := newPlace()
		p.open(t)
		late := &lateBackend{Backend: p.backend, call: moment}
		k, err := OpenKeyring(t.Context(), late, lateKeys{p.device, late})
		if err != nil {
			t.Fatal(err)
		}
		late.before = func() {
			fresh := p.open(t)
			batch := store.Batch{Put: []store.Entry{{Key: "value", Value: sealOne(t, fresh, "first")}}}
			if err := p.backend.Apply(t.Context(), batch); err != nil {
				t.Error(err)
			}
		}
		if err := k.Erase(t.Context(), ""); err != nil || late.before != nil {
			t.Fatalf("before %s: %v", moment, err)
		}
		value, err := p.backend.Get(t.Context(), "value")
		if err != nil {
			t.Fatalf("before %s: %v", moment, err)
		}
		wantOpens(t, p.open(t), value, "first")
	}
}

// lateKeys is lateBackend for the calls by which a device's keys are destroyed.
type lateKeys struct {
	*MemoryKeys
	late *lateBackend
}

func (l lateKeys) Names(ctx context.Context) ([]string, error) {
	l.late.begin("Destroy")
	return l.MemoryKeys.Names(ctx)
}

func (l lateKeys) Destroy(ctx context.Context, name string) error {
	l.late.begin("Destroy")
	return l.MemoryKeys.Destroy(ctx, name)
}

func TestLostKeys(t *testing.T) {
	t.Run("keyring", func(t *testing.T) {
		p := newPlace()
		p.open(t)
		batch := store.Batch{Delete: []store.Range{{From: keyringKey}}, Put: []store.Entry{{Key: "segment", Value: []byte{1}}}}
		if err := p.backend.Apply(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		wantKeyringError(t, p)
	})
	t.Run("device", func(t *testing.T) {
		p := newPlace()
		p.open(t)
		p.device = NewMemoryKeys()
		wantKeyringError(t, p)
	})
	t.Run("other device", func(t *testing.T) {
		p := newPlace()
		p.open(t)
		for name := range p.device.keys {
			p.device.Create(t.Context(), name)
		}
		wantKeyringError(t, p)
	})
}

func wantKeyringError(t *testing.T, p place) {
	t.Helper()
	before := p.backend.Clone()
	_, err := OpenKeyring(t.Context(), p.backend, p.device)
	var typed *store.Error
	if !errors.Is(err, ErrKeyring) || !errors.As(err, &typed) || typed.Code != store.CodeCorruptStore {
		t.Errorf("OpenKeyring = %v, want ErrKeyring", err)
	}
	was, _ := before.Keys(t.Context(), "", "")
	is, _ := p.backend.Keys(t.Context(), "", "")
	if len(was) != len(is) {
		t.Errorf("OpenKeyring changed a damaged store: %q became %q", was, is)
	}
}

// Every bit of a stored keyring counts: altered, it does not unlock, whoever
// knows the passphrase.
func TestAlteredKeyring(t *testing.T) {
	p := newPlace()
	k := p.open(t)
	key := passkeyOf(t, "id", 1)
	add(t, k, key)
	add(t, k, passkeyOf(t, "another", 2))
	stored, err := p.backend.Get(t.Context(), keyringKey)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(stored) * 8 {
		altered := place{mem.New(), NewMemoryKeys()}
		value := bytes.Clone(stored)
		value[bit/8] ^= 1 << (bit % 8)
		if err := altered.backend.Apply(t.Context(), store.Batch{Put: []store.Entry{{Key: keyringKey, Value: value}}}); err != nil {
			t.Fatal(err)
		}
		k, err := OpenKeyring(t.Context(), altered.backend, altered.device)
		if err == nil {
			err = k.Unlock(t.Context(), key)
		}
		if !errors.Is(err, ErrKeyring) && !errors.Is(err, ErrWrongSecret) {
			t.Fatalf("bit %d of %d flipped: %v", bit, len(stored)*8, err)
		}
	}
}

// Every call of the Backend fails once while a first method is set: afterwards
// the store opens, by the device or by the method, and shows its values.
func TestFaults(t *testing.T) {
	for _, when := range []storetest.When{storetest.BeforeEffect, storetest.AfterEffect} {
		for n := 1; ; n++ {
			p := newPlace()
			faulty := storetest.NewFaulty(p.backend, n, when)
			sealed := scenario(t, faulty, p.device)
			if !faulty.Reached() {
				break
			}
			if sealed == nil {
				continue // nothing was acknowledged
			}
			k := p.open(t)
			if k.Locked() {
				wantUnlock(t, k, passkeyOf(t, "id", 1), nil)
			}
			wantOpens(t, k, sealed, "value")
		}
	}
}

// scenario makes a store, seals a value, and sets the first method.
func scenario(t *testing.T, b store.Backend, d DeviceKey) []byte {
	k, err := OpenKeyring(t.Context(), b, d)
	if err != nil {
		return nil
	}
	sealed := sealOne(t, k, "value")
	_, _ = k.Add(t.Context(), passkeyOf(t, "id", 1))
	return sealed
}

func TestPenalty(t *testing.T) {
	p := newPlace()
	k := p.open(t)
	add(t, k, passkeyOf(t, "id", 1))
	var waits []time.Duration
	k.env.wait = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
	for range 12 {
		wantUnlock(t, k, passkeyOf(t, "id", 2), ErrWrongSecret)
	}
	want := []time.Duration{0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30, 30}
	for i, d := range waits {
		if d != want[i]*time.Second {
			t.Errorf("attempt %d waits %v, want %v s", i+1, d, int(want[i]))
		}
	}
	wantUnlock(t, k, passkeyOf(t, "id", 1), nil)
	if k.penalty() != 0 {
		t.Error("the right secret does not end the wait")
	}
}

func TestBadSecrets(t *testing.T) {
	long := make([]byte, maxCredential+1)
	input := make([]byte, prfSize)
	for name, make := range map[string]func() (Secret, error){
		"empty passphrase":   func() (Secret, error) { return Passphrase("", nil) },
		"little memory":      func() (Secret, error) { return Passphrase("p", &Argon2{FloorArgon2.MemoryKiB - 1, 2, 1}) },
		"one pass":           func() (Secret, error) { return Passphrase("p", &Argon2{64 << 10, 1, 1}) },
		"no lane":            func() (Secret, error) { return Passphrase("p", &Argon2{64 << 10, 3, 0}) },
		"much memory":        func() (Secret, error) { return Passphrase("p", &Argon2{16 << 20, 3, 1}) },
		"no credential":      func() (Secret, error) { return Passkey(PasskeyInput{nil, input}, input) },
		"long credential":    func() (Secret, error) { return Passkey(PasskeyInput{long, input}, input) },
		"short passkey":      func() (Secret, error) { return Passkey(PasskeyInput{[]byte{1}, input}, input[1:]) },
		"short passkey prf":  func() (Secret, error) { return Passkey(PasskeyInput{[]byte{1}, input[1:]}, input) },
		"empty recovery":     func() (Secret, error) { return RecoveryCode("") },
		"recovery cut short": func() (Secret, error) { return RecoveryCode("0000-0000-0000-0000-0000-0000-000") },
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestJournal(t *testing.T) {
	p := newPlace()
	k := p.open(t)
	early, err := k.SealJournal("j/1", []byte("early"))
	if err != nil {
		t.Fatal(err)
	}
	add(t, k, secretOf(t, "passphrase"))
	locked := p.open(t)
	entry, err := locked.SealJournal("j/2", []byte("while locked"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := locked.OpenJournal("j/2", entry); !errors.Is(err, ErrLocked) {
		t.Errorf("OpenJournal while locked: %v", err)
	}
	wantUnlock(t, locked, secretOf(t, "passphrase"), nil)
	for place, want := range map[string]struct{ entry, plaintext string }{
		"j/1": {string(early), "early"}, "j/2": {string(entry), "while locked"},
	} {
		got, err := locked.OpenJournal(place, []byte(want.entry))
		if err != nil || string(got) != want.plaintext {
			t.Errorf("OpenJournal of %s = %q, %v", place, got, err)
		}
	}
	wantBadJournal(t, locked, "j/3", entry)
	for i := range entry {
		altered := bytes.Clone(entry)
		altered[i] ^= 1
		wantBadJournal(t, locked, "j/2", altered)
		wantBadJournal(t, locked, "j/2", entry[:i])
	}
}

func wantBadJournal(t *testing.T, k *Keyring, place string, entry []byte) {
	t.Helper()
	if _, err := k.OpenJournal(place, entry); !errors.Is(err, store.ErrSeal) {
		t.Errorf("OpenJournal of an altered entry: %v, want ErrSeal", err)
	}
}

// fixed is randomness that repeats, for test vectors.
func fixed() io.Reader { return rand.NewChaCha8([32]byte{1}) }
