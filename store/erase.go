package store

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// ErasedKey is the one key that an erasure leaves. Its value names the stores that
// were erased last, as their canaries do, the newest first and with spaces between.
// The page drops the canary when it erases, but browsers write localStorage when
// they like: one that comes back after a crash must not have the person miss what
// they erased themselves.
const ErasedKey = "erased"

// erasedMost bounds how many erased stores are named: those whose canary may not
// have reached the disk before the next one was erased.
const erasedMost = 16

// Erasure is the change that deletes every value, the keyring and what apps were
// granted included, and names the store among those erased; "" for one that is not
// known.
func Erasure(ctx context.Context, backend Backend, identity string) (Batch, error) {
	named, err := erasedStores(ctx, backend)
	if err != nil {
		return Batch{}, err
	}
	batch := Batch{Delete: []Range{{From: " ", To: lastKey}}}
	if identity != "" && !slices.Contains(named, identity) {
		named = slices.Insert(named, 0, identity)
	}
	if len(named) > 0 {
		value := strings.Join(named[:min(len(named), erasedMost)], " ")
		batch.Put = []Entry{{Key: ErasedKey, Value: []byte(value)}}
	}
	return batch, nil
}

// erasedStores are those that ErasedKey names.
func erasedStores(ctx context.Context, backend Backend) ([]string, error) {
	value, err := backend.Get(ctx, ErasedKey)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return strings.Fields(string(value)), err
}

// Erase deletes every value in one step (Erasure). The store is of no more use;
// open a new one with new keys.
func (s *Store) Erase(ctx context.Context) error {
	s.accesses.writing.Lock()
	defer s.accesses.writing.Unlock()
	s.committing.Lock()
	defer s.committing.Unlock()
	identity := ""
	if opened := s.session.Load(); opened != nil {
		identity = opened.id
	}
	batch, err := Erasure(ctx, s.backend, identity)
	if err == nil {
		err = s.backend.Apply(ctx, batch)
	}
	if err != nil {
		return wrap(err, "erasing the store")
	}
	s.session.Store(nil)
	s.apps.clear()
	s.accesses.take()
	return nil
}
