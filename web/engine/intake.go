package engine

import (
	"context"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake"
	fictional "github.com/keepwell-health/keepwell/store/intake/sample"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// progressInterval is the least time between two progress events: as often as a
// page can paint a bar that looks smooth.
const progressInterval = 50 * time.Millisecond

// importFiles takes in what the person brought. It is one transaction: canceled
// or failed, nothing of it stays.
func importFiles(ctx context.Context, c *call, p protocol.ImportParams) (reply, error) {
	if len(c.files) == 0 {
		return reply{}, invalid("import needs files")
	}
	if len(p.Names) != 0 && len(p.Names) != len(c.files) {
		return reply{}, invalid("names must be one a file")
	}
	files := make([]intake.File, len(c.files))
	for i, file := range c.files {
		files[i] = file
		if len(p.Names) != 0 {
			files[i] = named{file, p.Names[i]}
		}
	}
	return c.takeIn(ctx, func(s *store.Store, onProgress func(intake.Progress)) (intake.Report, error) {
		return intake.Import(ctx, s, files, onProgress)
	})
}

// importSample takes in the fictional person's records.
func importSample(ctx context.Context, c *call, _ protocol.Empty) (reply, error) {
	return c.takeIn(ctx, func(s *store.Store, onProgress func(intake.Progress)) (intake.Report, error) {
		return fictional.Load(ctx, s, onProgress)
	})
}

func (c *call) takeIn(ctx context.Context, do func(*store.Store, func(intake.Progress)) (intake.Report, error)) (reply, error) {
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	report, err := do(s, c.progress())
	if err != nil {
		return reply{}, err
	}
	c.session.engine.tidySoon() // what was replaced goes
	return reply{result: report}, nil
}

// progress returns a function that tells the caller, now and then, how far its
// request is.
func (c *call) progress() func(intake.Progress) {
	var told time.Time
	var phase intake.Phase
	return func(p intake.Progress) {
		now := c.session.engine.options.Now()
		if p.Phase == phase && now.Sub(told) < progressInterval {
			return
		}
		told, phase = now, p.Phase
		c.session.tell(protocol.EventProgress, protocol.Progress{Request: c.id, Progress: p})
	}
}

// named is a file under the name that the page gave it.
type named struct {
	protocol.File
	name string
}

func (n named) Name() string { return n.name }
