package store_test

import (
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

func backupState(t testing.TB, s *store.Store) store.BackupState {
	t.Helper()
	state, err := s.BackupState(background)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// backUp notes a backup of all that a store holds.
func backUp(t testing.TB, s *store.Store, made int64) {
	t.Helper()
	view, err := s.BeginExport(background)
	if err != nil {
		t.Fatal(err)
	}
	defer view.End()
	if err := s.NoteBackup(background, made, view.Through()); err != nil {
		t.Fatal(err)
	}
}

// TestBackupState follows a store through what does and does not make its last
// backup old.
func TestBackupState(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	expect := func(when string, want store.BackupState) {
		t.Helper()
		if got := backupState(t, s); got != want {
			t.Errorf("%s: %+v, want %+v", when, got, want)
		}
	}
	expect("an empty store", store.BackupState{})
	importSamples(t, s, steps(phone, 1, 2, 3), steps(phone, 2, 3, 4))
	expect("records without a backup", store.BackupState{Changed: true})
	backUp(t, s, 1_000)
	expect("a backup", store.BackupState{Made: 1_000})
	s = open(t, backend)
	expect("opened again", store.BackupState{Made: 1_000})
	importSamples(t, s, steps(phone, 5, 6, 7))
	expect("a further record", store.BackupState{Made: 1_000, Changed: true})
	backUp(t, s, 2_000)
	samples := query(t, s.Person(), store.Query{Type: "stepCount"})
	if err := s.Person().Delete(background, []string{samples[0].UUID}); err != nil {
		t.Fatal(err)
	}
	expect("a record less", store.BackupState{Made: 2_000, Changed: true})
	backUp(t, s, 3_000)
	compact(t, s, true)
	expect("compacted", store.BackupState{Made: 3_000})
	err := backend.Apply(background, store.Batch{Put: []store.Entry{{Key: "backup", Value: []byte("damaged")}}})
	if err != nil {
		t.Fatal(err)
	}
	expect("damaged", store.BackupState{Changed: true})
	if err := s.Erase(background); err != nil {
		t.Fatal(err)
	}
	if _, err := backend.Get(background, "backup"); err == nil {
		t.Error("erasing leaves it")
	}
}

// TestBackupStateLocked tells nothing of a locked store.
func TestBackupStateLocked(t *testing.T) {
	s := open(t, mem.New())
	s.Lock()
	_, err := s.BackupState(background)
	wantCode(t, err, store.CodeDatabaseInaccessible)
	wantCode(t, s.NoteBackup(background, 1, 1), store.CodeDatabaseInaccessible)
}
