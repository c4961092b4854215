package store

import (
	"context"
	"errors"
	"slices"
)

// Compaction makes replaced and deleted records really go, gives their space
// back, and joins the small segments that single saves leave. UUIDs and anchors
// stay as they are, and tombstones stay for those who follow by anchors: they
// tell that there was an object of a type, source and time, and nothing of what
// it said.
//
// Where the sealer has had another key (see Rekeyed) it then seals every value
// anew and has the former keys dropped.
//
// It goes by steps, each of them one commit of little work, so that a page stays
// alive between them; one that is broken off leaves a sound store.
type Compaction struct {
	store   *Store
	session *session
	epoch   []byte // while this compaction may go on
	full    bool
	swept   bool
	broken  map[segmentID]bool // segments that do not open, and stay
	reseal  *resealing         // once everything is rewritten
	result  Compacted
}

// Compacted tells what a compaction did.
type Compacted struct {
	Rewritten int   `json:"rewritten"` // segments that others took the place of
	Removed   int   `json:"removed"`   // rows of deleted and replaced objects
	Freed     int64 `json:"freed"`     // bytes given back
	Resealed  int   `json:"resealed"`  // values sealed anew
	Dropped   bool  `json:"dropped"`   // no value needs a former key any more, and those are gone
}

// errBusy says that an import or an export stands in the way.
var errBusy error = Errorf(CodeUnknown, "the store is busy with an import or an export")

// Compact runs a whole compaction, which leaves no deleted row. A full one joins
// all the segments that it can; otherwise small ones are left until there are
// some of them.
func (s *Store) Compact(ctx context.Context, full bool) (Compacted, error) {
	c, err := s.BeginCompaction(ctx, full)
	if err != nil {
		return Compacted{}, err
	}
	for {
		done, err := c.Step(ctx)
		if err != nil || done {
			return c.Result(), err
		}
	}
}

// BeginCompaction starts a compaction, which does its work in Step.
func (s *Store) BeginCompaction(ctx context.Context, full bool) (*Compaction, error) {
	if err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	opened, err := s.unlocked()
	if err != nil {
		return nil, err
	}
	return &Compaction{
		store: s, session: opened, epoch: opened.anyEpoch(), full: full, broken: map[segmentID]bool{},
	}, nil
}

// Step does a little and reports whether all is done. After an error another
// compaction may go on where this one stopped. It fails while an import or an
// export is under way, and when another tab has begun an import since.
func (c *Compaction) Step(ctx context.Context) (done bool, err error) {
	if c.store.session.Load() != c.session {
		return false, errLocked
	}
	if c.store.busy() {
		return false, errBusy
	}
	turn, err := c.store.options.Turns.Try(ctx)
	if err != nil {
		return false, wrap(err, "compacting")
	}
	if turn == nil {
		return false, errBusy
	}
	defer turn()
	if !c.swept {
		if err := c.sweep(ctx); err != nil {
			return false, wrap(err, "deleting what a crash left")
		}
	}
	if c.reseal == nil {
		more, err := c.rewrite(ctx)
		if err != nil || more {
			return false, wrap(err, "compacting")
		}
		c.reseal = &resealing{compaction: c}
	}
	done, err = c.reseal.step(ctx)
	return done, wrap(err, "sealing anew")
}

// sweep deletes what a crash left: whoever has the turn knows that no tab is
// importing. A store that was set back keeps it until the person has taken note.
func (c *Compaction) sweep(ctx context.Context) error {
	if c.store.Integrity() != IntegrityOK {
		return nil
	}
	if err := c.session.sweep(ctx); err != nil {
		return err
	}
	c.epoch, c.swept = c.session.anyEpoch(), true
	return nil
}

func (s *Store) busy() bool { return s.importing.Load() || s.exporting.Load() > 0 }

// Result returns what has been done so far.
func (c *Compaction) Result() Compacted { return c.result }

