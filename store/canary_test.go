package store_test

import (
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

func canary(t testing.TB, s *store.Store) store.Canary {
	t.Helper()
	c, err := s.Canary(background)
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

	rolledBack := open(t, atFirst)
	wentOn := func(commits int) *store.Store {
		s := open(t, atFirst.Clone())
		for n := range commits {
			saveOne(t, s, int64(100+n))
		}
		return s
	}
	otherKeys, err := store.Open(background, mem.New(), newSealer("two"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		s    *store.Store
		kept store.Canary
		want store.Integrity
	}{
		"the same":                      {s, canary(t, s), store.IntegrityOK},
		"one that is behind":            {s, first, store.IntegrityOK},
		"one by a commit":               {wentOn(1), first, store.IntegrityOK},
		"one of before any":             {s, fresh, store.IntegrityOK},
		"a new store, nothing lost":     {open(t, mem.New()), fresh, store.IntegrityOK},
		"an empty store":                {open(t, mem.New()), third, store.IntegrityReset},
		"another store":                 {otherKeys, third, store.IntegrityReset},
		"an earlier state":              {rolledBack, third, store.IntegrityRolledBack},
		"an earlier state by a commit":  {rolledBack, second, store.IntegrityRolledBack},
		"one that went on as far":       {wentOn(1), second, store.IntegrityRolledBack},
		"one that went on by one more":  {wentOn(2), second, store.IntegrityRolledBack},
		"one that went on to the third": {wentOn(2), third, store.IntegrityRolledBack},
	} {
		if got, err := test.s.CheckCanary(background, test.kept); got != test.want || err != nil {
			t.Errorf("%s: %q, %v; want %q", name, got, err, test.want)
		}
	}
	s.Lock()
	_, err = s.Canary(background)
	wantCode(t, err, store.CodeDatabaseInaccessible)
	_, err = s.CheckCanary(background, first)
	wantCode(t, err, store.CodeDatabaseInaccessible)
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
