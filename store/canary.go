package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Canary is what a page keeps beside the store, in the browser's other storage
// (localStorage), so that it notices when the browser gives back an older store
// or an empty one: Chromium repairs a damaged database silently. It tells nothing
// of the records. Who can write to both can forge both.
type Canary struct {
	Store   string `json:"store"`   // which store this is; hexadecimal
	Counter uint64 `json:"counter"` // commits since the store was made
	Head    string `json:"head"`    // SHA-256 of the head; hexadecimal
}

// Integrity is what comparing a canary with the store says.
type Integrity string

const (
	IntegrityOK         Integrity = "ok"
	IntegrityReset      Integrity = "reset"      // this is another store, or an empty one
	IntegrityRolledBack Integrity = "rolledBack" // this is an earlier state of the store, or went on from one
)

// Canary returns the store's canary of now. The page keeps it after every commit;
// one that is behind does no harm.
func (s *Store) Canary() (Canary, error) {
	opened, err := s.unlocked()
	if err != nil {
		return Canary{}, err
	}
	return opened.canary(), nil
}

func (opened *session) canary() Canary {
	now := opened.state.Load()
	return Canary{Store: opened.id, Counter: now.manifest.Counter, Head: digestOf(now.head)}
}

func digestOf(head []byte) string {
	sum := sha256.Sum256(head)
	return hex.EncodeToString(sum[:])
}

// compare compares a canary that was kept with the store as it is now.
func (opened *session) compare(kept Canary) Integrity {
	now := opened.canary()
	previous := hex.EncodeToString(opened.state.Load().manifest.Previous[:]) // by the hash chain
	switch {
	case kept.Counter == 0 || kept == now: // nothing was there, or all is
		return IntegrityOK
	case kept.Store != now.Store || now.Counter == 0:
		return IntegrityReset
	case kept.Counter >= now.Counter:
		return IntegrityRolledBack
	case kept.Counter+1 == now.Counter && kept.Head != previous:
		return IntegrityRolledBack
	}
	return IntegrityOK
}

// judge is compare, but finds nothing wrong where the person erased the store that
// the canary is of.
func (opened *session) judge(ctx context.Context, kept Canary) (Integrity, error) {
	found := opened.compare(kept)
	if found != IntegrityReset {
		return found, nil
	}
	erased, err := erasedStores(ctx, opened.backend)
	if slices.Contains(erased, kept.Store) {
		found = IntegrityOK
	}
	return found, err
}

// Integrity tells what comparing Options.Canary with the store said, until Accept;
// IntegrityOK while the store is locked.
func (s *Store) Integrity() Integrity {
	if opened := s.session.Load(); opened != nil {
		return *opened.integrity.Load()
	}
	return IntegrityOK
}

// Accept goes on with the store as it is: the person knows what became of it.
func (s *Store) Accept() error {
	opened, err := s.unlocked()
	if err == nil {
		opened.accept(IntegrityOK)
	}
	return err
}

func (opened *session) accept(integrity Integrity) { opened.integrity.Store(&integrity) }

// follows reports whether a state can have come after another: commits only count
// up, and the next one names the one before it.
func (s *state) follows(before *state) bool {
	if s.manifest.Counter != before.manifest.Counter+1 {
		return s.manifest.Counter > before.manifest.Counter
	}
	previous := sha256.Sum256(before.head)
	return bytes.Equal(s.manifest.Previous[:], previous[:])
}

var errRolledBack error = Errorf(CodeCorruptStore, "the stored records went back to an earlier state")
