package engine

import (
	"context"

	"github.com/keepwell-health/keepwell/web/protocol"
)

func save(ctx context.Context, c *call, p protocol.SaveParams) (reply, error) {
	client, err := c.client(ctx)
	if err != nil {
		return reply{}, err
	}
	uuids, err := client.Save(ctx, p.Samples)
	return reply{result: protocol.SaveResult{UUIDs: uuids}}, err
}

func deleteObjects(ctx context.Context, c *call, p protocol.DeleteParams) (reply, error) {
	client, err := c.client(ctx)
	if err != nil {
		return reply{}, err
	}
	if err := client.Delete(ctx, p.UUIDs); err != nil {
		return reply{}, err
	}
	c.session.engine.tidySoon() // what was deleted goes
	return reply{}, nil
}
