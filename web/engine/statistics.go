package engine

import (
	"context"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

func statistics(ctx context.Context, c *call, q store.StatisticsQuery) (reply, error) {
	result, err := granted(ctx, c, func(client *store.Client) (store.StatisticsResult, error) {
		return client.Statistics(ctx, q)
	})
	if err != nil {
		return reply{}, err
	}
	return reply{result: result}, nil
}

func statisticsCollection(ctx context.Context, c *call, q store.StatisticsCollectionQuery) (reply, error) {
	result, err := granted(ctx, c, func(client *store.Client) (store.StatisticsCollectionResult, error) {
		return client.StatisticsCollection(ctx, q)
	})
	if err != nil {
		return reply{}, err
	}
	return reply{result: protocol.StatisticsCollectionResult(result)}, nil
}

func sourceOrder(ctx context.Context, c *call, p protocol.TypeParams) (reply, error) {
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	list, err := s.SourceOrder(ctx, p.Type)
	if list == nil {
		list = []store.Source{}
	}
	return reply{result: protocol.SourcesResult{Sources: list}}, err
}

// setSourceOrder tells who shows the type: its sums are others now.
func setSourceOrder(ctx context.Context, c *call, p protocol.SourceOrderParams) (reply, error) {
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	if err := s.SetSourceOrder(ctx, p.Type, p.Sources); err != nil {
		return reply{}, err
	}
	c.session.engine.changed([]store.TypeID{p.Type})
	return reply{}, nil
}
