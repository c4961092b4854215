package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"sync"
	"time"
)

// JournalSealer seals what is saved while the store is locked to a public key, so
// that only an unlocked store can read it; seal.Keyring is one.
type JournalSealer interface {
	// SealJournal seals an entry to be kept at place. It works while locked.
	SealJournal(place string, plaintext []byte) ([]byte, error)
	// OpenJournal undoes SealJournal while unlocked. The error wraps ErrSeal when
	// the entry was altered or moved.
	OpenJournal(place string, entry []byte) ([]byte, error)
	// JournalKey reads whose key entries are sealed to from now on, and returns what
	// must be stored beside an entry for it to open one day: another tab may have
	// erased the store meanwhile.
	JournalKey(ctx context.Context) (Expectation, error)
}

// journalKeys begin the keys of what was saved while locked, before random names.
const journalKeys = "journal/"

// Bounds of the journal: while locked nobody can tell which apps may write at all,
// so that anyone can fill it.
const (
	maxJournalEntry  = 1 << 20 // bytes of one save, sealed
	maxJournal       = 8 << 20 // bytes of all
	maxJournalShare  = 2 << 20 // bytes of one origin's, as long as this Journal lives
	maxJournalLength = 1024    // entries
)

// Journal takes saves while the store is locked: sealed, durable when Save
// returns, and merged once when the store is unlocked. It is safe for use by
// several goroutines.
type Journal struct {
	backend Backend
	sealer  JournalSealer
	now     func() time.Time
	random  io.Reader

	mu     sync.Mutex
	shares map[string]int // bytes by origin
}

// NewJournal returns the journal of the store in backend.
func NewJournal(backend Backend, sealer JournalSealer, options Options) *Journal {
	options = options.withDefaults()
	return &Journal{
		backend: backend, sealer: sealer, now: options.Now, random: options.Random,
		shares: map[string]int{},
	}
}

// journalEntry is one save, as JSON, padded like the grants of an app. Its field
// names are part of the stored format.
type journalEntry struct {
	Format  int      `json:"format"` // formatVersion
	Origin  string   `json:"origin"`
	Saved   int64    `json:"saved"` // ms since the Unix epoch
	Samples []Sample `json:"samples"`
}

// Save takes samples of an app. Whether it may write them is decided at the merge;
// until then it is told neither. Errors are of CodeInvalidArgument as for
// Client.Save, and of CodeDataSizeExceeded when the journal is full.
func (j *Journal) Save(ctx context.Context, origin string, samples []Sample) error {
	return wrap(j.save(ctx, origin, samples), "saving while locked")
}

