package store_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

func compact(t testing.TB, s *store.Store, full bool) store.Compacted {
	t.Helper()
	result, err := s.Compact(background, full)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// holds reports whether a mark stands in any stored value, opened and unpacked.
func holds(t testing.TB, backend store.Backend, sealer store.Sealer, mark string) bool {
	t.Helper()
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	found := false
	err = backend.Scan(background, "", "", func(key string, value []byte) error {
		plain, err := sealer.Open(background, key, value)
		if err != nil {
			return err
		}
		if unpacked, err := decoder.DecodeAll(plain, nil); err == nil {
			plain = unpacked
		}
		found = found || bytes.Contains(plain, []byte(mark))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// everything is what the person sees, by UUID.
func everything(t testing.TB, s *store.Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, id := range modelTypes {
		for _, sample := range query(t, s.Person(), store.Query{Type: id}) {
			all[sample.UUID] = strings.Join(linesOf(t, s, []store.Sample{sample}), "")
		}
	}
	return all
}

// TestCompactionForgets shows that what was replaced or deleted is in no stored
// value any more, and that everything else has kept its UUID.
func TestCompactionForgets(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	var records []record
	for n := range 40 {
		records = append(records, record{clinicA, "Condition", fmt.Sprint(n), "older", int64(n + 1)})
	}
	importRecords(t, s, records...)
	importSamples(t, s, steps(phone, 1, 2, 3), steps(phone, 4, 5, 123456789.5))
	for n := range 20 {
		records[n].text = "newer"
	}
	importRecords(t, s, records[:20]...)
	doomed := query(t, s.Person(), store.Query{Type: store.ConditionRecord, Sort: []store.Sort{{Key: "startDate"}}, Limit: 20})
	if err := s.Person().Delete(background, uuidsOf(doomed)); err != nil {
		t.Fatal(err)
	}
	if !holds(t, backend, sealer, "older") {
		t.Fatal("the mark can't be found before either")
	}
	before, status := everything(t, s), s.Status()
	result := compact(t, s, true)
	if holds(t, backend, sealer, "older") {
		t.Error("a deleted record is still stored")
	}
	if result.Removed != 40 || result.Freed <= 0 || result.Freed != status.Bytes-s.Status().Bytes {
		t.Errorf("%+v; the store had %+v and has %+v", result, status, s.Status())
	}
	for name, s := range map[string]*store.Store{"as it is": s, "reopened": open(t, backend)} {
		if after := everything(t, s); !maps.Equal(before, after) {
			t.Errorf("%s: %v, want %v", name, after, before)
		}
	}
	if again := compact(t, s, true); again != (store.Compacted{}) {
		t.Errorf("a second compaction did %+v", again)
	}
}

// TestCompactionJoins shows that the segments of single saves become few, and
// that those saved by turns of two types keep their order for anchored queries.
func TestCompactionJoins(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	rate := 60.0
	for n := range 200 {
		beat := store.Sample{Type: "heartRate", StartDate: int64(n), EndDate: int64(n), Value: &rate, Unit: "/min"}
		for _, sample := range []store.Sample{steps(phone, int64(1000-n), int64(1000-n), 1), beat} {
			if _, err := s.Person().Save(background, []store.Sample{sample}); err != nil {
				t.Fatal(err)
			}
		}
	}
	before := everything(t, s)
	compact(t, s, false)
	if now := s.Status().Segments; now > 40 {
		t.Errorf("400 segments became %d", now)
	}
	for _, s := range []*store.Store{s, open(t, backend)} {
		if after := everything(t, s); !maps.Equal(before, after) {
			t.Error("the samples are others now")
		}
		m := mirror{map[store.TypeID]string{}, map[store.TypeID]map[string]store.Sample{}}
		m.follow(t, s, 7)
		if got := len(m.samples["stepCount"]) + len(m.samples["heartRate"]); got != 400 {
			t.Errorf("following by sevens finds %d of 400", got)
		}
	}
}

// TestCompactionKeepsAnchors deletes before and after a compaction and follows
// from an anchor of before.
func TestCompactionKeepsAnchors(t *testing.T) {
	s := open(t, mem.New())
	for n := range 20 {
		importSamples(t, s, steps(phone, int64(n), int64(n), 1))
	}
	all := query(t, s.Person(), store.Query{Type: "stepCount"})
	since, err := s.Person().Anchored(background, store.AnchoredQuery{Type: "stepCount"})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for n, sample := range all[:8] {
		if err := s.Person().Delete(background, []string{sample.UUID}); err != nil {
			t.Fatal(err)
		}
		want = append(want, sample.UUID)
		if n%3 == 0 {
			compact(t, s, true)
		}
	}
	importSamples(t, s, steps(phone, 100, 100, 1))
	compact(t, s, true)
	changes, err := s.Person().Anchored(background, store.AnchoredQuery{Type: "stepCount", Anchor: since.Anchor})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, gone := range changes.Deleted {
		got = append(got, gone.UUID)
	}
	if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(want))) || len(changes.Samples) != 1 {
		t.Errorf("%d deleted, %d added; want 8 and 1", len(got), len(changes.Samples))
	}
}

// TestCompactionOfNeighbours joins segments without a gap between their numbers,
// whose samples come in another order by time.
func TestCompactionOfNeighbours(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	for n := range 5 {
		importSamples(t, s, steps(phone, int64(10-n), int64(10-n), float64(n)))
	}
	before := everything(t, s)
	compact(t, s, true)
	for _, s := range []*store.Store{s, open(t, backend)} {
		if after := everything(t, s); !maps.Equal(before, after) || s.Status().Segments != 1 {
			t.Errorf("%v in %d segments, want %v", after, s.Status().Segments, before)
		}
	}
}

// TestCompactionKeepsOrder follows by small pages what was saved and deleted by
// turns, after compaction has put the tombstones into one segment, whose numbers
// lie among those of the objects.
func TestCompactionKeepsOrder(t *testing.T) {
	s := open(t, mem.New())
	m := mirror{map[store.TypeID]string{}, map[store.TypeID]map[string]store.Sample{}}
	var uuids []string
	for n := range 10 {
		saved, err := s.Person().Save(background, []store.Sample{steps(phone, int64(n), int64(n), 1)})
		if err != nil {
			t.Fatal(err)
		}
		uuids = append(uuids, saved...)
	}
	m.follow(t, s, 0)
	for n := range 10 {
		if err := s.Person().Delete(background, uuids[n:n+1]); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Person().Save(background, []store.Sample{steps(phone, int64(100-n), int64(100-n), 1)}); err != nil {
			t.Fatal(err)
		}
	}
	compact(t, s, true)
	m.follow(t, s, 3)
	if got := m.samples["stepCount"]; len(got) != 10 {
		t.Errorf("%d samples, want 10", len(got))
	}
	for _, gone := range uuids {
		if _, there := m.samples["stepCount"][gone]; there {
			t.Error("a deletion was not reported")
		}
	}
}

// TestCompactionIsSparing shows that one in the background rewrites a segment for a
// single deleted row, and no other.
func TestCompactionIsSparing(t *testing.T) {
	s := open(t, mem.New())
	const segments = 3
	var samples []store.Sample
	for n := range segments << 14 { // 16,384 rows each
		samples = append(samples, steps(phone, int64(n), int64(n), 1))
	}
	importSamples(t, s, samples...)
	if result := compact(t, s, false); result != (store.Compacted{}) {
		t.Errorf("with nothing deleted: %+v", result)
	}
	some := uuidsOf(query(t, s.Person(), store.Query{Type: "stepCount", Limit: 1}))
	if err := s.Person().Delete(background, some); err != nil {
		t.Fatal(err)
	}
	if result := compact(t, s, false); result.Removed != 1 || result.Rewritten != 1 {
		t.Errorf("of %d segments one has a deleted row: %+v", segments, result)
	}
}

// interrupting calls do once, before the first value of a segment is read.
type interrupting struct {
	store.Backend
	do func()
}

func (b *interrupting) Get(ctx context.Context, key string) ([]byte, error) {
	if do := b.do; do != nil && strings.HasPrefix(key, "segment/") {
		b.do = nil
		do()
	}
	return b.Backend.Get(ctx, key)
}

// TestCompactionUnderReaders lets a compaction, of this tab or another, take
// away every segment just when it is being read.
func TestCompactionUnderReaders(t *testing.T) {
	for _, another := range []bool{false, true} {
		for name, read := range map[string]func(s *store.Store) (int, error){
			"query": func(s *store.Store) (int, error) {
				samples, err := s.Person().Query(background, store.Query{Type: "stepCount"})
				return len(samples), err
			},
			"anchored": func(s *store.Store) (int, error) {
				result, err := s.Person().Anchored(background, store.AnchoredQuery{Type: "stepCount"})
				return len(result.Samples), err
			},
			"statistics": func(s *store.Store) (int, error) {
				q := store.StatisticsQuery{Type: "stepCount", Options: []store.StatisticsOption{store.OptionCumulativeSum}, Predicate: &store.Predicate{Sources: []string{phone.ID}}}
				result, err := s.Person().Statistics(background, q)
				if err != nil {
					return 0, err
				}
				return int(*result.Sum), nil
			},
			"resources": func(s *store.Store) (int, error) {
				samples, err := s.Person().Query(background, store.Query{Type: store.ConditionRecord})
				for _, sample := range samples {
					if _, err := s.Person().Resource(background, sample.UUID); err != nil {
						return 0, err
					}
				}
				return len(samples), err
			},
			"a save that replaces": func(s *store.Store) (int, error) {
				sample := steps(phone, 11, 11, 2)
				sample.SyncIdentifier, sample.SyncVersion = "x", 2
				_, err := s.Person().Save(background, []store.Sample{sample})
				return 10, err
			},
		} {
			t.Run(fmt.Sprint(name, another), func(t *testing.T) {
				backend := &interrupting{Backend: mem.New()}
				s := open(t, backend)
				for n := range 10 {
					importSamples(t, s, steps(phone, int64(n), int64(n), 1))
					importRecords(t, s, record{clinicA, "Condition", fmt.Sprint(n), "", 1})
				}
				sample := steps(phone, 11, 11, 1)
				sample.SyncIdentifier, sample.SyncVersion = "x", 1
				if _, err := s.Person().Save(background, []store.Sample{sample}); err != nil {
					t.Fatal(err)
				}
				saved, _ := s.Person().Sample(background, query(t, s.Person(), store.Query{Type: "stepCount"})[0].UUID)
				if name != "a save that replaces" {
					s.Person().Delete(background, []string{saved.UUID})
				}
				s = open(t, backend) // with empty caches
				compacting := s
				if another {
					compacting = open(t, backend.Backend)
				}
				backend.do = func() {
					if name == "a save that replaces" && !another {
						return // within one tab a save holds compactions off
					}
					compact(t, compacting, true)
				}
				if got, err := read(s); got != 10 || err != nil {
					t.Errorf("%d, %v; want 10", got, err)
				}
				if s.Status().Damaged != 0 {
					t.Errorf("status %+v", s.Status())
				}
			})
		}
	}
}

// TestCompactionWaits shows that it stays away from an import.
func TestCompactionWaits(t *testing.T) {
	s := open(t, mem.New())
	im := begin(t, s)
	_, err := s.Compact(background, true)
	wantCode(t, err, store.CodeUnknown)
	if err := im.Rollback(background); err != nil {
		t.Fatal(err)
	}
	compact(t, s, true)

	s.Lock()
	_, err = s.Compact(background, true)
	wantCode(t, err, store.CodeDatabaseInaccessible)
}

// TestCompactionYieldsToImports begins an import in another tab between steps.
func TestCompactionYieldsToImports(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	for n := range 500 {
		if _, err := s.Person().Save(background, []store.Sample{steps(phone, int64(n), 1000, 1)}); err != nil {
			t.Fatal(err)
		}
	}
	c, err := s.BeginCompaction(background, true)
	if err != nil {
		t.Fatal(err)
	}
	im := begin(t, open(t, backend, func(o *store.Options) { o.Shared = true }))
	if _, err := im.AddSample(background, steps(watch, 1, 1, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Step(background); err == nil {
		t.Error("the compaction goes on while another tab imports")
	}
	commit(t, im)
	if err := s.Refresh(background); err != nil {
		t.Fatal(err)
	}
	if got := len(query(t, s.Person(), store.Query{Type: "stepCount"})); got != 501 {
		t.Errorf("%d samples", got)
	}
}

// TestCompactionLeavesDamage shows that a segment that does not open is kept and
// still reported, and keeps nothing else from being compacted.
func TestCompactionLeavesDamage(t *testing.T) {
	for _, prefix := range []string{"segment/", "index/"} {
		backend := mem.New()
		s := open(t, backend)
		for n := range 5 {
			importSamples(t, s, steps(phone, int64(n), int64(n), 1))
		}
		keys, _ := backend.Keys(background, prefix, "")
		flip(t, backend, keys[0])
		s = open(t, backend)
		compact(t, s, true)
		for _, s := range []*store.Store{s, open(t, backend)} {
			if got := len(query(t, s.Person(), store.Query{Type: "stepCount"})); got != 4 {
				t.Errorf("%s: %d samples, want 4", prefix, got)
			}
			if s.Status().Damaged != 1 {
				t.Errorf("%s: status %+v", prefix, s.Status())
			}
		}
		if again := compact(t, open(t, backend), true); again.Removed != 0 {
			t.Errorf("%s: a second compaction did %+v", prefix, again)
		}
	}
}

// after calls do once, after so many reads.
type after struct {
	store.Backend
	calls int
	do    func()
}

func (b *after) Get(ctx context.Context, key string) ([]byte, error) {
	value, err := b.Backend.Get(ctx, key)
	b.called()
	return value, err
}

func (b *after) Scan(ctx context.Context, from, to string, yield func(string, []byte) error) error {
	err := b.Backend.Scan(ctx, from, to, yield)
	b.called()
	return err
}

func (b *after) called() {
	if b.calls--; b.calls == 0 {
		b.do()
	}
}

// TestCompactionSweeps leaves a segment that no head names, as an import does that
// the browser is killed in.
func TestCompactionSweeps(t *testing.T) {
	backend := mem.New()
	importSamples(t, open(t, backend), steps(phone, 0, 10, 1))
	left := func() bool {
		_, err := backend.Get(background, "segment/left")
		return err == nil
	}
	leave := func() {
		t.Helper()
		if err := backend.Apply(background, store.Batch{Put: []store.Entry{{Key: "segment/left", Value: []byte("x")}}}); err != nil {
			t.Fatal(err)
		}
	}
	shared := func(o *store.Options) { o.Shared = true }

	leave()
	s := open(t, backend, shared)
	if !left() {
		t.Error("opening beside other tabs swept what one of them may be importing")
	}
	compact(t, s, false)
	if left() {
		t.Error("it is still there")
	}

	leave()
	doubted := open(t, backend, shared, func(o *store.Options) { o.Canary = &store.Canary{Store: "another", Counter: 9} })
	compact(t, doubted, false)
	if !left() {
		t.Error("what may be left of a store that was set back is gone before the person has taken note")
	}
	if err := doubted.Accept(); err != nil {
		t.Fatal(err)
	}
	compact(t, doubted, false)
	if left() {
		t.Error("it is still there")
	}
	if got := query(t, doubted.Person(), store.Query{Type: "stepCount"}); len(got) != 1 {
		t.Errorf("%d samples, want 1", len(got))
	}
}
