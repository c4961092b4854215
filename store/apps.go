package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"sync"
)

// decision is what the person decided on one type.
type decision string

const (
	undecided decision = ""
	denied    decision = "denied"
	granted   decision = "granted"
)

// appGrants is what the store keeps of an app, as JSON under a key made from
// its origin. Its field names are part of the stored format.
type appGrants struct {
	Format      int            `json:"format"` // formatVersion
	Origin      string         `json:"origin"`
	Description AppDescription `json:"description"`
	FirstAsked  int64          `json:"firstAsked"` // ms since the Unix epoch
	LastAsked   int64          `json:"lastAsked"`  // ms since the Unix epoch

	// Required is the set that the app named when it first asked for clinical
	// types, empty or not; RequiredSet says that it did.
	Required    []TypeID `json:"required,omitempty"`
	RequiredSet bool     `json:"requiredSet,omitempty"`

	// Unanswered counts the sheets in a row that got no answer, UnansweredAt is when
	// the last of them was shown or closed; see Show.
	Unanswered   int   `json:"unanswered,omitempty"`
	UnansweredAt int64 `json:"unansweredAt,omitempty"` // ms since the Unix epoch

	Types map[TypeID]*typeGrant `json:"types"` // the types decided on
}

// typeGrant is what was decided on one type.
type typeGrant struct {
	Share decision `json:"share,omitempty"`
	Read  decision `json:"read,omitempty"`
	// Ask says that only objects up to the sequence number Through are shared.
	Ask     bool     `json:"ask,omitempty"`
	Through uint64   `json:"through,omitempty"`
	Since   int64    `json:"since,omitempty"`   // ms since the Unix epoch; 0: no limit
	Objects []uint64 `json:"objects,omitempty"` // sequence numbers picked of a per-object type
}

// grantPadding is the multiple of bytes to which grants are padded before they
// are sealed, so that the length does not tell how much was asked for.
const grantPadding = 4096

func (g *appGrants) encode() ([]byte, error) {
	plain, err := json.Marshal(g)
	if err != nil {
		return nil, err
	}
	padding := -len(plain) & (grantPadding - 1)
	return append(plain, bytes.Repeat([]byte(" "), padding)...), nil
}

func decodeGrants(plain []byte) (*appGrants, error) {
	g := &appGrants{}
	if err := json.Unmarshal(plain, g); err != nil || g.Format != formatVersion {
		return nil, errDamaged
	}
	for id, grant := range g.Types {
		if grant == nil {
			delete(g.Types, id)
		}
	}
	return g, nil
}

// appCache keeps the grants last read of every app, with the bytes they were
// read from. The bytes are fetched anew at each call, so that a revocation in
// another tab takes effect at once; only opening them is saved.
type appCache struct {
	mu   sync.Mutex
	keys map[string]string // by origin
	apps map[string]cachedApp
}

type cachedApp struct {
	sealed []byte
	grants *appGrants
}

func (c *appCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys, c.apps = nil, nil
}

func (c *appCache) get(key string, sealed []byte) (*appGrants, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cached, ok := c.apps[key]
	return cached.grants, ok && bytes.Equal(cached.sealed, sealed)
}

func (c *appCache) put(key string, sealed []byte, grants *appGrants) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.apps == nil {
		c.apps = map[string]cachedApp{}
	}
	c.apps[key] = cachedApp{sealed, grants}
}

// appKey returns the key of an app's grants, which does not tell its origin.
func (s *Store) appKey(ctx context.Context, origin string) (string, error) {
	s.apps.mu.Lock()
	key, known := s.apps.keys[origin]
	s.apps.mu.Unlock()
	if known {
		return key, nil
	}
	if s.options.Permissions == nil {
		return "", errLocked
	}
	name, err := s.options.Permissions.Identify(ctx, "app/"+origin)
	if err != nil {
		return "", err
	}
	key = appKeys + hex.EncodeToString(name)
	s.apps.mu.Lock()
	defer s.apps.mu.Unlock()
	if s.apps.keys == nil {
		s.apps.keys = map[string]string{}
	}
	s.apps.keys[origin] = key
	return key, nil
}

// grants returns what the store keeps of an app; for one that never asked,
// grants of nothing. They are shared and must not be changed.
func (s *Store) grants(ctx context.Context, origin string) (*appGrants, error) {
	grants, _, _, err := s.readGrants(ctx, origin)
	return grants, err
}

