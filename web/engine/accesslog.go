package engine

import (
	"context"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// accessLog lists what apps read and saved.
func accessLog(ctx context.Context, c *call, _ protocol.Empty) (reply, error) {
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	lines, err := s.AccessLog(ctx)
	if lines == nil {
		lines = []store.Access{}
	}
	return reply{result: protocol.AccessLogResult{Accesses: lines}}, err
}
