package engine

import (
	"context"
	"io"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/backup"
	"github.com/keepwell-health/keepwell/store/seal"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// Spool takes a file's bytes out of the engine's memory as they are written.
type Spool interface {
	io.Writer
	// File ends the file and returns it. A spool that is not ended leaves nothing.
	File() (protocol.File, error)
}

// Media types of exported files. Nobody registered one for age.
const (
	backupType = "application/octet-stream"
	plainType  = "application/zip"
)

// export writes a backup of everything, or the plain resources.
func export(ctx context.Context, c *call, p protocol.ExportParams) (reply, error) {
	options := &c.session.engine.options
	switch {
	case (p.Passphrase == "") != p.Plain:
		return reply{}, invalid("export takes a passphrase, or plain, and not both")
	case options.Spool == nil:
		return reply{}, invalid("nothing can be exported here")
	}
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	var spool Spool
	var manifest backup.Manifest
	if p.Plain {
		spool = options.Spool(ctx, plainType)
		manifest, err = backup.PlainFHIR(ctx, s, spool, c.backupOptions())
	} else {
		spool = options.Spool(ctx, backupType)
		manifest, err = backup.Export(ctx, s, spool, seal.Normalize(p.Passphrase), c.backupOptions())
	}
	if err != nil {
		return reply{}, err
	}
	file, err := spool.File()
	if err != nil {
		return reply{}, err
	}
	if !p.Plain {
		// A full disk may refuse it, and is no reason to withhold the backup.
		_ = s.NoteBackup(ctx, manifest.Created, manifest.Through)
	}
	return reply{result: protocol.ExportResult{Counts: manifest.Counts, Size: file.Size()}, files: []protocol.File{file}}, nil
}

func inspectBackup(ctx context.Context, c *call, p protocol.InspectParams) (reply, error) {
	file, err := c.onlyFile()
	if err != nil {
		return reply{}, err
	}
	summary, err := backup.Inspect(ctx, file, file.Size(), seal.Normalize(p.Passphrase), c.backupOptions())
	return reply{result: summary}, err
}

// restore takes a backup in. It is one transaction: canceled or failed, nothing of
// it stays.
func restore(ctx context.Context, c *call, p protocol.RestoreParams) (reply, error) {
	file, err := c.onlyFile()
	if err != nil {
		return reply{}, err
	}
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	before := s.Status().Records
	report, err := backup.Restore(ctx, s, file, file.Size(), seal.Normalize(p.Passphrase), p.Mode, c.backupOptions())
	if err != nil {
		return reply{}, err
	}
	c.session.engine.regranted() // what apps may see came with it
	if p.Mode == backup.Replace || before == 0 {
		c.session.engine.isBackup(ctx, s, report)
	}
	c.session.engine.tidySoon() // what was replaced goes
	return reply{result: report}, nil
}

// isBackup notes that the file just restored is the backup of what is there now.
// The note may fail: a reminder too many does no harm.
func (e *Engine) isBackup(ctx context.Context, s *store.Store, report backup.Report) {
	if view, err := s.BeginExport(ctx); err == nil {
		defer view.End()
		_ = s.NoteBackup(ctx, report.Created, view.Through())
	}
}

func backupState(ctx context.Context, c *call, _ protocol.Empty) (reply, error) {
	s, err := c.store(ctx)
	if err != nil {
		return reply{}, err
	}
	state, err := s.BackupState(ctx)
	return reply{result: state}, err
}

func (c *call) onlyFile() (protocol.File, error) {
	if len(c.files) != 1 {
		return nil, invalid("a backup is one file")
	}
	return c.files[0], nil
}

// backupOptions reports progress and lets a cancel in: most of the work on a
// backup never waits for the browser, and what waits in its queue stays there.
func (c *call) backupOptions() backup.Options {
	options := c.session.engine.options
	due := c.paced()
	return backup.Options{
		Now: options.Now, WorkFactor: options.workFactor,
		Progress: func(p backup.Progress) {
			if !due(p.Phase) {
				return
			}
			c.session.tell(protocol.EventProgress, protocol.BackupProgress{Request: c.id, Progress: p})
			if options.Yield != nil {
				options.Yield()
			}
		},
	}
}