func (s *Store) readGrants(ctx context.Context, origin string) (g *appGrants, key string, sealed []byte, err error) {
	if key, err = s.appKey(ctx, origin); err != nil {
		return nil, "", nil, err
	}
	none := &appGrants{Format: formatVersion, Origin: origin}
	sealed, err = s.backend.Get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return none, key, nil, nil
	}
	if err != nil {
		return nil, "", nil, err
	}
	g, err = s.openGrants(ctx, key, sealed)
	if errors.Is(err, errDamaged) {
		return none, key, sealed, nil // the person is asked again
	}
	return g, key, sealed, err
}

func (s *Store) openGrants(ctx context.Context, key string, sealed []byte) (*appGrants, error) {
	if cached, ok := s.apps.get(key, sealed); ok {
		return cached, nil
	}
	plain, err := s.options.Permissions.Open(ctx, key, sealed)
	if errors.Is(err, ErrSeal) {
		return nil, errDamaged
	}
	if err != nil {
		return nil, err
	}
	g, err := decodeGrants(plain)
	if err == nil {
		s.apps.put(key, sealed, g)
	}
	return g, err
}

// changeGrants reads what the store keeps of an app, lets change work on it and
// stores it in one write. It starts anew when another tab was quicker. change
// returns false when there is nothing to store.
func (s *Store) changeGrants(ctx context.Context, origin string, change func(g *appGrants) (bool, error)) error {
	for range commitAttempts {
		before, key, stored, err := s.readGrants(ctx, origin)
		if err != nil {
			return err
		}
		after := before.clone()
		if changed, err := change(after); err != nil || !changed {
			return err
		}
		plain, err := after.encode()
		if err != nil {
			return err
		}
		sealed, err := s.options.Permissions.Seal(ctx, key, plain)
		if err != nil {
			return err
		}
		err = s.backend.Apply(ctx, Batch{
			Expect: []Expectation{{key, stored}},
			Put:    []Entry{{key, sealed}},
		})
		if !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return ErrConflict
}

func (g *appGrants) clone() *appGrants {
	copied := *g
	copied.Types = make(map[TypeID]*typeGrant, len(g.Types))
	for id, grant := range g.Types {
		one := *grant
		copied.Types[id] = &one
	}
	return &copied
}

// of returns what was decided on a type: never nil.
func (g *appGrants) of(id TypeID) *typeGrant {
	if grant, ok := g.Types[id]; ok {
		return grant
	}
	return &typeGrant{}
}

// reads reports whether an app may read a type. While one of its required types
// is not granted, none of them is: otherwise the app could tell, from what it
// sees of the others, which one was denied.
func (g *appGrants) reads(id TypeID) bool {
	if g.of(id).Read != granted {
		return false
	}
	return !slices.Contains(g.Required, id) || g.meetsRequired()
}

func (g *appGrants) meetsRequired() bool {
	for _, id := range g.Required {
		if g.of(id).Read != granted {
			return false
		}
	}
	return true
}

// scope returns what an app whose samples have the source own may see of a
// type. decided is false when the person was never asked for it.
func (g *appGrants) scope(id TypeID, own string) (sees scope, decided bool) {
	grant := g.of(id)
	if grant.Share == undecided && grant.Read == undecided {
		return scope{}, false
	}
	sees = everything
	sees.own, sees.read = own, g.reads(id)
	if !sees.read {
		return sees, true
	}
	if grant.Ask {
		sees.through = grant.Through
	}
	if grant.Since != 0 {
		sees.since = grant.Since
	}
	if known, _ := TypeByID(id); known.PerObject {
		sees.objects = make(map[uint64]bool, len(grant.Objects))
		for _, sequence := range grant.Objects {
			sees.objects[sequence] = true
		}
	}
	return sees, true
}

// mayShare returns nil when an app may write a type.
func (g *appGrants) mayShare(id TypeID) error {
	grant := g.of(id)
	switch {
	case grant.Share == granted:
		return nil
	case grant.Share == undecided && grant.Read == undecided:
		return errNotDetermined
	}
	return Errorf(CodeAuthorizationDenied, "the person does not let this app write samples of this type")
}

// Apps returns every app that ever asked, by origin, whatever was decided.
func (s *Store) Apps(ctx context.Context) ([]App, error) {
	apps, err := s.listApps(ctx)
	return apps, wrap(err, "listing the apps")
}

func (s *Store) listApps(ctx context.Context) ([]App, error) {
	apps := []App{}
	err := s.eachApp(ctx, func(g *appGrants) error {
		apps = append(apps, g.describe())
		return nil
	})
	slices.SortFunc(apps, func(a, b App) int { return cmp.Compare(a.Origin, b.Origin) })
	return apps, err
}

// eachApp calls yield with what the store keeps of every app, which is shared and
// must not be changed. What is damaged is left out.
func (s *Store) eachApp(ctx context.Context, yield func(g *appGrants) error) error {
	if s.options.Permissions == nil {
		return errLocked
	}
	var entries []Entry
	err := s.backend.Scan(ctx, appKeys, after(appKeys), func(key string, value []byte) error {
		entries = append(entries, Entry{key, value})
		return nil
	})
	if err != nil {
		return err
	}
	for _, entry := range entries {
		g, err := s.openGrants(ctx, entry.Key, entry.Value)
		if errors.Is(err, errDamaged) {
			continue
		}
		if err != nil {
			return err
		}
		if err := yield(g); err != nil {
			return err
		}
	}
	return nil
}

// describe returns what a person sees of an app: what it can really do.
func (g *appGrants) describe() App {
	app := App{
		Origin: g.Origin, Description: g.Description,
		FirstAsked: g.FirstAsked, LastAsked: g.LastAsked, Grants: []Grant{},
	}
	for _, known := range catalogue {
		grant, decided := g.Types[known.ID]
		if !decided {
			continue
		}
		one := Grant{
			Type: known.ID, Share: grant.Share == granted, Read: g.reads(known.ID),
			AskedRead: grant.Read != undecided, AskedShare: grant.Share != undecided,
		}
		if one.Read {
			one.HistoryStart, one.Objects = grant.Since, len(grant.Objects)
			if known.isClinical() {
				one.Future = FutureAlways
				if grant.Ask {
					one.Future = FutureAsk
				}
			}
		}
		app.Grants = append(app.Grants, one)
	}
	return app
}

// Revoke takes back what an app was granted: of the types named, or of all when
// none is. The app stays listed, and is told nothing.
func (s *Store) Revoke(ctx context.Context, origin string, types ...TypeID) error {
	for _, id := range types {
		if _, known := TypeByID(id); !known {
			return Errorf(CodeInvalidArgument, "a type is not known")
		}
	}
	err := s.changeGrants(ctx, origin, func(g *appGrants) (bool, error) {
		if g.FirstAsked == 0 {
			return false, Errorf(CodeInvalidArgument, "this app never asked")
		}
		for id, grant := range g.Types {
			if len(types) == 0 || slices.Contains(types, id) {
				grant.revoke()
			}
		}
		return true, nil
	})
	return wrap(err, "revoking")
}

// SetGrant changes what the person decided on one type for an app, which must
// have asked for it. Of a clinical type whose future is FutureAsk the records
// present now are shared; Objects can't be changed. The app is told nothing.
//
// Errors: CodeInvalidArgument for a type that was not decided on, one that
// can't be shared, or a history that is no date; CodeDatabaseInaccessible where
// the records present must be known and are locked.
func (s *Store) SetGrant(ctx context.Context, origin string, change Grant) error {
	return wrap(s.setGrant(ctx, origin, change), "changing a grant")
}

func (s *Store) setGrant(ctx context.Context, origin string, change Grant) error {
	request, answer := AuthorizationRequest{Read: []TypeID{change.Type}}, Answer{
		FutureRecords: change.Future, HistoryStart: change.HistoryStart,
	}
	if change.Read {
		answer.Read = request.Read
	}
	if change.Share {
		request.ToShare, answer.Share = request.Read, request.Read
	}
	for _, err := range []error{request.check(), answer.check(request)} {
		if err != nil {
			return err
		}
	}
	newest, _, err := s.present(request, answer)
	if err != nil {
		return err
	}
	return s.changeGrants(ctx, origin, func(g *appGrants) (bool, error) {
		grant, decided := g.Types[change.Type]
		if !decided || change.Read && grant.Read == undecided || change.Share && grant.Share == undecided {
			return false, Errorf(CodeInvalidArgument, "this app never asked for that")
		}
		grant.change(change, answer, newest)
		return true, nil
	})
}

// change decides anew on what was decided before.
func (t *typeGrant) change(to Grant, a Answer, newest uint64) {
	if t.Share != undecided {
		t.Share = decided(to.Share)
	}
	if t.Read != undecided {
		t.read(to.Type, a, newest, map[TypeID][]uint64{to.Type: t.Objects})
	}
}

// revoke turns every grant into a denial.
func (t *typeGrant) revoke() {
	if t.Share == granted {
		t.Share = denied
	}
	if t.Read == granted {
		t.Read = denied
	}
	t.Ask, t.Through, t.Since, t.Objects = false, 0, 0, nil
}
