package store_test

import (
	"bytes"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/store/storetest"
)

// passkey is an unlock method that costs no time.
func passkey(t testing.TB) seal.Secret {
	t.Helper()
	secret, err := seal.Passkey(seal.PasskeyInput{Credential: []byte("one"), Input: make([]byte, 32)}, bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// openSealed opens a store with a real keyring, and unlocks it by the passkey
// where there is one.
func openSealed(t testing.TB, backend store.Backend, device seal.DeviceKey) (*store.Store, *seal.Keyring, error) {
	t.Helper()
	keys, err := seal.OpenKeyring(background, backend, device)
	if err != nil {
		return nil, nil, err
	}
	if keys.Locked() {
		if err := keys.Unlock(background, passkey(t)); err != nil {
			return nil, nil, err
		}
	}
	records, err := keys.Sealer()
	if err != nil {
		return nil, nil, err
	}
	metadata, err := keys.SealerOf(seal.ClassMetadata)
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(background, backend, records, store.Options{
		SegmentSize: 512, Permissions: metadata,
	})
	return s, keys, err
}

func mustOpenSealed(t testing.TB, backend store.Backend, device seal.DeviceKey) (*store.Store, *seal.Keyring) {
	t.Helper()
	s, keys, err := openSealed(t, backend, device)
	if err != nil {
		t.Fatal(err)
	}
	return s, keys
}

// filled makes a store of every kind of value, with what it then holds.
func filled(t testing.TB, backend store.Backend, device seal.DeviceKey) *model {
	t.Helper()
	s, _ := mustOpenSealed(t, backend, device)
	m := newModel()
	for _, text := range []string{"first", "second"} {
		if err := importAll(s, text, steps(phone, 1, 2, 3), steps(phone, 2, 3, 4)); err != nil {
			t.Fatal(err)
		}
		modelAll(m, text, steps(phone, 1, 2, 3), steps(phone, 2, 3, 4))
	}
	ask(t, s, portal, store.AuthorizationRequest{Read: types{"stepCount"}})
	answer(t, s, portal, store.AuthorizationRequest{Read: types{"stepCount"}}, store.Answer{Read: types{"stepCount"}})
	if err := s.SetSourceOrder(background, "stepCount", []string{watch.ID}); err != nil {
		t.Fatal(err)
	}
	if err := s.NoteBackup(background, 7, 1000); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestNewKey sets the first unlock method of an older store. After a compaction
// no value is sealed under the key that lay on the disk, and that key is gone.
func TestNewKey(t *testing.T) {
	backend, device := mem.New(), seal.NewMemoryKeys()
	m := filled(t, backend, device)
	s, keys := mustOpenSealed(t, backend, device)
	if _, err := keys.Add(background, passkey(t)); err != nil {
		t.Fatal(err)
	}
	if stale(t, backend, keys) == 0 {
		t.Fatal("nothing is to be sealed anew")
	}
	result := compact(t, s, false)
	if !result.Dropped || result.Resealed == 0 || stale(t, backend, keys) != 0 {
		t.Errorf("%+v; %d values are as before", result, stale(t, backend, keys))
	}
	if again := compact(t, s, false); again != (store.Compacted{}) {
		t.Errorf("a second compaction did %+v", again)
	}
	s, _ = mustOpenSealed(t, backend, device)
	if d := difference(t, s, m); d != "" {
		t.Error(d)
	}
	if got := query(t, s.App(portal), store.Query{Type: "stepCount"}); len(got) != 2 {
		t.Errorf("the app reads %d samples: its grant is lost", len(got))
	}
	if got := backupState(t, s); got != (store.BackupState{Made: 7}) {
		t.Errorf("the last backup is %+v", got)
	}
}

// TestNewKeyAlone is TestNewKey for a store in which nothing is to be rewritten.
func TestNewKeyAlone(t *testing.T) {
	backend, device := mem.New(), seal.NewMemoryKeys()
	s, keys := mustOpenSealed(t, backend, device)
	importSamples(t, s, steps(phone, 1, 2, 3))
	if _, err := keys.Add(background, passkey(t)); err != nil {
		t.Fatal(err)
	}
	if result := compact(t, s, false); !result.Dropped || stale(t, backend, keys) != 0 {
		t.Errorf("%+v; %d values are as before", result, stale(t, backend, keys))
	}
}

// stale counts the values that a former key had sealed.
func stale(t testing.TB, backend store.Backend, keys *seal.Keyring) int {
	t.Helper()
	count := 0
	err := backend.Scan(background, "", "", func(key string, value []byte) error {
		if key != "keyring" && !keys.Current(value) {
			count++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// TestNewKeyFaults lets each call of setting the first unlock method and of the
// compaction after it fail. The store must open whole each time, and the next
// compaction must come to the end.
func TestNewKeyFaults(t *testing.T) {
	last := calls(t)
	for way, broken := range faulty {
		t.Run(way, func(t *testing.T) {
			for n := 1; n <= last; n++ {
				newKeyFault(t, broken, n)
			}
		})
	}
}

// calls returns how many calls it takes to set the first unlock method.
func calls(t *testing.T) int {
	device := seal.NewMemoryKeys()
	counting := storetest.NewFaulty(mem.New(), 0, storetest.BeforeEffect)
	filled(t, counting.Backend, device)
	if err := setPasskey(t, counting, device); err != nil {
		t.Fatal(err)
	}
	return counting.Calls()
}

func newKeyFault(t *testing.T, broken func(*mem.Backend, int) store.Backend, n int) {
	inner, device := mem.New(), seal.NewMemoryKeys()
	m := filled(t, inner, device)
	saysWhatFailed(t, n, setPasskey(t, broken(inner, n), device)) // some faults are made up for
	s, keys := mustOpenSealed(t, inner, device)
	if d := difference(t, s, m); d != "" {
		t.Fatalf("call %d failed; %s", n, d)
	}
	if keys.Protection() == "device" {
		if _, err := keys.Add(background, passkey(t)); err != nil {
			t.Fatal(err)
		}
	}
	compact(t, s, false)
	if left := stale(t, inner, keys); left != 0 {
		t.Fatalf("call %d failed; %d values are under the former key", n, left)
	}
	if d := difference(t, s, m); d != "" {
		t.Fatalf("call %d failed; after compaction %s", n, d)
	}
}

func setPasskey(t testing.TB, backend store.Backend, device seal.DeviceKey) error {
	s, keys, err := openSealed(t, backend, device)
	if err != nil {
		return err
	}
	if _, err := keys.Add(background, passkey(t)); err != nil {
		return err
	}
	_, err = s.Compact(background, false)
	return err
}

// TestNewKeyFencesTabs shows that a tab which knows only the former key can't
// commit once the others have begun to seal anew.
func TestNewKeyFencesTabs(t *testing.T) {
	backend, device := mem.New(), seal.NewMemoryKeys()
	filled(t, backend, device)
	old, _ := mustOpenSealed(t, backend, device)
	s, keys := mustOpenSealed(t, backend, device)
	if _, err := keys.Add(background, passkey(t)); err != nil {
		t.Fatal(err)
	}
	compact(t, s, false)
	_, err := old.Person().Save(background, []store.Sample{steps(phone, 1, 1, 1)})
	wantCode(t, err, store.CodeDatabaseInaccessible)
	if left := stale(t, backend, keys); left != 0 {
		t.Errorf("%d values under the former key", left)
	}
}
