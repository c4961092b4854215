package store

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// Import takes in many records and samples as one: they are written as they
// come, but nothing of them shows before Commit, and then all at once. A crash
// or Rollback leaves nothing behind.
//
// An Import is for one goroutine. It ends with Commit or Rollback; after a
// failed Commit, with Rollback.
type Import struct {
	store   *Store
	session *session
	turn    func() // gives back the turn to write
	epoch   []byte // claimed by this import
	added   int64  // DateAdded of what comes in, ms since the Unix epoch
	ended   bool

	// What has been staged: segments that are stored, or on their way, but not
	// named by the head. Their Base counts from 0 within the import.
	staged []*segment
	writes staging
	sent   atomic.Int64 // bytes on their way to the disk, or there
	stored atomic.Int64 // bytes that are there

	records recordBuffer
	samples sampleBuffers
	tally   Tally

	restoring *restoring // nil for an import that is no restore
}

// Outcome tells what taking in one object did.
type Outcome uint8

const (
	Added     Outcome = iota + 1
	Replaced          // an older copy of the same object is replaced
	Unchanged         // the same bytes, or the same sample, were there already
)

// Tally counts outcomes.
type Tally struct{ Added, Replaced, Unchanged int }

// Count counts one outcome.
func (t *Tally) Count(outcome Outcome) {
	switch outcome {
	case Added:
		t.Added++
	case Replaced:
		t.Replaced++
	case Unchanged:
		t.Unchanged++
	}
}

// BeginImport starts an import, once it is this tab's turn to write. Only one can be
// under way in a store; that of a tab that lost its turn ends by this one's claim.
func (s *Store) BeginImport(ctx context.Context) (*Import, error) {
	opened, err := s.unlocked()
	if err != nil {
		return nil, err
	}
	if !s.importing.CompareAndSwap(false, true) {
		return nil, Errorf(CodeUnknown, "another import is under way")
	}
	turn, err := s.options.Turns.Take(ctx)
	if err != nil {
		s.importing.Store(false)
		return nil, wrap(err, "waiting for the turn to write")
	}
	im, err := s.beginImport(ctx, opened)
	if err != nil {
		turn()
		s.importing.Store(false)
		return nil, wrap(err, "starting the import")
	}
	im.turn = turn
	return im, nil
}

// beginImport claims the right to write, and deletes what former imports left. It
// starts anew when a save, here or in another tab, came between.
func (s *Store) beginImport(ctx context.Context, opened *session) (*Import, error) {
	for attempt := 1; ; attempt++ {
		err := s.claimImport(ctx, opened)
		if errors.Is(err, ErrConflict) && attempt < commitAttempts {
			continue
		}
		if err != nil {
			return nil, err
		}
		im := &Import{store: s, session: opened, epoch: opened.anyEpoch(), added: s.options.Now().UnixMilli()}
		im.writes.begin(ctx, batchSegments*s.options.SegmentSize, im.write)
		im.records.reset()
		im.samples.buffers = map[TypeID]*sampleBuffer{}
		return im, nil
	}
}

func (s *Store) claimImport(ctx context.Context, opened *session) error {
	s.committing.Lock()
	changed, err := s.refresh(ctx, opened)
	s.committing.Unlock()
	s.observers.tell(changed)
	if err != nil {
		return err
	}
	doomed, err := opened.unnamed(ctx)
	if err != nil {
		return err
	}
	return opened.claimEpoch(ctx, opened.anyEpoch(), doomed)
}

// Size returns how much was sent to the disk so far, and how much of it is there, in
// bytes.
func (im *Import) Size() (sent, stored int64) { return im.sent.Load(), im.stored.Load() }

// Tally returns the outcomes so far.
func (im *Import) Tally() Tally { return im.tally }

// Commit makes everything that was taken in durable and visible, or nothing of
// it: then the error tells why, and Rollback must follow.
func (im *Import) Commit(ctx context.Context) error {
	if im.ended {
		return Errorf(CodeInvalidArgument, "the import has ended")
	}
	err := im.commit(ctx)
	if err == nil {
		im.end()
	}
	return wrap(err, "storing the import")
}

func (im *Import) commit(ctx context.Context) error {
	if err := im.flush(ctx); err != nil {
		return err
	}
	if err := im.buryReplaced(ctx); err != nil {
		return err
	}
	if err := im.writes.wait(); err != nil {
		return err
	}
	if len(im.staged) == 0 && im.restoring == nil {
		return nil
	}
	epoch := func() []byte { return im.epoch }
	return im.store.commit(ctx, im.session, epoch, func(base *state) (*change, error) {
		tombstones, err := im.replacedIn(ctx, im.before(base))
		planned := &change{segments: im.staged, tombstones: tombstones}
		if err == nil && im.restoring != nil {
			err = im.planRestore(ctx, base, planned)
		}
		return planned, err
	})
}

// Rollback ends the import and deletes what it wrote. It does so even when ctx
// is done, and after a commit it does nothing. When the deletion fails the next
// import or the next start makes up for it.
func (im *Import) Rollback(ctx context.Context) error {
	if im.ended {
		return nil
	}
	defer im.end()
	im.writes.stop()
	return wrap(im.discard(context.WithoutCancel(ctx)), "undoing the import")
}

