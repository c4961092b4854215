package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store/internal/columnar"
)

// recordBuffer holds the records of an import that are not staged yet, and
// finds those that are.
type recordBuffer struct {
	raw     []byte
	builder *columnar.Builder
	line    columnar.Row

	known identities // of the store's records, as of state
	state *state
	own   identities // of this import's records; a ref's segment is a place in Import.staged
	dead  []ref      // of this import: replaced by a later record of it
}

// rowsPerIndex bounds the rows of one segment of records, so that thousands of
// tiny resources don't make an index larger than what it points into.
const rowsPerIndex = 4096

func (b *recordBuffer) reset() {
	b.builder = columnar.NewBuilder(tableShape)
	b.line = columnar.NewRow(tableShape)
	b.own = identities{}
}

// AddResource takes in one FHIR resource with its exact bytes. Its identity is
// source, resource type and id; a resource without an id is known by its
// bytes. resource.Raw and sum are not kept.
func (im *Import) AddResource(ctx context.Context, source Source, resource fhir.Resource, sum *fhir.Summary) (Outcome, error) {
	sample := im.describe(source, resource, sum)
	return im.addRecord(ctx, &sample, resource.Raw)
}

// AddDocument takes in a sample of any type with bytes that belong to it: a
// health card, a document, a route. Its identity is source, type and
// syncIdentifier.
func (im *Import) AddDocument(ctx context.Context, sample Sample, raw []byte) (Outcome, error) {
	if _, known := TypeByID(sample.Type); !known || sample.SyncIdentifier == "" {
		return 0, Errorf(CodeInvalidArgument, "a document needs a known type and a syncIdentifier")
	}
	sample.DateAdded = im.added
	return im.addRecord(ctx, &sample, raw)
}

// describe makes the sample that stands for a resource.
func (im *Import) describe(source Source, resource fhir.Resource, sum *fhir.Summary) Sample {
	identifier := sum.ID
	if identifier == "" {
		digest := sha256.Sum256(resource.Raw)
		identifier = "sha256-" + hex.EncodeToString(digest[:16])
	}
	sample := Sample{
		Type:        ClinicalType(sum),
		DateAdded:   im.added,
		Source:      source,
		DisplayName: fhir.Title(sum),
		Subtitle:    fhir.Subtitle(sum),
		Status:      sum.Status,
		FHIR: &FHIRResource{
			ResourceType: sum.ResourceType,
			Identifier:   identifier,
			Release:      sum.Release,
			Version:      sum.Version,
			SourceURL:    resource.FullURL,
		},
	}
	if resource.Received != "" {
		sample.Metadata = map[string]string{ReceivedKey: resource.Received}
	}
	sample.date(sum, im.added)
	if sum.Value.Kind == fhir.ValueQuantity && sum.Value.Comparator == "" {
		if value, err := strconv.ParseFloat(sum.Value.Number, 64); err == nil {
			sample.Value, sample.Unit = &value, sum.Value.Unit
		}
	}
	return sample
}

// date sets the dates from a summary. Without one the record is undated and
// stands at the time it was added, as every clinical record does in HealthKit.
func (s *Sample) date(sum *fhir.Summary, added int64) {
	if sum.Start.IsZero() {
		s.StartDate, s.EndDate, s.Undated = added, added, true
		return
	}
	s.StartDate = sum.Start.Time.UnixMilli()
	s.EndDate = s.StartDate
	if sum.Start.Precision < fhir.PrecisionSecond {
		s.StartText = sum.Start.Text
	}
	if sum.End.IsZero() {
		return
	}
	// An end before its start is kept in the bytes only: intervals that run
	// backwards would overlap nothing.
	s.EndDate = max(s.StartDate, sum.End.Time.UnixMilli())
	if sum.End.Precision < fhir.PrecisionSecond {
		s.EndText = sum.End.Text
	}
}

func (im *Import) addRecord(ctx context.Context, sample *Sample, raw []byte) (Outcome, error) {
	outcome, err := im.takeRecord(ctx, sample, raw)
	if err != nil {
		return 0, wrap(err, "taking in a record")
	}
	im.tally.Count(outcome)
	return outcome, nil
}

func (im *Import) takeRecord(ctx context.Context, sample *Sample, raw []byte) (Outcome, error) {
	if err := im.ready(ctx); err != nil {
		return 0, err
	}
	im.learn()
	fill(im.records.line, sample)
	im.records.line.Ints[columnLength] = int64(len(raw))
	who := identityOf(sample)
	hash := who.hash()
	outcome, err := im.compare(ctx, who, hash, raw)
	if err != nil || outcome == Unchanged {
		return outcome, err
	}
	if len(im.records.raw) > 0 && len(im.records.raw)+len(raw) > im.store.options.SegmentSize {
		if err := im.flushRecords(ctx); err != nil {
			return 0, err
		}
	}
	im.keep(who, hash, raw)
	if len(im.records.raw) >= im.store.options.SegmentSize || im.records.builder.Rows() >= rowsPerIndex {
		err = im.flushRecords(ctx)
	}
	return outcome, err
}

