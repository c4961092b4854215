package store_test

import (
	"bytes"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal"
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
			for n := 1; n < 40; n++ {
				inner := sound.Clone()
				_, _, err := openSealed(t, broken(inner, n), device)
				if err != nil && err.Error() == "" {
					t.Errorf("call %d: an error without a text", n)
				}
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
			for n := 1; n < 30; n++ {
				inner := sound.Clone()
				second, onlySecond := changeMethods(t, broken(inner, n), device)
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
// the two was acknowledged.
func changeMethods(t testing.TB, backend store.Backend, device seal.DeviceKey) (added, removed bool) {
	keys, err := seal.OpenKeyring(background, backend, device)
	if err != nil || keys.Unlock(background, passkey(t)) != nil {
		return false, false
	}
	first := keys.Methods()[0].ID
	if _, err := keys.Add(background, anotherPasskey(t)); err != nil {
		return false, false
	}
	return true, keys.Remove(background, first) == nil
}

// TestEraseFaults lets each call of an erasure fail: then the store opens whole, or
// as a new one of which nothing is left.
func TestEraseFaults(t *testing.T) {
	for way, broken := range faulty {
		t.Run(way, func(t *testing.T) {
			sound := mem.New()
			device, m := lockedStore(t, sound)
			for n := 1; n < 40; n++ {
				inner := sound.Clone()
				erased := false
				if s, keys, err := openSealed(t, broken(inner, n), device); err == nil {
					erased = keys.Erase(background) == nil && s.Erase(background) == nil
				}
				left, _ := inner.Keys(background, "", "")
				if erased {
					if len(left) > 0 {
						t.Fatalf("call %d: %q are left", n, left)
					}
					continue
				}
				s, _ := mustOpenSealed(t, inner, device)
				if counts, _ := s.Counts(background); len(counts) == 0 {
					if left, _ := inner.Keys(background, "", ""); len(left) > 2 { // a new keyring and epoch
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
