package sample_test

import (
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/sample"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal/sealtest"
)

func openStore(t *testing.T) *store.Store {
	t.Helper()
	return sealtest.Open(t, mem.New(), store.Options{})
}

func TestLoad(t *testing.T) {
	today := time.Date(2026, time.November, 23, 15, 0, 0, 0, time.UTC)
	s := openStore(t)
	first, err := sample.LoadAt(t.Context(), s, today, nil)
	if err != nil {
		t.Fatal(err)
	}
	if first.Replaced+first.Unchanged+first.SkippedCount != 0 {
		t.Errorf("%d replaced, %d unchanged, skipped %+v", first.Replaced, first.Unchanged, first.Skipped)
	}
	again, err := sample.LoadAt(t.Context(), s, today, nil)
	if err != nil {
		t.Fatal(err)
	}
	if again.Unchanged != first.Added || again.Added+again.Replaced != 0 {
		t.Errorf("loaded again: %d unchanged of %d, %d added, %d replaced", again.Unchanged, first.Added, again.Added, again.Replaced)
	}
	tomorrow, err := sample.LoadAt(t.Context(), s, today.AddDate(0, 0, 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	if tomorrow.Added == 0 || tomorrow.Added > 200 || tomorrow.Replaced > 5 {
		t.Errorf("a day later: %d added, %d replaced", tomorrow.Added, tomorrow.Replaced)
	}
	checkPerson(t, s)
}

// checkPerson looks at what a page and a portal would show first.
func checkPerson(t *testing.T, s *store.Store) {
	t.Helper()
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range store.Catalogue() {
		if (row.Kind == store.KindClinical || row.Kind == store.KindOther) && counts[row.ID] == 0 {
			t.Errorf("no %s", row.Title)
		}
	}
	for id, want := range map[store.TypeID]string{"dateOfBirth": "1971-03-14", "biologicalSex": "Female", "bloodType": "A+"} {
		samples, err := s.Person().Query(t.Context(), store.Query{Type: id})
		if err != nil || len(samples) == 0 || samples[0].Subtitle != want {
			t.Errorf("%s: %+v, %v", id, samples, err)
		}
	}
	for id, want := range map[store.TypeID]int{"stepCount": 2, store.ConditionRecord: 3} {
		sources, err := s.Person().Sources(t.Context(), id)
		if err != nil || len(sources) != want {
			t.Errorf("%s comes from %+v, %v", id, sources, err)
		}
	}
}
