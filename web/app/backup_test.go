package app

import (
	"reflect"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/backup"
)

func TestDated(t *testing.T) {
	late := time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC).UnixMilli()
	if got := dated(backupPrefix, late, backupSuffix, utc); got != "keepwell-backup-2026-03-01.age" {
		t.Error(got)
	}
	east := func(int64) time.Duration { return time.Hour }
	if got := dated(plainPrefix, late, plainSuffix, east); got != "keepwell-copy-2026-03-02.zip" {
		t.Error(got)
	}
}

func TestBackupProgress(t *testing.T) {
	for _, c := range []struct {
		progress backup.Progress
		doing    string
		done     string
		fraction float64
	}{
		{backup.Progress{}, "Starting", "", 0},
		{backup.Progress{Phase: backup.PhaseOpening}, "Making a key from the passphrase", "", 0},
		{backup.Progress{Phase: backup.PhaseWriting, Done: 256, Total: 1024}, "Encrypting and writing", "256 of 1,024 records", 0.25},
		{backup.Progress{Phase: backup.PhaseCheck, Done: 5_000_000, Total: 10_000_000}, "Checking the backup", "5.0 MB of 10 MB", 0.5},
		{backup.Progress{Phase: backup.PhaseTaking, Done: 11, Total: 10}, "Encrypting and saving", "10 bytes of 10 bytes", 1},
	} {
		if got := backupDoing(c.progress); got != c.doing {
			t.Errorf("%+v: doing %q", c.progress, got)
		}
		if got := backupDone(c.progress); got != c.done {
			t.Errorf("%+v: done %q", c.progress, got)
		}
		if got := backupFraction(c.progress); got != c.fraction {
			t.Errorf("%+v: fraction %v", c.progress, got)
		}
	}
}

func TestHoldings(t *testing.T) {
	all := backup.Counts{Records: 1200, Documents: 1, Samples: 3, Apps: 2, Accesses: 4, Missing: 5}
	got := holdings(all, []string{"https://a.example", "https://b.example:8443"})
	want := []holding{
		{"Records", "1,200"}, {"Other data", "1"}, {"Measurements", "3"}, {"Sites with your answers", "a.example and b.example:8443"},
		{"Lines of the access log", "4"}, {"Left out, because damaged", "5"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := holdings(backup.Counts{Apps: 2}, nil); !reflect.DeepEqual(got, []holding{{"Sites with your answers", "2"}}) {
		t.Errorf("sites without names: %+v", got)
	}
	if got := holdings(backup.Counts{}, nil); !reflect.DeepEqual(got, []holding{{"Records", "None"}}) {
		t.Errorf("an empty backup: %+v", got)
	}
}

func TestLastBackup(t *testing.T) {
	made := time.Date(2026, 3, 1, 8, 5, 0, 0, time.UTC).UnixMilli()
	moment := Moment(made, "", utc)
	for want, state := range map[string]store.BackupState{
		"No backup of these records was made here yet.":                    {Changed: true},
		"The last backup is of " + moment + ". Records changed since.":     {Made: made, Changed: true},
		"The last backup is of " + moment + ", and nothing changed since.": {Made: made},
	} {
		if got := lastBackup(state, utc); got != want {
			t.Errorf("%+v: %q", state, got)
		}
	}
}

func TestRestoredHeadline(t *testing.T) {
	for want, report := range map[string]backup.Report{
		"2 records restored":                        {Added: 1, Replaced: 1},
		"Everything in the backup was here already": {Unchanged: 2},
		"The backup was empty":                      {},
	} {
		if got := restoredHeadline(report); got != want {
			t.Errorf("%+v: %q", report, got)
		}
	}
}

func TestRemind(t *testing.T) {
	now := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC).UnixMilli()
	day := int64(24 * 3600 * 1000)
	changed := store.BackupState{Changed: true}
	for name, c := range map[string]struct {
		persisted bool
		state     store.BackupState
		later     string
		want      bool
	}{
		"no backup, and the browser may delete": {false, changed, "", true},
		"the browser keeps them":                {true, changed, "", false},
		"nothing changed since":                 {false, store.BackupState{Made: now - day}, "", false},
		"put off yesterday":                     {false, changed, laterText(now - day), false},
		"put off a week ago":                    {false, changed, laterText(now - 7*day), true},
		"put off in the future":                 {false, changed, laterText(now + day), true},
		"put off, and altered":                  {false, changed, "soon", true},
	} {
		if got := remind(c.persisted, c.state, c.later, now); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
