package store_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/store/storetest"
)

// anotherPasskey is a second unlock method.
func anotherPasskey(t testing.TB) seal.Secret {
	t.Helper()
	secret, err := seal.Passkey(seal.PasskeyInput{Credential: []byte("two"), Input: make([]byte, 32)}, bytes.Repeat([]byte{8}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// lockedStore fills inner and sets a passkey.
func lockedStore(t testing.TB, inner *mem.Backend) (*seal.MemoryKeys, *model) {
	t.Helper()
	device := seal.NewMemoryKeys()
	m := filled(t, inner, device)
	if err := setPasskey(t, inner, device); err != nil {
		t.Fatal(err)
	}
	return device, m
}

// TestUnlockFaults lets each call of opening and unlocking fail: nothing changes,
// and the error says what failed.
func TestUnlockFaults(t *testing.T) {
	for way, broken := range faulty {
		t.Run(way, func(t *testing.T) {
			sound := mem.New()
			device, m := lockedStore(t, sound)
			last := callsOf(sound, func(b store.Backend) { openSealed(t, b, device) })
			for n := 1; n <= last; n++ {
				inner := sound.Clone()
				_, _, err := openSealed(t, broken(inner, n), device)
				saysWhatFailed(t, n, err)
				s, _ := mustOpenSealed(t, inner, device)
				if d := difference(t, s, m); d != "" {
					t.Fatalf("call %d failed; %s", n, d)
				}
			}
		})
	}
}

// TestMethodFaults lets each call of adding, changing and removing unlock methods
// fail: what was acknowledged to open the store does, and nothing is lost.
func TestMethodFaults(t *testing.T) {
	for way, broken := range faulty {
		t.Run(way, func(t *testing.T) {
			sound := mem.New()
			device, m := lockedStore(t, sound)
			last := callsOf(sound, func(b store.Backend) { changeMethods(t, 0, b, device) })
			for n := 1; n <= last; n++ {
				inner := sound.Clone()
				second, onlySecond := changeMethods(t, n, broken(inner, n), device)
				keys, err := seal.OpenKeyring(background, inner, device)
				if err != nil {
					t.Fatal(err)
				}
				first := keys.Unlock(background, passkey(t))
				other := keys.Unlock(background, anotherPasskey(t))
				if second && other != nil || onlySecond && first == nil || first != nil && other != nil {
					t.Fatalf("call %d failed: the first secret gives %v, the second %v", n, first, other)
				}
				records, err := keys.Sealer()
				if err != nil {
					t.Fatal(err)
				}
				s, err := store.Open(background, inner, records, store.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if d := difference(t, s, m); d != "" {
					t.Fatalf("call %d failed; %s", n, d)
				}
			}
		})
	}
}

// changeMethods adds a second method and removes the first; it reports which of
// the two was acknowledged. The n-th call fails.
func changeMethods(t testing.TB, n int, backend store.Backend, device seal.DeviceKey) (added, removed bool) {
	keys, err := seal.OpenKeyring(background, backend, device)
	if err == nil {
		err = keys.Unlock(background, passkey(t))
	}
	if err == nil {
		_, err = keys.Add(background, anotherPasskey(t))
		added = err == nil
	}
	if err == nil {
		err = keys.Remove(background, keys.Methods()[0].ID)
		removed = err == nil
	}
	saysWhatFailed(t, n, err)
	return added, removed
}

// saysWhatFailed checks an error that a person may see.
func saysWhatFailed(t testing.TB, n int, err error) {
	t.Helper()
	var known *store.Error
	if err != nil && (!errors.As(err, &known) || !strings.Contains(known.Text, " failed")) {
		t.Errorf("call %d: %v does not say what failed", n, err)
	}
}

// callsOf counts the backend calls of a scenario over a copy of a store.
func callsOf(sound *mem.Backend, do func(store.Backend)) int {
	counting := storetest.NewFaulty(sound.Clone(), 0, storetest.BeforeEffect)
	do(counting)
	return counting.Calls()
}

// TestEraseFaults lets each call of an erasure fail: then the store opens whole, or
// as a new one of which nothing is left.
func TestEraseFaults(t *testing.T) {
	for way, broken := range faulty {
		t.Run(way, func(t *testing.T) {
			sound := mem.New()
			device, m := lockedStore(t, sound)
			last := callsOf(sound, func(b store.Backend) { eraseAll(t, 0, b, device) })
			for n := 1; n <= last; n++ {
				inner := sound.Clone()
				erased := eraseAll(t, n, broken(inner, n), device)
				left := leftOf(inner)
				if erased {
					if len(left) > 0 {
						t.Fatalf("call %d: %q are left", n, left)
					}
					continue
				}
				s, _ := mustOpenSealed(t, inner, device)
				if counts, _ := s.Counts(background); len(counts) == 0 {
					if left := leftOf(inner); len(left) > 2 { // a new keyring and epoch
						t.Fatalf("call %d failed; %q are left", n, left)
					}
					continue
				}
				if d := difference(t, s, m); d != "" {
					t.Fatalf("call %d failed; %s", n, d)
				}
			}
		})
	}
}

// leftOf lists the keys that outlive an erasure, beside the one that may.
func leftOf(backend store.Backend) []string {
	keys, _ := backend.Keys(background, "", "")
	return slices.DeleteFunc(keys, func(key string) bool { return key == store.ErasedKey })
}

// eraseAll erases the keys, then the values, and reports whether both succeeded.
func eraseAll(t testing.TB, n int, backend store.Backend, device seal.DeviceKey) bool {
	s, keys, err := openSealed(t, backend, device)
	if err == nil {
		err = keys.Erase(background, "")
	}
	if err == nil {
		err = s.Erase(background)
	}
	saysWhatFailed(t, n, err)
	return err == nil
}
