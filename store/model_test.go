package store_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// model is the store as a person would describe it: what is there, by identity.
type model struct {
	records map[string]record       // by source, resource type and id
	samples map[string]store.Sample // by what makes a sample the same
}

func newModel() *model {
	return &model{records: map[string]record{}, samples: map[string]store.Sample{}}
}

func (m *model) clone() *model {
	return &model{records: maps.Clone(m.records), samples: maps.Clone(m.samples)}
}

func (r record) identity() string { return r.source.ID + "|" + r.kind + "|" + r.id }

func sampleIdentity(s store.Sample) string {
	if s.SyncIdentifier != "" {
		return fmt.Sprint("sync|", s.Source.ID, s.Type, s.SyncIdentifier)
	}
	return fmt.Sprint(s.Source.ID, s.Type, s.StartDate, s.EndDate, *s.Value, s.Unit)
}

// add takes in a sample and reports the outcome.
func (m *model) add(s store.Sample) store.Outcome {
	id := sampleIdentity(s)
	before, ok := m.samples[id]
	switch {
	case !ok:
		m.samples[id] = s
		return store.Added
	case s.SyncIdentifier != "" && s.SyncVersion > before.SyncVersion:
		m.samples[id] = s
		return store.Replaced
	}
	return store.Unchanged
}

func (m *model) addRecord(r record) store.Outcome {
	before, ok := m.records[r.identity()]
	switch {
	case !ok:
		m.records[r.identity()] = r
		return store.Added
	case string(before.raw()) != string(r.raw()):
		m.records[r.identity()] = r
		return store.Replaced
	}
	return store.Unchanged
}

// lines prints everything that the model holds of a type.
func (m *model) lines(id store.TypeID) []string {
	var lines []string
	for _, r := range m.records {
		if kinds[r.kind] == id {
			lines = append(lines, fmt.Sprint(r.identity(), " ", r.start, " ", string(r.raw())))
		}
	}
	for identity, s := range m.samples {
		if s.Type == id {
			lines = append(lines, fmt.Sprint(identity, " v", s.SyncVersion, " ", *s.Value))
		}
	}
	slices.Sort(lines)
	return lines
}

// linesOf prints samples of a store the same way.
func linesOf(t testing.TB, s *store.Store, samples []store.Sample) []string {
	t.Helper()
	var lines []string
	for _, sample := range samples {
		if sample.FHIR == nil {
			lines = append(lines, fmt.Sprint(sampleIdentity(sample), " v", sample.SyncVersion, " ", *sample.Value))
			continue
		}
		raw, err := s.Person().Resource(background, sample.UUID)
		if err != nil {
			t.Fatal(err)
		}
		identity := sample.Source.ID + "|" + sample.FHIR.ResourceType + "|" + sample.FHIR.Identifier
		lines = append(lines, fmt.Sprint(identity, " ", sample.StartDate, " ", string(raw)))
	}
	slices.Sort(lines)
	return lines
}

var modelTypes = types{store.ConditionRecord, store.ProcedureRecord, "stepCount", "heartRate"}

// difference returns what a store shows other than a model, or "".
func difference(t testing.TB, s *store.Store, m *model) string {
	t.Helper()
	counts, err := s.Counts(background)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range modelTypes {
		got, want := linesOf(t, s, query(t, s.Person(), store.Query{Type: id})), m.lines(id)
		if !slices.Equal(got, want) {
			return fmt.Sprintf("%s\n  shows %s\n  wants %s", id, strings.Join(got, "\n        "), strings.Join(want, "\n        "))
		}
		if counts[id] != len(want) {
			return fmt.Sprintf("%s counts %d, wants %d", id, counts[id], len(want))
		}
	}
	return ""
}

// crashing keeps a copy of its backend from before each Apply.
type crashing struct {
	*mem.Backend
	mu     sync.Mutex // imports write from several goroutines
	copies []*mem.Backend
}

func (c *crashing) Apply(ctx context.Context, batch store.Batch) error {
	c.mu.Lock()
	c.copies = append(c.copies, c.Clone())
	c.mu.Unlock()
	return c.Backend.Apply(ctx, batch)
}

// mirror follows a store by anchored queries alone.
type mirror struct {
	anchors map[store.TypeID]string
	samples map[store.TypeID]map[string]store.Sample
}

func (m *mirror) follow(t testing.TB, s *store.Store, limit int) {
	t.Helper()
	for _, id := range modelTypes {
		if m.samples[id] == nil {
			m.samples[id] = map[string]store.Sample{}
		}
		for more := true; more; {
			changes, err := s.Person().Anchored(background, store.AnchoredQuery{Type: id, Anchor: m.anchors[id], Limit: limit})
			if err != nil {
				t.Fatal(err)
			}
			for _, sample := range changes.Samples {
				m.samples[id][sample.UUID] = sample
			}
			for _, gone := range changes.Deleted {
				delete(m.samples[id], gone.UUID)
			}
			m.anchors[id], more = changes.Anchor, changes.More
		}
	}
}

// run is one random history.
type run struct {
	t       *testing.T
	random  *rand.Rand
	backend *crashing
	store   *store.Store
	model   *model
	mirror  mirror
	now     clock
}

// TestModel drives random histories of imports, saves, deletions, compactions
// and reopenings against the model. After each step the store must show what the model holds,
// anchored queries must add up to the same, and a crash at any write of the step
// must leave what was there before or after it, nothing between.
func TestModel(t *testing.T) {
	histories := 60
	if testing.Short() {
		histories = 10
	}
	for seed := range histories {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := &run{
				t: t, random: rand.New(rand.NewPCG(uint64(seed), 1)), now: 1000,
				backend: &crashing{Backend: mem.New()}, model: newModel(),
				mirror: mirror{map[store.TypeID]string{}, map[store.TypeID]map[string]store.Sample{}},
			}
			r.reopen()
			for range 25 {
				r.step()
			}
		})
	}
}

