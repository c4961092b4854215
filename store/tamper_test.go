package store_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal"
)

// everyKind makes a store that has values of every kind, locked, and returns its
// keys' device and how many samples of the journal it will take in.
func everyKind(t testing.TB, backend *mem.Backend) (device *seal.MemoryKeys) {
	t.Helper()
	device = seal.NewMemoryKeys()
	filled(t, backend, device)
	s, keys := mustOpenSealed(t, backend, device)
	compact(t, s, true) // sparse segments
	if err := importAll(s, "third", steps(phone, 7, 8, 9), steps(watch, 7, 8, 9)); err != nil {
		t.Fatal(err)
	}
	saveOne(t, s, 10)
	for n := range 3 {
		ask(t, s, fmt.Sprintf("https://app%d.example", n), store.AuthorizationRequest{Read: types{"stepCount"}})
	}
	for n := range 300 { // three blocks of the log
		s.App(fmt.Sprintf("https://app%d.example", n)).Query(background, query1)
		if n%100 == 99 {
			if err := s.FlushAccessLog(background); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := keys.Add(background, passkey(t)); err != nil {
		t.Fatal(err)
	}
	compact(t, s, false)
	j := store.NewJournal(backend, keys, store.Options{})
	for n := range 2 {
		if err := j.Save(background, portal, []store.Sample{steps(phone, int64(n), int64(n), 1)}); err != nil {
			t.Fatal(err)
		}
	}
	return device
}

// noticed reports whether anything tells that a value was tampered with: the
// keyring, the store, its verification, or that an entry of the journal is gone
// without having been taken in or refused.
func noticed(t testing.TB, backend *mem.Backend, device seal.DeviceKey) bool {
	t.Helper()
	entries, _ := backend.Keys(background, "journal/", "journal0")
	s, keys, err := openSealed(t, backend, device)
	if err != nil {
		return true
	}
	for _, key := range entries {
		value, _ := backend.Get(background, key)
		if _, err := keys.OpenJournal(key, value); err != nil {
			return true
		}
	}
	found, err := s.Verify(background)
	if err != nil {
		t.Fatal(err)
	}
	return found.Damaged > 0 || s.Status().Mended
}

// TestTampering alters, cuts, and puts into another's place every stored value:
// all of it must be noticed.
func TestTampering(t *testing.T) {
	sound := mem.New()
	device := everyKind(t, sound)
	if noticed(t, sound.Clone(), device) {
		t.Fatal("a sound store is reported")
	}
	keys, _ := sound.Keys(background, "", "")
	kinds := map[string]int{}
	for _, key := range keys {
		kinds[strings.SplitN(key, "/", 2)[0]]++
	}
	for _, kind := range []string{"keyring", "head", "epoch", "segment", "index", "app", "orders", "backup", "log", "journal"} {
		if kinds[kind] == 0 {
			t.Fatalf("the store has no %s: %v", kind, kinds)
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	tamper := func(what, key string, value []byte) {
		tampered := sound.Clone()
		tampered.Apply(background, store.Batch{Put: []store.Entry{{Key: key, Value: value}}})
		if !noticed(t, tampered, device) {
			t.Errorf("%s of %s is not noticed", what, key)
		}
	}
	for _, key := range keys {
		value, _ := sound.Get(background, key)
		for range 8 {
			bit := random.IntN(8 * len(value))
			flipped := bytes.Clone(value)
			flipped[bit/8] ^= 1 << (bit % 8)
			tamper(fmt.Sprintf("bit %d", bit), key, flipped)
		}
		tamper("the end", key, value[:random.IntN(len(value))])
		tamper("all", key, nil)
		for range 4 {
			other := keys[random.IntN(len(keys))]
			if other == key {
				continue
			}
			taken, _ := sound.Get(background, other)
			tamper("the value, in the place "+other, key, taken)
		}
	}
}

// TestTamperingWithNeighbours swaps values of one kind, which differ in nothing
// but their keys.
func TestTamperingWithNeighbours(t *testing.T) {
	sound := mem.New()
	device := everyKind(t, sound)
	for _, prefix := range []string{"segment/", "index/", "app/", "log/", "journal/"} {
		keys, _ := sound.Keys(background, prefix, prefix[:len(prefix)-1]+"0")
		if len(keys) < 2 {
			t.Fatalf("there are %d values of %s", len(keys), prefix)
		}
		for at := range len(keys) - 1 {
			a, _ := sound.Get(background, keys[at])
			b, _ := sound.Get(background, keys[at+1])
			swapped := sound.Clone()
			swapped.Apply(background, store.Batch{Put: []store.Entry{{Key: keys[at], Value: b}, {Key: keys[at+1], Value: a}}})
			if !noticed(t, swapped, device) {
				t.Errorf("that %s and %s were swapped is not noticed", keys[at], keys[at+1])
			}
		}
	}
}

// TestTamperingAcrossStores puts the values of one store into another.
func TestTamperingAcrossStores(t *testing.T) {
	one, two := mem.New(), mem.New()
	everyKind(t, one)
	device := everyKind(t, two)
	for _, key := range []string{"head", "epoch", "orders", "backup", "log/0000000000000000"} {
		foreign, err := one.Get(background, key)
		if err != nil {
			t.Fatal(err)
		}
		mixed := two.Clone()
		mixed.Apply(background, store.Batch{Put: []store.Entry{{Key: key, Value: foreign}}})
		if !noticed(t, mixed, device) {
			t.Errorf("another store's %s is not noticed", key)
		}
	}
}

// TestVerify counts what is damaged and missing, also what memory holds sound.
func TestVerify(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	if found, err := s.Verify(background); err != nil || found != (store.Verification{Values: 1}) {
		t.Errorf("a new store: %+v, %v", found, err)
	}
	for n := range 5 {
		importRecords(t, s, record{clinicA, "Condition", fmt.Sprint(n), "", 5})
	}
	query(t, s.Person(), store.Query{Type: store.ConditionRecord})
	before, err := s.Verify(background)
	if err != nil || before != (store.Verification{Values: 12}) {
		t.Errorf("%+v, %v", before, err)
	}
	segments, _ := backend.Keys(background, "segment/", "segment0")
	flip(t, backend, segments[0])
	backend.Apply(background, store.Batch{Delete: []store.Range{{From: segments[1]}}})
	indexes, _ := backend.Keys(background, "index/", "index0")
	flip(t, backend, indexes[0])
	found, err := s.Verify(background)
	if err != nil || found.Damaged != 3 || s.Status().Damaged < 2 || s.Status().Lost < 2 {
		t.Errorf("%+v, %v; status %+v", found, err, s.Status())
	}
}
