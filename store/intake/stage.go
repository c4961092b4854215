package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/format"
)

// Stage runs fill in one staged import: what fill hands to the sink appears in
// the store at once when fill returns nil, and not at all when it returns an
// error or ctx ends. onProgress may be nil.
//
// The error is a *store.Error; userCanceled when ctx ended.
func Stage(ctx context.Context, s *store.Store, onProgress func(Progress), fill func(format.Sink) error) (Report, error) {
	st, err := begin(ctx, s, onProgress)
	if err != nil {
		return Report{}, err
	}
	return st.finish(fill(st))
}

// stage is the Sink of a running import.
type stage struct {
	ctx      context.Context
	im       *store.Import
	report   Report
	byFile   map[string]*FileReport
	last     *FileReport // of byFile, the one asked for last
	changed  map[store.TypeID]bool
	progress progress
	sum      fhir.Summary // reused for every resource
	failed   error        // what ended the import
}

func begin(ctx context.Context, s *store.Store, onProgress func(Progress)) (*stage, error) {
	im, err := s.BeginImport(ctx)
	if err != nil {
		return nil, asStoreError(ctx, err)
	}
	return &stage{
		ctx: ctx, im: im,
		report:   Report{Skipped: []Skip{}, ByType: map[store.TypeID]int{}},
		byFile:   map[string]*FileReport{},
		changed:  map[store.TypeID]bool{},
		progress: progress{tell: onProgress},
	}, nil
}

// finish commits, or rolls back when err says so.
func (st *stage) finish(err error) (Report, error) {
	if st.failed != nil {
		err = st.failed
	}
	if err == nil {
		err = st.ctx.Err()
	}
	if err == nil {
		st.progress.enter(PhaseSaving)
		err = st.measured(st.im.Commit(st.ctx))
	} else {
		err = st.measured(err)
		// The rollback must happen although ctx has ended.
		err = errors.Join(err, st.im.Rollback(context.WithoutCancel(st.ctx)))
	}
	if err != nil {
		return Report{}, asStoreError(st.ctx, err)
	}
	return st.finished(), nil
}

// measured says of an error for want of room how much is missing: what the whole
// import needs, going by the part that was read, and how much of it fit. Browsers
// don't tell what they leave (Chromium's estimate is a constant).
func (st *stage) measured(err error) error {
	if !errors.Is(err, store.ErrQuota) {
		return err
	}
	needed, fit := st.im.Size()
	if st.progress.bytes > 0 && st.progress.total > st.progress.bytes {
		needed = int64(float64(needed) * float64(st.progress.total) / float64(st.progress.bytes))
	}
	text := fmt.Sprintf("there is no room for the import: it needs about %d MB, of which %d MB fit; nothing of it was kept", megabytes(needed), fit/1_000_000)
	return &store.Error{Code: store.CodeQuotaExceeded, Text: text, Err: err}
}

// megabytes rounds up, so that what a person frees is enough.
func megabytes(size int64) int64 { return (size + 999_999) / 1_000_000 }

func (st *stage) finished() Report {
	st.report.ByFile = st.fileReports()
	for id := range st.changed {
		st.report.Types = append(st.report.Types, id)
	}
	slices.Sort(st.report.Types)
	return st.report
}

// fileReports lists the files by path, those that failed first when there are
// more than fit.
func (st *stage) fileReports() []FileReport {
	all := make([]FileReport, 0, len(st.byFile))
	for _, file := range st.byFile {
		all = append(all, *file)
	}
	slices.SortFunc(all, func(a, b FileReport) int { return compareFiles(a, b, len(all) > maxListed) })
	return all[:min(len(all), maxListed)]
}

// Resource implements format.Sink.
func (st *stage) Resource(from *format.Input, source store.Source, resource fhir.Resource) error {
	if err := st.alive(); err != nil {
		return err
	}
	if reason, pointer := st.summarize(&resource); reason != "" {
		st.Skip(faultAt(from, resource, pointer, reason))
		return nil
	}
	st.identify(from, resource)
	id := store.ClinicalType(&st.sum)
	outcome, err := st.im.AddResource(st.ctx, source, resource, &st.sum)
	if reason, refused := refusal(err); refused {
		st.Skip(faultAt(from, resource, "", reason))
		return nil
	}
	if err != nil {
		return st.fail(err)
	}
	st.count(from, id, outcome)
	if outcome == store.Unchanged {
		return nil
	}
	return st.characteristics(source, resource.Raw)
}

// Sample implements format.Sink.
func (st *stage) Sample(from *format.Input, sample store.Sample) error {
	if err := st.alive(); err != nil {
		return err
	}
	outcome, err := st.im.AddSample(st.ctx, sample)
	return st.counted(from, sample.Type, outcome, err)
}

// Samples implements format.Sink.
func (st *stage) Samples(from *format.Input, like *store.Template, readings []store.Reading) error {
	if err := st.alive(); err != nil {
		return err
	}
	tally, err := st.im.AddReadings(st.ctx, like, readings)
	if reason, refused := refusal(err); refused {
		for range readings {
			st.Skip(format.Fault{File: from.Path, Reason: reason})
		}
		return nil
	}
	if err != nil {
		return st.fail(err)
	}
	st.tally(from, like.Type(), tally)
	return nil
}

