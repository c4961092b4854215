package engine

import (
	"context"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// save writes samples. Those of an app go to the journal while the store is
// locked; they have no uuids then.
func save(ctx context.Context, c *call, p protocol.SaveParams) (reply, error) {
	client, err := c.client(ctx)
	if isLocked(err) && !c.session.who.person && c.session.engine.options.Vault != nil {
		err = c.session.engine.journal(ctx, c.session.who.origin, p.Samples)
		return reply{result: protocol.SaveResult{UUIDs: []string{}}}, err
	}
	if err != nil {
		return reply{}, err
	}
	uuids, err := client.Save(ctx, p.Samples)
	return reply{result: protocol.SaveResult{UUIDs: uuids}}, err
}

// isLocked reports whether an error says that the store is locked.
func isLocked(err error) bool { return store.CodeOf(err) == store.CodeDatabaseInaccessible }

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
