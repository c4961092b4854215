package store

import (
	"bytes"
	"context"
	"slices"
)

// Lookup reads many records for one request that gives out a few of them. What the
// client may see of a record is looked up once, and the access log tells what was
// given out. It is for one goroutine.
type Lookup struct {
	client *Client
	scopes scoper
	asked  []TypeID // in their order
	given  map[TypeID]int
}

// Lookup begins one.
func (c *Client) Lookup(ctx context.Context) (*Lookup, error) {
	scopes, err := c.scopes(ctx)
	if err != nil {
		return nil, wrap(err, "reading records")
	}
	return &Lookup{client: c, scopes: scopes, given: map[TypeID]int{}}, nil
}

// Query is that of the client, but for the log.
func (l *Lookup) Query(ctx context.Context, q Query) ([]Sample, error) {
	samples, err := steady(ctx, l.client.store, func() ([]Sample, error) { return l.client.query(ctx, q) })
	if (err == nil || err == errNotDetermined) && !slices.Contains(l.asked, q.Type) {
		l.asked = append(l.asked, q.Type)
	}
	return samples, wrap(err, "the query")
}

// Resource is that of the client, but for the log.
func (l *Lookup) Resource(ctx context.Context, uuid string) ([]byte, error) {
	found, err := l.client.steadyResource(ctx, l.scopes, uuid)
	return bytes.Clone(found.raw), wrap(err, "reading a record")
}

// Give says that a record is given out.
func (l *Lookup) Give(s *Sample) { l.given[s.Type]++ }

// Note writes into the access log which types were asked for, and how many records of
// each were given out.
func (l *Lookup) Note() {
	for _, id := range l.asked {
		l.client.noteRead(AccessOpen, id, l.given[id], nil)
	}
}
