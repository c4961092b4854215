package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal"
)

// lockable is a store with a passkey and a journal.
type lockable struct {
	backend store.Backend
	device  *seal.MemoryKeys
	now     clock
	kept    *store.Canary
}

// newLockable sets one up in inner and grants an app to share steps, and to share
// no heart rate.
func newLockable(t testing.TB, inner *mem.Backend) *lockable {
	t.Helper()
	l := &lockable{backend: inner, device: seal.NewMemoryKeys(), now: 1000}
	keys, err := seal.OpenKeyring(background, inner, l.device)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Add(background, passkey(t)); err != nil {
		t.Fatal(err)
	}
	s, err := l.unlock(t)
	if err != nil {
		t.Fatal(err)
	}
	request := store.AuthorizationRequest{ToShare: types{"stepCount", "heartRate"}}
	decide(t, s, request, store.Answer{Share: types{"stepCount"}})
	compact(t, s, false)
	return l
}

// unlock opens the store with the keys, and takes in the journal as far as it goes.
func (l *lockable) unlock(t testing.TB) (*store.Store, error) {
	keys, err := seal.OpenKeyring(background, l.backend, l.device)
	if err != nil {
		return nil, err
	}
	if err := keys.Unlock(background, passkey(t)); err != nil {
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
	options := store.Options{Permissions: metadata, Journal: keys, Now: l.now.now, Canary: l.kept}
	s, err := store.Open(background, l.backend, records, options)
	if err == nil {
		_ = s.MergeJournal(background)
	}
	return s, err
}

// journal opens what a locked store has.
func (l *lockable) journal(t testing.TB) *store.Journal {
	t.Helper()
	keys, err := seal.OpenKeyring(background, l.backend, l.device)
	if err != nil {
		t.Fatal(err)
	}
	if !keys.Locked() {
		t.Fatal("the store is not locked")
	}
	return store.NewJournal(l.backend, keys, store.Options{Now: l.now.now})
}

func mustUnlock(t testing.TB, l *lockable) *store.Store {
	t.Helper()
	s, err := l.unlock(t)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestJournal saves while locked and unlocks.
func TestJournal(t *testing.T) {
	inner := mem.New()
	l := newLockable(t, inner)
	j := l.journal(t)
	for n, samples := range [][]store.Sample{
		{steps(phone, 1, 1, 1), synced("x", 1, 2)},
		{synced("x", 2, 2)},               // replaces the one above
		{rate(70)},                        // which the app may not write
		{steps(phone, 5, 5, 5), rate(70)}, // all of it or nothing
	} {
		l.now = clock(2000 + n)
		if err := j.Save(background, portal, samples); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Save(background, "https://never.example", []store.Sample{steps(phone, 8, 8, 8)}); err != nil {
		t.Fatal(err)
	}
	l.now = 9000
	s := mustUnlock(t, l)
	got := query(t, s.Person(), store.Query{Type: "stepCount"})
	if ids := fmt.Sprint(idsOf(got)); ids != "[2+0=1 1+0=1]" || got[0].SyncVersion != 2 {
		t.Errorf("merged: %s", ids)
	}
	for _, sample := range got {
		if sample.Source.ID != "origin:"+portal || sample.Source.Name != "Portal" || sample.DateAdded != 2000 && sample.DateAdded != 2001 {
			t.Errorf("a merged sample is %+v", sample)
		}
	}
	if rates := query(t, s.Person(), store.Query{Type: "heartRate"}); len(rates) != 0 {
		t.Errorf("%d samples that the app may not write", len(rates))
	}
	want := map[string]int{portal + " stepCount true": 3, portal + " stepCount false": 0, portal + " heartRate false": 0, "https://never.example stepCount false": 0}
	for _, line := range accessLog(t, s) {
		key := fmt.Sprint(line.Origin, " ", line.Type, " ", line.Allowed)
		if count, ok := want[key]; !ok || count != line.Count || line.Operation != store.AccessSave {
			t.Errorf("the log says %+v", line)
		}
		delete(want, key)
	}
	if len(want) != 0 {
		t.Errorf("the log lacks %v", want)
	}
	if keys, _ := inner.Keys(background, "journal/", "journal0"); len(keys) != 0 || s.Status().Waiting != 0 {
		t.Errorf("%d entries are left", len(keys))
	}
	if again := query(t, mustUnlock(t, l).Person(), store.Query{Type: "stepCount"}); len(again) != 2 {
		t.Errorf("after another unlocking there are %d", len(again))
	}
}

// TestJournalThroughClient saves through a store that was locked.
func TestJournalThroughClient(t *testing.T) {
	l := newLockable(t, mem.New())
	s := mustUnlock(t, l)
	s.Lock()
	if uuids, err := s.App(portal).Save(background, []store.Sample{steps(phone, 1, 1, 1)}); err != nil || len(uuids) != 0 {
		t.Errorf("%v, %v", uuids, err)
	}
	_, err := s.Person().Save(background, []store.Sample{steps(phone, 1, 1, 1)})
	wantCode(t, err, store.CodeDatabaseInaccessible)
	if got := query(t, mustUnlock(t, l).Person(), query1); len(got) != 1 {
		t.Errorf("%d samples", len(got))
	}
}

// TestJournalIsSealed looks for what was saved in the stored bytes.
func TestJournalIsSealed(t *testing.T) {
	inner := mem.New()
	j := newLockable(t, inner).journal(t)
	sizes := map[int]bool{}
	for _, count := range []int{1, 2, 5} {
		var samples []store.Sample
		for n := range count {
			samples = append(samples, steps(phone, int64(n), int64(n), 1))
		}
		if err := j.Save(background, portal, samples); err != nil {
			t.Fatal(err)
		}
	}
	inner.Scan(background, "", "", func(key string, value []byte) error {
		for _, mark := range []string{"portal", "stepCount", "Phone"} {
			if strings.Contains(key+string(value), mark) {
				t.Errorf("the value of %s shows %q", key, mark)
			}
		}
		if strings.HasPrefix(key, "journal/") {
			sizes[len(value)] = true
		}
		return nil
	})
	if len(sizes) != 1 {
		t.Errorf("the sizes of small entries differ: %v", sizes)
	}
}

// TestJournalBounds fills the journal.
func TestJournalBounds(t *testing.T) {
	l := newLockable(t, mem.New())
	j := l.journal(t)
	many := func(count int) []store.Sample {
		samples := make([]store.Sample, count)
		for n := range samples {
			samples[n] = steps(phone, int64(n), int64(n), 1)
		}
		return samples
	}
	for name, test := range map[string]struct {
		origin  string
		samples []store.Sample
		want    store.Code
	}{
		"nothing":              {portal, nil, store.CodeInvalidArgument},
		"too many":             {portal, many(10_001), store.CodeInvalidArgument},
		"too much":             {portal, many(10_000), store.CodeDataSizeExceeded},
		"no origin":            {"null", many(1), store.CodeHealthDataRestricted},
		"a type not to save":   {portal, []store.Sample{{Type: store.ConditionRecord}}, store.CodeInvalidArgument},
		"a unit that fits not": {portal, []store.Sample{func() store.Sample { s := steps(phone, 1, 1, 1); s.Unit = "km"; return s }()}, store.CodeInvalidArgument},
	} {
		if err := j.Save(background, test.origin, test.samples); codeOf(t, err) != test.want {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
	large := many(4000)
	fill := func(origin string) (saves int) {
		for ; ; saves++ {
			if err := j.Save(background, origin, large); err != nil {
				wantCode(t, err, store.CodeDataSizeExceeded)
				return saves
			}
		}
	}
	first := fill(portal)
	if first == 0 {
		t.Fatal("a save of middle size is too much")
	}
	if second := fill("https://another.example"); second != first {
		t.Errorf("one origin saves %d times, another %d: it took the other's room", first, second)
	}
	for n := range 10 {
		fill(fmt.Sprintf("https://app%d.example", n))
	}
	if err := l.journal(t).Save(background, "https://late.example", large); codeOf(t, err) != store.CodeDataSizeExceeded {
		t.Errorf("beyond the bound of all: %v", err)
	}
}

// TestJournalDamage drops what does not open, and moves nothing.
func TestJournalDamage(t *testing.T) {
	inner := mem.New()
	l := newLockable(t, inner)
	j := l.journal(t)
	for n := range 3 {
		if err := j.Save(background, portal, []store.Sample{steps(phone, int64(n), int64(n), 1)}); err != nil {
			t.Fatal(err)
		}
	}
	keys, _ := inner.Keys(background, "journal/", "journal0")
	flip(t, inner, keys[0])
	moved, _ := inner.Get(background, keys[1])
	inner.Apply(background, store.Batch{Put: []store.Entry{{Key: "journal/copied", Value: moved}}})
	s := mustUnlock(t, l)
	if got := query(t, s.Person(), query1); len(got) != 2 || s.Status().Waiting != 0 {
		t.Errorf("%d samples, want 2; %+v", len(got), s.Status())
	}
	if keys, _ := inner.Keys(background, "journal/", "journal0"); len(keys) != 0 {
		t.Errorf("%q are left", keys)
	}
}

// TestJournalFaults lets each call of a save while locked and of the unlocking
// fail: what was acknowledged is there exactly once, and nothing twice.
func TestJournalFaults(t *testing.T) {
	for way, broken := range faulty {
		t.Run(way, func(t *testing.T) {
			sound := mem.New()
			origin := newLockable(t, sound)
			for n := 1; n < 60; n++ {
				inner := sound.Clone()
				l := &lockable{backend: inner, device: origin.device, now: 5000}
				saved, failed := 0, 0
				l.backend = broken(inner, n)
				unreliable := store.NewJournal(l.backend, sealerOf(t, inner, l.device), store.Options{})
				for range 2 {
					if err := unreliable.Save(background, portal, []store.Sample{steps(phone, 1, 1, 1)}); err == nil {
						saved++
					} else {
						failed++
						codeOf(t, err)
					}
				}
				if s, err := l.unlock(t); err == nil {
					s.MergeJournal(background)
				}
				l.backend = inner
				s := mustUnlock(t, l)
				got := len(query(t, s.Person(), query1))
				if got < saved || got > saved+failed {
					t.Fatalf("call %d failed: %d were acknowledged, %d are there", n, saved, got)
				}
			}
		})
	}
}

// sealerOf returns the locked keyring of a store.
func sealerOf(t testing.TB, backend store.Backend, device seal.DeviceKey) store.JournalSealer {
	t.Helper()
	keys, err := seal.OpenKeyring(background, backend, device)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestJournalInTwoTabs unlocks two tabs at once: one merges, the other finds
// nothing to do, whichever call comes between.
func TestJournalInTwoTabs(t *testing.T) {
	for n := 1; n < 20; n++ {
		inner := mem.New()
		l := newLockable(t, inner)
		for _, sample := range []store.Sample{steps(phone, 1, 1, 1), rate(70)} {
			if err := l.journal(t).Save(background, portal, []store.Sample{sample}); err != nil {
				t.Fatal(err)
			}
		}
		var other *store.Store
		between := &after{Backend: inner, calls: n, do: func() {
			other = mustUnlock(t, &lockable{backend: inner, device: l.device, now: l.now})
		}}
		l.backend = between
		s := mustUnlock(t, l)
		if err := s.Refresh(background); err != nil {
			t.Fatal(err)
		}
		if got := len(query(t, s.Person(), query1)); got != 1 {
			t.Fatalf("after call %d: %d samples", n, got)
		}
		if other != nil {
			other.Lock() // writes its lines
		}
		dropped := 0
		for _, line := range accessLog(t, s) {
			if line.Type == "heartRate" {
				dropped += line.Calls
			}
		}
		if dropped != 1 {
			t.Fatalf("after call %d: the log has the dropped save %d times", n, dropped)
		}
	}
}

// TestJournalOfAnErasedStore saves in a tab that has not heard that another one
// erased the store and began another.
func TestJournalOfAnErasedStore(t *testing.T) {
	for name, again := range map[string]bool{"erased": false, "and begun again": true} {
		inner := mem.New()
		l := newLockable(t, inner)
		j := l.journal(t)
		mustUnlock(t, l).Erase(background)
		if again {
			*l = *newLockable(t, inner)
		}
		err := j.Save(background, portal, []store.Sample{steps(phone, 1, 1, 1)})
		if !again {
			wantCode(t, err, store.CodeCorruptStore)
			if left := leftOf(inner); len(left) != 0 {
				t.Errorf("%s: %q are stored", name, left)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := len(query(t, mustUnlock(t, l).Person(), query1)); got != 1 {
			t.Errorf("%s: %d of the saves that were acknowledged are there", name, got)
		}
	}
}

// TestJournalBesideAChange changes the keys between sealing an entry and storing
// it.
func TestJournalBesideAChange(t *testing.T) {
	for n := 1; n < 8; n++ {
		inner := mem.New()
		l := newLockable(t, inner)
		between := &after{Backend: inner, calls: n, do: func() {
			mustUnlock(t, l).Erase(background)
			*l = *newLockable(t, inner)
		}}
		other := &lockable{backend: between, device: l.device, now: l.now}
		if err := other.journal(t).Save(background, portal, []store.Sample{steps(phone, 1, 1, 1)}); err != nil {
			continue // it says so
		}
		if got := len(query(t, mustUnlock(t, l).Person(), query1)); got != 1 {
			t.Errorf("call %d: %d of the saves that were acknowledged are there", n, got)
		}
	}
}

// TestJournalAndNewKey saves to the journal under a key that is then dropped.
func TestJournalAndNewKey(t *testing.T) {
	l, s := underFormerKey(t, nil)
	if result := compact(t, s, false); !result.Dropped {
		t.Errorf("%+v", result)
	}
	if got := query(t, mustUnlock(t, l).Person(), query1); len(got) != 1 {
		t.Errorf("%d samples, want the one of the journal", len(got))
	}
}

// TestJournalAndNewKeyInDoubt does so in a store that the browser set back: the key
// stays as long as the entry waits for the person to take note.
func TestJournalAndNewKeyInDoubt(t *testing.T) {
	l, s := underFormerKey(t, &store.Canary{Store: "another", Counter: 9})
	if result := compact(t, s, false); result.Dropped || result.Resealed == 0 {
		t.Errorf("in doubt: %+v", result)
	}
	if err := s.Accept(); err != nil {
		t.Fatal(err)
	}
	if result := compact(t, s, false); !result.Dropped {
		t.Errorf("after taking note: %+v", result)
	}
	if got := query(t, mustUnlock(t, l).Person(), query1); len(got) != 1 {
		t.Errorf("%d samples, want the one of the journal", len(got))
	}
}

// underFormerKey makes a store with an entry in its journal, and then sets its first
// unlock method.
func underFormerKey(t testing.TB, kept *store.Canary) (*lockable, *store.Store) {
	t.Helper()
	inner := mem.New()
	l := &lockable{backend: inner, device: seal.NewMemoryKeys(), now: 1000}
	keys, err := seal.OpenKeyring(background, inner, l.device)
	if err != nil {
		t.Fatal(err)
	}
	records, _ := keys.Sealer()
	metadata, _ := keys.SealerOf(seal.ClassMetadata)
	s, err := store.Open(background, inner, records, store.Options{Permissions: metadata, Journal: keys, Canary: kept})
	if err != nil {
		t.Fatal(err)
	}
	decide(t, s, store.AuthorizationRequest{ToShare: types{"stepCount"}}, store.Answer{Share: types{"stepCount"}})
	if err := store.NewJournal(inner, keys, store.Options{}).Save(background, portal, []store.Sample{steps(phone, 1, 1, 1)}); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Add(background, passkey(t)); err != nil {
		t.Fatal(err)
	}
	return l, s
}

// TestJournalInDoubt opens a store that the browser set back: what waits goes in
// when the person has taken note.
func TestJournalInDoubt(t *testing.T) {
	l := newLockable(t, mem.New())
	if err := l.journal(t).Save(background, portal, []store.Sample{steps(phone, 1, 1, 1)}); err != nil {
		t.Fatal(err)
	}
	l.kept = &store.Canary{Store: "another", Counter: 9}
	s := mustUnlock(t, l)
	if got := query(t, s.Person(), query1); len(got) != 0 || s.Status().Waiting != 1 {
		t.Errorf("%d samples, %+v", len(got), s.Status())
	}
	if err := s.Accept(); err != nil {
		t.Fatal(err)
	}
	if err := s.MergeJournal(background); err != nil {
		t.Fatal(err)
	}
	if got := query(t, s.Person(), query1); len(got) != 1 || s.Status().Waiting != 0 {
		t.Errorf("after taking note: %d samples, %+v", len(got), s.Status())
	}
}
