package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
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
func (s *Store) Canary(ctx context.Context) (Canary, error) {
	opened, err := s.unlocked()
	if err != nil {
		return Canary{}, err
	}
	name, err := opened.sealer.Identify(ctx, "canary")
	if err != nil {
		return Canary{}, wrap(err, "reading the state of the store")
	}
	now := opened.state.Load()
	return Canary{Store: hex.EncodeToString(name), Counter: now.manifest.Counter, Head: digestOf(now.head)}, nil
}

func digestOf(head []byte) string {
	sum := sha256.Sum256(head)
	return hex.EncodeToString(sum[:])
}

// CheckCanary compares a canary that was kept with the store as it is now. It must
// be called before anything is written, and before a new canary is kept.
func (s *Store) CheckCanary(ctx context.Context, kept Canary) (Integrity, error) {
	now, err := s.Canary(ctx)
	if err != nil {
		return "", err
	}
	switch {
	case kept == now:
		return IntegrityOK, nil
	case kept.Store != now.Store || now.Counter == 0:
		return IntegrityReset, nil
	case kept.Counter >= now.Counter:
		return IntegrityRolledBack, nil
	case kept.Counter+1 == now.Counter && kept.Head != s.previousHead():
		return IntegrityRolledBack, nil
	}
	return IntegrityOK, nil
}

// previousHead returns the digest of the head before this one, by the hash chain.
func (s *Store) previousHead() string {
	opened := s.session.Load()
	if opened == nil {
		return ""
	}
	return hex.EncodeToString(opened.state.Load().manifest.Previous[:])
}

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