// discard deletes the staged segments unless the head names them: a commit may
// have succeeded though it reported a failure of the medium.
func (im *Import) discard(ctx context.Context) error {
	if len(im.staged) == 0 {
		return nil
	}
	for range commitAttempts {
		head, m, err := im.session.readHead(ctx)
		if err != nil {
			return err
		}
		named := map[segmentID]bool{}
		for _, entry := range m.Segments {
			named[entry.ID] = true
		}
		batch := Batch{Expect: []Expectation{{headKey, head}}}
		for _, one := range im.staged {
			if !named[one.ID] {
				batch.Delete = append(batch.Delete, Range{From: one.ID.segmentKey()}, Range{From: one.ID.indexKey()})
			}
		}
		if err := im.session.backend.Apply(ctx, batch); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return ErrConflict
}

func (im *Import) end() {
	im.writes.stop()
	im.ended = true
	im.records, im.samples, im.staged = recordBuffer{}, sampleBuffers{}, nil
	im.store.importing.Store(false)
	im.turn()
}

// ready returns the first failure so far, of this import or of its context.
func (im *Import) ready(ctx context.Context) error {
	if im.ended {
		return Errorf(CodeInvalidArgument, "the import has ended")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return im.writes.failure()
}

// flush stages everything that is buffered.
func (im *Import) flush(ctx context.Context) error {
	if err := im.flushRecords(ctx); err != nil {
		return err
	}
	return im.flushSamples(ctx)
}

// stage enters a new segment and lets pack make its entries, and them be stored,
// in the background.
func (im *Import) stage(ctx context.Context, one *segment, pack func(ctx context.Context) ([]Entry, error)) error {
	if err := im.store.nameSegment(one); err != nil {
		return err
	}
	if count := len(im.staged); count > 0 {
		one.Base = im.staged[count-1].end()
	}
	im.staged = append(im.staged, one)
	return im.writes.start(ctx, func(ctx context.Context) ([]Entry, error) {
		entries, err := pack(ctx)
		for _, entry := range entries {
			one.Bytes += int64(len(entry.Value))
		}
		im.sent.Add(one.Bytes)
		return entries, err
	})
}

// write stores entries of segments that nothing names yet.
func (im *Import) write(ctx context.Context, entries []Entry) error {
	err := im.session.backend.Apply(ctx, Batch{
		Expect: []Expectation{{epochKey, im.epoch}},
		Put:    entries,
	})
	if err == nil {
		for _, entry := range entries {
			im.stored.Add(int64(len(entry.Value)))
		}
	}
	return err
}

// stageRecords stages raw resources with their index.
func (im *Import) stageRecords(ctx context.Context, raw []byte, table *columnar.Table) error {
	one := &segment{table: table}
	one.Kind, one.Rows = kindRecords, table.Rows()
	return im.stage(ctx, one, func(ctx context.Context) ([]Entry, error) {
		data, err := im.session.pack(ctx, one.ID.segmentKey(), raw)
		if err != nil {
			return nil, err
		}
		index, err := im.session.pack(ctx, one.ID.indexKey(), table.Encode())
		return []Entry{data, index}, err
	})
}

// batchSegments says how many bytes of sealed values are stored in one
// transaction, in segments before compression: a dozen after it. Each transaction
// costs turns of the event loop.
const batchSegments = 2

// staging packs and stores segments in the background, a few at a time, so that
// an import does not wait for sealing and for the disk.
type staging struct {
	write  func(ctx context.Context, entries []Entry) error
	enough int // bytes of values to be stored at once
	cancel context.CancelFunc
	ctx    context.Context
	slots  chan struct{}
	group  sync.WaitGroup

	broken atomic.Bool // failed is set
	mu     sync.Mutex
	failed error
	ready  []Entry // packed, to be stored with others
	bytes  int     // of the values in ready
}

func (w *staging) begin(ctx context.Context, enough int, write func(ctx context.Context, entries []Entry) error) {
	w.enough, w.write = enough, write
	w.ctx, w.cancel = context.WithCancel(context.WithoutCancel(ctx))
	w.slots = make(chan struct{}, concurrency)
}

// start runs pack, and stores what it makes, once fewer than concurrency others
// run; or returns why not.
func (w *staging) start(ctx context.Context, pack func(ctx context.Context) ([]Entry, error)) error {
	select {
	case w.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := w.failure(); err != nil {
		<-w.slots
		return err
	}
	w.group.Go(func() {
		defer func() { <-w.slots }()
		entries, err := pack(w.ctx)
		if err == nil {
			err = w.store(w.gather(entries, w.enough))
		}
		w.note(err)
	})
	// In wasm goroutines take turns only when one waits: without this, sealing
	// would begin when the import has run out of slots.
	runtime.Gosched()
	return nil
}

// gather puts entries with those that wait, and takes all once there are as many
// bytes as given.
func (w *staging) gather(entries []Entry, enough int) []Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ready = append(w.ready, entries...)
	for _, entry := range entries {
		w.bytes += len(entry.Value)
	}
	if w.bytes < enough {
		return nil
	}
	taken := w.ready
	w.ready, w.bytes = nil, 0
	return taken
}

func (w *staging) store(entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	return w.write(w.ctx, entries)
}

func (w *staging) note(err error) {
	if err == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = errors.Join(w.failed, err)
	w.broken.Store(true)
}

func (w *staging) failure() error {
	if !w.broken.Load() {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if errors.Is(w.failed, ErrConflict) {
		return errFenced
	}
	return w.failed
}

// wait returns when everything started is stored, or why it is not.
func (w *staging) wait() error {
	w.group.Wait()
	if !w.broken.Load() {
		w.note(w.store(w.gather(nil, 0)))
	}
	return w.failure()
}

// stop ends what is under way and waits for it.
func (w *staging) stop() {
	w.cancel()
	w.group.Wait()
}
