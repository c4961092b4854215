// Package intake takes in what a person brings: files of any format that the
// decoders below read, alone, in folders or in archives. A file is known by its
// content, never by its name alone. Everything that is brought at once goes
// into the store at once, or not at all.
package intake

import (
	"context"
	"errors"
	"io"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/applehealth"
	"github.com/keepwell-health/keepwell/store/intake/bundle"
	"github.com/keepwell-health/keepwell/store/intake/format"
)

// decoders lists the formats that can be read, the more particular ones first.
// To add a format, add its package's Decoder here and take its sign out of signs.
var decoders = []format.Decoder{
	applehealth.Decoder,
	bundle.Decoder,
}

// File is something a person brought: a Blob in the browser, a file in tests.
type File interface {
	Name() string // its path below what was picked or dropped, with slashes
	Size() int64  // bytes
	io.ReaderAt
}

// Import takes in files in one staged import: either all that could be read is
// in the store when it returns, or, when ctx ends or the store fails, nothing
// is. What can't be read is reported and doesn't hinder the rest. onProgress may
// be nil; it is called on the calling goroutine.
//
// The error is a *store.Error: userCanceled, quotaExceeded, databaseInaccessible
// or what else the store fails with. Bad input is never an error.
func Import(ctx context.Context, s *store.Store, files []File, onProgress func(Progress)) (Report, error) {
	st, err := begin(ctx, s, onProgress)
	if err != nil {
		return Report{}, err
	}
	return st.finish(st.importFiles(files))
}

func (st *stage) importFiles(files []File) error {
	st.progress.enter(PhaseOpening)
	var inputs []*format.Input
	for _, file := range files {
		inputs = append(inputs, st.open(file)...)
	}
	jobs := st.plan(inputs)
	for _, job := range jobs {
		st.progress.total += job.size()
	}
	st.progress.enter(PhaseReading)
	for _, job := range jobs {
		if err := st.run(job); err != nil {
			return err
		}
	}
	return st.alive()
}

// run decodes one job. Its error ends the import.
func (st *stage) run(job job) error {
	if err := st.alive(); err != nil {
		return err
	}
	st.progress.file = job.main.Path
	st.file(job.main.Path).Format = job.decoder.Name
	found := st.found(job.main.Path)
	err := job.decoder.Decode(job.main, job.others, st)
	if st.failed != nil {
		return st.failed
	}
	switch nothing := st.found(job.main.Path) == found; {
	case err != nil && nothing:
		st.refuse(job.main.Path, reasonOf(err))
	case err != nil:
		st.Skip(format.Fault{File: job.main.Path, Offset: offsetOf(err), Reason: reasonOf(err)})
	case nothing:
		st.refuse(job.main.Path, reasonNothing)
	}
	return nil
}

// found counts what a file has yielded so far.
func (st *stage) found(path string) int {
	file := st.file(path)
	return file.Added + file.Replaced + file.Unchanged + file.Skipped
}

// offsetOf returns where in the file an error is, 0 when it does not say.
func offsetOf(err error) int64 {
	var known *format.Error
	if errors.As(err, &known) {
		return known.Offset
	}
	return 0
}

// reasonOf returns what a person may read of an error: the reasons that the
// intake itself gives, and never the text of a library's error, which may quote
// the file.
func reasonOf(err error) string {
	var known *format.Error
	switch {
	case errors.As(err, &known):
		return known.Reason
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the file is cut short"
	}
	return "the file can't be read from this device; it may have been moved or changed meanwhile"
}