// learn makes the identities of the store's records when they are first needed.
func (im *Import) learn() {
	if im.records.state == nil {
		im.records.state = im.before(im.session.state.Load())
		im.records.known = identitiesOf(im.records.state)
	}
}

// keep appends the record of the line to the buffer. An earlier record of this
// import that has the same identity is dead.
func (im *Import) keep(who identity, hash uint64, raw []byte) {
	b := &im.records
	now := ref{uint32(len(im.staged)), uint32(b.builder.Rows())}
	if before, ok := b.own.put(who, hash, now, im.matches); ok {
		b.dead = append(b.dead, before)
	}
	b.raw = append(b.raw, raw...)
	b.builder.Append(b.line)
}

// compare finds what is known of an identity and whether the bytes differ.
func (im *Import) compare(ctx context.Context, who identity, hash uint64, raw []byte) (Outcome, error) {
	b := &im.records
	if mine, ok := b.own.find(who, hash, im.matches); ok {
		stored, err := im.ownBytes(ctx, mine)
		return outcomeOf(stored, raw), err
	}
	stored, ok := b.known.find(who, hash, b.state.matches)
	if !ok {
		return Added, nil
	}
	one := b.state.segments[stored.segment]
	if one.table.Int(columnLength, int(stored.row)) != int64(len(raw)) {
		return Replaced, nil
	}
	kept, err := im.session.resourceOf(ctx, one, int(stored.row))
	if errors.Is(err, errDamaged) {
		return Replaced, nil // a good copy in place of a damaged one
	}
	return outcomeOf(kept, raw), err
}

func outcomeOf(stored, raw []byte) Outcome {
	if bytes.Equal(stored, raw) {
		return Unchanged
	}
	return Replaced
}

// ownBytes returns the bytes of a record of this import.
func (im *Import) ownBytes(ctx context.Context, mine ref) ([]byte, error) {
	if int(mine.segment) == len(im.staged) {
		return im.records.bufferedBytes(int(mine.row)), nil
	}
	one := im.staged[mine.segment]
	if _, cached := im.session.raws.Get(one.ID); !cached {
		if err := im.writes.wait(); err != nil { // it may still be on its way
			return nil, err
		}
	}
	return im.session.resourceOf(ctx, one, int(mine.row))
}

func (b *recordBuffer) bufferedBytes(at int) []byte {
	offset := int64(0)
	for before := range at {
		offset += b.builder.Int(columnLength, before)
	}
	return b.raw[offset : offset+b.builder.Int(columnLength, at)]
}

// matches reports whether a record of this import has an identity.
func (im *Import) matches(mine ref, who identity) bool {
	if int(mine.segment) < len(im.staged) {
		return identityOfObject(im.staged[mine.segment].objectAt(int(mine.row))) == who
	}
	b, at := im.records.builder, int(mine.row)
	if !b.Is(columnSourceID, at, who.source) || !b.Is(columnResourceType, at, who.resourceType) {
		return false
	}
	if who.resourceType == "" {
		return b.Is(columnType, at, who.documentType) && b.Is(columnSyncIdentifier, at, who.identifier)
	}
	return b.Is(columnIdentifier, at, who.identifier)
}

// flushRecords stages the buffered records as one segment.
func (im *Import) flushRecords(ctx context.Context) error {
	b := &im.records
	if b.builder == nil || b.builder.Rows() == 0 {
		return nil
	}
	raw, table := b.raw, b.builder.Table()
	b.raw, b.builder = make([]byte, 0, im.store.options.SegmentSize), columnar.NewBuilder(tableShape)
	at := len(im.staged)
	if err := im.stageRecords(ctx, raw, table); err != nil {
		return err
	}
	im.session.raws.Put(im.staged[at].ID, raw, len(raw))
	return nil
}

// replacedIn returns the tombstones of the records and samples that this import
// replaces in a state, and of those of its own that a later one replaced.
func (im *Import) replacedIn(ctx context.Context, base *state) ([]tombstone, error) {
	b := &im.records
	if b.state != nil && b.state != base { // another tab committed meanwhile
		b.state, b.known = base, identitiesOf(base)
	}
	dead := make(map[ref]bool, len(b.dead))
	var tombstones []tombstone
	for _, mine := range b.dead {
		dead[mine] = true
		tombstones = append(tombstones, im.buryStaged(int(mine.segment), im.staged[mine.segment].objectAt(int(mine.row))))
	}
	for place, one := range im.staged {
		if one.Kind != kindRecords || len(b.known) == 0 {
			continue
		}
		for at := range one.Rows {
			if dead[ref{uint32(place), uint32(at)}] {
				continue
			}
			who := identityOfObject(one.objectAt(at))
			if older, ok := b.known.find(who, who.hash(), base.matches); ok {
				tombstones = append(tombstones, bury(base.at(older)))
			}
		}
	}
	samples, err := im.replacedSamples(ctx, base)
	return append(tombstones, samples...), err
}

// buryStaged returns the tombstone of an object of this import.
func (im *Import) buryStaged(place int, o object) tombstone {
	t := bury(o)
	t.staged, t.sequence = place+1, uint64(o.at)
	return t
}
