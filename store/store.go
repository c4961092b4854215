package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
	"github.com/keepwell-health/keepwell/store/internal/lru"
	"github.com/keepwell-health/keepwell/store/internal/opaque"
)

// Options are what a Store needs beside its ports. The zero value is good.
type Options struct {
	Now    func() time.Time // default time.Now
	Random io.Reader        // names of segments; default crypto/rand

	// SegmentSize is how many bytes of raw resources make a segment: enough to
	// compress well, little enough to open for one record. Default 256 KiB.
	SegmentSize int
	// CacheSize bounds the opened segments kept in memory, in bytes, and again as
	// much what is kept for statistics. Default 32 MiB.
	CacheSize int

	// Permissions seals what apps were granted, which stays readable while the
	// records are locked. Default: the sealer of the records.
	Permissions Sealer

	// Location is the person's time zone, in which statistics divide time into
	// days. Default UTC.
	Location *time.Location

	// Journal seals what apps save while the store is locked. Default: such saves
	// fail.
	Journal JournalSealer

	// Turns gives out the turn to write. Default: who begins an import takes it from
	// another tab.
	Turns Turns

	// Canary is what a page kept of the store when it was open last; nil for nothing.
	// It is compared before anything is written; see Store.Integrity.
	Canary *Canary

	// Shared says that another tab may be importing just now: Open then leaves
	// alone what no manifest names. BeginImport sweeps in any case.
	Shared bool
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.SegmentSize <= 0 {
		o.SegmentSize = 256 << 10
	}
	if o.CacheSize <= 0 {
		o.CacheSize = 32 << 20
	}
	if o.Turns == nil {
		o.Turns = noTurns{}
	}
	return o
}

// noTurns has a turn for everybody.
type noTurns struct{}

func (noTurns) Take(context.Context) (func(), error) { return func() {}, nil }
func (noTurns) Try(context.Context) (func(), error)  { return func() {}, nil }

// Store is a person's health records on this device. Its methods are safe for
// use by several goroutines; every error that they return is an *Error.
type Store struct {
	backend Backend
	options Options
	session atomic.Pointer[session] // nil while locked

	committing sync.Mutex   // held from planning a commit to showing it
	importing  atomic.Bool  // an Import is open
	exporting  atomic.Int32 // reads under way that want the segments to stay
	merging    sync.Mutex   // held while the journal is taken in

	apps      appCache
	orders    orderCache
	accesses  accessLog
	journal   *Journal     // nil without Options.Journal
	waiting   atomic.Int64 // entries of the journal
	observers observers
}

// session is the store while it is unlocked.
type session struct {
	vault
	names *opaque.Namer // of objects
	state atomic.Pointer[state]
	epoch atomic.Pointer[[]byte] // the value of epochKey as last read

	raws   *lru.Cache[segmentID, []byte]          // opened segments of records
	tables *lru.Cache[segmentID, *columnar.Table] // opened segments of samples
	series *lru.Cache[seriesKey, series]          // the same as statistics read them
	blocks *lru.Cache[blockKey, *tallies]         // figures of statistics
	ranks  rankCache

	id        string // names the store in canaries; hexadecimal
	integrity atomic.Pointer[Integrity]

	mended bool // the epoch did not open, and another was begun

	mu      sync.Mutex
	damaged map[segmentID]bool // segments found damaged after they were loaded
}

// Open opens the store in backend, and makes it when there is none. Without a
// sealer the store is locked: permissions can be read with Options.Permissions,
// records can not until Unlock.
//
// Values that do not open cost their own records only; Status tells how many. A
// head that does not open is an error of CodeCorruptStore.
func Open(ctx context.Context, backend Backend, sealer Sealer, options Options) (*Store, error) {
	s := &Store{backend: backend, options: options.withDefaults()}
	if s.options.Permissions == nil {
		s.options.Permissions = sealer
	}
	if s.options.Journal != nil {
		s.journal = NewJournal(backend, s.options.Journal, options)
	}
	if sealer == nil {
		return s, nil
	}
	if err := s.Unlock(ctx, sealer); err != nil {
		return nil, err
	}
	return s, nil
}

// Unlock loads the records; MergeJournal should follow. It does nothing when the
// records are loaded.
func (s *Store) Unlock(ctx context.Context, sealer Sealer) error {
	return wrap(s.unlock(ctx, sealer), "opening the store")
}

func (s *Store) unlock(ctx context.Context, sealer Sealer) error {
	s.committing.Lock()
	defer s.committing.Unlock()
	if s.session.Load() != nil {
		return nil
	}
	opened, err := s.newSession(ctx, sealer)
	if err == nil {
		s.session.Store(opened)
	}
	return err
}

