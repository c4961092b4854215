package store

import (
	"context"
	"math"
	"slices"

	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// rowsPerSegment is how many samples make a segment: enough to compress well,
// little enough to open for one day of a chart.
const rowsPerSegment = 16 << 10

// Template is what samples have in common that differ in their dates and values
// only. Millions of samples come from few templates.
type Template struct {
	sample Sample
	row    columnar.Row // of sample; its strings stay as they are
}

// NewTemplate returns the template of samples like this one, whose dates and
// value do not count. It has no syncIdentifier.
func NewTemplate(sample Sample) *Template {
	t := &Template{sample: sample, row: columnar.NewRow(tableShape)}
	t.sample.StartDate, t.sample.EndDate, t.sample.Value, t.sample.SyncIdentifier = 0, 0, nil, ""
	fill(t.row, &t.sample)
	return t
}

// Type returns the type of the samples.
func (t *Template) Type() TypeID { return t.sample.Type }

// Sample returns what the samples have in common.
func (t *Template) Sample() Sample { return t.sample }

// Reading is what samples of one Template differ in.
type Reading struct {
	StartDate int64 // ms since the Unix epoch
	EndDate   int64 // ms since the Unix epoch
	Value     float64
}

// AddSample takes in one quantity or category sample, or another without bytes
// of its own. A sample with a syncIdentifier replaces the one that has the same
// source, type, syncIdentifier and a lesser syncVersion. Any other is Unchanged
// when a sample of the same type, source, start, end, value and unit is there.
// A DateAdded other than 0 is kept, for restored samples.
func (im *Import) AddSample(ctx context.Context, sample Sample) (Outcome, error) {
	outcome, err := im.takeSample(ctx, &sample)
	if err != nil {
		return 0, wrap(err, "taking in a sample")
	}
	im.tally.Count(outcome)
	return outcome, nil
}

func (im *Import) takeSample(ctx context.Context, sample *Sample) (Outcome, error) {
	if err := im.ready(ctx); err != nil {
		return 0, err
	}
	buffer, err := im.bufferOf(sample.Type)
	if err != nil {
		return 0, err
	}
	if err := checkValues(sample); err != nil {
		return 0, err
	}
	if sample.DateAdded == 0 {
		sample.DateAdded = im.added
	}
	fill(im.samples.line, sample)
	outcome := Added
	if sample.SyncIdentifier != "" {
		outcome, err = im.compareSync(ctx, sample)
	} else if known, failed := im.knows(ctx, buffer, measurementOf(im.samples.line)); known {
		outcome, err = Unchanged, failed
	} else {
		err = failed
	}
	if err != nil || outcome == Unchanged {
		return outcome, err
	}
	buffer.append(im.samples.line, false)
	return outcome, im.flushFull(ctx, buffer)
}

// AddReadings takes in samples that are alike but for their dates and values, as
// AddSample does one by one, at a fraction of its cost. Readings that break a
// rule refuse all of them.
func (im *Import) AddReadings(ctx context.Context, like *Template, readings []Reading) (Tally, error) {
	before := im.tally
	if err := im.takeReadings(ctx, like, readings); err != nil {
		return Tally{}, wrap(err, "taking in samples")
	}
	return Tally{Added: im.tally.Added - before.Added, Unchanged: im.tally.Unchanged - before.Unchanged}, nil
}

func (im *Import) takeReadings(ctx context.Context, like *Template, readings []Reading) error {
	if err := im.ready(ctx); err != nil {
		return err
	}
	buffer, err := im.bufferOf(like.sample.Type)
	if err != nil {
		return err
	}
	for at := range readings {
		if err := readings[at].check(); err != nil {
			return err
		}
	}
	numbers := im.samples.line
	numbers.Clear()
	copy(numbers.Ints, like.row.Ints)
	if like.sample.DateAdded == 0 {
		numbers.Ints[columnAdded] = im.added
	}
	line := columnar.Row{Strings: like.row.Strings, Ints: numbers.Ints, Floats: numbers.Floats}
	repeats := false
	for at := range readings {
		one := &readings[at]
		line.Ints[columnStart], line.Ints[columnDuration] = one.StartDate, one.EndDate-one.StartDate
		line.Floats[columnValue] = columnar.Float{Value: one.Value, Valid: true}
		known, err := im.knows(ctx, buffer, measurementOf(line))
		switch {
		case err != nil:
			return err
		case known:
			im.tally.Unchanged++
			continue
		}
		im.tally.Added++
		buffer.append(line, repeats)
		repeats = true
		if buffer.full() {
			repeats = false
			if err := im.flushFull(ctx, buffer); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Reading) check() error {
	return checkReading(r.StartDate, r.EndDate, r.Value)
}

// checkSample refuses what no query could find again.
func checkSample(sample *Sample) error {
	if err := checkSampleType(sample.Type); err != nil {
		return err
	}
	return checkValues(sample)
}

func checkSampleType(id TypeID) error {
	known, ok := TypeByID(id)
	switch {
	case !ok:
		return Errorf(CodeInvalidArgument, "the sample's type is not known")
	case known.isClinical():
		return Errorf(CodeInvalidArgument, "a clinical record comes as a resource")
	}
	return nil
}

func checkValues(sample *Sample) error {
	if sample.FHIR != nil {
		return Errorf(CodeInvalidArgument, "a clinical record comes as a resource")
	}
	value := 0.0
	if sample.Value != nil {
		value = *sample.Value
	}
	return checkReading(sample.StartDate, sample.EndDate, value)
}

func checkReading(start, end int64, value float64) error {
	switch {
	case !isDate(start) || !isDate(end):
		return Errorf(CodeInvalidArgument, "a date is out of range")
	case end < start:
		return Errorf(CodeInvalidArgument, "the sample ends before it starts")
	case math.IsNaN(value) || math.IsInf(value, 0):
		return Errorf(CodeInvalidArgument, "the value is not a number")
	}
	return nil
}

// isDate reports whether a time in ms is one that JavaScript's Date can hold
// (ECMA-262 section 21.4.1.1).
func isDate(ms int64) bool { return ms >= -8.64e15 && ms <= 8.64e15 }

// flushSamples stages what is buffered of every type.
func (im *Import) flushSamples(ctx context.Context) error {
	for _, known := range catalogue {
		if err := im.flushType(ctx, known.ID); err != nil {
			return err
		}
	}
	return nil
}

// flushType stages the buffered samples of a type as one segment, by start.
func (im *Import) flushType(ctx context.Context, id TypeID) error {
	buffer := im.samples.buffers[id]
	if buffer == nil || buffer.builder.Rows() == 0 {
		return nil
	}
	table := byStart(buffer.empty())
	one := &segment{summary: summarize(table)}
	one.Kind, one.Rows = kindSamples, table.Rows()
	err := im.stage(ctx, one, func(ctx context.Context) ([]Entry, error) {
		return im.session.packSamples(ctx, one, table)
	})
	if err == nil {
		im.session.tables.Put(one.ID, table, table.Size())
	}
	return err
}

// flushFull stages the samples of a type when they make a segment.
func (im *Import) flushFull(ctx context.Context, buffer *sampleBuffer) error {
	if !buffer.full() {
		return nil
	}
	return im.flushType(ctx, buffer.id)
}

// byStart returns the rows by start; equal ones keep their order.
func byStart(table *columnar.Table) *columnar.Table {
	rows := make([]int, table.Rows())
	sorted := true
	for at := range rows {
		rows[at] = at
		sorted = sorted && (at == 0 || table.Int(columnStart, at-1) <= table.Int(columnStart, at))
	}
	if sorted {
		return table
	}
	slices.SortFunc(rows, func(a, b int) int {
		if order := (order{ascending: true}).compare(table.Int(columnStart, a), table.Int(columnStart, b)); order != 0 {
			return order
		}
		return a - b
	})
	return table.Pick(rows)
}
