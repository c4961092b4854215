package engine

import (
	"context"
	"io"
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
	due := c.paced()
	return func(p intake.Progress) {
		if due(string(p.Phase)) {
			c.session.tell(protocol.EventProgress, protocol.Progress{Request: c.id, Progress: p})
		}
	}
}

// paced returns a function that says whether it is time to tell of progress: at
// the start of a phase, and then every progressInterval.
func (c *call) paced() func(phase string) bool {
	var told time.Time
	var last string
	return func(phase string) bool {
		now := c.session.engine.options.Now()
		if phase == last && now.Sub(told) < progressInterval {
			return false
		}
		told, last = now, phase
		return true
	}
}

// named is a file under the name that the page gave it.
type named struct {
	protocol.File
	name string
}

func (n named) Name() string { return n.name }

// Inflate implements intake.Inflater for a file that does.
func (n named) Inflate(packed io.Reader, sum, size uint32) io.ReadCloser {
	if own, ok := n.File.(intake.Inflater); ok {
		return own.Inflate(packed, sum, size)
	}
	return nil
}
