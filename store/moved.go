package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// errMoved says that a value is gone because a compaction, of this tab or
// another, put the objects of its segment elsewhere. Who reads begins anew.
var errMoved = fmt.Errorf("store: a segment was rewritten meanwhile: %w", ErrConflict)

// moved reports whether a segment that is missing was rewritten.
func (opened *session) moved(ctx context.Context, one *segment) bool {
	now := opened.state.Load()
	named := false
	for _, other := range now.segments {
		named = named || other.ID == one.ID
	}
	if !named {
		return true
	}
	head, err := opened.backend.Get(ctx, headKey)
	return err == nil && !bytes.Equal(head, now.head)
}

// steady calls read, and again on the newest state when the values that it was
// reading were rewritten under it.
func steady[T any](ctx context.Context, s *Store, read func() (T, error)) (T, error) {
	var result T
	var err error
	for range loadAttempts {
		if result, err = read(); !errors.Is(err, errMoved) {
			break
		}
		if refreshErr := s.Refresh(ctx); refreshErr != nil {
			return result, refreshErr
		}
	}
	return result, err
}