func (r *run) reopen() {
	r.store = open(r.t, r.backend, func(o *store.Options) { o.Now = r.now.now })
}

func (r *run) step() {
	before := r.model.clone()
	r.backend.copies = nil
	r.now++
	what := [...]func(){r.importSome, r.importSome, r.rollBack, r.save, r.save, r.delete, r.compact, r.reopen}[r.random.IntN(8)]
	what()
	if d := difference(r.t, r.store, r.model); d != "" {
		r.t.Fatal(d)
	}
	r.mirror.follow(r.t, r.store, r.random.IntN(4))
	for _, id := range modelTypes {
		got := linesOf(r.t, r.store, slices.Collect(maps.Values(r.mirror.samples[id])))
		if want := r.model.lines(id); !slices.Equal(got, want) {
			r.t.Fatalf("following %s: %v, want %v", id, got, want)
		}
	}
	for _, crashed := range r.backend.copies {
		s := open(r.t, crashed)
		if was, is := difference(r.t, s, before), difference(r.t, s, r.model); was != "" && is != "" {
			r.t.Fatalf("after a crash neither the state before\n%s\nnor after\n%s", was, is)
		}
	}
}

func (r *run) someRecord() record {
	kind := [...]string{"Condition", "Procedure"}[r.random.IntN(2)]
	source := [...]store.Source{clinicA, clinicB}[r.random.IntN(2)]
	return record{source, kind, fmt.Sprint(r.random.IntN(20)), fmt.Sprint(r.random.IntN(3)), int64(1 + r.random.IntN(50))}
}

func (r *run) someSample() store.Sample {
	id := [...]store.TypeID{"stepCount", "heartRate"}[r.random.IntN(2)]
	start := int64(r.random.IntN(30))
	value := float64(r.random.IntN(3))
	sample := store.Sample{
		Type: id, Source: [...]store.Source{phone, watch}[r.random.IntN(2)],
		StartDate: start, EndDate: start + int64(r.random.IntN(2)), Value: &value, Unit: "count",
	}
	if id == "heartRate" {
		sample.Unit = "/min"
	}
	if r.random.IntN(4) == 0 {
		sample.SyncIdentifier, sample.SyncVersion = fmt.Sprint(r.random.IntN(5)), int64(r.random.IntN(4))
	}
	return sample
}

func (r *run) importInto(m *model) *store.Import {
	im := begin(r.t, r.store)
	want := store.Tally{}
	count := func(outcome store.Outcome) {
		switch outcome {
		case store.Added:
			want.Added++
		case store.Replaced:
			want.Replaced++
		case store.Unchanged:
			want.Unchanged++
		}
	}
	for range r.random.IntN(40) {
		if r.random.IntN(2) == 0 {
			one := r.someRecord()
			// The start is no part of the bytes: an unchanged record keeps its own.
			if before, ok := m.records[one.identity()]; ok && before.text == one.text {
				one.start = before.start
			}
			if _, err := addRecord(im, one); err != nil {
				r.t.Fatal(err)
			}
			count(m.addRecord(one))
			continue
		}
		sample := r.someSample()
		if _, err := im.AddSample(background, sample); err != nil {
			r.t.Fatal(err)
		}
		count(m.add(sample))
	}
	if im.Tally() != want {
		r.t.Fatalf("tally %+v, want %+v", im.Tally(), want)
	}
	return im
}

func (r *run) importSome() { commit(r.t, r.importInto(r.model)) }

func (r *run) compact() {
	before := everything(r.t, r.store)
	if _, err := r.store.Compact(background, r.random.IntN(2) == 0); err != nil {
		r.t.Fatal(err)
	}
	if after := everything(r.t, r.store); !maps.Equal(before, after) {
		r.t.Fatalf("compaction made %v of %v", after, before)
	}
}

func (r *run) rollBack() {
	if err := r.importInto(r.model.clone()).Rollback(background); err != nil {
		r.t.Fatal(err)
	}
}

func (r *run) save() {
	var samples []store.Sample
	m := r.model.clone()
	for range 1 + r.random.IntN(5) {
		sample := r.someSample()
		sample.Source = store.Source{ID: "person"}
		if _, taken := m.samples[sampleIdentity(sample)]; taken && sample.SyncIdentifier == "" {
			continue // a save does not look for duplicates
		}
		m.add(sample)
		samples = append(samples, sample)
	}
	if len(samples) == 0 {
		return
	}
	uuids, err := r.store.Person().Save(background, samples)
	if err != nil {
		r.t.Fatal(err)
	}
	r.model = m
	for at, uuid := range uuids {
		got, err := r.store.Person().Sample(background, uuid)
		if err != nil || sampleIdentity(got) != sampleIdentity(samples[at]) {
			r.t.Fatalf("saved %+v, its UUID reads %+v, %v", samples[at], got, err)
		}
	}
}

func (r *run) delete() {
	id := modelTypes[r.random.IntN(len(modelTypes))]
	samples := query(r.t, r.store.Person(), store.Query{Type: id, Limit: 1 + r.random.IntN(3), Offset: r.random.IntN(5)})
	if len(samples) == 0 {
		return
	}
	for _, sample := range samples {
		if sample.FHIR != nil {
			delete(r.model.records, sample.Source.ID+"|"+sample.FHIR.ResourceType+"|"+sample.FHIR.Identifier)
		} else {
			delete(r.model.samples, sampleIdentity(sample))
		}
	}
	if err := r.store.Person().Delete(background, uuidsOf(samples)); err != nil {
		r.t.Fatal(err)
	}
}
