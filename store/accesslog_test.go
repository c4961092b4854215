package store_test

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/storetest"
)

// tracing notes every call of a backend.
type tracing struct {
	store.Backend
	mu    sync.Mutex
	calls []string
}

func (b *tracing) trace(call string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls = append(b.calls, call)
}

func (b *tracing) take() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	calls := b.calls
	b.calls = nil
	return calls
}

func (b *tracing) Get(ctx context.Context, key string) ([]byte, error) {
	b.trace("get " + key)
	return b.Backend.Get(ctx, key)
}

func (b *tracing) Keys(ctx context.Context, from, to string) ([]string, error) {
	b.trace("keys " + from)
	return b.Backend.Keys(ctx, from, to)
}

func (b *tracing) Scan(ctx context.Context, from, to string, yield func(string, []byte) error) error {
	b.trace("scan " + from)
	return b.Backend.Scan(ctx, from, to, yield)
}

func (b *tracing) Apply(ctx context.Context, batch store.Batch) error {
	b.trace("apply")
	return b.Backend.Apply(ctx, batch)
}

func accessLog(t testing.TB, s *store.Store) []store.Access {
	t.Helper()
	lines, err := s.AccessLog(background)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// decide asks for types and answers.
func decide(t testing.TB, s *store.Store, r store.AuthorizationRequest, a store.Answer) {
	t.Helper()
	ask(t, s, portal, r)
	answer(t, s, portal, r, a)
}

// TestAccessLog does one of each call and compares with the log.
func TestAccessLog(t *testing.T) {
	backend, now := mem.New(), clock(1000)
	withClock := func(o *store.Options) { o.Now = now.now }
	s := open(t, backend, withClock)
	importRecords(t, s, record{clinicA, "Condition", "1", "", 5})
	importSamples(t, s, steps(phone, 1, 2, 3), steps(phone, 2, 3, 4))
	request := store.AuthorizationRequest{
		ToShare: types{"stepCount", "heartRate"}, Read: types{"stepCount", "heartRate", store.ConditionRecord},
	}
	decide(t, s, request, store.Answer{Share: types{"stepCount"}, Read: types{"stepCount", store.ConditionRecord}})
	app := s.App(portal)
	condition := query(t, s.Person(), store.Query{Type: store.ConditionRecord})[0].UUID

	query(t, app, store.Query{Type: "stepCount"})
	query(t, app, store.Query{Type: "stepCount", Limit: 1})
	query(t, app, store.Query{Type: "heartRate"})                  // denied
	_, err := app.Query(background, store.Query{Type: "bodyMass"}) // never asked
	wantCode(t, err, store.CodeAuthorizationNotDetermined)
	_, err = app.Query(background, store.Query{Type: "no such type"}) // wrong, and so not logged
	wantCode(t, err, store.CodeInvalidArgument)
	app.Anchored(background, store.AnchoredQuery{Type: "stepCount"})
	app.Sources(background, "stepCount")
	app.Statistics(background, store.StatisticsQuery{Type: "stepCount", Options: []store.StatisticsOption{store.OptionCumulativeSum}})
	app.Sample(background, condition)
	app.Resource(background, condition)
	app.Sample(background, "00000000-0000-8000-8000-000000000000")
	saved, err := app.Save(background, []store.Sample{steps(phone, 8, 8, 8), steps(phone, 9, 9, 9)})
	if err != nil {
		t.Fatal(err)
	}
	app.Save(background, []store.Sample{rate(70)}) // denied
	if err := app.Delete(background, saved); err != nil {
		t.Fatal(err)
	}
	line := func(operation store.AccessOperation, id store.TypeID, calls, count int, allowed bool) store.Access {
		return store.Access{When: 1000, Until: 1000, Origin: portal, Operation: operation, Type: id, Calls: calls, Count: count, Allowed: allowed}
	}
	want := []store.Access{
		line(store.AccessRead, "stepCount", 3, 5, true),
		line(store.AccessRead, "heartRate", 1, 0, false),
		line(store.AccessRead, "bodyMass", 1, 0, false),
		line(store.AccessSources, "stepCount", 1, 1, true),
		line(store.AccessStatistics, "stepCount", 1, 1, true),
		line(store.AccessRead, store.ConditionRecord, 1, 1, true),
		line(store.AccessOpen, store.ConditionRecord, 1, 1, true),
		line(store.AccessRead, "", 1, 0, false),
		line(store.AccessSave, "stepCount", 1, 2, true),
		line(store.AccessSave, "heartRate", 1, 0, false),
		line(store.AccessDelete, "stepCount", 1, 2, true),
	}
	for _, s := range []*store.Store{s, open(t, backend)} { // as it is, and reopened
		if got := accessLog(t, s); !reflect.DeepEqual(got, want) {
			t.Errorf("%v\nwant\n%v", got, want)
		}
	}

	now += 61_000
	query(t, app, store.Query{Type: "stepCount"})
	if got := accessLog(t, s); len(got) != len(want)+1 || got[0].When != 62_000 || got[0].Calls != 1 {
		t.Errorf("a minute later: %v", got)
	}
}

func rate(value float64) store.Sample {
	return store.Sample{Type: "heartRate", StartDate: 1, EndDate: 1, Value: &value, Unit: "/min"}
}

// TestAccessLogCostsNothing shows that reads write nothing of their own, and that
// a denied type and one without samples make the same calls of the backend.
func TestAccessLogCostsNothing(t *testing.T) {
	backend := &tracing{Backend: mem.New()}
	s := open(t, backend)
	importSamples(t, s, rate(70))
	decide(t, s, store.AuthorizationRequest{Read: types{"stepCount", "heartRate"}}, store.Answer{Read: types{"stepCount"}})
	app := s.App(portal)
	trace := func(id store.TypeID) []string {
		backend.take()
		for range 50 {
			query(t, app, store.Query{Type: id})
			app.Anchored(background, store.AnchoredQuery{Type: id})
			app.Sources(background, id)
			app.Statistics(background, store.StatisticsQuery{Type: id, Options: []store.StatisticsOption{store.OptionMostRecent}})
		}
		return backend.take()
	}
	empty, denied := trace("stepCount"), trace("heartRate")
	if slices.Contains(empty, "apply") || !slices.Equal(empty, denied) {
		t.Errorf("without samples: %v\ndenied: %v", empty, denied)
	}
	if got := accessLog(t, s); len(got) != 6 || got[0].Calls+got[1].Calls+got[2].Calls != 200 {
		t.Errorf("the log: %v", got)
	}
}

// TestAccessLogIsStored shows when the lines are: after a while, when many wait,
// and when the store is locked or closed.
func TestAccessLogIsStored(t *testing.T) {
	lines := func(t *testing.T, backend store.Backend) int {
		return len(accessLog(t, open(t, backend)))
	}
	start := func(t *testing.T) (*mem.Backend, *store.Store) {
		backend := mem.New()
		s := open(t, backend)
		decide(t, s, store.AuthorizationRequest{Read: types{"stepCount"}}, store.Answer{})
		query(t, s.App(portal), store.Query{Type: "stepCount"})
		return backend, s
	}
	for name, store := range map[string]func(t *testing.T, s *store.Store){
		"after a while": func(*testing.T, *store.Store) { time.Sleep(10 * time.Second) }, // of a clock that leaps
		"by locking":    func(_ *testing.T, s *store.Store) { s.Lock() },
		"by asking":     func(t *testing.T, s *store.Store) { accessLog(t, s) },
		"by flushing":   func(_ *testing.T, s *store.Store) { s.FlushAccessLog(background) },
		"by many": func(t *testing.T, s *store.Store) {
			for n := range 70 {
				s.App(fmt.Sprintf("https://app%d.example", n)).Query(background, query1)
			}
			synctest.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				backend, s := start(t)
				if got := lines(t, backend.Clone()); got != 0 {
					t.Fatalf("%d lines at once", got)
				}
				store(t, s)
				if got := lines(t, backend); got == 0 {
					t.Error("the line is not stored")
				}
				time.Sleep(time.Minute) // let the timers end
			})
		})
	}
}

