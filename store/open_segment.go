package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// rawOf returns the raw resources of a segment of records, one after another.
// The bytes are shared: they must not be changed.
func (opened *session) rawOf(ctx context.Context, one *segment) ([]byte, error) {
	if raw, ok := opened.raws.Get(one.ID); ok {
		return raw, nil
	}
	raw, err := opened.get(ctx, one.ID.segmentKey())
	if err != nil {
		return nil, opened.note(ctx, one, err)
	}
	opened.raws.Put(one.ID, raw, len(raw))
	return raw, nil
}

// resourceOf returns the bytes of one record, sharing memory with its segment.
func (opened *session) resourceOf(ctx context.Context, one *segment, at int) ([]byte, error) {
	raw, err := opened.rawOf(ctx, one)
	if err != nil {
		return nil, err
	}
	offset := int64(0)
	for before := range at {
		offset += one.table.Int(columnLength, before)
	}
	end := offset + one.table.Int(columnLength, at)
	if offset < 0 || end < offset || end > int64(len(raw)) {
		return nil, opened.note(ctx, one, fmt.Errorf("%w: the index does not fit", errDamaged))
	}
	return raw[offset:end:end], nil
}

// samplesOf returns the rows of a segment of samples.
func (opened *session) samplesOf(ctx context.Context, one *segment) (*columnar.Table, error) {
	if table, ok := opened.tables.Get(one.ID); ok {
		return table, nil
	}
	plain, err := opened.get(ctx, one.ID.segmentKey())
	if err != nil {
		return nil, opened.note(ctx, one, err)
	}
	table, err := columnar.Decode(tableShape, plain)
	if err != nil || table.Rows() != one.Rows {
		return nil, opened.note(ctx, one, fmt.Errorf("%w: rows are malformed", errDamaged))
	}
	opened.tables.Put(one.ID, table, table.Size())
	return table, nil
}

// note remembers a segment that turned out damaged, for Status. One that is gone
// because it was rewritten is not: the error is errMoved then.
func (opened *session) note(ctx context.Context, one *segment, err error) error {
	if !errors.Is(err, errDamaged) {
		return err
	}
	if errors.Is(err, ErrNotFound) && opened.moved(ctx, one) {
		return errMoved
	}
	opened.mu.Lock()
	defer opened.mu.Unlock()
	opened.damaged[one.ID] = true
	return err
}
