package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

func ms(v int64) *int64 { return &v }

// queried holds steps [0,10) by the phone, [10,20) by the watch, an instant at
// 20 by the phone and [15,40) by the watch, and heights in two units.
func queried(t *testing.T) *store.Store {
	t.Helper()
	s := open(t, mem.New())
	entered := steps(watch, 15, 40, 4)
	entered.Metadata = map[string]string{"HKWasUserEntered": "1"}
	importSamples(t, s, steps(phone, 0, 10, 1), steps(watch, 10, 20, 2), steps(phone, 20, 20, 3), entered)
	height := func(value float64, unit string, start int64) store.Sample {
		return store.Sample{Type: "height", Source: phone, StartDate: start, EndDate: start, Value: &value, Unit: unit}
	}
	importSamples(t, s, height(180, "cm", 1), height(1.9, "m", 2))
	asleep := 1.0
	importSamples(t, s, store.Sample{Type: "sleepAnalysis", Source: watch, StartDate: 1, EndDate: 2, Value: &asleep})
	importRecords(t, s,
		record{clinicA, "Condition", "1", "", 1}, record{clinicB, "Condition", "1", "", 2},
		record{clinicA, "Condition", "2", "", 3})
	return s
}

func TestPredicates(t *testing.T) {
	s := queried(t)
	first := query(t, s.Person(), store.Query{Type: "stepCount", Sort: []store.Sort{{Key: "startDate", Ascending: true}}})[0]
	type p = store.Predicate
	quantity := func(operator string, value float64, unit string) *p {
		return &p{Quantity: &store.QuantityMatch{Operator: operator, Value: value, Unit: unit}}
	}
	for _, test := range []struct {
		name      string
		id        store.TypeID
		predicate *p
		want      string // values, or FHIR identifiers, by start
	}{
		{"none", "stepCount", nil, "1 2 4 3"},
		{"overlap", "stepCount", &p{Start: ms(10), End: ms(20)}, "2 4"},
		{"overlap touches neither end", "stepCount", &p{Start: ms(20), End: ms(30)}, "4 3"},
		{"overlap from inside", "stepCount", &p{Start: ms(16), End: ms(17)}, "2 4"},
		{"an instant at the start", "stepCount", &p{Start: ms(20), End: ms(21)}, "4 3"},
		{"an instant at the end", "stepCount", &p{Start: ms(0), End: ms(20)}, "1 2 4"},
		{"open end", "stepCount", &p{Start: ms(20)}, "4 3"},
		{"open start", "stepCount", &p{End: ms(10)}, "1"},
		{"an instant", "stepCount", &p{Start: ms(5), End: ms(5)}, "1"},
		{"strict start", "stepCount", &p{Start: ms(10), End: ms(20), StrictStart: true}, "2 4"},
		{"strict end", "stepCount", &p{Start: ms(10), End: ms(21), StrictEnd: true}, "1 2 3"},
		{"strict end is half open", "stepCount", &p{Start: ms(10), End: ms(20), StrictEnd: true}, "1"},
		{"both strict", "stepCount", &p{Start: ms(10), End: ms(21), StrictStart: true, StrictEnd: true}, "2 3"},
		{"source", "stepCount", &p{Sources: []string{watch.ID}}, "2 4"},
		{"sources", "stepCount", &p{Sources: []string{watch.ID, phone.ID, "other"}}, "1 2 4 3"},
		{"no source", "stepCount", &p{Sources: []string{}}, ""},
		{"uuid", "stepCount", &p{UUIDs: []string{first.UUID, "01234567-89ab-8def-8123-456789abcdef", "x"}}, "1"},
		{"uuid of another type", "heartRate", &p{UUIDs: []string{first.UUID}}, ""},
		{"metadata key", "stepCount", &p{Metadata: &store.MetadataMatch{Key: "HKWasUserEntered"}}, "4"},
		{"metadata value", "stepCount", &p{Metadata: &store.MetadataMatch{Key: "HKWasUserEntered", Values: []string{"0", "1"}}}, "4"},
		{"metadata other value", "stepCount", &p{Metadata: &store.MetadataMatch{Key: "HKWasUserEntered", Values: []string{"0"}}}, ""},
		{"less", "stepCount", quantity("<", 2, "count"), "1"},
		{"at most", "stepCount", quantity("<=", 2, "count"), "1 2"},
		{"equal", "stepCount", quantity("=", 2, "count"), "2"},
		{"not equal", "stepCount", quantity("!=", 2, "count"), "1 4 3"},
		{"at least", "stepCount", quantity(">=", 3, "count"), "4 3"},
		{"greater", "stepCount", quantity(">", 3, "count"), "4"},
		{"units", "height", quantity(">", 1.85, "m"), "1.9"},
		{"units the other way", "height", quantity("<", 185, "cm"), "180"},
		{"category", "sleepAnalysis", &p{Category: &store.CategoryMatch{Operator: "=", Value: 1}}, "1"},
		{"other category", "sleepAnalysis", &p{Category: &store.CategoryMatch{Operator: "!=", Value: 1}}, ""},
		{"resource type", store.ConditionRecord, &p{FHIR: &store.FHIRMatch{ResourceType: "Condition"}}, "1 1 2"},
		{"resource and source", store.ConditionRecord, &p{FHIR: &store.FHIRMatch{ResourceType: "Condition", Source: clinicA.ID}}, "1 2"},
		{"one resource", store.ConditionRecord, &p{FHIR: &store.FHIRMatch{ResourceType: "Condition", Source: clinicA.ID, Identifier: "2"}}, "2"},
		{"another resource type", store.ConditionRecord, &p{FHIR: &store.FHIRMatch{ResourceType: "Patient"}}, ""},
		{"not", "stepCount", &p{Not: quantity("=", 2, "count")}, "1 4 3"},
		{"and", "stepCount", &p{And: []p{{Sources: []string{watch.ID}}, {Start: ms(25)}}}, "4"},
		{"and of nothing", "stepCount", &p{And: []p{}}, "1 2 4 3"},
		{"or", "stepCount", &p{Or: []p{{Sources: []string{watch.ID}}, {End: ms(5)}}}, "1 2 4"},
		{"or of nothing", "stepCount", &p{Or: []p{}}, ""},
		{"nested", "stepCount", &p{Not: &p{Or: []p{{And: []p{{Start: ms(12)}, {Sources: []string{phone.ID}}}}, *quantity("<", 2, "count")}}}, "2 4"},
	} {
		t.Run(test.name, func(t *testing.T) {
			samples := query(t, s.Person(), store.Query{Type: test.id, Predicate: test.predicate,
				Sort: []store.Sort{{Key: "startDate", Ascending: true}}})
			var got []string
			for _, sample := range samples {
				if sample.FHIR != nil {
					got = append(got, sample.FHIR.Identifier)
				} else {
					got = append(got, fmt.Sprint(*sample.Value))
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestBadQueries(t *testing.T) {
	s := queried(t)
	type p = store.Predicate
	deep := &p{}
	for range 100 {
		deep = &p{Not: deep}
	}
	for name, q := range map[string]store.Query{
		"no type":                 {},
		"unknown type":            {Type: "x"},
		"negative limit":          {Type: "stepCount", Limit: -1},
		"negative offset":         {Type: "stepCount", Offset: -1},
		"unknown sort":            {Type: "stepCount", Sort: []store.Sort{{Key: "value"}}},
		"too many sorts":          {Type: "stepCount", Sort: make([]store.Sort, 100)},
		"empty predicate":         {Type: "stepCount", Predicate: &p{}},
		"two conditions":          {Type: "stepCount", Predicate: &p{Sources: []string{}, UUIDs: []string{}}},
		"strict without a date":   {Type: "stepCount", Predicate: &p{StrictStart: true}},
		"end before start":        {Type: "stepCount", Predicate: &p{Start: ms(2), End: ms(1)}},
		"too deep":                {Type: "stepCount", Predicate: deep},
		"too wide":                {Type: "stepCount", Predicate: &p{UUIDs: make([]string, 10_000)}},
		"operator":                {Type: "stepCount", Predicate: &p{Quantity: &store.QuantityMatch{Operator: "~", Unit: "count"}}},
		"unit":                    {Type: "stepCount", Predicate: &p{Quantity: &store.QuantityMatch{Operator: "<", Unit: "kg"}}},
		"quantity of a category":  {Type: "sleepAnalysis", Predicate: &p{Quantity: &store.QuantityMatch{Operator: "<"}}},
		"category of a quantity":  {Type: "stepCount", Predicate: &p{Category: &store.CategoryMatch{Operator: "<"}}},
		"category operator":       {Type: "sleepAnalysis", Predicate: &p{Category: &store.CategoryMatch{}}},
		"resource of a quantity":  {Type: "stepCount", Predicate: &p{FHIR: &store.FHIRMatch{ResourceType: "Patient"}}},
		"resource without a type": {Type: store.OtherRecord, Predicate: &p{FHIR: &store.FHIRMatch{}}},
		"metadata without a key":  {Type: "stepCount", Predicate: &p{Metadata: &store.MetadataMatch{}}},
		"inside and":              {Type: "stepCount", Predicate: &p{And: []p{{}}}},
		"inside or":               {Type: "stepCount", Predicate: &p{Or: []p{{Not: &p{}}}}},
	} {
		for who, c := range map[string]*store.Client{"person": s.Person(), "app": s.App(portal)} {
			_, err := c.Query(background, q)
			if got := codeOf(t, err); got != store.CodeInvalidArgument {
				t.Errorf("%s for %s: %v", name, who, err)
			}
		}
	}
}

// TestSortAndCut compares every order, limit and offset with sorting everything.
func TestSortAndCut(t *testing.T) {
	now := clock(0)
	s := open(t, mem.New(), func(o *store.Options) { o.Now = now.now })
	for n := range int64(6) {
		now = clock(n % 3)
		importSamples(t, s, steps(phone, n%4, n%4+n%2, float64(n)), steps(watch, 10-n, 20-n, float64(n)))
		importRecords(t, s, record{clinicA, "Condition", fmt.Sprint(n), "", 1 + n%3})
	}
	keyOf := map[string]func(store.Sample) int64{
		"startDate": func(s store.Sample) int64 { return s.StartDate },
		"endDate":   func(s store.Sample) int64 { return s.EndDate },
		"dateAdded": func(s store.Sample) int64 { return s.DateAdded },
	}
	orders := [][]store.Sort{{{Key: "startDate"}, {Key: "endDate", Ascending: true}, {Key: "dateAdded"}}}
	for key := range keyOf {
		orders = append(orders, []store.Sort{{Key: key}}, []store.Sort{{Key: key, Ascending: true}})
	}
	for _, id := range (types{"stepCount", store.ConditionRecord}) {
		taken, err := s.Person().Anchored(background, store.AnchoredQuery{Type: id}) // in the order taken in
		if err != nil {
			t.Fatal(err)
		}
		for _, by := range orders {
			want := slices.Clone(taken.Samples)
			slices.SortStableFunc(want, func(a, b store.Sample) int {
				for _, one := range by {
					difference := int(keyOf[one.Key](a) - keyOf[one.Key](b))
					if !one.Ascending {
						difference = -difference
					}
					if difference != 0 {
						return difference
					}
				}
				return 0
			})
			for limit := range len(want) + 2 {
				for _, offset := range []int{0, 1, 3, 100} {
					got := query(t, s.Person(), store.Query{Type: id, Sort: by, Limit: limit, Offset: offset})
					cut := want[min(offset, len(want)):]
					if limit > 0 {
						cut = cut[:min(limit, len(cut))]
					}
					if !slices.Equal(uuidsOf(got), uuidsOf(cut)) {
						t.Fatalf("%s by %v, limit %d, offset %d: %v, want %v", id, by, limit, offset, idsOf(got), idsOf(cut))
					}
				}
			}
		}
	}
}

// TestTieAcrossSegments has a sample that comes first by a tie, in a segment that
// is opened last.
func TestTieAcrossSegments(t *testing.T) {
	s := open(t, mem.New())
	importSamples(t, s, steps(phone, 5, 5, 1))
	importSamples(t, s, steps(phone, 5, 5, 2), steps(phone, 10, 10, 3))
	got := idsOf(query(t, s.Person(), store.Query{Type: "stepCount", Limit: 2}))
	if !slices.Equal(got, []string{"10+0=3", "5+0=1"}) {
		t.Errorf("newest two: %v", got)
	}
}

func uuidsOf(samples []store.Sample) []string {
	var uuids []string
	for _, sample := range samples {
		uuids = append(uuids, sample.UUID)
	}
	return uuids
}

// TestLatestOpensNothing checks that a list of records is made from the index
// alone, and that the newest samples open one segment only.
func TestLatestOpensNothing(t *testing.T) {
	counting := &countingBackend{Backend: mem.New()}
	s := open(t, counting)
	for n := range int64(20) {
		importRecords(t, s, record{clinicA, "Condition", fmt.Sprint(n), "", n + 1})
		importSamples(t, s, steps(phone, n*100, n*100, 1))
	}
	s = open(t, counting)
	counting.gets = 0
	query(t, s.Person(), store.Query{Type: store.ConditionRecord, Limit: 10})
	if counting.gets != 0 {
		t.Errorf("listing records read %d values", counting.gets)
	}
	query(t, s.Person(), store.Query{Type: "stepCount", Limit: 1})
	if counting.gets != 1 {
		t.Errorf("the newest sample read %d values", counting.gets)
	}
	counting.gets = 0
	query(t, s.Person(), store.Query{Type: "stepCount", Predicate: &store.Predicate{Start: ms(400), End: ms(401)}})
	if counting.gets != 1 {
		t.Errorf("one day's samples read %d values", counting.gets)
	}
}

// TestSources checks names, order, and that a source goes with its last sample.
func TestSources(t *testing.T) {
	s := queried(t)
	for id, want := range map[store.TypeID]string{
		"stepCount": "Phone Watch", store.ConditionRecord: "Clinic A Clinic B", "heartRate": "",
	} {
		sources, err := s.Person().Sources(background, id)
		if err != nil || strings.Join(namesOf(sources), " ") != want {
			t.Errorf("%s: %v, %v", id, sources, err)
		}
	}
	for _, sample := range query(t, s.Person(), store.Query{Type: "stepCount", Predicate: &store.Predicate{Sources: []string{watch.ID}}}) {
		if err := s.Person().Delete(background, []string{sample.UUID}); err != nil {
			t.Fatal(err)
		}
	}
	if sources, _ := s.Person().Sources(background, "stepCount"); len(sources) != 1 {
		t.Errorf("sources after all of the watch was deleted: %v", sources)
	}
	_, err := s.Person().Sources(background, "x")
	wantCode(t, err, store.CodeInvalidArgument)
}
