package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Bounds of the stored log.
const (
	linesPerBlock = 128
	maxLogBlocks  = 96
	maxLogAge     = 2 * 366 * 24 * 3600 * 1000 // ms
)

// logBlock is what is kept under one key of the log, as JSON, sealed and padded
// like the grants of an app. Its field names are part of the stored format.
type logBlock struct {
	Format int      `json:"format"` // formatVersion
	Lines  []Access `json:"lines"`
}

// storeAccesses appends lines to the stored log and takes from its beginning what
// is beyond the bounds.
func (s *Store) storeAccesses(ctx context.Context, opened *session, lines []Access) error {
	for range commitAttempts {
		batch, err := s.planAccesses(ctx, lines)
		if err != nil {
			return err
		}
		// The epoch keeps a tab that has not noticed from writing into an erased store.
		batch.Expect = append(batch.Expect, Expectation{epochKey, opened.anyEpoch()})
		err = s.backend.Apply(ctx, batch)
		if err == nil || s.stored(ctx, batch.Put[0]) {
			return nil
		}
		if !errors.Is(err, ErrConflict) {
			return err
		}
		if err = opened.joinEpoch(ctx); err != nil {
			return err
		}
	}
	return ErrConflict
}

// stored reports whether a batch that failed reached the disk all the same, as
// the Backend port allows after a failure of the medium.
func (s *Store) stored(ctx context.Context, entry Entry) bool {
	found, err := s.backend.Get(ctx, entry.Key)
	return err == nil && bytes.Equal(found, entry.Value)
}

func (s *Store) planAccesses(ctx context.Context, lines []Access) (Batch, error) {
	if s.options.Permissions == nil {
		return Batch{}, errLocked
	}
	keys, err := s.backend.Keys(ctx, logKeys, after(logKeys))
	if err != nil {
		return Batch{}, err
	}
	var batch Batch
	number := uint64(0)
	if len(keys) > 0 {
		last := keys[len(keys)-1]
		stored, sealed, err := s.readLogBlock(ctx, last)
		if err != nil {
			return Batch{}, err
		}
		if number, err = logNumber(last); err != nil {
			return Batch{}, err
		}
		if len(stored) > 0 && len(stored)+len(lines) <= linesPerBlock {
			lines = append(stored[:len(stored):len(stored)], lines...)
			batch.Expect = []Expectation{{last, sealed}}
		} else {
			number++
		}
	}
	for len(lines) > 0 {
		block := lines[:min(len(lines), linesPerBlock)]
		lines = lines[len(block):]
		entry, err := s.packLogBlock(ctx, number, block)
		if err != nil {
			return Batch{}, err
		}
		if len(batch.Put) > 0 || len(batch.Expect) == 0 {
			batch.Expect = append(batch.Expect, Expectation{Key: entry.Key})
		}
		batch.Put = append(batch.Put, entry)
		number++
	}
	batch.Delete, err = s.oldLogBlocks(ctx, keys, len(batch.Put))
	return batch, err
}

func logKey(number uint64) string { return fmt.Sprintf("%s%016x", logKeys, number) }

func logNumber(key string) (uint64, error) {
	number, err := strconv.ParseUint(strings.TrimPrefix(key, logKeys), 16, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: a key of the access log", errDamaged)
	}
	return number, nil
}

func (s *Store) packLogBlock(ctx context.Context, number uint64, lines []Access) (Entry, error) {
	plain, err := json.Marshal(logBlock{Format: formatVersion, Lines: lines})
	if err != nil {
		return Entry{}, err
	}
	key := logKey(number)
	padding := -len(plain) & (grantPadding - 1)
	sealed, err := s.options.Permissions.Seal(ctx, key, append(plain, bytes.Repeat([]byte(" "), padding)...))
	return Entry{key, sealed}, err
}

// readLogBlock returns the lines of a block, none when it is missing or damaged.
func (s *Store) readLogBlock(ctx context.Context, key string) (lines []Access, sealed []byte, err error) {
	sealed, err = s.backend.Get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	lines, err = s.openLogBlock(ctx, key, sealed)
	return lines, sealed, err
}

func (s *Store) openLogBlock(ctx context.Context, key string, sealed []byte) ([]Access, error) {
	plain, err := s.options.Permissions.Open(ctx, key, sealed)
	if errors.Is(err, ErrSeal) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var block logBlock
	if json.Unmarshal(plain, &block) != nil || block.Format != formatVersion {
		return nil, nil
	}
	return block.Lines, nil
}

// oldLogBlocks returns what to delete when blocks are added: those beyond the
// greatest number, and those whose lines are all too old.
func (s *Store) oldLogBlocks(ctx context.Context, keys []string, added int) ([]Range, error) {
	var old []Range
	oldest := s.options.Now().UnixMilli() - maxLogAge
	for ; len(keys) > 1; keys = keys[1:] {
		if len(keys)+added <= maxLogBlocks {
			lines, _, err := s.readLogBlock(ctx, keys[0])
			if err != nil {
				return nil, err
			}
			if len(lines) == 0 || lines[len(lines)-1].When >= oldest {
				break
			}
		}
		old = append(old, Range{From: keys[0]})
	}
	return old, nil
}

// eachLogBlock calls yield for every block that opens, the oldest first.
func (s *Store) eachLogBlock(ctx context.Context, yield func(key string, lines []Access)) error {
	if s.options.Permissions == nil {
		return errLocked
	}
	var blocks []Entry
	err := s.backend.Scan(ctx, logKeys, after(logKeys), func(key string, sealed []byte) error {
		blocks = append(blocks, Entry{key, sealed})
		return nil
	})
	if err != nil {
		return err
	}
	for _, block := range blocks {
		lines, err := s.openLogBlock(ctx, block.Key, block.Value)
		if err != nil {
			return err
		}
		yield(block.Key, lines)
	}
	return nil
}
