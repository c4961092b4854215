// Package engine serves the store to whoever holds a port: the person's page,
// which may do everything, and portals, which see what the person granted. It
// alone decides what an origin may see; everything that comes over a port is
// checked here and trusted nowhere.
package engine

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// Options is what an Engine is made of.
type Options struct {
	// Open opens the store, at the first request that needs it. After an error
	// the next request tries again; a *store.Error goes to the caller as it is.
	Open func(ctx context.Context) (*store.Store, error)
	// Erase destroys the store for good, its keys first, so that the next Open
	// finds nothing. The store is nil when it was not opened, or could not be. Nil
	// means store.Erase.
	Erase func(ctx context.Context, s *store.Store) error
	// Vault opens the store with its keys, and lets the person lock and unlock it.
	// It stands in for Open, Erase and Protection.
	Vault *Vault
	// Protection names what keeps the store from who has the disk; see
	// protocol.StatusResult. May be nil.
	Protection func() string
	// Tabs reaches the engines of other tabs. May be nil.
	Tabs Tabs
	// Panicked is told the stack of a request that panicked, which holds no
	// values. May be nil.
	Panicked func(stack []byte)
	// Spool makes the place for a file of a media type that is written for the page.
	// Nil: this engine exports nothing.
	Spool func(ctx context.Context, mediaType string) Spool
	// Yield lets messages in that arrived meanwhile. May be nil.
	Yield func()
	// Now is the clock; nil means time.Now.
	Now func() time.Time

	workFactor int // of backups; see backup.Options
}

// Engine owns a store and serves any number of ports at once.
type Engine struct {
	options Options
	desk    *desk

	// What each kind of caller may call, by name.
	personMethods, appMethods, readerMethods map[string]method

	opening sync.Mutex // held while the store is opened
	opened  atomic.Pointer[store.Store]
	shown   atomic.Bool   // it was opened, so that the pages show what is in it
	tidying atomic.Bool   // tidy is at work
	untidy  chan struct{} // holds one while there may be something to tidy
	reads   chan struct{} // holds one for each request of a portal that gathers a result

	// grants counts answers and revocations, so that a read that one of them
	// overtook is done again; see granted.
	grants atomic.Int64

	mu        sync.Mutex
	pages     map[*session]bool // sessions of the person's pages
	observers map[*observer]bool
}

// Principal is who holds a port: the person, or an app by its origin.
type Principal struct {
	origin string // of an app
	person bool
	reader bool // an app that may change nothing here
}

// Person is the one whose store it is: the page, on the Keepwell origin.
func Person() Principal { return Principal{person: true} }

// App is a portal of that origin, as the browser gave it.
func App(origin string) Principal { return Principal{origin: origin} }

// Reader is such a portal where the person can't be asked and nothing is to be
// written, in a frame: it may call what reads.
func Reader(origin string) Principal { return Principal{origin: origin, reader: true} }

// New returns an engine that has opened nothing yet.
func New(options Options) *Engine {
	if options.Now == nil {
		options.Now = time.Now
	}
	if v := options.Vault; v != nil {
		options.Open, options.Erase, options.Protection = v.Open, v.Erase, v.Protection
	}
	if options.Erase == nil {
		options.Erase = eraseStore
	}
	e := &Engine{
		options: options, desk: newDesk(), pages: make(map[*session]bool), observers: make(map[*observer]bool),
		personMethods: personMethods(), appMethods: appMethods(), readerMethods: readerMethods(), untidy: make(chan struct{}, 1),
		reads: make(chan struct{}, maxReads),
	}
	if options.Tabs != nil {
		e.listen(options.Tabs)
	}
	return e
}

// Serve answers what comes over port, as who may, until the port closes or ctx
// ends; then it cancels what is under way, waits for it, and closes the port.
func (e *Engine) Serve(ctx context.Context, port protocol.Port, who Principal) {
	newSession(e, port, who, nil).serve(ctx)
}

// store opens the store when that has not been done.
func (e *Engine) store(ctx context.Context) (*store.Store, error) {
	if s := e.opened.Load(); s != nil {
		return s, e.awake(ctx, false)
	}
	e.opening.Lock()
	defer e.opening.Unlock()
	if s := e.opened.Load(); s != nil {
		return s, nil
	}
	s, err := e.options.Open(ctx)
	if isLocked(err) && e.shown.Swap(false) {
		e.tellLocked(protocol.Locked{}) // another tab locked what the pages show
	}
	if err != nil {
		return nil, err
	}
	e.shown.Store(true)
	s.Observe(e.changed) // for as long as the engine lives
	e.opened.Store(s)
	_ = s.MergeJournal(ctx) // what can't be taken in waits: Status tells
	e.wakeObservers(nil)
	e.tellCanary()
	e.tidySoon() // a crash may have left something
	return s, nil
}

