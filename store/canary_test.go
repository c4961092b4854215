package store_test

import (
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

func canary(t testing.TB, s *store.Store) store.Canary {
	t.Helper()
	c, err := s.Canary()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// saveOne makes one commit.
func saveOne(t testing.TB, s *store.Store, start int64) {
	t.Helper()
	save(t, s.Person(), steps(phone, start, start, 1))
}

// TestCanary compares canaries with what may have become of a store.
func TestCanary(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	fresh := canary(t, s)
	saveOne(t, s, 1)
	first, atFirst := canary(t, s), backend.Clone()
	saveOne(t, s, 2)
	second := canary(t, s)
	saveOne(t, s, 3)
	third := canary(t, s)
	compact(t, s, true)

	wentOn := func(commits int) *mem.Backend {
		backend := atFirst.Clone()
		s := open(t, backend)
		for n := range commits {
			saveOne(t, s, int64(100+n))
		}
		return backend
	}
	for name, test := range map[string]struct {
		backend *mem.Backend
		keys    string
		kept    store.Canary
		want    store.Integrity
	}{
		"the same":                      {backend, "one", canary(t, s), store.IntegrityOK},
		"one that is behind":            {backend, "one", first, store.IntegrityOK},
		"one by a commit":               {wentOn(1), "one", first, store.IntegrityOK},
		"one of before any":             {backend, "one", fresh, store.IntegrityOK},
		"a new store, nothing lost":     {mem.New(), "one", fresh, store.IntegrityOK},
		"other keys, nothing lost":      {mem.New(), "two", fresh, store.IntegrityOK},
		"an empty store":                {mem.New(), "one", third, store.IntegrityReset},
		"another store":                 {mem.New(), "two", third, store.IntegrityReset},
		"one that was erased":           {erased(t, backend, "one"), "two", third, store.IntegrityOK},
		"one erased before the last":    {erased(t, erased(t, backend, "one"), "two"), "three", third, store.IntegrityOK},
		"none that was erased":          {erased(t, backend, "one"), "two", store.Canary{Store: "another", Counter: 1}, store.IntegrityReset},
		"an earlier state":              {wentOn(0), "one", third, store.IntegrityRolledBack},
		"an earlier state by a commit":  {wentOn(0), "one", second, store.IntegrityRolledBack},
		"one that went on as far":       {wentOn(1), "one", second, store.IntegrityRolledBack},
		"one that went on by one more":  {wentOn(2), "one", second, store.IntegrityRolledBack},
		"one that went on to the third": {wentOn(2), "one", third, store.IntegrityRolledBack},
	} {
		s, err := store.Open(background, test.backend, newSealer(test.keys), store.Options{Canary: &test.kept})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Status().Integrity; got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if err := s.Accept(); err != nil || s.Integrity() != store.IntegrityOK {
			t.Errorf("%s: accepted, it is %q, %v", name, s.Integrity(), err)
		}
	}
	s.Lock()
	_, err := s.Canary()
	wantCode(t, err, store.CodeDatabaseInaccessible)
	wantCode(t, s.Accept(), store.CodeDatabaseInaccessible)
}

// erased returns what an erasure leaves of a store.
func erased(t *testing.T, backend *mem.Backend, keys string) *mem.Backend {
	t.Helper()
	backend = backend.Clone()
	s, err := store.Open(background, backend, newSealer(keys), store.Options{})
	if err == nil {
		err = s.Erase(background)
	}
	if err != nil {
		t.Fatal(err)
	}
	return backend
}

// TestRollbackUnderATab gives an open tab an earlier state, and one that went on
// otherwise.
func TestRollbackUnderATab(t *testing.T) {
	for name, commits := range map[string]int{"an earlier state": 0, "as far": 1, "one more": 2} {
		backend := &switching{Backend: mem.New()}
		s := open(t, backend)
		saveOne(t, s, 1)
		other := backend.Backend.(*mem.Backend).Clone()
		saveOne(t, s, 2)
		elsewhere := open(t, other)
		for n := range commits {
			saveOne(t, elsewhere, int64(100+n))
		}
		backend.Backend = other
		wantCode(t, s.Refresh(background), store.CodeCorruptStore)
		_, err := s.Person().Save(background, []store.Sample{steps(phone, 3, 3, 3)})
		if codeOf(t, err) == "" {
			t.Errorf("%s: a save goes on", name)
		}
	}
}

// switching lets a test change what is behind a backend.
type switching struct{ store.Backend }
