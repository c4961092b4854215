package backup

import (
	"context"
	"fmt"
	"io"

	"filippo.io/age"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/zipfile"
)

// Export writes a backup of everything that a store holds to w, encrypted by a
// passphrase. It keeps little of the store in memory; w gets the file from its
// beginning to its end. After an error what was written is of no use.
func Export(ctx context.Context, s *store.Store, w io.Writer, passphrase string, options Options) (Manifest, error) {
	options = options.withDefaults()
	if passphrase == "" {
		return Manifest{}, errNoPassphrase
	}
	manifest, err := export(ctx, s, w, passphrase, options)
	return manifest, wrapped(ctx, err, "writing the backup")
}

func export(ctx context.Context, s *store.Store, w io.Writer, passphrase string, options Options) (Manifest, error) {
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return Manifest{}, err
	}
	recipient.SetWorkFactor(options.WorkFactor)
	options.Progress(Progress{Phase: PhaseOpening})
	sealed, err := age.Encrypt(w, recipient)
	reclaim()
	if err != nil {
		return Manifest{}, err
	}
	manifest, err := writeArchive(ctx, s, sealed, options, (*exporter).everything)
	if err != nil {
		return Manifest{}, err
	}
	return manifest, sealed.Close()
}

// PlainFHIR writes the FHIR resources and documents of a store to w as a zip
// archive that is not encrypted: whoever gets it can read it. Restore does not
// take it; an import does.
func PlainFHIR(ctx context.Context, s *store.Store, w io.Writer, options Options) (Manifest, error) {
	options = options.withDefaults()
	manifest, err := writeArchive(ctx, s, w, options, (*exporter).resources)
	return manifest, wrapped(ctx, err, "writing the records")
}

// exporter writes one view of a store.
type exporter struct {
	*archive
	store *store.Store
	view  *store.Export
}

func writeArchive(ctx context.Context, s *store.Store, w io.Writer, options Options, write func(*exporter) error) (Manifest, error) {
	view, err := s.BeginExport(ctx)
	if err != nil {
		return Manifest{}, err
	}
	defer view.End()
	now := options.Now()
	e := &exporter{store: s, view: view, archive: &archive{ctx: ctx, zip: zipfile.NewWriter(w, now), options: options}}
	e.manifest = Manifest{Format: formatName, Version: formatVersion, Created: now.UnixMilli(), Through: view.Through()}
	e.total = int64(s.Status().Records)
	e.manifest.Counts.Missing = view.Hidden()
	if err := write(e); err != nil {
		return Manifest{}, err
	}
	return e.manifest, e.zip.Close()
}

func (e *exporter) everything() error {
	for _, step := range []func() error{e.readme, e.records, e.samples, e.settings, e.accesses} {
		if err := step(); err != nil {
			return err
		}
	}
	listed := e.manifest
	if err := e.value(manifestName, listed); err != nil {
		return err
	}
	e.manifest = listed // which does not list itself
	return nil
}

const readme = `This is a backup of Keepwell, a private health record store for the web.

fhir/         health records as they were received, one FHIR resource a line,
              by source and FHIR release; *.index.ndjson says of each line what
              the store knows of it
resources/    health records whose bytes take several lines
documents/    documents that are no FHIR resources
samples/      measurements, by type
apps.json, orders.json, access-log.ndjson
              what apps may read, the order of sources, what apps did read
manifest.json what is here, with SHA-256 digests

Whoever has this folder can read it.
`

func (e *exporter) readme() error { return e.whole(readmeName, []byte(readme)) }

// settings writes the apps and the order of sources.
func (e *exporter) settings() error {
	apps, err := e.view.Apps(e.ctx)
	if err != nil {
		return err
	}
	e.manifest.Counts.Apps = len(apps)
	if err := e.value(appsName, list(apps)); err != nil {
		return err
	}
	orders, err := e.view.Orders(e.ctx)
	if err != nil {
		return err
	}
	if orders == nil {
		orders = map[store.TypeID][]string{}
	}
	return e.value(ordersName, orders)
}

// list returns items, which then are [] in JSON when there are none.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

func (e *exporter) accesses() error {
	lines, err := e.store.AccessLog(e.ctx)
	if err != nil {
		return err
	}
	m, err := e.create(accessLogName)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if err := m.json(line); err != nil {
			return err
		}
	}
	e.manifest.Counts.Accesses = len(lines)
	return m.close()
}

// samples writes a file for every type.
func (e *exporter) samples() error {
	for _, id := range e.view.Types() {
		m, err := e.create(samplesName(id))
		if err != nil {
			return err
		}
		writer := newSampleWriter(m)
		missing, err := e.view.Samples(e.ctx, id, func(sample *store.Sample) error {
			e.manifest.Counts.Samples++
			if err := writer.write(sample); err != nil {
				return err
			}
			return e.count()
		})
		if err != nil {
			return err
		}
		e.manifest.Counts.Missing += missing
		if err := m.close(); err != nil {
			return err
		}
	}
	return nil
}

func samplesName(id store.TypeID) string { return fmt.Sprintf("samples/%s.ndjson", id) }
