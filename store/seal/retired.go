package seal

import (
	"context"

	"github.com/keepwell-health/keepwell/store"
)

var _ store.Rekeyed = sealer{}

// Retired implements store.Rekeyed.
func (s sealer) Retired() bool {
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	return len(s.keys.masters) > 1
}

// Stale implements store.Rekeyed.
func (s sealer) Stale(sealed []byte) bool { return !s.ring.Current(sealed) }

// DropRetired implements store.Rekeyed.
func (s sealer) DropRetired(ctx context.Context) error { return s.ring.DropRetired(ctx) }