var query1 = store.Query{Type: "stepCount"}

// TestAccessLogIsBounded writes more lines than are kept, then grows old.
func TestAccessLogIsBounded(t *testing.T) {
	backend, now := mem.New(), clock(1000)
	s := open(t, backend, func(o *store.Options) { o.Now = now.now })
	const blocks = 100
	for n := range blocks * 128 / 50 {
		for app := range 50 {
			s.App(fmt.Sprintf("https://app%d.example", app)).Query(background, query1)
		}
		now = clock(int64(n+2) * 100_000)
		if err := s.FlushAccessLog(background); err != nil {
			t.Fatal(err)
		}
	}
	keys, _ := backend.Keys(background, "log/", "log0")
	lines := accessLog(t, s)
	if len(keys) > 96 || len(lines) < 9_000 || lines[0].When < lines[len(lines)-1].When {
		t.Errorf("%d keys hold %d lines", len(keys), len(lines))
	}
	for range 200 { // each goes into a block of its own
		now += 3 * 366 * 24 * 3600 * 1000
		for app := range 100 {
			s.App(fmt.Sprintf("https://app%d.example", app)).Query(background, query1)
		}
		if err := s.FlushAccessLog(background); err != nil {
			t.Fatal(err)
		}
	}
	if lines = accessLog(t, s); len(lines) > 400 {
		t.Errorf("%d lines, most of them centuries old", len(lines))
	}
}

