package store_test

import (
	"slices"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// TestDeniedOpensNothing checks that no call opens a segment because of what an
// app may not see: it would take longer than for a type without samples. The store
// is opened anew for each call, so that nothing is in memory.
func TestDeniedOpensNothing(t *testing.T) {
	backend := &tracing{Backend: mem.New()}
	s := open(t, backend)
	one := steps(phone, 1, 2, 3)
	one.SyncIdentifier = "1" // of the phone, and none of the app's business
	importSamples(t, s, one, steps(watch, 2, 3, 4))
	importRecords(t, s, record{clinicA, "Condition", "1", "", 1}, record{clinicA, "Condition", "2", "", 2})
	sample := query(t, s.Person(), store.Query{Type: "stepCount"})[0].UUID
	condition := query(t, s.Person(), store.Query{Type: store.ConditionRecord})[0].UUID
	request := store.AuthorizationRequest{
		Read:    types{"stepCount", "heartRate", store.ConditionRecord, store.ProcedureRecord},
		ToShare: types{"stepCount", "heartRate"},
	}
	decide(t, s, request, store.Answer{Read: types{"heartRate", store.ProcedureRecord}, Share: request.ToShare})

	recent := []store.StatisticsOption{store.OptionMostRecent}
	synced := func(sample store.Sample) []store.Sample {
		sample.SyncIdentifier = "1"
		return []store.Sample{sample}
	}
	for _, test := range []struct {
		name          string
		denied, empty func(*store.Client)
	}{
		{"query", func(c *store.Client) { c.Query(background, store.Query{Type: "stepCount"}) },
			func(c *store.Client) { c.Query(background, store.Query{Type: "heartRate"}) }},
		{"query records", func(c *store.Client) { c.Query(background, store.Query{Type: store.ConditionRecord}) },
			func(c *store.Client) { c.Query(background, store.Query{Type: store.ProcedureRecord}) }},
		{"anchored", func(c *store.Client) { c.Anchored(background, store.AnchoredQuery{Type: "stepCount"}) },
			func(c *store.Client) { c.Anchored(background, store.AnchoredQuery{Type: "heartRate"}) }},
		{"sources", func(c *store.Client) { c.Sources(background, "stepCount") },
			func(c *store.Client) { c.Sources(background, "heartRate") }},
		{"statistics", func(c *store.Client) {
			c.Statistics(background, store.StatisticsQuery{Type: "stepCount", Options: recent})
		}, func(c *store.Client) {
			c.Statistics(background, store.StatisticsQuery{Type: "heartRate", Options: recent})
		}},
		{"saw", func(c *store.Client) { saw(t, c, "stepCount") }, func(c *store.Client) { saw(t, c, "heartRate") }},
		{"sample", func(c *store.Client) { c.Sample(background, sample) },
			func(c *store.Client) { c.Sample(background, "00000000-0000-8000-8000-000000000000") }},
		{"resource", func(c *store.Client) { c.Resource(background, condition) },
			func(c *store.Client) { c.Resource(background, "00000000-0000-8000-8000-000000000000") }},
		{"lookup", func(c *store.Client) { lookUp(c, store.ConditionRecord, condition) },
			func(c *store.Client) { lookUp(c, store.ProcedureRecord, "00000000-0000-8000-8000-000000000000") }},
		{"delete", func(c *store.Client) { c.Delete(background, []string{sample}) },
			func(c *store.Client) { c.Delete(background, []string{"00000000-0000-8000-8000-000000000000"}) }},
		{"save", func(c *store.Client) { c.Save(background, synced(steps(phone, 5, 6, 7))) },
			func(c *store.Client) { c.Save(background, synced(rate(70))) }},
	} {
		trace := func(call func(*store.Client)) []string {
			client := open(t, backend).App(portal)
			client.Query(background, store.Query{Type: "bodyMass"}) // reads the app's grants
			backend.take()
			call(client)
			return backend.take()
		}
		if denied, empty := trace(test.denied), trace(test.empty); !slices.Equal(denied, empty) {
			t.Errorf("%s: denied %v, empty %v", test.name, denied, empty)
		}
	}
}

func lookUp(c *store.Client, id store.TypeID, uuid string) {
	l, _ := c.Lookup(background)
	l.Query(background, store.Query{Type: id})
	l.Resource(background, uuid)
	l.Resource(background, uuid)
	l.Note()
}

// saw looks twice, the second time at all there was before the app was asked.
func saw(t *testing.T, c *store.Client, id store.TypeID) {
	t.Helper()
	_, mark, err := c.Saw(background, store.AnchoredQuery{Type: id})
	if err != nil {
		t.Fatal(err)
	}
	if changed, _, err := c.Saw(background, store.AnchoredQuery{Type: id, Anchor: mark}); changed || err != nil {
		t.Errorf("saw %t, %v", changed, err)
	}
}
