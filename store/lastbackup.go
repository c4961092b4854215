package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
)

// backupKey is the key of what is known of the last backup.
const backupKey = "backup"

// lastBackup is the value of backupKey, as JSON, sealed and padded like the grants
// of an app. Its field names are part of the stored format.
type lastBackup struct {
	Format  int    `json:"format"` // formatVersion
	Made    int64  `json:"made"`   // ms since the Unix epoch
	Through uint64 `json:"through"`
}

// BackupState tells how old the last backup is.
type BackupState struct {
	Made    int64 `json:"made"`    // ms since the Unix epoch; 0: there is none
	Changed bool  `json:"changed"` // records came, changed or went since, or there is no backup of them
}

// NoteBackup notes that there is a backup, made at a time (ms since the Unix epoch),
// of all changes up to a number; see Export.Through.
func (s *Store) NoteBackup(ctx context.Context, made int64, through uint64) error {
	return wrap(s.noteBackup(ctx, lastBackup{formatVersion, made, through}), "noting the backup")
}

func (s *Store) noteBackup(ctx context.Context, last lastBackup) error {
	opened, err := s.unlocked()
	if err != nil {
		return err
	}
	plain, err := json.Marshal(last)
	if err != nil {
		return err
	}
	padding := -len(plain) & (grantPadding - 1)
	sealed, err := s.options.Permissions.Seal(ctx, backupKey, append(plain, bytes.Repeat([]byte(" "), padding)...))
	if err != nil {
		return err
	}
	for range commitAttempts {
		if err := opened.joinEpoch(ctx); err != nil {
			return err
		}
		// The epoch keeps a tab that has not noticed from writing into an erased store.
		err := s.backend.Apply(ctx, Batch{
			Expect: []Expectation{{epochKey, opened.anyEpoch()}},
			Put:    []Entry{{backupKey, sealed}},
		})
		if !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return ErrConflict
}

// BackupState tells when the last backup was made, as far as this store knows, and
// whether records changed since.
func (s *Store) BackupState(ctx context.Context) (BackupState, error) {
	opened, err := s.unlocked()
	if err != nil {
		return BackupState{}, err
	}
	last, err := s.readLastBackup(ctx)
	if err != nil {
		return BackupState{}, wrap(err, "reading of the last backup")
	}
	return BackupState{Made: last.Made, Changed: opened.state.Load().manifest.Next-1 > last.Through}, nil
}

// readLastBackup returns the zero value when there is none, or it is damaged: a
// reminder too many does no harm.
func (s *Store) readLastBackup(ctx context.Context) (last lastBackup, err error) {
	sealed, err := s.backend.Get(ctx, backupKey)
	if errors.Is(err, ErrNotFound) {
		return last, nil
	}
	if err != nil {
		return last, err
	}
	plain, err := s.options.Permissions.Open(ctx, backupKey, sealed)
	if errors.Is(err, ErrSeal) {
		return last, nil
	}
	if err == nil && (json.Unmarshal(plain, &last) != nil || last.Format != formatVersion) {
		last = lastBackup{}
	}
	return last, err
}
