package store

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"math"
	"slices"

	"github.com/keepwell-health/keepwell/store/internal/opaque"
)

// AnchoredQuery asks for what changed among the samples of a type since an
// anchor; without one, for all of them.
type AnchoredQuery struct {
	Type      TypeID     `json:"type"`
	Predicate *Predicate `json:"predicate,omitempty"` // selects samples; deletions always come
	Anchor    string     `json:"anchor,omitempty"`    // from an earlier result for this client and type
	Limit     int        `json:"limit,omitempty"`     // most samples to return; 0 is no limit
}

// AnchoredResult holds changes in the order in which the store took them in.
type AnchoredResult struct {
	Samples []Sample        `json:"samples"`
	Deleted []DeletedObject `json:"deleted"`
	Anchor  string          `json:"anchor"` // opaque; ask again with it
	More    bool            `json:"more"`   // Limit cut the result short
}

// DeletedObject is the tombstone of a sample.
type DeletedObject struct {
	UUID           string `json:"uuid"`
	SyncIdentifier string `json:"syncIdentifier,omitempty"`
	SyncVersion    int64  `json:"syncVersion,omitempty"`
}

// Anchored returns what the client sees of the changes since an anchor. While
// nothing changes that it sees, the anchor stays the same, so that an anchor
// tells nothing of other types. After a change of what the client may see, all
// that it sees comes again; it knows objects by their UUIDs. Where Limit cuts a
// result, a deletion may follow of an object that was gone before it could be
// reported.
//
// Its errors are those of Query; an anchor of another client, type or store is
// an invalid argument.
func (c *Client) Anchored(ctx context.Context, q AnchoredQuery) (AnchoredResult, error) {
	result, err := steady(ctx, c.store, func() (AnchoredResult, error) { return c.anchored(ctx, q) })
	c.noteRead(AccessRead, q.Type, len(result.Samples), err)
	return result, wrap(err, "the query")
}

func (c *Client) anchored(ctx context.Context, q AnchoredQuery) (AnchoredResult, error) {
	opened := c.store.session.Load() // nil while locked
	plan, err := opened.plan(Query{Type: q.Type, Predicate: q.Predicate, Limit: q.Limit})
	if err != nil {
		return AnchoredResult{}, err
	}
	if plan.scope, err = c.scope(ctx, q.Type); err != nil {
		return AnchoredResult{}, err
	}
	if opened == nil {
		return AnchoredResult{}, errLocked
	}
	names, err := c.anchors(ctx, opened, q.Type)
	if err != nil {
		return AnchoredResult{}, err
	}
	w := &walk{search: plan, opened: opened, state: opened.state.Load()}
	if err := w.begin(names, q.Anchor); err != nil {
		return AnchoredResult{}, err
	}
	if err := w.run(ctx); err != nil {
		return AnchoredResult{}, err
	}
	if w.last > 0 {
		w.result.Anchor = names.Name(w.last, stamp(&plan.scope))
	}
	return w.result, nil
}

// anchors returns the Namer of the anchors of a client and a type.
func (c *Client) anchors(ctx context.Context, opened *session, id TypeID) (*opaque.Namer, error) {
	key, err := opened.sealer.Identify(ctx, "anchor/"+c.source()+"/"+string(id))
	if err != nil {
		return nil, err
	}
	return opaque.New(key)
}

// An anchor is the number of the last change reported. Its tag holds a digest
// of the scope it was made under, and zeros by which a forged anchor is found
// out.
const (
	stampBits = 26
	zeroBits  = opaque.TagBits - stampBits
)

func stamp(s *scope) uint64 {
	objects := uint64(0)
	for sequence := range s.objects {
		objects += (sequence + 1) * 0x9e3779b97f4a7c15 // a sum: the same in any order
	}
	read := uint64(0)
	if s.read {
		read = 1
	}
	h := fnv.New64a()
	for _, v := range []uint64{read, s.through, uint64(s.since), objects} {
		h.Write(binary.LittleEndian.AppendUint64(nil, v))
	}
	return h.Sum64() >> (64 - stampBits) << zeroBits
}

// walk goes through a state's changes in their order.
type walk struct {
	*search
	opened *session
	state  *state

	added   uint64 // objects after this number are reported
	deleted uint64 // so are deletions after this one, of objects up to it
	restart bool   // the client may see other objects than when the anchor was made
	noted   []noted
	last    uint64 // the last number reported
	result  AnchoredResult
}

