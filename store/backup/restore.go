package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/zipfile"
)

// Inspect opens a backup as far as it takes to tell what it holds. Its errors are
// those of Restore, which checks the rest.
func Inspect(ctx context.Context, src io.ReaderAt, size int64, passphrase string, options Options) (Summary, error) {
	o, err := open(ctx, src, size, passphrase, options.withDefaults())
	if err != nil {
		return Summary{}, wrapped(ctx, err, "opening the backup")
	}
	var apps []struct{ Origin string }
	if err := o.value(appsName, &apps); err != nil {
		return Summary{}, wrapped(ctx, o.source.blame(err), "opening the backup")
	}
	summary := Summary{Created: o.manifest.Created, Counts: o.manifest.Counts, Apps: []string{}}
	for _, app := range apps {
		summary.Apps = append(summary.Apps, app.Origin)
	}
	return summary, nil
}

// Restore takes the backup in the first size bytes of src into a store. First it
// reads all of it and checks it: the passphrase, that nothing was altered or is
// missing, the version, digests and counts. Then everything comes in at once, by
// one commit.
//
// The error is a *store.Error that says what is wrong; nothing has changed then.
func Restore(ctx context.Context, s *store.Store, src io.ReaderAt, size int64, passphrase string, mode Mode, options Options) (Report, error) {
	options = options.withDefaults()
	if mode != Merge && mode != Replace {
		return Report{}, invalid("a restore merges or replaces")
	}
	o, err := open(ctx, src, size, passphrase, options)
	if err != nil {
		return Report{}, wrapped(ctx, err, "opening the backup")
	}
	if err := o.verify(ctx, options); err != nil {
		return Report{}, wrapped(ctx, o.source.blame(err), "checking the backup")
	}
	report, err := o.restore(ctx, s, mode, options)
	return report, wrapped(ctx, err, "restoring the backup")
}

func (o *opened) restore(ctx context.Context, s *store.Store, mode Mode, options Options) (Report, error) {
	into, err := s.BeginRestore(ctx, mode == Replace)
	if err != nil {
		return Report{}, err
	}
	r := &restorer{opened: o, ctx: ctx, into: into, options: options}
	for _, file := range o.manifest.Files {
		r.total += file.Bytes
	}
	if err = r.everything(); err == nil {
		err = into.Commit(ctx)
	}
	if err != nil {
		return Report{}, errors.Join(o.source.blame(err), into.Rollback(ctx))
	}
	tally := into.Tally()
	return Report{Created: o.manifest.Created, Counts: o.manifest.Counts, Added: tally.Added, Replaced: tally.Replaced, Unchanged: tally.Unchanged}, nil
}

// restorer takes a verified backup in.
type restorer struct {
	*opened
	ctx     context.Context
	into    *store.Import
	options Options
	done    int64
	total   int64
	counts  Counts
}

func (r *restorer) everything() error {
	if err := r.records(); err != nil {
		return err
	}
	for _, file := range r.manifest.Files {
		if !strings.HasPrefix(file.Name, "samples/") {
			continue
		}
		if err := r.samples(file.Name); err != nil {
			return err
		}
	}
	if err := r.settings(); err != nil {
		return err
	}
	expected := r.manifest.Counts
	expected.Missing = 0
	if r.counts != expected {
		return errCounts
	}
	return nil
}

// progress counts bytes that were taken in.
func (r *restorer) progress(bytes int) {
	r.done += int64(bytes)
	r.options.Progress(Progress{Phase: PhaseTaking, Done: r.done, Total: r.total})
}

// lines calls yield for each line of a member.
func (r *restorer) lines(name string, yield func(line []byte) error) error {
	content, lines, err := r.openLines(name)
	if err != nil {
		return err
	}
	defer content.Close()
	for {
		line, err := lines.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := yield(line); err != nil {
			return err
		}
	}
}

func (r *restorer) openLines(name string) (io.Closer, *lineReader, error) {
	member := r.members[name]
	if member == nil {
		return nil, nil, errMembers
	}
	content, err := member.Open(r.inflate)
	if err != nil {
		return nil, nil, errDamaged
	}
	return content, newLineReader(content), nil
}

func readAll(member *zipfile.File, inflate zipfile.Inflate) ([]byte, error) {
	content, err := member.Open(inflate)
	if err != nil {
		return nil, errDamaged
	}
	defer content.Close()
	raw := bytes.NewBuffer(make([]byte, 0, member.Size))
	if _, err := raw.ReadFrom(content); err != nil {
		return nil, errDamaged
	}
	return raw.Bytes(), nil
}

// samples takes in the samples of one type.
func (r *restorer) samples(name string) error {
	id := store.TypeID(strings.TrimSuffix(strings.TrimPrefix(name, "samples/"), ".ndjson"))
	if _, known := store.TypeByID(id); !known {
		return errNewer
	}
	reader := &sampleReader{id: id}
	return r.lines(name, func(line []byte) error {
		sample, ok, err := reader.read(line)
		if err != nil || !ok {
			return err
		}
		r.counts.Samples++
		_, err = r.into.AddSample(r.ctx, sample)
		if r.counts.Samples%256 == 0 {
			r.progress(256 * len(line))
		}
		return err
	})
}

// maxAccesses bounds the lines of an access log: a store keeps some ten thousand.
const maxAccesses = 100_000

// settings takes in apps, the order of sources and the access log.
func (r *restorer) settings() error {
	var apps []json.RawMessage
	if err := r.value(appsName, &apps); err != nil {
		return err
	}
	r.counts.Apps = len(apps)
	if err := r.into.RestoreApps(apps); err != nil {
		return err
	}
	var orders map[store.TypeID][]string
	if err := r.value(ordersName, &orders); err != nil {
		return err
	}
	r.into.RestoreOrders(orders)
	var accesses []store.Access
	err := r.lines(accessLogName, func(line []byte) error {
		var access store.Access
		if json.Unmarshal(line, &access) != nil || len(accesses) >= maxAccesses {
			return errMalformed
		}
		accesses = append(accesses, access)
		return nil
	})
	r.counts.Accesses = len(accesses)
	r.into.RestoreAccessLog(accesses)
	return err
}

// value reads a member that is one JSON value.
func (o *opened) value(name string, into any) error {
	member := o.members[name]
	if member == nil {
		return errMembers
	}
	text, err := o.whole(member)
	if err != nil {
		return err
	}
	if json.Unmarshal(text, into) != nil {
		return errMalformed
	}
	return nil
}
