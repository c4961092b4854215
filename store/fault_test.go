package store_test

import (
	"context"
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/storetest"
)

// faulty returns mem with the n-th call failing, in each of the ways a medium
// fails: before or after its effect, once, twice in a row, or from then on.
var faulty = map[string]func(b *mem.Backend, n int) store.Backend{
	"before": func(b *mem.Backend, n int) store.Backend { return storetest.NewFaulty(b, n, storetest.BeforeEffect) },
	"after":  func(b *mem.Backend, n int) store.Backend { return storetest.NewFaulty(b, n, storetest.AfterEffect) },
	"after, and the next call": func(b *mem.Backend, n int) store.Backend {
		return storetest.NewFaulty(storetest.NewFaulty(b, n, storetest.AfterEffect), n+1, storetest.BeforeEffect)
	},
	"before, for good": func(b *mem.Backend, n int) store.Backend {
		f := storetest.NewFaulty(b, n, storetest.BeforeEffect)
		f.Down = true
		return f
	},
	"after, for good": func(b *mem.Backend, n int) store.Backend {
		f := storetest.NewFaulty(b, n, storetest.AfterEffect)
		f.Down = true
		return f
	},
	"no room": func(b *mem.Backend, n int) store.Backend {
		f := storetest.NewFaulty(b, n, storetest.BeforeEffect)
		f.Err = store.ErrQuota
		return f
	},
}

// faultSteps change a store and the model of what it then must hold.
var faultSteps = []struct {
	name string
	do   func(s *store.Store) error
	m    func(m *model)
}{
	{"import", func(s *store.Store) error {
		return importAll(s, "first", steps(phone, 1, 2, 3))
	}, func(m *model) {
		modelAll(m, "first", steps(phone, 1, 2, 3))
	}},
	{"import again", func(s *store.Store) error {
		return importAll(s, "second", steps(phone, 1, 2, 3), steps(phone, 2, 3, 4))
	}, func(m *model) {
		modelAll(m, "second", steps(phone, 1, 2, 3), steps(phone, 2, 3, 4))
	}},
	{"save", func(s *store.Store) error {
		_, err := s.Person().Save(background, []store.Sample{steps(phone, 9, 9, 9)})
		return err
	}, func(m *model) {
		m.add(steps(store.Source{ID: "person"}, 9, 9, 9))
	}},
	{"delete", func(s *store.Store) error {
		saved, err := s.Person().Query(background, store.Query{Type: "stepCount", Limit: 1})
		if err != nil || len(saved) == 0 || saved[0].StartDate != 9 {
			return err
		}
		return s.Person().Delete(background, uuidsOf(saved))
	}, func(m *model) {
		delete(m.samples, sampleIdentity(steps(store.Source{ID: "person"}, 9, 9, 9)))
	}},
	{"compact", func(s *store.Store) error {
		_, err := s.Compact(background, true)
		return err
	}, func(*model) {}},
}

func importAll(s *store.Store, text string, samples ...store.Sample) error {
	im, err := s.BeginImport(background)
	if err != nil {
		return err
	}
	err = func() error {
		for n := range 30 { // several segments
			if _, err := addRecord(im, record{clinicA, "Condition", fmt.Sprint(n), text, 5}); err != nil {
				return err
			}
		}
		for _, sample := range samples {
			if _, err := im.AddSample(background, sample); err != nil {
				return err
			}
		}
		return im.Commit(background)
	}()
	if err != nil {
		im.Rollback(background)
	}
	return err
}

func modelAll(m *model, text string, samples ...store.Sample) {
	for n := range 30 {
		m.addRecord(record{clinicA, "Condition", fmt.Sprint(n), text, 5})
	}
	for _, sample := range samples {
		m.add(sample)
	}
}

// TestFaults lets each backend call of a history fail. What was acknowledged
// must be there on reopening; the step that failed must have happened wholly or
// not at all; and the next step must work on the medium once it is well again.
func TestFaults(t *testing.T) {
	for way, broken := range faulty {
		t.Run(way, func(t *testing.T) {
			for n := 1; ; n++ {
				if failed := faultAt(t, broken, n); !failed {
					return
				}
			}
		})
	}
}