// Object implements format.Sink.
func (st *stage) Object(from *format.Input, sample store.Sample, identifier string, raw []byte) error {
	if err := st.alive(); err != nil {
		return err
	}
	sample.SyncIdentifier = identifier
	outcome, err := st.im.AddDocument(st.ctx, sample, raw)
	return st.counted(from, sample.Type, outcome, err)
}

// counted counts what became of one sample, or reports why it was refused. Its
// error is the store's failure.
func (st *stage) counted(from *format.Input, id store.TypeID, outcome store.Outcome, err error) error {
	if reason, refused := refusal(err); refused {
		st.Skip(format.Fault{File: from.Path, Reason: reason})
		return nil
	}
	if err != nil {
		return st.fail(err)
	}
	st.count(from, id, outcome)
	return nil
}

// Skip implements format.Sink.
func (st *stage) Skip(fault format.Fault) {
	st.report.SkippedCount++
	if len(st.report.Skipped) < maxListed {
		st.report.Skipped = append(st.report.Skipped, fault)
	}
	st.file(fault.File).Skipped++
}

// Note implements format.Sink.
func (st *stage) Note(fault format.Fault) {
	st.report.NotesCount++
	if len(st.report.Notes) < maxListed {
		st.report.Notes = append(st.report.Notes, fault)
	}
}

// refuse reports a file of which nothing can be read.
func (st *stage) refuse(path, reason string) {
	st.file(path).Reason = reason
	st.Skip(format.Fault{File: path, Reason: reason})
}

func (st *stage) count(from *format.Input, id store.TypeID, outcome store.Outcome) {
	var tally store.Tally
	tally.Count(outcome)
	st.tally(from, id, tally)
}

func (st *stage) tally(from *format.Input, id store.TypeID, tally store.Tally) {
	file := st.file(from.Path)
	st.report.Added += tally.Added
	st.report.Replaced += tally.Replaced
	st.report.Unchanged += tally.Unchanged
	file.Added += tally.Added
	file.Replaced += tally.Replaced
	file.Unchanged += tally.Unchanged
	if tally.Added+tally.Replaced > 0 {
		st.changed[id] = true
	}
	count := tally.Added + tally.Replaced + tally.Unchanged
	st.report.ByType[id] += count
	st.progress.records += count
}

func (st *stage) file(path string) *FileReport {
	if st.last != nil && st.last.File == path {
		return st.last
	}
	file, ok := st.byFile[path]
	if !ok {
		file = &FileReport{File: path}
		st.byFile[path] = file
		st.report.Files++
	}
	st.last = file
	return file
}

// summarize fills st.sum, or says what is wrong with the resource and where in it.
func (st *stage) summarize(resource *fhir.Resource) (reason, pointer string) {
	err := resource.SummarizeInto(&st.sum)
	var unsupported *fhir.UnsupportedVersionError
	var broken *fhir.Error
	switch {
	case errors.As(err, &unsupported):
		return unsupported.Error(), ""
	case errors.As(err, &broken):
		return broken.Rule, broken.Pointer
	case err != nil:
		return "the resource can't be read", ""
	case st.sum.ResourceType == "":
		return "the object has no resourceType, so it is not a FHIR resource", ""
	case !isTypeName(st.sum.ResourceType):
		return "resourceType is not the name of a FHIR resource", "/resourceType"
	}
	return "", ""
}

// isTypeName reports whether text could name a resource type: letters only, as
// every type of every release is spelled (FHIR R4 section 2.1, "Resource types").
func isTypeName(text string) bool {
	if len(text) > 64 {
		return false
	}
	for _, r := range text {
		if (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return true
}

func (st *stage) alive() error {
	if st.failed != nil {
		return st.failed
	}
	if err := st.ctx.Err(); err != nil {
		return st.fail(err)
	}
	return nil
}

func (st *stage) fail(err error) error {
	st.failed = err
	return err
}

func faultAt(from *format.Input, resource fhir.Resource, pointer, reason string) format.Fault {
	return format.Fault{
		File: from.Path, Offset: resource.Offset, Line: resource.Line,
		Pointer: resource.Pointer + pointer, Reason: reason,
	}
}

// refusal tells whether the store refused one record for what it is, rather
// than failing as a whole.
func refusal(err error) (reason string, refused bool) {
	var failure *store.Error
	if !errors.As(err, &failure) {
		return "", false
	}
	switch failure.Code {
	case store.CodeInvalidArgument, store.CodeDataSizeExceeded, store.CodeUnsupportedFHIRVersion:
		return failure.Text, true
	}
	return "", false
}

func asStoreError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &store.Error{Code: store.CodeUserCanceled, Text: "the import was stopped; nothing of it was kept", Err: ctx.Err()}
	}
	var failure *store.Error
	if errors.As(err, &failure) {
		return failure
	}
	return &store.Error{Code: store.CodeUnknown, Text: "the import failed; nothing of it was kept", Err: err}
}