func (j *Journal) save(ctx context.Context, origin string, samples []Sample) error {
	if err := checkOrigin(origin); err != nil {
		return err
	}
	if len(samples) == 0 || len(samples) > maxSave {
		return Errorf(CodeInvalidArgument, "a save takes 1 to %d samples", maxSave)
	}
	for at := range samples {
		if err := checkSave(&samples[at]); err != nil {
			return err
		}
	}
	if err := correlate(slices.Clone(samples)); err != nil {
		return err
	}
	content := journalEntry{Format: formatVersion, Origin: origin, Saved: j.now().UnixMilli(), Samples: samples}
	for range commitAttempts {
		err := j.add(ctx, content)
		if !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return ErrConflict
}

// add seals and stores an entry. The error wraps ErrConflict when another tab
// changed the keys meanwhile.
func (j *Journal) add(ctx context.Context, content journalEntry) error {
	key, err := j.sealer.JournalKey(ctx)
	if err != nil {
		return err
	}
	entry, err := j.pack(content)
	if err != nil {
		return err
	}
	if err := j.reserve(ctx, content.Origin, len(entry.Value)); err != nil {
		return err
	}
	err = j.backend.Apply(ctx, Batch{
		Expect: []Expectation{key, {Key: entry.Key}},
		Put:    []Entry{entry},
	})
	if err != nil {
		j.release(content.Origin, len(entry.Value))
	}
	return err
}

// Waiting returns how many entries there are.
func (j *Journal) Waiting(ctx context.Context) (int, error) {
	keys, err := j.backend.Keys(ctx, journalKeys, after(journalKeys))
	return len(keys), wrap(err, "counting what was saved while locked")
}

func (j *Journal) pack(entry journalEntry) (Entry, error) {
	plain, err := json.Marshal(entry)
	if err != nil {
		return Entry{}, err
	}
	var name [16]byte
	if _, err := io.ReadFull(j.random, name[:]); err != nil {
		return Entry{}, err
	}
	key := journalKeys + hex.EncodeToString(name[:])
	padding := -len(plain) & (grantPadding - 1)
	sealed, err := j.sealer.SealJournal(key, append(plain, bytes.Repeat([]byte(" "), padding)...))
	return Entry{key, sealed}, err
}

// reserve refuses an entry for which there is no room.
func (j *Journal) reserve(ctx context.Context, origin string, size int) error {
	full := Errorf(CodeDataSizeExceeded, "there is no room for more until the records are unlocked")
	if size > maxJournalEntry {
		return Errorf(CodeDataSizeExceeded, "this is too much to save while the records are locked")
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.shares[origin]+size > maxJournalShare {
		return full
	}
	taken, length := size, 0
	err := j.backend.Scan(ctx, journalKeys, after(journalKeys), func(_ string, value []byte) error {
		taken, length = taken+len(value), length+1
		return nil
	})
	if err != nil {
		return err
	}
	if taken > maxJournal || length >= maxJournalLength {
		return full
	}
	j.shares[origin] += size
	return nil
}

func (j *Journal) release(origin string, size int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.shares[origin] -= size
}

// MergeJournal takes in what was saved while the store was locked, each entry
// once: the commit that adds its samples deletes it. What the app may not write
// is dropped and noted in the access log; what does not open is dropped. What is
// left by an error waits for the next time; Status tells how many do. All of it
// waits while Integrity is in doubt: grants that were taken back may be there again.
func (s *Store) MergeJournal(ctx context.Context) error {
	return wrap(s.mergeJournal(ctx), "taking in what was saved while locked")
}

func (s *Store) mergeJournal(ctx context.Context) error {
	opened, err := s.unlocked()
	if err != nil || s.options.Journal == nil {
		return err
	}
	s.merging.Lock()
	defer s.merging.Unlock()
	entries, err := s.readJournal(ctx)
	if err != nil {
		return err
	}
	s.waiting.Store(int64(len(entries)))
	if s.Integrity() != IntegrityOK {
		return nil
	}
	for _, entry := range entries {
		if err := s.mergeEntry(ctx, opened, entry); err != nil {
			return err
		}
		s.waiting.Add(-1)
	}
	return nil
}

// readJournal returns the entries by the time of their saves, those that do not
// open last.
func (s *Store) readJournal(ctx context.Context) ([]storedEntry, error) {
	var entries []storedEntry
	err := s.backend.Scan(ctx, journalKeys, after(journalKeys), func(key string, value []byte) error {
		entries = append(entries, storedEntry{Entry: Entry{key, value}})
		return nil
	})
	if err != nil {
		return nil, err
	}
	for at := range entries {
		if err := entries[at].open(s.options.Journal); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(entries, func(a, b storedEntry) int { return cmp.Compare(a.saved(), b.saved()) })
	return entries, nil
}

// storedEntry is an entry with what it holds; content is nil when it does not open.
type storedEntry struct {
	Entry
	content *journalEntry
}

func (e *storedEntry) saved() int64 {
	if e.content == nil {
		return math.MaxInt64
	}
	return e.content.Saved
}

func (e *storedEntry) open(sealer JournalSealer) error {
	plain, err := sealer.OpenJournal(e.Key, e.Value)
	if errors.Is(err, ErrSeal) {
		return nil
	}
	if err != nil {
		return err
	}
	content := &journalEntry{}
	if json.Unmarshal(plain, content) == nil && content.Format == formatVersion && len(content.Samples) > 0 {
		e.content = content
	}
	return nil
}

// mergeEntry takes in one entry, or drops it.
func (s *Store) mergeEntry(ctx context.Context, opened *session, entry storedEntry) error {
	if entry.content == nil {
		_, err := s.dropEntry(ctx, entry.Entry)
		return err
	}
	app := s.App(entry.content.Origin)
	counts := countTypes(entry.content.Samples)
	mine, err := app.mine(ctx, entry.content.Samples, min(entry.content.Saved, s.options.Now().UnixMilli()))
	switch CodeOf(err) {
	case CodeAuthorizationDenied, CodeAuthorizationNotDetermined:
		dropped, failed := s.dropEntry(ctx, entry.Entry)
		if dropped {
			app.noteWrite(AccessSave, counts, err)
		}
		return failed
	case CodeInvalidArgument: // by an older or newer program's rules it was right
		_, err := s.dropEntry(ctx, entry.Entry)
		return err
	}
	if err != nil {
		return err
	}
	merged := false
	_, err = steady(ctx, s, func() ([]string, error) {
		return s.saveAll(ctx, opened, mine, func(planned *change) (*change, error) {
			merged = false
			stored, err := s.backend.Get(ctx, entry.Key)
			if errors.Is(err, ErrNotFound) {
				return nil, nil // another tab was quicker
			}
			if err != nil || !bytes.Equal(stored, entry.Value) {
				return nil, err
			}
			if planned == nil {
				planned = &change{}
			}
			merged = true
			planned.expect = append(planned.expect, Expectation{entry.Key, entry.Value})
			planned.delete = append(planned.delete, Range{From: entry.Key})
			return planned, nil
		})
	})
	if err == nil && merged {
		app.noteWrite(AccessSave, counts, nil)
	}
	return err
}

// dropEntry deletes an entry unless another tab has done so.
func (s *Store) dropEntry(ctx context.Context, entry Entry) (dropped bool, err error) {
	err = s.backend.Apply(ctx, Batch{
		Expect: []Expectation{{entry.Key, entry.Value}},
		Delete: []Range{{From: entry.Key}},
	})
	if errors.Is(err, ErrConflict) {
		return false, nil // another tab was quicker
	}
	return err == nil, err
}
