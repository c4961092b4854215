package store

import (
	"bytes"
	"context"
)

// Client asks the store on behalf of the person or of an app. Both have the
// same calls with the same errors; a person sees everything, an app what it was
// granted, and a denied type looks in every way like one without data.
type Client struct {
	store  *Store
	origin string // "" is the person
}

// Person returns the client that sees everything.
func (s *Store) Person() *Client { return &Client{store: s} }

// App returns the client of an app, which is known by its origin, such as
// "https://portal.example".
func (s *Store) App(origin string) *Client { return &Client{store: s, origin: origin} }

// personSource is the source of what the person enters.
const personSource = "person"

// appSource begins the sources of what apps save.
const appSource = "origin:"

// source returns the identifier of the source of what the client saves.
func (c *Client) source() string {
	if c.origin == "" {
		return personSource
	}
	return appSource + c.origin
}

// scope returns what the client may see of a type. An error of
// CodeAuthorizationNotDetermined says that the person was not asked yet. It
// needs no unlocked store, so that a call fails for the same reason whether the
// store is locked or not.
func (c *Client) scope(ctx context.Context, id TypeID) (scope, error) {
	scopes, err := c.scopes(ctx)
	if err != nil {
		return scope{}, err
	}
	return scopes(id)
}

// scoper tells what a client may see of a type.
type scoper func(TypeID) (scope, error)

// scopes reads what was decided for the client.
func (c *Client) scopes(ctx context.Context) (scoper, error) {
	if c.origin == "" {
		return func(TypeID) (scope, error) { return everything, nil }, nil
	}
	grants, err := c.store.grants(ctx, c.origin)
	if err != nil {
		return nil, err
	}
	return func(id TypeID) (scope, error) {
		sees, decided := grants.scope(id, c.source())
		if !decided {
			return scope{}, errNotDetermined
		}
		return sees, nil
	}, nil
}

// Query returns the samples of a type that match. Without a match the result is
// empty, not an error.
//
// Its errors are of CodeInvalidArgument, CodeAuthorizationNotDetermined and
// CodeDatabaseInaccessible; a segment that does not open leaves its own samples
// out, and Status tells.
func (c *Client) Query(ctx context.Context, q Query) ([]Sample, error) {
	samples, err := steady(ctx, c.store, func() ([]Sample, error) { return c.query(ctx, q) })
	c.noteRead(AccessRead, q.Type, len(samples), err)
	return samples, wrap(err, "the query")
}

func (c *Client) query(ctx context.Context, q Query) ([]Sample, error) {
	opened := c.store.session.Load() // nil while locked
	plan, err := opened.plan(q)
	if err != nil {
		return nil, err
	}
	if plan.scope, err = c.scope(ctx, q.Type); err != nil {
		return nil, err
	}
	if opened == nil {
		return nil, errLocked
	}
	found, err := plan.run(ctx, opened, opened.state.Load())
	if err != nil {
		return nil, err
	}
	samples := make([]Sample, len(found))
	for at, o := range found {
		samples[at] = opened.sampleOf(o)
	}
	return samples, nil
}

// sampleOf returns an object as clients see it.
func (opened *session) sampleOf(o object) Sample {
	sample := o.sample()
	sample.UUID = opened.uuid(o.sequence)
	return sample
}

// uuid returns the identifier of the object with a sequence number.
func (opened *session) uuid(sequence uint64) string { return opened.names.Name(sequence, 0) }

// number undoes uuid. ok is false for what this store never gave out. A nil
// session, that of a locked store, knows no identifier.
func (opened *session) number(uuid string) (sequence uint64, ok bool) {
	if opened == nil {
		return 0, false
	}
	sequence, tag, ok := opened.names.Number(uuid)
	return sequence, ok && tag == 0
}

// Sample returns one sample. An error of CodeNoData says that the client sees
// none of this UUID.
func (c *Client) Sample(ctx context.Context, uuid string) (Sample, error) {
	sample, err := steady(ctx, c.store, func() (Sample, error) { return c.sample(ctx, uuid) })
	c.noteRead(AccessRead, sample.Type, 1, err)
	return sample, wrap(err, "reading a sample")
}

func (c *Client) sample(ctx context.Context, uuid string) (Sample, error) {
	scopes, err := c.scopes(ctx)
	if err != nil {
		return Sample{}, err
	}
	opened, o, _, err := c.visible(ctx, scopes, uuid)
	if err != nil {
		return Sample{}, err
	}
	return opened.sampleOf(o), nil
}

// Resource returns the bytes of one clinical record exactly as they were
// received. An error of CodeNoData says that the client sees no record of this
// UUID; one of CodeCorruptStore, that its bytes don't open.
func (c *Client) Resource(ctx context.Context, uuid string) ([]byte, error) {
	scopes, err := c.scopes(ctx)
	if err != nil {
		return nil, wrap(err, "reading a record")
	}
	found, err := c.steadyResource(ctx, scopes, uuid)
	c.noteRead(AccessOpen, found.id, 1, err)
	return bytes.Clone(found.raw), wrap(err, "reading a record")
}

func (c *Client) steadyResource(ctx context.Context, scopes scoper, uuid string) (resource, error) {
	return steady(ctx, c.store, func() (resource, error) { return c.resource(ctx, scopes, uuid) })
}

// resource is the bytes of a record, which share memory with its segment.
type resource struct {
	id  TypeID
	raw []byte
}

func (c *Client) resource(ctx context.Context, scopes scoper, uuid string) (resource, error) {
	opened, o, one, err := c.visible(ctx, scopes, uuid)
	if err != nil {
		return resource{}, err
	}
	if one.Kind != kindRecords {
		return resource{}, errNotVisible
	}
	raw, err := opened.resourceOf(ctx, one, o.at)
	return resource{TypeID(o.text(columnType)), raw}, err
}

// visible returns the object of a UUID when the client may see it. That it was
// never asked for the object's type looks like any other absence: the error
// would tell the type. An object that is not seen takes no longer than one that is
// gone: the grants are read for both, and its segment is opened for neither.
func (c *Client) visible(ctx context.Context, scopes scoper, uuid string) (*session, object, *segment, error) {
	none := func(err error) (*session, object, *segment, error) { return nil, object{}, nil, err }
	opened, err := c.store.unlocked()
	if err != nil {
		return none(err)
	}
	sequence, ok := opened.number(uuid)
	if !ok {
		return none(errNotVisible)
	}
	one, at, ok := opened.state.Load().find(sequence)
	if !ok {
		return none(errNotVisible)
	}
	sees, err := scopes(one.typeOf(at))
	if err != nil || !sees.read && !one.has(sees.own) {
		return none(errNotVisible)
	}
	o := object{table: one.table, at: at, sequence: sequence}
	if one.Kind == kindSamples {
		if o.table, err = opened.samplesOf(ctx, one); err != nil {
			return none(err)
		}
	}
	if !sees.sees(o) {
		return none(errNotVisible)
	}
	return opened, o, one, nil
}