// faultAt runs the history with the n-th call failing and reports whether any
// step failed.
func faultAt(t *testing.T, broken func(*mem.Backend, int) store.Backend, n int) (failed bool) {
	inner := mem.New()
	backend := broken(inner, n)
	sure := newModel() // what was acknowledged
	s, err := tryOpen(backend)
	if err != nil {
		codeOf(t, err)
		s, failed = open(t, inner), true
	}
	for _, step := range faultSteps {
		maybe := sure.clone()
		step.m(maybe)
		if err := step.do(s); err == nil {
			sure = maybe
			continue
		} else {
			codeOf(t, err)
		}
		failed = true
		s = open(t, inner)
		missing, torn := difference(t, s, maybe), difference(t, s, sure)
		switch {
		case missing == "":
			sure = maybe
		case torn != "":
			t.Fatalf("call %d failed during %s: the store shows neither what was before\n%s\nnor after\n%s", n, step.name, torn, missing)
		}
	}
	if d := difference(t, open(t, inner), sure); d != "" {
		t.Fatalf("call %d failed; in the end %s", n, d)
	}
	return failed
}

// TestFaultsWithoutReopening lets each call fail once and goes on with the same
// store.
func TestFaultsWithoutReopening(t *testing.T) {
	for n := 1; ; n++ {
		inner := mem.New()
		s, err := tryOpen(storetest.NewFaulty(inner, n, storetest.AfterEffect))
		if err != nil {
			continue
		}
		failed := false
		want := newModel()
		for _, step := range faultSteps {
			if err := step.do(s); err != nil {
				failed = true
				if err := step.do(s); err != nil {
					t.Fatalf("call %d failed during %s, and so does the second attempt: %v", n, step.name, err)
				}
			}
			step.m(want)
		}
		// A save is not idempotent: at most one more of it may be there.
		shown := difference(t, open(t, inner), want)
		if mine := difference(t, s, want); mine != shown {
			t.Fatalf("call %d: the store shows\n%s\nwhile stored is\n%s", n, mine, shown)
		}
		if !failed {
			return
		}
	}
}

// flip changes one bit in the middle of a value.
func flip(t *testing.T, backend *mem.Backend, key string) {
	t.Helper()
	value, err := backend.Get(background, key)
	if err != nil {
		t.Fatal(err)
	}
	value[len(value)/2] ^= 1
	backend.Apply(background, store.Batch{Put: []store.Entry{{Key: key, Value: value}}})
}

// TestDamage flips a bit of, removes and swaps every stored value in turn. The
// head alone is fatal; a segment costs its own records and is reported.
func TestDamage(t *testing.T) {
	sound := mem.New()
	s := open(t, sound)
	for n := range 5 {
		importRecords(t, s, record{clinicA, "Condition", fmt.Sprint(n), "", 5})
		importSamples(t, s, steps(phone, int64(n), int64(n), 1))
	}
	keys, _ := sound.Keys(background, "", "")
	for _, key := range keys {
		for how, damage := range map[string]func(b *mem.Backend){
			"flipped": func(b *mem.Backend) { flip(t, b, key) },
			"removed": func(b *mem.Backend) {
				b.Apply(background, store.Batch{Delete: []store.Range{{From: key}}})
			},
			"swapped": func(b *mem.Backend) {
				for _, other := range keys {
					if other != key && path.Dir(other) == path.Dir(key) && path.Dir(key) != "." {
						value, _ := b.Get(background, other)
						b.Apply(background, store.Batch{Put: []store.Entry{{Key: key, Value: value}}})
						return
					}
				}
				flip(t, b, key)
			},
		} {
			t.Run(how+" "+strings.SplitN(key, "/", 2)[0], func(t *testing.T) {
				damaged := sound.Clone()
				damage(damaged)
				checkDamage(t, damaged, key, how)
			})
		}
	}
}

