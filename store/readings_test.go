package store_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// shuffled makes steps of two sources: by time mostly, with repetitions and with
// what comes late, over the end of a segment.
func shuffled(count int) []store.Sample {
	random := rand.New(rand.NewPCG(9, 10))
	samples := make([]store.Sample, 0, count)
	for at := range count {
		source := phone
		if at%5000 > 2500 {
			source = watch
		}
		from := int64(at) * 60_000
		switch random.IntN(20) {
		case 0:
			from = random.Int64N(int64(at+1)) * 60_000
		case 1:
			samples = append(samples, samples[random.IntN(max(1, len(samples)-1)):][:min(1, len(samples))]...)
		}
		one := steps(source, from, from+random.Int64N(3)*30_000, float64(random.IntN(2)))
		if random.IntN(3) == 0 {
			one.Metadata = map[string]string{"HKWasUserEntered": "1"}
		}
		samples = append(samples, one)
	}
	return samples
}

// addReadings takes in samples in runs of those that are alike.
func addReadings(t *testing.T, im *store.Import, samples []store.Sample) store.Tally {
	t.Helper()
	var sum store.Tally
	for len(samples) > 0 {
		run := 1
		for run < len(samples) && samples[run].Source == samples[0].Source && reflect.DeepEqual(samples[run].Metadata, samples[0].Metadata) {
			run++
		}
		var readings []store.Reading
		for _, one := range samples[:run] {
			readings = append(readings, store.Reading{StartDate: one.StartDate, EndDate: one.EndDate, Value: *one.Value})
		}
		tally, err := im.AddReadings(background, store.NewTemplate(samples[0]), readings)
		if err != nil {
			t.Fatal(err)
		}
		sum.Added += tally.Added
		sum.Unchanged += tally.Unchanged
		samples = samples[run:]
	}
	return sum
}

// TestReadings holds that AddReadings leaves what AddSample does, and that both
// know again what either took in.
func TestReadings(t *testing.T) {
	samples := shuffled(40_000)
	now := clock(1_700_000_000_000)
	at := func(o *store.Options) { o.Now = now.now }
	one, many := open(t, mem.New(), at), open(t, mem.New(), at)

	want := importSamples(t, one, samples...)
	im := begin(t, many)
	if got := addReadings(t, im, samples); got != want || im.Tally() != want {
		t.Errorf("got %+v and %+v, want %+v", got, im.Tally(), want)
	}
	commit(t, im)

	everyStep := store.Query{Type: "stepCount"}
	wanted, got := query(t, one.Person(), everyStep), query(t, many.Person(), everyStep)
	if len(wanted) != len(got) || len(got) != want.Added {
		t.Fatalf("%d and %d samples, %d added", len(wanted), len(got), want.Added)
	}
	for at := range got {
		wanted[at].UUID, got[at].UUID = "", ""
		if !reflect.DeepEqual(got[at], wanted[at]) {
			t.Fatalf("got %+v, want %+v", got[at], wanted[at])
		}
	}
	if again := importSamples(t, many, samples...); again.Added != 0 {
		t.Errorf("AddSample knew %d samples not", again.Added)
	}
	im = begin(t, one)
	if again := addReadings(t, im, samples); again.Added != 0 {
		t.Errorf("AddReadings knew %d samples not", again.Added)
	}
	commit(t, im)
}

func TestReadingsRefuse(t *testing.T) {
	s := open(t, mem.New())
	im := begin(t, s)
	good := store.Reading{StartDate: 1000, EndDate: 2000, Value: 1}
	for name, c := range map[string]struct {
		id  store.TypeID
		bad store.Reading
	}{
		"end before start": {"stepCount", store.Reading{StartDate: 2000, EndDate: 1000}},
		"no number":        {"stepCount", store.Reading{Value: math.NaN()}},
		"no date":          {"stepCount", store.Reading{StartDate: math.MinInt64}},
		"unknown type":     {"luck", good},
		"clinical type":    {store.ConditionRecord, good},
	} {
		_, err := im.AddReadings(background, store.NewTemplate(store.Sample{Type: c.id, Source: phone}), []store.Reading{good, c.bad})
		if codeOf(t, err) != store.CodeInvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	commit(t, im)
	if samples := query(t, s.Person(), store.Query{Type: "stepCount"}); len(samples) != 0 {
		t.Errorf("%d samples of refused readings", len(samples))
	}
}