// TestAccessLogIsSealed looks for the app in the stored values and their keys.
func TestAccessLogIsSealed(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	decide(t, s, store.AuthorizationRequest{Read: types{"stepCount"}}, store.Answer{})
	for n := range 3 {
		query(t, s.App(portal), query1)
		if n > 0 {
			s.App(portal).Sources(background, "stepCount")
		}
		s.FlushAccessLog(background)
		value, err := backend.Get(background, "log/0000000000000000")
		if err != nil || bytes.Contains(value, []byte("portal")) || len(value)-len("nonce of 12 and tag of 16..") < 4096 || len(value) > 4200 {
			t.Errorf("%d bytes, %v", len(value), err)
		}
	}
}

// TestAccessLogAfterErase lets a tab that has not noticed an erasure write.
func TestAccessLogAfterErase(t *testing.T) {
	backend := mem.New()
	s, other := open(t, backend), open(t, backend)
	decide(t, s, store.AuthorizationRequest{Read: types{"stepCount"}}, store.Answer{})
	query(t, other.App(portal), query1)
	query(t, s.App(portal), query1)
	if err := s.Erase(background); err != nil {
		t.Fatal(err)
	}
	if err := other.FlushAccessLog(background); err == nil {
		t.Error("a tab writes into an erased store")
	}
	s.FlushAccessLog(background)
	if left := leftOf(backend); len(left) != 0 {
		t.Errorf("after erasing there is %q", left)
	}
}

// TestAccessLogDamage shows that a block that does not open costs its own lines,
// and that the log goes on.
func TestAccessLogDamage(t *testing.T) {
	backend, now := mem.New(), clock(1000)
	s := open(t, backend, func(o *store.Options) { o.Now = now.now })
	read := func(count int) {
		for n := range count {
			s.App(fmt.Sprintf("https://app%d.example", n)).Query(background, query1)
		}
		s.FlushAccessLog(background)
		now += 100_000
	}
	read(60)
	read(60)
	read(60) // in a second block
	keys, _ := backend.Keys(background, "log/", "log0")
	if len(keys) != 2 {
		t.Fatalf("keys %q", keys)
	}
	flip(t, backend, keys[1])
	read(5)
	if got := len(accessLog(t, s)); got != 125 {
		t.Errorf("%d lines, want 125", got)
	}
}

// TestAccessLogFaults lets each call of storing fail: no line is lost or doubled.
func TestAccessLogFaults(t *testing.T) {
	for _, when := range []storetest.When{storetest.BeforeEffect, storetest.AfterEffect} {
		for n := 1; ; n++ {
			inner := mem.New()
			open(t, inner)
			faulty := storetest.NewFaulty(inner, 0, when)
			s := open(t, faulty)
			s.App(portal).Query(background, query1)
			broken := storetest.NewFaulty(inner, n, when)
			faulty.Backend = broken
			err := s.FlushAccessLog(background)
			if err != nil {
				codeOf(t, err)
				if !strings.Contains(err.Error(), "access log") {
					t.Errorf("%v does not say what failed", err)
				}
				err = s.FlushAccessLog(background)
			}
			if got := accessLog(t, open(t, inner)); err != nil || len(got) != 1 || got[0].Calls != 1 {
				t.Errorf("call %d failed: %v, %v", n, got, err)
			}
			if !broken.Reached() {
				break
			}
		}
	}
}