// rewrite rewrites some groups and reports whether there were any.
func (c *Compaction) rewrite(ctx context.Context) (more bool, err error) {
	var groups []group
	var planned *change
	base := c.session.state.Load()
	err = c.store.commit(ctx, c.session, func() []byte { return c.epoch }, func(now *state) (*change, error) {
		if c.store.busy() {
			return nil, errBusy
		}
		base, planned = now, nil
		for planned == nil {
			if groups = c.next(now); len(groups) == 0 {
				return nil, nil
			}
			var err error
			if planned, err = c.store.rewriteGroups(ctx, c.session, groups, c.broken); err != nil {
				return nil, err
			}
		}
		return planned, nil
	})
	if errors.Is(err, errMoved) { // another tab compacts too
		return true, c.store.Refresh(ctx)
	}
	if err != nil || planned == nil {
		return false, err
	}
	c.count(base, planned.rewriting)
	return true, nil
}

func (c *Compaction) count(base *state, r *rewriting) {
	c.result.Rewritten += len(r.gone)
	for _, one := range base.segments {
		if r.gone[one.ID] {
			c.result.Removed += one.Rows
			c.result.Freed += one.Bytes
		}
	}
	for _, one := range r.made {
		c.result.Removed -= one.Rows
		c.result.Freed -= one.Bytes
	}
}

// Bounds of one step: little enough to hold in memory opened, and to be done
// within a tenth of a second.
const (
	stepBytes    = 1 << 20 // stored
	stepSegments = 64
)

// next returns the groups of one step.
func (c *Compaction) next(now *state) []group {
	size, count := int64(0), 0
	var step []group
	for _, g := range c.plan(now) {
		for _, one := range g {
			size += one.Bytes
		}
		if count += len(g); len(step) > 0 && (size > stepBytes || count > stepSegments) {
			break
		}
		step = append(step, g)
	}
	return step
}

// class is what may share a segment: records, tombstones, or samples of a type.
type class struct {
	kind segmentKind
	id   TypeID
}

func classOf(one *segment) class {
	if one.Kind == kindSamples {
		return class{one.Kind, one.summary.Type}
	}
	return class{kind: one.Kind}
}

// plan returns every group that is worth rewriting. A group is a run of its
// class: joining across a segment that stays would mix up their order, in which
// anchored queries report.
func (c *Compaction) plan(now *state) []group {
	runs := map[class][]*segment{}
	var classes []class
	for _, one := range now.segments {
		if one.damaged { // its class is not known
			continue
		}
		of := classOf(one)
		if runs[of] == nil {
			classes = append(classes, of)
		}
		runs[of] = append(runs[of], one)
	}
	var groups []group
	for _, of := range classes {
		groups = append(groups, c.planRun(runs[of])...)
	}
	return groups
}

// joinAtOnce is how many small segments in a row are worth joining, and the part
// of a full one that still counts as small. With eight a sample is rewritten
// some log8 of the samples times before it rests.
const joinAtOnce = 8

func (c *Compaction) planRun(run []*segment) []group {
	var groups []group
	var open group
	weight := 0.0
	closeGroup := func() {
		if c.worth(open) {
			groups = append(groups, open)
		}
		open, weight = nil, 0
	}
	for _, one := range run {
		if c.broken[one.ID] {
			closeGroup()
			continue
		}
		w := c.store.weight(one)
		small := c.full || w <= 1.0/joinAtOnce
		if len(open) > 0 && (!small || weight+w > 1 || one.end()-open.base() >= maxSpan) {
			closeGroup()
		}
		open, weight = append(open, one), weight+w
		if !small {
			closeGroup()
		}
	}
	closeGroup()
	return groups
}

// worth reports whether a group is worth rewriting: for one dead row, since what
// was deleted must go.
func (c *Compaction) worth(g group) bool {
	if slices.ContainsFunc(g, func(one *segment) bool { return one.dead.count > 0 }) {
		return true
	}
	return len(g) >= joinAtOnce || c.full && len(g) > 1
}

// weight returns how full a segment would be with its live rows alone.
func (s *Store) weight(one *segment) float64 {
	switch one.Kind {
	case kindSamples:
		return float64(one.live()) / rowsPerSegment
	case kindTombstones:
		return float64(one.Rows) / rowsPerIndex
	}
	size := int64(0)
	for at := range one.Rows {
		if !one.dead.has(at) {
			size += one.table.Int(columnLength, at)
		}
	}
	return max(float64(size)/float64(s.options.SegmentSize), float64(one.live())/rowsPerIndex)
}