// enterReads waits for a place among the requests that gather results.
func (e *Engine) enterReads(ctx context.Context) (leave func(), err error) {
	select {
	case e.reads <- struct{}{}:
		return func() { <-e.reads }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// journal takes a save of an app while the store is locked. Whoever has it open,
// by now or in another tab, takes it in at once.
func (e *Engine) journal(ctx context.Context, origin string, samples []store.Sample) error {
	journal, err := e.options.Vault.Journal(ctx)
	if err != nil {
		return err
	}
	if err := journal.Save(ctx, origin, samples); err != nil {
		return err
	}
	e.mergeJournal(ctx)
	e.tellTabs()
	return nil
}

// mergeJournal takes in what was saved while the store was locked, if it is open.
func (e *Engine) mergeJournal(ctx context.Context) {
	if s := e.opened.Load(); s != nil && e.awake(ctx, true) == nil {
		_ = s.MergeJournal(ctx) // what can't be taken in waits: Status tells
	}
}

// awake fails, and locks, when the keys must not be used any more. It stands before
// every use of the store: a tab that wakes may serve a portal before its page has
// looked at the clock.
func (e *Engine) awake(ctx context.Context, fresh bool) error {
	if e.options.Vault == nil {
		return nil
	}
	expired, err := e.options.Vault.expired(ctx, fresh)
	if err != nil || !expired {
		return err
	}
	if err := e.expire(ctx); err != nil {
		return err
	}
	e.tellLocked(protocol.Locked{})
	return seal.ErrLocked
}

// tellLocked has the pages start afresh.
func (e *Engine) tellLocked(why protocol.Locked) {
	for _, page := range e.allPages() {
		page.tell(protocol.EventLocked, why)
	}
}

// lock forgets the records and the keys, in this tab or in all. The others hear of
// it first, since the store may take a moment: it writes what it has not yet.
func (e *Engine) lock(ctx context.Context, all bool) error {
	var err error
	if all {
		err = e.options.Vault.lockOthers(ctx)
	}
	e.opening.Lock()
	defer e.opening.Unlock()
	e.letGo()
	return errors.Join(err, e.options.Vault.Lock(ctx))
}

// expire locks too, but first takes the keys: they must not be used any more.
func (e *Engine) expire(ctx context.Context) error {
	e.opening.Lock()
	defer e.opening.Unlock()
	err := e.options.Vault.Lock(ctx)
	e.letGo()
	return err
}

func (e *Engine) letGo() {
	if s := e.opened.Swap(nil); s != nil {
		s.Lock()
	}
	e.grants.Add(1) // a read that was under way is done again, and fails
}

// erase destroys the store, whether it can be opened or not; the next request
// opens an empty one.
func (e *Engine) erase(ctx context.Context) error {
	e.opening.Lock()
	defer e.opening.Unlock()
	if err := e.options.Erase(ctx, e.opened.Load()); err != nil {
		return err
	}
	e.opened.Store(nil)
	e.grants.Add(1)
	e.tellPages(nil)
	e.tellTabs()
	return nil
}

func eraseStore(ctx context.Context, s *store.Store) error {
	if s == nil {
		return nil
	}
	return s.Erase(ctx)
}

// changed tells who shows records that a commit touched types. The tabs are told
// of another tab's commit too: the last one finds nothing new, and it ends.
func (e *Engine) changed(types []store.TypeID) {
	e.tellCanary()
	e.wakeObservers(types)
	e.tellPages(types)
	e.tellTabs()
}

// regranted takes note that the person changed what apps may see.
func (e *Engine) regranted() {
	e.grants.Add(1)
	e.wakeObservers(nil)
	e.tellTabs()
}

func (e *Engine) tellTabs() {
	if e.options.Tabs != nil {
		e.options.Tabs.Tell()
	}
}

// tellPages tells the person's pages that types changed; none means all of them.
func (e *Engine) tellPages(types []store.TypeID) {
	for _, page := range e.allPages() {
		page.tell(protocol.EventChanged, protocol.Changed{Types: types})
	}
}

func (e *Engine) addPage(s *session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pages[s] = true
}

func (e *Engine) removePage(s *session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.pages, s)
}

func (e *Engine) allPages() []*session {
	e.mu.Lock()
	defer e.mu.Unlock()
	pages := make([]*session, 0, len(e.pages))
	for page := range e.pages {
		pages = append(pages, page)
	}
	return pages
}
