package engine

import (
	"context"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// client is the store as the caller may see it.
func (c *call) client(ctx context.Context) (*store.Client, error) {
	s, err := c.store(ctx)
	if err != nil {
		return nil, err
	}
	if c.session.who.person {
		return s.Person(), nil
	}
	return s.App(c.session.who.origin), nil
}

// granted reads, and reads again when the person answered or revoked meanwhile:
// what leaves the engine was allowed at the moment it left. The loop ends,
// since it goes on only after a person has done something.
func granted[T any](ctx context.Context, c *call, read func(*store.Client) (T, error)) (T, error) {
	for {
		before := c.session.engine.grants.Load()
		client, err := c.client(ctx)
		if err != nil {
			var none T
			return none, err
		}
		result, err := read(client)
		if c.session.engine.grants.Load() == before {
			return result, err
		}
	}
}

// atMost returns the limit that a query is given in place of the caller's: one more
// than the caller may have, where it asks for that many.
func (c *call) atMost(limit int) int {
	if most := c.session.limits.samples; most > 0 && (limit == 0 || limit > most) {
		return most + 1
	}
	return limit
}

// fits refuses a result of more samples than the caller may have.
func (c *call) fits(samples int) error {
	if most := c.session.limits.samples; most > 0 && samples > most {
		return errTooLarge
	}
	return nil
}

func query(ctx context.Context, c *call, q store.Query) (reply, error) {
	q.Limit = c.atMost(q.Limit)
	samples, err := granted(ctx, c, func(client *store.Client) ([]store.Sample, error) {
		return client.Query(ctx, q)
	})
	if err == nil {
		err = c.fits(len(samples))
	}
	if err != nil {
		return reply{}, err
	}
	return reply{result: protocol.QueryResult{Samples: samples}}, nil
}

func anchored(ctx context.Context, c *call, q store.AnchoredQuery) (reply, error) {
	q.Limit = c.atMost(q.Limit)
	result, err := granted(ctx, c, func(client *store.Client) (store.AnchoredResult, error) {
		return client.Anchored(ctx, q)
	})
	if err == nil {
		err = c.fits(len(result.Samples))
	}
	if err != nil {
		return reply{}, err
	}
	return reply{result: protocol.AnchoredResult(result)}, nil
}

func sources(ctx context.Context, c *call, p protocol.SourcesParams) (reply, error) {
	list, err := granted(ctx, c, func(client *store.Client) ([]store.Source, error) {
		return client.Sources(ctx, p.Type)
	})
	if err != nil {
		return reply{}, err
	}
	if list == nil {
		list = []store.Source{} // [] on the wire, as a list of none is
	}
	return reply{result: protocol.SourcesResult{Sources: list}}, nil
}

func resource(ctx context.Context, c *call, p protocol.ResourceParams) (reply, error) {
	raw, err := granted(ctx, c, func(client *store.Client) ([]byte, error) {
		return client.Resource(ctx, p.UUID)
	})
	if err != nil {
		return reply{}, err
	}
	return reply{result: protocol.ResourceResult{Size: len(raw)}, buffers: [][]byte{raw}}, nil
}

func sample(ctx context.Context, c *call, p protocol.ResourceParams) (reply, error) {
	client, err := c.client(ctx)
	if err != nil {
		return reply{}, err
	}
	one, err := client.Sample(ctx, p.UUID)
	return reply{result: one}, err
}
