package store

import (
	"context"
	"encoding/binary"
	"io"

	"github.com/keepwell-health/keepwell/store/internal/opaque"
)

// A mark is an anchor that hides when it was made: salt in front of the number
// of the last change makes every mark differ from the last, so that comparing
// two of them does not tell whether anything was stored in between.
const markBits = 40 // of the number; a store that takes in 10,000 samples a second fills it in 3 years

// Saw reports whether the client sees a change among the samples of a type
// since a mark, and returns the mark to ask again with. Without a mark it looks
// from now on, and so it does with one of another store. q.Limit is not used.
//
// A change of what the client may see counts when there is something that it
// may read; having less to see never does, since it would tell of a denial.
// Its errors are those of Query.
func (c *Client) Saw(ctx context.Context, q AnchoredQuery) (changed bool, mark string, err error) {
	saw, err := steady(ctx, c.store, func() (sawn, error) { return c.saw(ctx, q) })
	return saw.changed, saw.mark, wrap(err, "the query")
}

// sawn is what Saw returns.
type sawn struct {
	changed bool
	mark    string
}

func (c *Client) saw(ctx context.Context, q AnchoredQuery) (sawn, error) {
	opened := c.store.session.Load() // nil while locked
	plan, err := opened.plan(Query{Type: q.Type, Predicate: q.Predicate, Limit: 1})
	if err != nil {
		return sawn{}, err
	}
	if plan.scope, err = c.scope(ctx, q.Type); err != nil {
		return sawn{}, err
	}
	if opened == nil {
		return sawn{}, errLocked
	}
	names, err := c.marks(ctx, opened, q.Type)
	if err != nil {
		return sawn{}, err
	}
	w := &walk{search: plan, opened: opened, state: opened.state.Load()}
	mark, err := w.mark(names, c.store.options.Random)
	if err != nil || !w.resume(names, q.Anchor) {
		return sawn{mark: mark}, err
	}
	if err := w.visitAll(ctx, w.visit); err != nil {
		return sawn{}, err
	}
	return sawn{len(w.result.Samples)+len(w.result.Deleted) > 0, mark}, nil
}

// marks returns the Namer of the marks of a client and a type.
func (c *Client) marks(ctx context.Context, opened *session, id TypeID) (*opaque.Namer, error) {
	key, err := opened.sealer.Identify(ctx, "mark/"+c.source()+"/"+string(id))
	if err != nil {
		return nil, err
	}
	return opaque.New(key)
}

// mark names the state of the walk.
func (w *walk) mark(names *opaque.Namer, random io.Reader) (string, error) {
	var salt [8]byte
	if _, err := io.ReadFull(random, salt[:]); err != nil {
		return "", err
	}
	number := binary.LittleEndian.Uint64(salt[:])<<markBits | w.state.manifest.Next - 1
	return names.Name(number, stamp(&w.scope)), nil
}

// resume begins where a mark was made. ok is false when it says nothing.
func (w *walk) resume(names *opaque.Namer, mark string) (ok bool) {
	number, tag, ok := names.Number(mark)
	if !ok || tag&(1<<zeroBits-1) != 0 {
		return false
	}
	number &= 1<<markBits - 1
	if tag != stamp(&w.scope) || number >= w.state.manifest.Next {
		w.scope.own = "" // its own samples it has seen before
		return true
	}
	w.added, w.deleted = number, number
	return true
}
