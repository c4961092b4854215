// Package store is the HealthStore: a type catalogue, samples, authorization
// and queries over a log-structured, sealed store. It is pure Go over two
// ports: a Backend that keeps opaque bytes, and a Sealer that makes them so.
package store

import (
	"context"
	"errors"
)

// Backend keeps opaque values under short ASCII keys in one ordered key space.
// Keys reach the disk readable, so they never hold anything about a record.
//
// A Backend is safe for use by several goroutines. Every error that is not one
// of the sentinels below is a failure of the medium; after it the caller must
// assume that an Apply has happened wholly or not at all.
type Backend interface {
	// Get returns a copy of the value under key, or ErrNotFound.
	Get(ctx context.Context, key string) ([]byte, error)
	// Scan calls yield for every key in [from, to) in ascending byte order, with
	// values that the callee may keep. A yield error ends the scan and is
	// returned. The scan sees one consistent state. An empty to means no end.
	// yield must not call the Backend.
	Scan(ctx context.Context, from, to string, yield func(key string, value []byte) error) error
	// Keys returns the keys in [from, to) in ascending byte order, without
	// reading values.
	Keys(ctx context.Context, from, to string) ([]string, error)
	// Apply does the whole batch in one durable transaction or nothing of it.
	// When it returns nil the batch has reached the disk (IndexedDB 3.0, strict
	// durability). It returns ErrConflict when an expectation does not hold,
	// ErrQuota when there is no room; in both cases nothing has changed.
	Apply(ctx context.Context, batch Batch) error
	// Close gives up the medium. Calls after it return ErrClosed.
	Close() error
}

// Batch is a set of changes that a Backend applies as one. Expectations are
// checked inside the same transaction, before any change; this is what fences
// off a writer that lost its turn.
type Batch struct {
	Expect []Expectation
	Delete []Range
	Put    []Entry // after the deletions
}

// Expectation holds when the value under Key equals Value; a nil Value expects
// that the key is absent.
type Expectation struct {
	Key   string
	Value []byte
}

// Range names the keys in [From, To); an empty To means the one key From.
type Range struct{ From, To string }

// Entry is one key and its value. The Backend does not keep Value's memory.
type Entry struct {
	Key   string
	Value []byte
}

// Sentinels of the Backend port; test with errors.Is.
var (
	ErrNotFound = errors.New("store: no value under this key")
	ErrConflict = errors.New("store: the stored state is not the expected one")
	ErrQuota    = errors.New("store: no room left on this device")
	ErrClosed   = errors.New("store: the backend is closed")
	ErrRemoved  = errors.New("store: the medium lost all its values") // somebody deleted them; the backend is of no more use
)

// Turns gives out the turn to write among the tabs of a browser. An import takes
// it for all of its transactions, a compaction for each step; what is a single
// transaction needs none. It spares tabs from fencing each other off (see epoch.go)
// and is not what keeps the store sound: a turn may be taken away from a tab that
// does not respond.
type Turns interface {
	// Take waits for the turn until ctx ends. release gives it back.
	Take(ctx context.Context) (release func(), err error)
	// Try is Take without the wait: nil when another has the turn.
	Try(ctx context.Context) (release func(), err error)
}

// Sealer makes values unreadable and tamper-evident. Associated data binds a
// value to the place it is stored at, so that a value moved to another key, or
// to another store, does not open.
//
// Open returns an error wrapping ErrSeal when the value was altered, moved or
// sealed with another key; any other error is a failure of the machinery.
type Sealer interface {
	// Seal returns plaintext encrypted and authenticated together with
	// associated. plaintext is not changed and not kept.
	Seal(ctx context.Context, associated string, plaintext []byte) ([]byte, error)
	// Open undoes Seal.
	Open(ctx context.Context, associated string, sealed []byte) ([]byte, error)
	// Identify returns 16 bytes derived from the master key and label: stable
	// in one store, unpredictable without the key. Object identifiers and
	// anchors are made from it.
	Identify(ctx context.Context, label string) ([]byte, error)
}

// ErrSeal says that a sealed value does not open: altered, moved or of another key.
var ErrSeal = errors.New("store: a sealed value does not open")
