package store_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

func orderOf(t *testing.T, s *store.Store, id store.TypeID) []string {
	t.Helper()
	sources, err := s.SourceOrder(background, id)
	if err != nil {
		t.Fatal(err)
	}
	return namesOf(sources)
}

func TestDefaultSourceOrder(t *testing.T) {
	s := open(t, mem.New())
	tracker := store.Source{ID: "import:monitoring", Name: "String Monitoring"} // neither a ring
	ring := store.Source{ID: "import:ring", Name: "Sleep", Device: "Oura Ring Gen3"}
	importSamples(t, s, walked(oldWatch, 0, 1, 1), walked(watch, 0, 1, 1), walked(phone, 90, 95, 1), walked(tracker, 0, 1, 1), walked(ring, 5, 6, 1))
	importSamples(t, s, walked(oldWatch, 50, 51, 1), walked(watch, 60, 61, 1), walked(phone, 2, 3, 1))
	importSamples(t, s, walked(watch, 3, 4, 1), walked(ring, 2, 3, 1), measure("heartRate", oldWatch, 1e9, 1e9, 1, "/min"))
	want := []string{"Watch", "Anna's old Watch", "Sleep", "Phone", "String Monitoring"}
	for range 2 {
		if got := orderOf(t, s, "stepCount"); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}

	// The newest sample of the newest watch goes, and with it its place.
	newest := query(t, s.Person(), store.Query{Type: "stepCount", Predicate: &store.Predicate{Sources: []string{watch.ID}}, Limit: 1})
	if err := s.Person().Delete(background, []string{newest[0].UUID}); err != nil {
		t.Fatal(err)
	}
	want = []string{"Anna's old Watch", "Sleep", "Watch", "Phone", "String Monitoring"}
	if got := orderOf(t, s, "stepCount"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := orderOf(t, s, "bodyMass"); len(got) != 0 {
		t.Errorf("a type without samples has the order %v", got)
	}
}

func TestSetSourceOrder(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	importSamples(t, s, walked(phone, 0, 10, 90), walked(watch, 0, 10, 100), walked(scale, 0, 10, 80))
	sum := store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}}
	set := func(sources ...string) {
		t.Helper()
		if err := s.SetSourceOrder(background, "stepCount", sources); err != nil {
			t.Fatal(err)
		}
	}
	want := func(text string, names ...string) {
		t.Helper()
		wantStatistics(t, s.Person(), sum, text)
		if got := orderOf(t, s, "stepCount"); !slices.Equal(got, names) {
			t.Errorf("got %v, want %v", got, names)
		}
	}
	want("sum 100", "Watch", "Phone", "Scale")
	set(scale.ID, "import:gone", phone.ID)
	want("sum 80", "Scale", "Phone", "Watch")
	set(phone.ID)
	want("sum 90", "Phone", "Watch", "Scale")
	s = open(t, backend) // it lasts
	want("sum 90", "Phone", "Watch", "Scale")

	// Another tab's order counts at once, and one type's does not touch another's.
	other := open(t, backend)
	if err := other.SetSourceOrder(background, "stepCount", []string{scale.ID}); err != nil {
		t.Fatal(err)
	}
	set2 := func(id store.TypeID, sources ...string) {
		t.Helper()
		if err := s.SetSourceOrder(background, id, sources); err != nil {
			t.Fatal(err)
		}
	}
	set2("heartRate", watch.ID)
	want("sum 80", "Scale", "Watch", "Phone")
	set()
	want("sum 100", "Watch", "Phone", "Scale")
}

// What is stored of an order is sealed, and as long whatever it says.
func TestSourceOrderIsSealed(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	sizes := map[int]bool{}
	for _, order := range [][]string{{phone.ID}, {watch.ID, phone.ID, scale.ID}, {}} {
		if err := s.SetSourceOrder(background, "stepCount", order); err != nil {
			t.Fatal(err)
		}
		sealed, err := backend.Get(background, "orders")
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(sealed, []byte("import:")) || bytes.Contains(sealed, []byte("stepCount")) {
			t.Error("it is readable")
		}
		sizes[len(sealed)] = true
	}
	if len(sizes) != 1 {
		t.Errorf("it has the lengths %v", sizes)
	}
}

func TestSetSourceOrderRefuses(t *testing.T) {
	s := open(t, mem.New())
	for _, c := range []struct {
		name    string
		id      store.TypeID
		sources []string
	}{
		{"unknown type", "moods", []string{"a"}},
		{"clinical type", "conditionRecord", []string{"a"}},
		{"an empty source", "stepCount", []string{"a", ""}},
		{"a source twice", "stepCount", []string{"a", "b", "a"}},
		{"a long source", "stepCount", []string{strings.Repeat("a", 1025)}},
		{"many sources", "stepCount", make([]string, 1001)},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantCode(t, s.SetSourceOrder(background, c.id, c.sources), store.CodeInvalidArgument)
		})
	}
	_, err := s.SourceOrder(background, "moods")
	wantCode(t, err, store.CodeInvalidArgument)
	s.Lock()
	wantCode(t, s.SetSourceOrder(background, "stepCount", nil), store.CodeDatabaseInaccessible)
	_, err = s.SourceOrder(background, "stepCount")
	wantCode(t, err, store.CodeDatabaseInaccessible)
}

// A tab whose store another tab erased leaves nothing in the new one.
func TestSetSourceOrderInAnErasedStore(t *testing.T) {
	backend := mem.New()
	s, other := open(t, backend), open(t, backend)
	if err := other.Erase(background); err != nil {
		t.Fatal(err)
	}
	wantCode(t, s.SetSourceOrder(background, "stepCount", []string{phone.ID}), store.CodeDatabaseInaccessible)
	if _, err := backend.Get(background, "orders"); err == nil {
		t.Error("an order was stored")
	}
}

// A damaged order counts as none, and can be set anew.
func TestDamagedSourceOrder(t *testing.T) {
	backend := mem.New()
	s := open(t, backend)
	importSamples(t, s, walked(phone, 0, 10, 90), walked(watch, 0, 10, 100))
	if err := s.SetSourceOrder(background, "stepCount", []string{phone.ID}); err != nil {
		t.Fatal(err)
	}
	err := backend.Apply(background, store.Batch{Put: []store.Entry{{Key: "orders", Value: []byte("damaged")}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := orderOf(t, s, "stepCount"); !slices.Equal(got, []string{"Watch", "Phone"}) {
		t.Errorf("got %v", got)
	}
	if err := s.SetSourceOrder(background, "stepCount", []string{phone.ID}); err != nil {
		t.Fatal(err)
	}
	if got := orderOf(t, s, "stepCount"); !slices.Equal(got, []string{"Phone", "Watch"}) {
		t.Errorf("got %v", got)
	}
}
