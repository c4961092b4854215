package store_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

func TestImportAndReopen(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	var records []record
	for n := range 100 {
		records = append(records, record{clinicA, "Condition", fmt.Sprint(n), "first", int64(1000 + n)})
	}
	if tally := importRecords(t, s, records...); tally != (store.Tally{Added: 100}) {
		t.Fatalf("tally %+v", tally)
	}
	for _, s := range []*store.Store{s, open(t, backend)} {
		samples := query(t, s.Person(), store.Query{Type: store.ConditionRecord, Limit: 3})
		if got := idsOf(samples); !slices.Equal(got, []string{"99", "98", "97"}) {
			t.Errorf("newest three: %v", got)
		}
		for _, sample := range query(t, s.Person(), store.Query{Type: store.ConditionRecord}) {
			want := record{clinicA, "Condition", sample.FHIR.Identifier, "first", 0}.raw()
			if raw, err := s.Person().Resource(background, sample.UUID); err != nil || !bytes.Equal(raw, want) {
				t.Fatalf("record %s reads %q, %v", sample.FHIR.Identifier, raw, err)
			}
			one, err := s.Person().Sample(background, sample.UUID)
			if err != nil || one.UUID != sample.UUID || one.StartDate != sample.StartDate || *one.FHIR != *sample.FHIR {
				t.Fatalf("sample %s reads %+v, %v", sample.UUID, one, err)
			}
		}
		status := s.Status()
		if status.Records != 100 || status.Damaged != 0 || status.Segments < 5 || status.Bytes == 0 {
			t.Errorf("status %+v", status)
		}
	}
}

func TestUpsert(t *testing.T) {
	s := open(t, mem.New())
	a1 := record{clinicA, "Condition", "1", "old", 1000}
	a2 := record{clinicA, "Condition", "2", "old", 2000}
	importRecords(t, s, a1, a2)
	before := query(t, s.Person(), store.Query{Type: store.ConditionRecord})

	newer := a1
	newer.text = "new"
	otherType, otherSource := a1, a1
	otherType.kind, otherSource.source = "Procedure", clinicB
	tally := importRecords(t, s, newer, a2, otherType, otherSource)
	if tally != (store.Tally{Added: 2, Replaced: 1, Unchanged: 1}) {
		t.Errorf("tally %+v", tally)
	}
	after := query(t, s.Person(), store.Query{Type: store.ConditionRecord})
	if len(after) != 3 {
		t.Fatalf("%d conditions", len(after))
	}
	if after[0].UUID != before[0].UUID {
		t.Error("the unchanged record got another UUID")
	}
	if _, err := s.Person().Sample(background, before[1].UUID); codeOf(t, err) != store.CodeNoData {
		t.Errorf("the replaced record is still there: %v", err)
	}
	for _, sample := range after {
		if sample.FHIR.Identifier == "1" && sample.Source.ID == clinicA.ID && sample.UUID == before[1].UUID {
			t.Error("the newer copy has the older one's UUID")
		}
	}
}

// TestSameIDTwice checks records of one identity within one import, in one
// segment and in several.
func TestSameIDTwice(t *testing.T) {
	for _, between := range []int{0, 50} {
		s := open(t, mem.New())
		im := begin(t, s)
		add := func(text string, want store.Outcome) {
			t.Helper()
			if got, err := addRecord(im, record{clinicA, "Condition", "1", text, 1000}); err != nil || got != want {
				t.Fatalf("%q: outcome %d, %v; want %d", text, got, err, want)
			}
			for n := range between {
				addRecord(im, record{clinicB, "Condition", fmt.Sprint(text, n), "filler", 1})
			}
		}
		add("first", store.Added)
		add("first", store.Unchanged)
		add("second", store.Replaced)
		add("second", store.Unchanged)
		add("first", store.Replaced)
		commit(t, im)
		samples := query(t, s.Person(), store.Query{Type: store.ConditionRecord,
			Predicate: &store.Predicate{Sources: []string{clinicA.ID}}})
		if len(samples) != 1 {
			t.Fatalf("%d records of one identity", len(samples))
		}
		want := record{clinicA, "Condition", "1", "first", 0}.raw()
		if raw, _ := s.Person().Resource(background, samples[0].UUID); !bytes.Equal(raw, want) {
			t.Errorf("the last one did not win: %s", raw)
		}
	}
}

