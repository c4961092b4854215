package store

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// Access is a line of the access log: what an app did within a minute with one
// type. It says how much the app got and never what.
type Access struct {
	When      int64           `json:"when"`  // ms since the Unix epoch: the first call
	Until     int64           `json:"until"` // ms since the Unix epoch: the last call
	Origin    string          `json:"origin"`
	Operation AccessOperation `json:"operation"`
	Type      TypeID          `json:"type,omitempty"` // "" for an object by a UUID that the app does not see
	Calls     int             `json:"calls"`
	Count     int             `json:"count"`   // objects that were given out, saved or deleted
	Allowed   bool            `json:"allowed"` // false: the app got nothing because of what the person decided
}

// AccessOperation is a kind of access.
type AccessOperation string

const (
	AccessRead       AccessOperation = "read"       // samples, by a query or one by one
	AccessOpen       AccessOperation = "open"       // the bytes of records
	AccessStatistics AccessOperation = "statistics" // figures computed from samples
	AccessSources    AccessOperation = "sources"    // where samples come from
	AccessSave       AccessOperation = "save"
	AccessDelete     AccessOperation = "delete"
)

const (
	// accessJoin is how long calls of one kind make one line, in ms.
	accessJoin = 60_000
	// accessDelay is how long a line may wait in memory, so that a read costs no
	// write of its own.
	accessDelay = 5 * time.Second
	// accessWaiting is how many lines may wait before they are written at once.
	accessWaiting = 64
	// accessKept bounds the lines in memory when they can't be written.
	accessKept = 1024
)

// accessLog holds the lines that are not stored yet.
type accessLog struct {
	mu    sync.Mutex
	lines []Access

	writing sync.Mutex // held while lines are stored
}

// AccessLog returns what apps read and saved, the newest first. It reaches back
// two years or some ten thousand lines, whatever is less.
func (s *Store) AccessLog(ctx context.Context) ([]Access, error) {
	lines, err := s.readAccessLog(ctx)
	return lines, wrap(err, "reading the access log")
}

func (s *Store) readAccessLog(ctx context.Context) ([]Access, error) {
	if _, err := s.unlocked(); err != nil {
		return nil, err
	}
	if err := s.flushAccessLog(ctx); err != nil {
		return nil, err
	}
	var lines []Access
	err := s.eachLogBlock(ctx, func(_ string, block []Access) { lines = append(lines, block...) })
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(lines, func(a, b Access) int { return cmp.Compare(b.When, a.When) })
	return lines, nil
}

// FlushAccessLog stores the lines that wait in memory. Lock and Close do it too.
func (s *Store) FlushAccessLog(ctx context.Context) error {
	return wrap(s.flushAccessLog(ctx), "storing the access log")
}

func (s *Store) flushAccessLog(ctx context.Context) error {
	s.accesses.writing.Lock()
	defer s.accesses.writing.Unlock()
	opened, err := s.unlocked()
	if err != nil {
		return err
	}
	lines := s.accesses.take()
	if len(lines) == 0 {
		return nil
	}
	if err = s.storeAccesses(ctx, opened, lines); err != nil {
		s.accesses.putBack(lines)
	}
	return err
}

// note adds a call of an app to the log. It does the same work whatever was
// decided, and none of it waits for the disk.
func (s *Store) note(line Access) {
	line.When = s.options.Now().UnixMilli()
	line.Until, line.Calls = line.When, 1
	store := func() { _ = s.flushAccessLog(context.Background()) } // if it fails the lines wait on
	switch waiting := s.accesses.add(line); {
	case waiting == 1:
		time.AfterFunc(accessDelay, store)
	case waiting > 0 && waiting%accessWaiting == 0:
		go store()
	}
}

// add adds a call and returns how many lines wait, or 0 when it made no new one.
func (l *accessLog) add(line Access) (waiting int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := slices.IndexFunc(l.lines, line.joins)
	if at >= 0 {
		l.lines[at].join(line)
		return 0
	}
	if len(l.lines) >= accessKept {
		l.lines = l.lines[1:]
	}
	l.lines = append(l.lines, line)
	return len(l.lines)
}

// joins reports whether a call belongs to the line of earlier ones.
func (a Access) joins(line Access) bool {
	return a.Origin == line.Origin && a.Operation == line.Operation && a.Type == line.Type &&
		a.Allowed == line.Allowed && a.When >= line.When && a.When-line.When < accessJoin
}

func (a *Access) join(more Access) {
	a.Until = max(a.Until, more.Until)
	a.Calls += more.Calls
	a.Count += more.Count
}

func (l *accessLog) take() []Access {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := l.lines
	l.lines = nil
	return lines
}

func (l *accessLog) putBack(lines []Access) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines = append(lines, l.lines...)
	l.lines = lines[max(0, len(lines)-accessKept):]
}

// noteRead notes what an app read of a type. Calls that were wrong, or that found
// the store locked, read nothing.
func (c *Client) noteRead(operation AccessOperation, id TypeID, count int, err error) {
	if c.origin == "" || err != nil && err != errNotDetermined && err != errNotVisible && CodeOf(err) != CodeNoData {
		return
	}
	if err != nil {
		count = 0
	}
	c.store.note(Access{
		Origin: c.origin, Operation: operation, Type: id, Count: count,
		Allowed: count > 0 || c.store.lastGrants(c.origin).reads(id),
	})
}

// noteWrite notes what an app saved or deleted, or was not allowed to.
func (c *Client) noteWrite(operation AccessOperation, counts map[TypeID]int, err error) {
	code := CodeOf(err)
	if c.origin == "" || err != nil && code != CodeAuthorizationDenied && code != CodeAuthorizationNotDetermined {
		return
	}
	for id, count := range counts {
		line := Access{Origin: c.origin, Operation: operation, Type: id, Allowed: err == nil}
		if line.Allowed {
			line.Count = count
		}
		c.store.note(line)
	}
}

// lastGrants returns the grants by which the last call of an app was decided,
// without reading them again.
func (s *Store) lastGrants(origin string) *appGrants {
	s.apps.mu.Lock()
	defer s.apps.mu.Unlock()
	if cached, ok := s.apps.apps[s.apps.keys[origin]]; ok {
		return cached.grants
	}
	return &appGrants{}
}

func countTypes(samples []Sample) map[TypeID]int {
	counts := map[TypeID]int{}
	for _, sample := range samples {
		counts[sample.Type]++
	}
	return counts
}