func checkDamage(t *testing.T, damaged *mem.Backend, key, how string) {
	s, err := tryOpen(damaged)
	if key == "head" {
		if how != "removed" { // a store without a head is an empty one: the hash chain's matter
			wantCode(t, err, store.CodeCorruptStore)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	conditions := query(t, s.Person(), store.Query{Type: store.ConditionRecord})
	readable := 0
	for _, sample := range conditions {
		if _, err := s.Person().Resource(background, sample.UUID); err == nil {
			readable++
		} else {
			wantCode(t, err, store.CodeCorruptStore)
		}
	}
	total := readable + len(query(t, s.Person(), store.Query{Type: "stepCount"}))
	want, wantDamaged := 9, 1
	if key == "epoch" {
		want, wantDamaged = 10, 0
	}
	if total != want || s.Status().Damaged != wantDamaged {
		t.Errorf("%d objects readable, want %d; status %+v", total, want, s.Status())
	}
	if key != "epoch" { // importing again heals
		for n := range 5 {
			importRecords(t, s, record{clinicA, "Condition", fmt.Sprint(n), "", 5})
			importSamples(t, s, steps(phone, int64(n), int64(n), 1))
		}
		s = open(t, damaged)
		if got := len(query(t, s.Person(), store.Query{Type: "stepCount"})); got != 5 {
			t.Errorf("%d samples after importing again", got)
		}
	}
}

// TestCommitThatHappened checks that a commit whose answer was lost is not
// reported as failed when the store shows that it happened.
func TestCommitThatHappened(t *testing.T) {
	inner := mem.New()
	s := open(t, inner)
	importSamples(t, s, steps(phone, 1, 1, 1))
	flaky := &lossy{Backend: inner}
	s = open(t, flaky)
	flaky.lose = true
	if _, err := s.Person().Save(background, []store.Sample{steps(phone, 2, 2, 2)}); err != nil {
		t.Error(err)
	}
	if n := len(query(t, s.Person(), store.Query{Type: "stepCount"})); n != 2 {
		t.Errorf("%d samples", n)
	}
}

// lossy does the next Apply but fails to say so.
type lossy struct {
	store.Backend
	lose bool
}

func (b *lossy) Apply(ctx context.Context, batch store.Batch) error {
	err := b.Backend.Apply(ctx, batch)
	if b.lose && err == nil {
		b.lose = false
		return storetest.ErrFault
	}
	return err
}

// TestSweepRacesCommit lets one tab commit its import just after another one has
// listed what no manifest names.
func TestSweepRacesCommit(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	im := begin(t, s)
	for n := range 200 { // enough that some are written, not just on their way
		addRecord(im, record{clinicA, "Condition", fmt.Sprint(n), "", 5})
	}
	late := &hooked{Backend: backend, beforeApply: func() { commit(t, im) }}
	if _, err := tryOpen(late); err != nil {
		t.Fatal(err)
	}
	if late.beforeApply != nil {
		t.Fatal("nothing was swept")
	}
	for _, s := range []*store.Store{s, open(t, backend)} {
		want := newModel()
		for n := range 200 {
			want.addRecord(record{clinicA, "Condition", fmt.Sprint(n), "", 5})
		}
		if d := difference(t, s, want); d != "" {
			t.Fatal(d)
		}
	}
}

// TestSaveDuringTheStartOfAnImport lets the same tab save while an import that
// begins looks for what no manifest names: what was saved is not such.
func TestSaveDuringTheStartOfAnImport(t *testing.T) {
	for _, when := range []int{1, 2} { // before and after the first list of keys
		inner := mem.New()
		backend := &listing{Backend: inner}
		s := open(t, backend)
		importSamples(t, s, steps(phone, 1, 1, 1))
		backend.calls = 0
		backend.before = func(call int) {
			if call == when {
				if _, err := s.Person().Save(background, []store.Sample{steps(phone, 2, 2, 2)}); err != nil {
					t.Error(err)
				}
			}
		}
		im := begin(t, s)
		commit(t, im)
		if n := len(query(t, open(t, inner).Person(), store.Query{Type: "stepCount"})); n != 2 {
			t.Errorf("a save before list %d: %d samples are stored, want 2", when, n)
		}
	}
}

// listing calls before with the number of the call, before each list of keys.
type listing struct {
	store.Backend
	before func(call int)
	calls  int
}

func (b *listing) Keys(ctx context.Context, from, to string) ([]string, error) {
	b.calls++
	if b.before != nil {
		b.before(b.calls)
	}
	return b.Backend.Keys(ctx, from, to)
}

// hooked calls beforeApply once, before the first Apply.
type hooked struct {
	store.Backend
	beforeApply func()
}

func (b *hooked) Apply(ctx context.Context, batch store.Batch) error {
	if before := b.beforeApply; before != nil {
		b.beforeApply = nil
		before()
	}
	return b.Backend.Apply(ctx, batch)
}