func (s *Store) newSession(ctx context.Context, sealer Sealer) (*session, error) {
	key, err := sealer.Identify(ctx, "uuid")
	if err != nil {
		return nil, err
	}
	names, err := opaque.New(key)
	if err != nil {
		return nil, err
	}
	id, err := sealer.Identify(ctx, "canary")
	if err != nil {
		return nil, err
	}
	opened := &session{
		vault:   vault{backend: s.backend, sealer: sealer},
		names:   names,
		id:      hex.EncodeToString(id),
		raws:    lru.New[segmentID, []byte](s.options.CacheSize / 2),
		tables:  lru.New[segmentID, *columnar.Table](s.options.CacheSize / 2),
		series:  lru.New[seriesKey, series](s.options.CacheSize / 2),
		blocks:  lru.New[blockKey, *tallies](s.options.CacheSize / 2),
		damaged: map[segmentID]bool{},
	}
	loaded, err := opened.load(ctx, emptyState())
	if err != nil {
		return nil, err
	}
	opened.state.Store(loaded)
	opened.accept(IntegrityOK)
	if s.options.Canary != nil {
		found, err := opened.judge(ctx, *s.options.Canary)
		if err != nil {
			return nil, err
		}
		opened.accept(found)
	}
	if err := opened.beginEpoch(ctx); err != nil {
		return nil, err
	}
	if !s.options.Shared {
		err = opened.sweep(ctx)
	}
	return opened, err
}

// Lock forgets the decoded records. The caller locks the sealer after it, and ends
// the Worker where memory must be given back.
func (s *Store) Lock() {
	_ = s.flushAccessLog(context.Background()) // a medium that fails must not keep the records open
	s.committing.Lock()
	defer s.committing.Unlock()
	s.session.Store(nil)
}

// Close gives up the backend.
func (s *Store) Close() error {
	s.Lock()
	return wrap(s.backend.Close(), "closing the store")
}

// unlocked returns the session, or an error of CodeDatabaseInaccessible.
func (s *Store) unlocked() (*session, error) {
	if opened := s.session.Load(); opened != nil {
		return opened, nil
	}
	return nil, errLocked
}

// Refresh shows what another tab committed. It is cheap when nothing has
// changed, and does nothing while the store is locked.
func (s *Store) Refresh(ctx context.Context) error {
	opened := s.session.Load()
	if opened == nil {
		return nil
	}
	s.committing.Lock()
	changed, err := s.refresh(ctx, opened)
	s.committing.Unlock()
	s.observers.tell(changed)
	return wrap(err, "reading what changed")
}

// refresh loads the stored state when it is not the one shown, and returns the
// types that changed. s.committing is held.
func (s *Store) refresh(ctx context.Context, opened *session) ([]TypeID, error) {
	if err := opened.joinEpoch(ctx); err != nil {
		return nil, err
	}
	before := opened.state.Load()
	head, err := opened.backend.Get(ctx, headKey)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	if bytes.Equal(head, before.head) {
		return nil, nil
	}
	after, err := opened.load(ctx, before)
	if err != nil {
		return nil, err
	}
	if !after.follows(before) {
		return nil, errRolledBack
	}
	opened.state.Store(after)
	return changedTypes(before, after), nil
}

// Status describes the store for the person.
type Status struct {
	Locked   bool  `json:"locked"`
	Records  int   `json:"records"`        // live objects of every kind
	Segments int   `json:"segments"`       // stored pieces
	Bytes    int64 `json:"bytes"`          // stored, sealed and compressed
	Damaged  int   `json:"damaged"`        // pieces that do not open
	Lost     int   `json:"lost,omitempty"` // objects that are out of reach by that

	// Mended says that a value that holds no records did not open, and was made anew.
	Mended bool `json:"mended,omitempty"`
	// Waiting is how many saves of while the store was locked are not taken in yet.
	Waiting int `json:"waiting,omitempty"`
	// Integrity says whether the browser set the store back; "" while it is locked.
	Integrity Integrity `json:"integrity,omitempty"`
}

// Status tells what the store holds; while it is locked, only that.
func (s *Store) Status() Status {
	opened := s.session.Load()
	if opened == nil {
		return Status{Locked: true}
	}
	now := opened.state.Load()
	status := Status{Segments: len(now.segments), Waiting: int(s.waiting.Load()), Mended: opened.mended, Integrity: s.Integrity()}
	for _, t := range now.types {
		status.Records += t.live // what is out of reach still counts, where its index opens
	}
	opened.mu.Lock()
	defer opened.mu.Unlock()
	for _, one := range now.segments {
		status.Bytes += one.Bytes
		if one.damaged || opened.damaged[one.ID] {
			status.Damaged++
			if one.Kind != kindTombstones {
				status.Lost += one.live()
			}
		}
	}
	return status
}

// Counts returns the number of objects of every type that has any.
func (s *Store) Counts(ctx context.Context) (map[TypeID]int, error) {
	opened, err := s.unlocked()
	if err != nil {
		return nil, err
	}
	return opened.state.Load().counts(), nil
}