func TestWithoutID(t *testing.T) {
	s := open(t, mem.New())
	one := record{clinicA, "Condition", "", "one", 1000}
	two := record{clinicA, "Condition", "", "two", 1000}
	if tally := importRecords(t, s, one, two, one); tally != (store.Tally{Added: 2, Unchanged: 1}) {
		t.Errorf("tally %+v", tally)
	}
}

func TestUndated(t *testing.T) {
	now := clock(5000)
	s := open(t, mem.New(), func(o *store.Options) { o.Now = now.now })
	importRecords(t, s, record{clinicA, "Condition", "1", "", 0})
	got := query(t, s.Person(), store.Query{Type: store.ConditionRecord})[0]
	if !got.Undated || got.StartDate != 5000 || got.EndDate != 5000 || got.DateAdded != 5000 {
		t.Errorf("an undated record reads %+v", got)
	}
}

func TestRollback(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	importRecords(t, s, record{clinicA, "Condition", "1", "", 1000})
	before, _ := backend.Keys(background, "", "")
	im := begin(t, s)
	for n := range 100 {
		addRecord(im, record{clinicB, "Condition", fmt.Sprint(n), "", 1000})
		im.AddSample(background, steps(phone, int64(n), int64(n), 1))
	}
	if counts, _ := s.Counts(background); counts[store.ConditionRecord] != 1 || counts["stepCount"] != 0 {
		t.Errorf("an import shows before its commit: %v", counts)
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	_, err := im.AddSample(ctx, steps(phone, 1, 1, 1))
	wantCode(t, err, store.CodeUserCanceled)
	if err := im.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	if after, _ := backend.Keys(background, "", ""); !slices.Equal(before, after) {
		t.Errorf("rollback left %d keys of %d", len(after), len(before))
	}
	if _, err := im.AddSample(background, steps(phone, 1, 1, 1)); codeOf(t, err) != store.CodeInvalidArgument {
		t.Errorf("a rolled back import still takes samples: %v", err)
	}
	if err := im.Commit(background); codeOf(t, err) != store.CodeInvalidArgument {
		t.Errorf("a rolled back import commits: %v", err)
	}
}

func TestOneImportAtATime(t *testing.T) {
	s := open(t, mem.New())
	im := begin(t, s)
	if _, err := s.BeginImport(background); err == nil {
		t.Error("two imports at a time")
	}
	im.Rollback(background)
	commit(t, begin(t, s))
	commit(t, begin(t, s))
}

// TestTabs runs two stores on one backend, as two tabs do.
func TestTabs(t *testing.T) {
	backend := mem.New()
	one := open(t, backend)
	two := open(t, backend, func(o *store.Options) { o.Shared = true })

	var seen [][]store.TypeID
	stop := two.Observe(func(types []store.TypeID) { seen = append(seen, types) })
	importRecords(t, one, record{clinicA, "Condition", "1", "", 1000})
	if n := len(query(t, two.Person(), store.Query{Type: store.ConditionRecord})); n != 0 {
		t.Errorf("the other tab shows %d records before Refresh", n)
	}
	for range 2 {
		if err := two.Refresh(background); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(query(t, two.Person(), store.Query{Type: store.ConditionRecord})); n != 1 {
		t.Errorf("the other tab shows %d records after Refresh", n)
	}
	if len(seen) != 1 || !slices.Equal(seen[0], []store.TypeID{store.ConditionRecord}) {
		t.Errorf("observed %v", seen)
	}
	stop()

	// A save in one tab while the other imports: both are kept, and the import
	// replaces what it found to be older.
	im := begin(t, one)
	addRecord(im, record{clinicA, "Condition", "1", "newer", 1000})
	if _, err := two.Person().Save(background, []store.Sample{steps(phone, 1, 2, 3)}); err != nil {
		t.Fatal(err)
	}
	commit(t, im)
	two.Refresh(background)
	for _, s := range []*store.Store{one, two} {
		if counts, _ := s.Counts(background); counts[store.ConditionRecord] != 1 || counts["stepCount"] != 1 {
			t.Errorf("counts %v", counts)
		}
	}
	if len(seen) != 1 {
		t.Error("a stopped observer was told")
	}

	// An import in the second tab takes the first one's over.
	im = begin(t, one)
	addRecord(im, record{clinicA, "Condition", "2", "", 1000})
	importRecords(t, two, record{clinicA, "Condition", "3", "", 1000})
	keys, _ := backend.Keys(background, "", "")
	for n := range 50 {
		addRecord(im, record{clinicA, "Condition", fmt.Sprint("late", n), "", 1000})
	}
	if err := im.Commit(background); err == nil {
		t.Error("an import that lost its turn was committed")
	}
	if after, _ := backend.Keys(background, "", ""); len(after) != len(keys) {
		t.Error("an import that lost its turn goes on writing")
	}
	if err := im.Rollback(background); err != nil {
		t.Error(err)
	}
	one.Refresh(background)
	if got := idsOf(query(t, one.Person(), store.Query{Type: store.ConditionRecord})); len(got) != 2 || slices.Contains(got, "2") {
		t.Errorf("records %v", got)
	}
}

// TestErasedBeforeFirstUse is TestErasedElsewhere for tabs that saw no commit, in
// which nothing but the epoch tells the two stores apart.
func TestErasedBeforeFirstUse(t *testing.T) {
	backend := mem.New()
	one, two := open(t, backend), open(t, backend)
	one.Erase(background)
	if _, err := store.Open(background, backend, newSealer("other keys"), store.Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Person().Save(background, []store.Sample{steps(phone, 1, 2, 3)}); codeOf(t, err) != store.CodeDatabaseInaccessible {
		t.Errorf("a tab with old keys wrote into a new store: %v", err)
	}
}

// TestErasedElsewhere checks that a tab with the keys of an erased store neither
// reads nor writes what came after.
func TestErasedElsewhere(t *testing.T) {
	backend := mem.New()
	one, two := open(t, backend), open(t, backend)
	importRecords(t, one, record{clinicA, "Condition", "1", "", 1000})
	two.Refresh(background)
	if err := one.Erase(background); err != nil {
		t.Fatal(err)
	}
	if left := leftOf(backend); len(left) != 0 {
		t.Errorf("%q outlive Erase", left)
	}
	if _, err := one.Person().Query(background, store.Query{Type: store.ConditionRecord}); codeOf(t, err) != store.CodeDatabaseInaccessible {
		t.Errorf("an erased store answers: %v", err)
	}
	wantCode(t, two.Refresh(background), store.CodeDatabaseInaccessible)

	fresh, err := store.Open(background, backend, newSealer("other keys"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := two.Person().Save(background, []store.Sample{steps(phone, 1, 2, 3)}); err == nil {
		t.Error("a tab with old keys wrote into a new store")
	}
	if _, err := two.BeginImport(background); err == nil {
		t.Error("a tab with old keys imports into a new store")
	}
	if counts, err := fresh.Counts(background); err != nil || len(counts) != 0 {
		t.Errorf("the new store holds %v, %v", counts, err)
	}
}

func TestSweep(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	importRecords(t, s, record{clinicA, "Condition", "1", "", 1000})
	before, _ := backend.Keys(background, "", "")
	im := begin(t, s)
	for n := range 200 {
		addRecord(im, record{clinicB, "Condition", fmt.Sprint(n), "", 1000})
	}
	crashed := backend.Clone()
	if keys, _ := crashed.Keys(background, "", ""); len(keys) <= len(before) {
		t.Fatal("nothing was staged")
	}
	open(t, crashed, func(o *store.Options) { o.Shared = true })
	if keys, _ := crashed.Keys(background, "", ""); len(keys) <= len(before) {
		t.Error("a shared store was swept")
	}
	if s := open(t, crashed); s.Status().Records != 1 {
		t.Errorf("status %+v", s.Status())
	}
	if after, _ := crashed.Keys(background, "", ""); !slices.Equal(before, after) {
		t.Errorf("%d keys after sweeping, want %d", len(after), len(before))
	}
	commit(t, im)
}

func TestSamples(t *testing.T) {
	backend := mem.New()
	now := clock(100)
	s := open(t, backend, func(o *store.Options) { o.Now = now.now })
	whole := steps(phone, 2000, 3000, 12)
	whole.Metadata = map[string]string{"HKWasUserEntered": "1", "a": ""}
	whole.StartText, whole.Status, whole.Subtitle, whole.DisplayName = "1970", "final", "subtitle", "display"
	bare := store.Sample{Type: "heartRate", Source: watch, StartDate: 1000, EndDate: 1000}
	otherDevice := steps(phone, 2000, 3000, 12)
	otherDevice.Source.Device, otherDevice.Source.Version = "iPad", "18"
	tally := importSamples(t, s, whole, steps(phone, 1000, 2000, 5), bare, otherDevice, steps(watch, 2000, 3000, 12))
	if tally != (store.Tally{Added: 4, Unchanged: 1}) {
		t.Errorf("tally %+v", tally)
	}
	now = 200
	again := importSamples(t, s, steps(phone, 1000, 2000, 5), whole, steps(phone, 1500, 2500, 7), bare)
	if again != (store.Tally{Added: 1, Unchanged: 3}) {
		t.Errorf("tally of the overlapping import %+v", again)
	}
	got := query(t, open(t, backend).Person(), store.Query{Type: "stepCount", Sort: []store.Sort{{Key: "startDate", Ascending: true}}})
	if ids := idsOf(got); !slices.Equal(ids, []string{"1000+1000=5", "1500+1000=7", "2000+1000=12", "2000+1000=12"}) {
		t.Fatalf("samples %v", ids)
	}
	if got[1].DateAdded != 200 || got[0].DateAdded != 100 || got[0].DisplayName != "Steps" || got[0].Subtitle != "5 steps" {
		t.Errorf("sample %+v", got[0])
	}
	whole.UUID, whole.DateAdded = got[2].UUID, 100
	if fmt.Sprintf("%+v %v", got[2], *got[2].Value) != fmt.Sprintf("%+v %v", withValue(whole, got[2].Value), 12.0) {
		t.Errorf("sample\n%+v, want\n%+v", got[2], whole)
	}
}

// withValue returns the sample with another pointer, for comparing by print.
func withValue(sample store.Sample, value *float64) store.Sample {
	sample.Value = value
	return sample
}

func TestRefusedSamples(t *testing.T) {
	s := open(t, mem.New())
	im := begin(t, s)
	defer im.Rollback(background)
	nan := 0.0
	nan /= nan
	for name, sample := range map[string]store.Sample{
		"unknown type":      {Type: "x"},
		"clinical type":     {Type: store.ConditionRecord},
		"end before start":  {Type: "stepCount", StartDate: 2, EndDate: 1},
		"date out of range": {Type: "stepCount", StartDate: -9e15},
		"not a number":      {Type: "stepCount", Value: &nan},
		"a resource":        {Type: "stepCount", FHIR: &store.FHIRResource{}},
	} {
		if _, err := im.AddSample(background, sample); codeOf(t, err) != store.CodeInvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	if im.Tally() != (store.Tally{}) {
		t.Errorf("refused samples were counted: %+v", im.Tally())
	}
}

func TestDocument(t *testing.T) {
	s := open(t, mem.New())
	im := begin(t, s)
	card := store.Sample{Type: "verifiableClinicalRecord", Source: clinicA, StartDate: 5, EndDate: 5, SyncIdentifier: "card", DisplayName: "Card"}
	for _, step := range []struct {
		raw  string
		want store.Outcome
	}{{"one", store.Added}, {"one", store.Unchanged}, {"two", store.Replaced}} {
		if got, err := im.AddDocument(background, card, []byte(step.raw)); err != nil || got != step.want {
			t.Errorf("%s: %d, %v", step.raw, got, err)
		}
	}
	other := card
	other.SyncIdentifier = "other"
	im.AddDocument(background, other, nil)
	commit(t, im)
	got := query(t, s.Person(), store.Query{Type: card.Type})
	if len(got) != 2 || got[0].FHIR != nil {
		t.Fatalf("documents %+v", got)
	}
	if raw, err := s.Person().Resource(background, got[1].UUID); err != nil || len(raw) != 0 {
		t.Errorf("an empty document reads %q, %v", raw, err)
	}
	if _, err := begin(t, s).AddDocument(background, store.Sample{Type: card.Type}, nil); codeOf(t, err) != store.CodeInvalidArgument {
		t.Errorf("a document without identity: %v", err)
	}
}