// begin reads the anchor that the client gave.
func (w *walk) begin(names *opaque.Namer, anchor string) error {
	w.result = AnchoredResult{Samples: []Sample{}, Deleted: []DeletedObject{}, Anchor: anchor}
	if anchor == "" {
		w.result.Anchor = names.Name(0, 0)
		return nil
	}
	number, tag, ok := names.Number(anchor)
	if !ok || tag&(1<<zeroBits-1) != 0 {
		return Errorf(CodeInvalidArgument, "the anchor is not one of this query")
	}
	w.added, w.deleted = number, number
	// An anchor after the last number is of a store that was rolled back since.
	w.restart = number > 0 && (tag != stamp(&w.scope) || number >= w.state.manifest.Next)
	return nil
}

// run reports every visible change, or as many as the limit lets through. A
// restart reports all deletions first: the pages that follow would miss those
// of objects beyond their anchor.
func (w *walk) run(ctx context.Context) error {
	if !w.restart {
		return w.visitAll(ctx, w.visit)
	}
	if err := w.visitAll(ctx, w.visitTombstones); err != nil {
		return err
	}
	w.added, w.last = 0, 0
	if err := w.visitAll(ctx, w.visitObjects); err != nil {
		return err
	}
	if w.last == 0 && len(w.result.Deleted) > 0 {
		w.last = w.state.manifest.Next - 1
	}
	return nil
}

// visitAll calls visit for the segments that may hold a change to report, and
// reports what it notes down.
func (w *walk) visitAll(ctx context.Context, visit func(context.Context, *segment) error) error {
	for _, at := range w.state.table(w.id).changesFor(&w.scope) {
		one := w.state.segments[at]
		if one.end() <= w.added+1 {
			continue
		}
		if w.report(one.Base); w.result.More {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := visit(ctx, one); err != nil && !errors.Is(err, errDamaged) {
			return err
		}
	}
	w.report(math.MaxUint64)
	return nil
}

func (w *walk) visit(ctx context.Context, one *segment) error {
	if one.Kind == kindTombstones {
		return w.visitTombstones(ctx, one)
	}
	return w.visitObjects(ctx, one)
}

// visitObjects notes down the objects that came in.
func (w *walk) visitObjects(ctx context.Context, one *segment) error {
	table := one.table
	switch {
	case one.damaged || one.Kind == kindTombstones:
		return nil
	case one.Kind == kindSamples:
		var err error
		if table, err = w.opened.samplesOf(ctx, one); err != nil {
			return err
		}
	}
	for at := range table.Rows() {
		o := object{table: table, at: at, sequence: one.sequence(at)}
		if o.sequence > w.added && !one.dead.has(at) && TypeID(o.text(columnType)) == w.id && w.accepts(o) {
			w.noted = append(w.noted, noted{o, false})
		}
	}
	return nil
}

// visitTombstones notes down the deletions of objects that the client was told of.
func (w *walk) visitTombstones(_ context.Context, one *segment) error {
	if one.damaged || one.Kind != kindTombstones {
		return nil
	}
	for at := range one.Rows {
		grave := one.objectAt(at)
		gone := uint64(grave.number(columnDeleted))
		if grave.sequence > w.deleted && gone <= w.deleted &&
			TypeID(grave.text(columnType)) == w.id && w.scope.seesAs(gone, grave) {
			w.noted = append(w.noted, noted{grave, true})
		}
	}
	return nil
}

// noted is an object, or the tombstone of one, that waits to be reported:
// compaction leaves segments whose numbers overlap.
type noted struct {
	object
	deleted bool
}

// report reports, in their order, the changes noted down whose number is before
// one below which nothing will come any more.
func (w *walk) report(before uint64) {
	inOrder := func(a, b noted) int { return cmp.Compare(a.sequence, b.sequence) }
	if !slices.IsSortedFunc(w.noted, inOrder) {
		slices.SortFunc(w.noted, inOrder)
	}
	done := 0
	for ; done < len(w.noted) && w.noted[done].sequence < before; done++ {
		one := w.noted[done]
		if !one.deleted && w.limit > 0 && len(w.result.Samples) >= w.limit {
			w.result.More = true
			return
		}
		w.last = max(w.last, one.sequence)
		if one.deleted {
			w.result.Deleted = append(w.result.Deleted, w.deletedObject(one.object))
		} else {
			w.result.Samples = append(w.result.Samples, w.opened.sampleOf(one.object))
		}
	}
	w.noted = append(w.noted[:0], w.noted[done:]...)
}

func (w *walk) deletedObject(grave object) DeletedObject {
	return DeletedObject{
		UUID:           w.opened.uuid(uint64(grave.number(columnDeleted))),
		SyncIdentifier: grave.text(columnSyncIdentifier),
		SyncVersion:    grave.number(columnSyncVersion),
	}
}
