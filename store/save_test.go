package store_test

import (
	"slices"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// sharing returns a store whose portal may write and read steps and heart rates.
func sharing(t testing.TB, backend store.Backend) (*store.Store, *store.Client) {
	t.Helper()
	s := open(t, backend)
	both := types{"stepCount", "heartRate"}
	answer(t, s, portal, store.AuthorizationRequest{Read: both, ToShare: both}, store.Answer{Read: both, Share: both})
	return s, s.App(portal)
}

func save(t testing.TB, c *store.Client, samples ...store.Sample) []string {
	t.Helper()
	uuids, err := c.Save(background, samples)
	if err != nil {
		t.Fatal(err)
	}
	return uuids
}

func synced(identifier string, version int64, start int64) store.Sample {
	sample := steps(phone, start, start, 1)
	sample.SyncIdentifier, sample.SyncVersion = identifier, version
	return sample
}

func TestSave(t *testing.T) {
	backend := mem.New()
	s, app := sharing(t, backend)
	beats := 60.0
	mixed := []store.Sample{
		steps(phone, 30, 40, 3), steps(phone, 10, 20, 1),
		{Type: "heartRate", StartDate: 5, EndDate: 5, Value: &beats, Unit: "count/min"},
		steps(phone, 20, 30, 2),
	}
	uuids := save(t, app, mixed...)
	for _, s := range []*store.Store{s, open(t, backend)} {
		for at, uuid := range uuids {
			got, err := s.App(portal).Sample(background, uuid)
			if err != nil || got.StartDate != mixed[at].StartDate || *got.Value != *mixed[at].Value {
				t.Errorf("sample %d reads %+v, %v", at, got, err)
			}
			if got.Source.ID != "origin:"+portal || got.Source.Name != "Portal" {
				t.Errorf("sample %d has source %+v", at, got.Source)
			}
		}
	}
	mine := save(t, s.Person(), steps(phone, 1, 1, 1))
	if got, _ := s.Person().Sample(background, mine[0]); got.Source.ID != "person" {
		t.Errorf("the person's sample has source %+v", got.Source)
	}
}

func TestSync(t *testing.T) {
	s, app := sharing(t, mem.New())
	shown := func() []string {
		return idsOf(query(t, s.Person(), store.Query{Type: "stepCount", Sort: []store.Sort{{Key: "startDate", Ascending: true}}}))
	}
	first := save(t, app, synced("a", 1, 10))
	if again := save(t, app, synced("a", 1, 11)); again[0] != first[0] {
		t.Error("an equal version replaced")
	}
	if older := save(t, app, synced("a", 0, 12)); older[0] != first[0] {
		t.Error("a lesser version replaced")
	}
	newer := save(t, app, synced("a", 2, 13))
	if newer[0] == first[0] || !slices.Equal(shown(), []string{"13+0=1"}) {
		t.Errorf("a greater version did not replace: %v", shown())
	}
	several := save(t, app, synced("b", 3, 20), synced("b", 5, 21), synced("b", 4, 22), synced("a", 1, 23))
	if several[0] != several[1] || several[1] != several[2] || several[3] != newer[0] {
		t.Errorf("uuids %v", several)
	}
	save(t, s.Person(), synced("a", 1, 30)) // another source
	if got := shown(); !slices.Equal(got, []string{"13+0=1", "21+0=1", "30+0=1"}) {
		t.Errorf("shown %v", got)
	}
	changes, err := app.Anchored(background, store.AnchoredQuery{Type: "stepCount"})
	if err != nil {
		t.Fatal(err)
	}
	save(t, app, synced("a", 9, 40))
	changes, err = app.Anchored(background, store.AnchoredQuery{Type: "stepCount", Anchor: changes.Anchor})
	want := store.DeletedObject{UUID: newer[0], SyncIdentifier: "a", SyncVersion: 2}
	if err != nil || len(changes.Deleted) != 1 || changes.Deleted[0] != want || len(changes.Samples) != 1 {
		t.Errorf("changes %+v, %v", changes, err)
	}
}

func TestRefusedSaves(t *testing.T) {
	s, app := sharing(t, mem.New())
	without := steps(phone, 1, 1, 1)
	without.Value = nil
	half := 0.5
	missing := 99.0
	for name, test := range map[string]struct {
		samples []store.Sample
		code    store.Code
	}{
		"nothing":               {nil, store.CodeInvalidArgument},
		"too many":              {make([]store.Sample, 100_000), store.CodeInvalidArgument},
		"unknown type":          {[]store.Sample{{Type: "x"}}, store.CodeInvalidArgument},
		"clinical":              {[]store.Sample{{Type: store.ConditionRecord}}, store.CodeInvalidArgument},
		"read-only type":        {[]store.Sample{{Type: "appleExerciseTime", Value: &half, Unit: "min"}}, store.CodeInvalidArgument},
		"correlation":           {[]store.Sample{{Type: "food", Value: &half}}, store.CodeInvalidArgument},
		"no value":              {[]store.Sample{without}, store.CodeInvalidArgument},
		"unit":                  {[]store.Sample{{Type: "stepCount", Value: &half, Unit: "kg"}}, store.CodeInvalidArgument},
		"half a category":       {[]store.Sample{{Type: "sleepAnalysis", Value: &half}}, store.CodeInvalidArgument},
		"no such category":      {[]store.Sample{{Type: "sleepAnalysis", Value: &missing}}, store.CodeInvalidArgument},
		"version without id":    {[]store.Sample{synced("", 1, 1)}, store.CodeInvalidArgument},
		"negative version":      {[]store.Sample{synced("a", -1, 1)}, store.CodeInvalidArgument},
		"one of them not asked": {[]store.Sample{steps(phone, 1, 1, 1), {Type: "height", Value: &half, Unit: "m"}}, store.CodeAuthorizationNotDetermined},
		"one of them bad":       {[]store.Sample{steps(phone, 1, 1, 1), without}, store.CodeInvalidArgument},
	} {
		_, err := app.Save(background, test.samples)
		if codeOf(t, err) != test.code {
			t.Errorf("%s: %v, want %s", name, err, test.code)
		}
	}
	if counts, _ := s.Counts(background); len(counts) != 0 {
		t.Errorf("a refused save left %v", counts)
	}
}

func TestDelete(t *testing.T) {
	s, app := sharing(t, mem.New())
	mine := save(t, app, steps(phone, 1, 1, 1), steps(phone, 2, 2, 2))
	theirs := save(t, s.Person(), steps(phone, 3, 3, 3))
	const unknown = "01234567-89ab-8def-8123-456789abcdef"

	foreign, absent := app.Delete(background, []string{mine[0], theirs[0]}), app.Delete(background, []string{mine[0], unknown})
	wantCode(t, foreign, store.CodeInvalidArgument)
	if foreign.Error() != absent.Error() {
		t.Errorf("%q tells that the object is there, against %q", foreign, absent)
	}
	wantCode(t, app.Delete(background, nil), store.CodeInvalidArgument)
	wantCode(t, app.Delete(background, []string{"x"}), store.CodeInvalidArgument)
	if counts, _ := s.Counts(background); counts["stepCount"] != 3 {
		t.Errorf("a refused deletion left %v", counts)
	}
	if err := app.Delete(background, []string{mine[0], mine[0]}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, app.Delete(background, mine), store.CodeInvalidArgument) // one is gone: none is deleted
	s.Revoke(background, portal)
	wantCode(t, app.Delete(background, mine[1:]), store.CodeAuthorizationDenied)
	if err := s.Person().Delete(background, []string{mine[1], theirs[0]}); err != nil {
		t.Fatal(err)
	}
	if counts, _ := s.Counts(background); len(counts) != 0 {
		t.Errorf("after deleting everything %v", counts)
	}
}

// TestDeletedComesBack checks that importing a file again brings back what was
// deleted, and says so.
func TestDeletedComesBack(t *testing.T) {
	s := open(t, mem.New())
	importSamples(t, s, steps(phone, 1, 1, 1), steps(phone, 2, 2, 2))
	doomed := query(t, s.Person(), store.Query{Type: "stepCount", Limit: 1})
	s.Person().Delete(background, uuidsOf(doomed))
	if tally := importSamples(t, s, steps(phone, 1, 1, 1), steps(phone, 2, 2, 2)); tally != (store.Tally{Added: 1, Unchanged: 1}) {
		t.Errorf("tally %+v", tally)
	}
}

func TestAnchored(t *testing.T) {
	s, app := sharing(t, mem.New())
	ask := func(anchor string) store.AnchoredResult {
		t.Helper()
		result, err := app.Anchored(background, store.AnchoredQuery{Type: "stepCount", Anchor: anchor})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	start := ask("")
	if len(start.Samples) != 0 || start.Anchor == "" {
		t.Errorf("an empty store: %+v", start)
	}
	uuids := save(t, app, steps(phone, 1, 1, 1), steps(phone, 2, 2, 2))
	one := ask(start.Anchor)
	if !slices.Equal(uuidsOf(one.Samples), uuids) {
		t.Errorf("changes %+v", one)
	}
	brief := save(t, app, steps(phone, 3, 3, 3))
	if err := app.Delete(background, []string{brief[0], uuids[0]}); err != nil {
		t.Fatal(err)
	}
	two := ask(one.Anchor)
	if len(two.Samples) != 0 || len(two.Deleted) != 1 || two.Deleted[0].UUID != uuids[0] {
		t.Errorf("what came and went between two queries shows: %+v", two)
	}
	if three := ask(two.Anchor); len(three.Deleted) != 0 || three.Anchor != two.Anchor {
		t.Errorf("nothing changed, but %+v", three)
	}
	for name, q := range map[string]store.AnchoredQuery{
		"not an anchor":    {Type: "stepCount", Anchor: "x"},
		"of another type":  {Type: "heartRate", Anchor: two.Anchor},
		"a UUID":           {Type: "stepCount", Anchor: uuids[1]},
		"a negative limit": {Type: "stepCount", Limit: -1},
	} {
		if _, err := app.Anchored(background, q); codeOf(t, err) != store.CodeInvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := s.Person().Anchored(background, store.AnchoredQuery{Type: "stepCount", Anchor: two.Anchor})
	wantCode(t, err, store.CodeInvalidArgument) // of another client
}

// TestAnchoredAfterAGrant checks that an app which is granted more gets what it
// could not see before its anchor, and learns of deletions in between.
func TestAnchoredAfterAGrant(t *testing.T) {
	s := open(t, mem.New())
	both := store.AuthorizationRequest{Read: types{"stepCount"}, ToShare: types{"stepCount"}}
	answer(t, s, portal, both, store.Answer{Share: both.ToShare})
	app := s.App(portal)
	importSamples(t, s, steps(watch, 1, 1, 1), steps(watch, 2, 2, 2))
	mine := save(t, app, steps(phone, 3, 3, 3), steps(phone, 4, 4, 4))
	before, _ := app.Anchored(background, store.AnchoredQuery{Type: "stepCount"})
	if len(before.Samples) != 2 {
		t.Fatalf("sees %+v", before)
	}
	app.Delete(background, mine[1:])
	answer(t, s, portal, both, store.Answer{Share: both.ToShare, Read: both.Read})

	known := map[string]bool{mine[0]: true, mine[1]: true}
	q := store.AnchoredQuery{Type: "stepCount", Anchor: before.Anchor, Limit: 1}
	for range 10 {
		page, err := app.Anchored(background, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, sample := range page.Samples {
			known[sample.UUID] = true
		}
		for _, gone := range page.Deleted {
			delete(known, gone.UUID)
		}
		q.Anchor = page.Anchor
	}
	for _, sample := range query(t, app, store.Query{Type: "stepCount"}) {
		if !known[sample.UUID] {
			t.Error("a sample was never reported")
		}
		delete(known, sample.UUID)
	}
	if len(known) != 0 {
		t.Errorf("%d deletions were never reported", len(known))
	}
}

// TestLock checks what is left of a locked store.
func TestLock(t *testing.T) {
	backend := mem.New()
	s, app := sharing(t, backend)
	uuids := save(t, app, steps(phone, 1, 1, 1))
	locked, err := store.Open(background, backend, nil, store.Options{Permissions: sealer})
	if err != nil {
		t.Fatal(err)
	}
	s.Lock()
	for _, s := range []*store.Store{s, locked} {
		for name, call := range map[string]func(c *store.Client) error{
			"query":    func(c *store.Client) error { _, err := c.Query(background, store.Query{Type: "stepCount"}); return err },
			"sources":  func(c *store.Client) error { _, err := c.Sources(background, "stepCount"); return err },
			"sample":   func(c *store.Client) error { _, err := c.Sample(background, uuids[0]); return err },
			"resource": func(c *store.Client) error { _, err := c.Resource(background, uuids[0]); return err },
			"delete":   func(c *store.Client) error { return c.Delete(background, uuids) },
			"anchored": func(c *store.Client) error {
				_, err := c.Anchored(background, store.AnchoredQuery{Type: "stepCount"})
				return err
			},
		} {
			for who, c := range map[string]*store.Client{"person": s.Person(), "app": s.App(portal)} {
				if err := call(c); codeOf(t, err) != store.CodeDatabaseInaccessible {
					t.Errorf("%s by %s: %v", name, who, err)
				}
			}
		}
		if _, err := s.Counts(background); codeOf(t, err) != store.CodeDatabaseInaccessible {
			t.Errorf("counts: %v", err)
		}
		if _, err := s.BeginImport(background); codeOf(t, err) != store.CodeDatabaseInaccessible {
			t.Errorf("import: %v", err)
		}
		if status := s.Status(); status != (store.Status{Locked: true}) {
			t.Errorf("status %+v", status)
		}
		if apps, err := s.Apps(background); err != nil || len(apps) != 1 {
			t.Errorf("apps %+v, %v", apps, err)
		}
		wantCode(t, s.Refresh(background), "")
		// The person can still say yes and no.
		fitness := store.AuthorizationRequest{Read: types{"height"}}
		answer(t, s, portal, fitness, store.Answer{Read: fitness.Read})
		clinical := store.AuthorizationRequest{Read: types{store.ConditionRecord}}
		ask(t, s, portal, clinical)
		wantCode(t, s.Answer(background, portal, clinical, store.Answer{Read: clinical.Read}), store.CodeDatabaseInaccessible)
		answer(t, s, portal, clinical, store.Answer{Read: clinical.Read, FutureRecords: store.FutureAlways})
		if err := s.Revoke(background, portal, "height"); err != nil {
			t.Error(err)
		}
	}
	for _, s := range []*store.Store{s, locked} {
		if err := s.Unlock(background, sealer); err != nil {
			t.Fatal(err)
		}
		if n := len(query(t, s.App(portal), store.Query{Type: "stepCount"})); n != 1 {
			t.Errorf("%d samples after unlocking", n)
		}
	}
	if _, err := store.Open(background, backend, newSealer("wrong"), store.Options{}); codeOf(t, err) != store.CodeCorruptStore {
		t.Errorf("another key opens the store: %v", err)
	}
	bare, _ := store.Open(background, backend, nil, store.Options{})
	_, err = bare.App(portal).Query(background, store.Query{Type: "stepCount"})
	wantCode(t, err, store.CodeDatabaseInaccessible)
	_, err = bare.Apps(background)
	wantCode(t, err, store.CodeDatabaseInaccessible)
}
