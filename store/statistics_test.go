package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // zones of the tables below, on any machine

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// The tables below count in minutes.
const minute = 60_000 // ms

// measure is a sample of any type.
func measure(id store.TypeID, source store.Source, start, end int64, value float64, unit string) store.Sample {
	return store.Sample{Type: id, Source: source, StartDate: start, EndDate: end, Value: &value, Unit: unit}
}

// walked is a sample of steps in minutes.
func walked(source store.Source, start, end int64, count float64) store.Sample {
	return steps(source, start*minute, end*minute, count)
}

// between is a predicate of dates in minutes.
func between(start, end int64) *store.Predicate {
	start, end = start*minute, end*minute
	return &store.Predicate{Start: &start, End: &end}
}

type options = []store.StatisticsOption

// text writes figures as tables hold them; dates in minutes.
func text(f store.Figures) string {
	var parts []string
	add := func(name string, value *float64) {
		if value != nil {
			parts = append(parts, fmt.Sprintf("%s %v", name, *value))
		}
	}
	add("sum", f.Sum)
	add("average", f.Average)
	add("min", f.Min)
	add("max", f.Max)
	if f.MostRecent != nil {
		recent := *f.MostRecent
		parts = append(parts, fmt.Sprintf("recent %v at %d to %d", recent.Value, recent.StartDate/minute, recent.EndDate/minute))
	}
	add("duration", f.Duration)
	return strings.Join(parts, ", ")
}

// statisticsText writes figures with those of each source.
func statisticsText(s store.Statistics) string {
	parts := []string{text(s.Figures)}
	for _, one := range s.Sources {
		parts = append(parts, one.Source.Name+": "+text(one.Figures))
	}
	return strings.Join(parts, "; ")
}

var (
	scale    = store.Source{ID: "import:scale", Name: "Scale"}
	oldWatch = store.Source{ID: "import:old", Name: "Anna's old Watch"}
	glasses  = store.Source{ID: "import:glasses", Name: "Pedometer", Device: "name:Smartwatch, model:3"}
)

// Every figure is worked by hand, in the comment beside it.
var statisticsCases = []struct {
	name    string
	samples []store.Sample
	query   store.StatisticsQuery
	want    string
}{{
	"one source",
	[]store.Sample{walked(phone, 0, 10, 100), walked(phone, 10, 20, 50)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}},
	"sum 150",
}, {
	"worn together: the watch counts",
	[]store.Sample{walked(phone, 0, 10, 90), walked(watch, 0, 10, 100)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}},
	"sum 100",
}, {
	"a morning with the phone only",
	[]store.Sample{walked(phone, 0, 10, 40), walked(phone, 60, 70, 90), walked(watch, 60, 70, 100)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}},
	"sum 140",
}, {
	"the phone counts for what the watch left out",
	[]store.Sample{walked(phone, 0, 10, 80), walked(watch, 5, 10, 100)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}},
	"sum 140", // 100 + 80*5/10
}, {
	"two gaps of the watch",
	[]store.Sample{walked(phone, 0, 10, 100), walked(watch, 2, 4, 10), walked(watch, 6, 8, 10)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}},
	"sum 80", // 20 + 100*(2+2+2)/10
}, {
	"three sources, nested",
	[]store.Sample{walked(scale, 0, 20, 100), walked(phone, 4, 16, 60), walked(watch, 8, 12, 40), walked(phone, 19, 20, 1)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum", "separateBySource"}},
	"sum 116; Watch: sum 40; Phone: sum 61; Scale: sum 100", // 40 + 60*8/12 + 1 + 100*7/20
}, {
	"three sources that say the same",
	[]store.Sample{walked(scale, 0, 10, 90), walked(phone, 0, 10, 80), walked(watch, 0, 10, 70)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}},
	"sum 70",
}, {
	"worn together across the dates",
	[]store.Sample{walked(phone, 0, 20, 100), walked(watch, 10, 30, 40)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum", "separateBySource"}, Predicate: between(5, 15)},
	"sum 35; Watch: sum 10; Phone: sum 50", // 100*5/20 + 40*5/20; 40*5/20; 100*10/20
}, {
	"an instant of the phone while the watch measures is covered",
	[]store.Sample{walked(watch, 0, 10, 100), walked(phone, 0, 0, 3), walked(phone, 5, 5, 3), walked(phone, 10, 10, 3)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}},
	"sum 103",
}, {
	"each source's own sums",
	[]store.Sample{walked(phone, 0, 10, 80), walked(watch, 5, 10, 100)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum", "separateBySource"}},
	"sum 140; Watch: sum 100; Phone: sum 80",
}, {
	"of two wearables the one active last counts",
	[]store.Sample{walked(oldWatch, 0, 10, 70), walked(glasses, 0, 10, 60), walked(glasses, 90, 91, 1), walked(phone, 95, 96, 5)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum", "separateBySource"}, Predicate: between(0, 10)},
	"sum 60; Pedometer: sum 60; Anna's old Watch: sum 70",
}, {
	"the share of samples that reach across the dates",
	[]store.Sample{walked(phone, 0, 10, 100), walked(phone, 10, 20, 40), walked(phone, 20, 60, 80)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Predicate: between(5, 30)},
	"sum 110", // 100*5/10 + 40 + 80*10/40
}, {
	"dates within an and",
	[]store.Sample{walked(phone, 0, 10, 100), walked(watch, 20, 30, 7)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Predicate: &store.Predicate{And: []store.Predicate{
		*between(5, 100), {Sources: []string{phone.ID}},
	}}},
	"sum 50", // 100*5/10, without the watch
}, {
	"strict dates select whole samples",
	[]store.Sample{walked(phone, 0, 10, 100), walked(phone, 10, 20, 40), walked(phone, 25, 65, 80)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Predicate: &store.Predicate{
		Start: between(5, 30).Start, End: between(5, 30).End, StrictStart: true,
	}},
	"sum 120",
}, {
	"instants lie in what begins with them",
	[]store.Sample{walked(phone, 0, 0, 1), walked(phone, 10, 10, 2), walked(phone, 20, 20, 4)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Predicate: between(0, 20)},
	"sum 3",
}, {
	"another unit",
	[]store.Sample{
		measure("distanceWalkingRunning", phone, 0, minute, 1, "km"),
		measure("distanceWalkingRunning", phone, minute, 2*minute, 1, "mi"),
		measure("distanceWalkingRunning", phone, 2*minute, 3*minute, 500, "m"),
	},
	store.StatisticsQuery{Type: "distanceWalkingRunning", Options: options{"cumulativeSum"}, Unit: "m"},
	"sum 3109.344", // 1000 + 1609.344 + 500
}, {
	"what has no value of the type's kind is left out",
	[]store.Sample{
		measure("distanceWalkingRunning", phone, 0, minute, 1, "km"),
		measure("distanceWalkingRunning", phone, 0, minute, 1, "kg"),
		{Type: "distanceWalkingRunning", Source: phone, EndDate: minute},
	},
	store.StatisticsQuery{Type: "distanceWalkingRunning", Options: options{"cumulativeSum"}},
	"sum 1",
}, {
	"average, least, greatest and most recent",
	[]store.Sample{
		measure("bodyMass", scale, 0, 0, 80, "kg"),
		measure("bodyMass", scale, 20*minute, 20*minute, 200, "[lb_av]"), // 90.718474 kg
		measure("bodyMass", phone, 10*minute, 10*minute, 78, "kg"),
	},
	store.StatisticsQuery{Type: "bodyMass", Options: options{"discreteAverage", "discreteMin", "discreteMax", "mostRecent"}},
	"average 82.906158, min 78, max 90.718474, recent 90.718474 at 20 to 20", // (80 + 90.718474 + 78) / 3
}, {
	"a temperature in another scale",
	[]store.Sample{measure("bodyTemperature", phone, 0, 0, 37, "Cel"), measure("bodyTemperature", phone, minute, minute, 100.4, "[degF]")},
	store.StatisticsQuery{Type: "bodyTemperature", Options: options{"discreteAverage", "discreteMax"}, Unit: "[degF]"},
	"average 99.5, max 100.4", // 98.6 and 100.4
}, {
	"the most recent is the one that ends last, then the one that starts last",
	[]store.Sample{
		measure("bodyMass", scale, 0, 30*minute, 1, "kg"), measure("bodyMass", scale, 10*minute, 30*minute, 2, "kg"),
		measure("bodyMass", scale, 20*minute, 25*minute, 3, "kg"),
	},
	store.StatisticsQuery{Type: "bodyMass", Options: options{"mostRecent"}},
	"recent 2 at 10 to 30",
}, {
	"of two that have the same dates, the one of the source that counts first",
	[]store.Sample{measure("heartRate", watch, 0, 0, 60, "/min"), measure("heartRate", phone, 0, 0, 70, "/min")},
	store.StatisticsQuery{Type: "heartRate", Options: options{"mostRecent", "separateBySource"}},
	"recent 60 at 0 to 0; Watch: recent 60 at 0 to 0; Phone: recent 70 at 0 to 0",
}, {
	"a sample without a value does not make the average smaller",
	[]store.Sample{measure("bodyMass", scale, 0, 0, 80, "kg"), {Type: "bodyMass", Source: scale, StartDate: 1, EndDate: 2, Unit: "kg"}},
	store.StatisticsQuery{Type: "bodyMass", Options: options{"discreteAverage"}, Predicate: between(0, 10)},
	"average 80",
}, {
	"heart rates by duration",
	[]store.Sample{
		measure("heartRate", watch, 0, 3*minute, 60, "/min"), measure("heartRate", watch, 3*minute, 4*minute, 100, "/min"),
	},
	store.StatisticsQuery{Type: "heartRate", Options: options{"discreteAverage"}},
	"average 70", // (60*3 + 100) / 4
}, {
	"heart rates at instants",
	[]store.Sample{
		measure("heartRate", watch, 0, 0, 1, "Hz"), measure("heartRate", watch, minute, minute, 90, "/min"), measure("heartRate", phone, minute, minute, 90, "/min"),
	},
	store.StatisticsQuery{Type: "heartRate", Options: options{"discreteAverage"}},
	"average 80", // (60 + 90 + 90) / 3
}, {
	"the equivalent continuous level of sound",
	[]store.Sample{
		measure("headphoneAudioExposure", phone, 0, minute, 80, "dB[SPL]"), measure("headphoneAudioExposure", phone, minute, 2*minute, 70, "dBASPL"),
	},
	store.StatisticsQuery{Type: "headphoneAudioExposure", Options: options{"discreteAverage"}},
	"average 77.4036268949", // 10 lg((10^8 + 10^7) / 2)
}, {
	"the time that samples cover",
	[]store.Sample{
		measure("sleepAnalysis", watch, 0, 30*minute, 3, ""), measure("sleepAnalysis", watch, 10*minute, 20*minute, 4, ""),
		measure("sleepAnalysis", phone, 20*minute, 50*minute, 0, ""), measure("sleepAnalysis", phone, 60*minute, 70*minute, 0, ""),
	},
	store.StatisticsQuery{Type: "sleepAnalysis", Options: options{"duration", "separateBySource"}},
	"duration 3600; Watch: duration 1800; Phone: duration 2400", // 50 and 10 minutes; 30; 30 and 10
}, {
	"the time of one category",
	[]store.Sample{
		measure("sleepAnalysis", watch, 0, 30*minute, 3, ""), measure("sleepAnalysis", watch, 10*minute, 20*minute, 4, ""),
	},
	store.StatisticsQuery{Type: "sleepAnalysis", Options: options{"duration"}, Predicate: &store.Predicate{
		Category: &store.CategoryMatch{Operator: "=", Value: 4},
	}},
	"duration 600",
}, {
	"the time within dates, and instants take none",
	[]store.Sample{walked(phone, 0, 10, 100), walked(watch, 5, 20, 40), walked(phone, 30, 30, 1)},
	store.StatisticsQuery{Type: "stepCount", Options: options{"duration", "mostRecent"}, Predicate: between(4, 40)},
	"recent 1 at 30 to 30, duration 960",
}}

func TestStatistics(t *testing.T) {
	for _, c := range statisticsCases {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, mem.New())
			importSamples(t, s, c.samples...)
			wantStatistics(t, s.Person(), c.query, c.want)

			// One segment a sample, in the opposite order.
			s = open(t, mem.New())
			for _, sample := range slices.Backward(c.samples) {
				importSamples(t, s, sample)
			}
			wantStatistics(t, s.Person(), c.query, c.want)
		})
	}
}

func wantStatistics(t *testing.T, c *store.Client, q store.StatisticsQuery, want string) {
	t.Helper()
	for range 2 { // the second time from what was kept
		result, err := c.Statistics(background, q)
		if err != nil {
			t.Fatal(err)
		}
		if got := statisticsText(result.Statistics); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestStatisticsTellTheirRange(t *testing.T) {
	s := open(t, mem.New())
	importSamples(t, s, walked(phone, 5, 10, 1), walked(watch, 20, 40, 1), walked(watch, 30, 30, 1))
	for _, c := range []struct {
		predicate  *store.Predicate
		start, end int64
	}{
		{nil, 5, 40},
		{between(0, 60), 0, 60},
		{&store.Predicate{Start: between(7, 8).Start}, 7, 40},
		{&store.Predicate{End: between(7, 8).End}, 5, 8},
		{&store.Predicate{Sources: []string{phone.ID}}, 5, 10},
		{&store.Predicate{Start: between(1, 25).Start, End: between(1, 25).End, StrictStart: true}, 1, 25},
	} {
		result, err := s.Person().Statistics(background, store.StatisticsQuery{
			Type: "stepCount", Predicate: c.predicate, Options: options{"cumulativeSum"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if result.StartDate != c.start*minute || result.EndDate != c.end*minute || result.Unit != "count" || result.Type != "stepCount" {
			t.Errorf("%+v, want %d to %d", result, c.start, c.end)
		}
	}
}

// local opens a store in a time zone.
func local(t testing.TB, name string) (*store.Store, *time.Location) {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return open(t, mem.New(), func(o *store.Options) { o.Location = zone }), zone
}

// hourly has the phone count 60 steps in every hour of a range.
func hourly(start, end time.Time) []store.Sample {
	var samples []store.Sample
	for at := start; at.Before(end); at = at.Add(time.Hour) {
		samples = append(samples, steps(phone, at.UnixMilli(), at.Add(time.Hour).UnixMilli(), 60))
	}
	return samples
}

// With 60 steps an hour a stretch has 60 steps for each of its hours.
var collectionCases = []struct {
	name, zone string
	interval   store.CalendarInterval
	anchor     string // "": the default
	start, end string
	want       []string // start of a stretch, and its steps
}{
	{"spring in Berlin", "Europe/Berlin", store.CalendarInterval{Day: 1}, "2020-01-01 00:00", "2025-03-29 00:00", "2025-04-01 00:00",
		[]string{"2025-03-29 00:00 1440", "2025-03-30 00:00 1380", "2025-03-31 00:00 1440"}},
	{"autumn in Berlin", "Europe/Berlin", store.CalendarInterval{Day: 1}, "", "2025-10-25 00:00", "2025-10-28 00:00",
		[]string{"2025-10-25 00:00 1440", "2025-10-26 00:00 1500", "2025-10-27 00:00 1440"}},
	{"spring in New York", "America/New_York", store.CalendarInterval{Day: 1}, "", "2025-03-09 00:00", "2025-03-11 00:00",
		[]string{"2025-03-09 00:00 1380", "2025-03-10 00:00 1440"}},
	{"autumn in New York", "America/New_York", store.CalendarInterval{Day: 1}, "", "2025-11-02 00:00", "2025-11-04 00:00",
		[]string{"2025-11-02 00:00 1500", "2025-11-03 00:00 1440"}},
	{"hours of a spring day", "Europe/Berlin", store.CalendarInterval{Hour: 6}, "2025-03-30 00:00", "2025-03-30 00:00", "2025-03-31 00:00",
		[]string{"2025-03-30 00:00 360", "2025-03-30 07:00 360", "2025-03-30 13:00 360", "2025-03-30 19:00 300"}}, // cut at midnight
	{"weeks from Monday", "Europe/Berlin", store.CalendarInterval{Week: 1}, "2025-01-06 00:00", "2025-03-24 00:00", "2025-04-07 00:00",
		[]string{"2025-03-24 00:00 10020", "2025-03-31 00:00 10080"}}, // 167 and 168 hours
	{"weeks from Sunday", "Europe/Berlin", store.CalendarInterval{Week: 1}, "2025-01-05 00:00", "2025-03-24 00:00", "2025-04-07 00:00",
		[]string{"2025-03-23 00:00 8640", "2025-03-30 00:00 10020", "2025-04-06 00:00 1440"}}, // 6 days, 167 hours, 1 day
	{"weeks unless told begin on Monday", "Europe/Berlin", store.CalendarInterval{Week: 1}, "", "2025-03-24 00:00", "2025-04-07 00:00",
		[]string{"2025-03-24 00:00 10020", "2025-03-31 00:00 10080"}},
	{"months", "America/New_York", store.CalendarInterval{Month: 1}, "", "2025-01-01 00:00", "2025-04-01 00:00",
		[]string{"2025-01-01 00:00 44640", "2025-02-01 00:00 40320", "2025-03-01 00:00 44580"}}, // 31 days, 28 days, 743 hours
	{"a year", "Europe/Berlin", store.CalendarInterval{Year: 1}, "", "2025-03-01 00:00", "2025-04-01 00:00",
		[]string{"2025-01-01 00:00 44580"}}, // of the 743 hours of March
}

func TestStatisticsCollection(t *testing.T) {
	const clock = "2006-01-02 15:04"
	for _, c := range collectionCases {
		t.Run(c.name, func(t *testing.T) {
			s, zone := local(t, c.zone)
			moment := func(text string) time.Time {
				at, err := time.ParseInLocation(clock, text, zone)
				if err != nil {
					t.Fatal(err)
				}
				return at
			}
			start, end := moment(c.start), moment(c.end)
			importSamples(t, s, hourly(start.AddDate(0, -1, 0), end.AddDate(0, 1, 0))...)
			from, to := start.UnixMilli(), end.UnixMilli()
			query := store.StatisticsCollectionQuery{
				Type: "stepCount", Options: options{"cumulativeSum"}, Interval: c.interval,
				Predicate: &store.Predicate{Start: &from, End: &to},
			}
			if c.anchor != "" {
				anchor := moment(c.anchor).UnixMilli()
				query.Anchor = &anchor
			}
			result, err := s.Person().StatisticsCollection(background, query)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for at, one := range result.Statistics {
				got = append(got, fmt.Sprintf("%s %v", time.UnixMilli(one.StartDate).In(zone).Format(clock), *one.Sum))
				if at > 0 && result.Statistics[at-1].EndDate != one.StartDate {
					t.Errorf("a stretch starts at %d, where the one before ends at %d", one.StartDate, result.Statistics[at-1].EndDate)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// Stretches between samples are there, without figures; the range without dates
// is that of the samples.
func TestStatisticsCollectionHasNoGaps(t *testing.T) {
	s := open(t, mem.New())
	const hours = 60 * minute
	importSamples(t, s,
		steps(phone, 1*hours+30*minute, 2*hours+30*minute, 100), // half in each of two hours
		steps(watch, 4*hours, 4*hours, 7))
	result, err := s.Person().StatisticsCollection(background, store.StatisticsCollectionQuery{
		Type: "stepCount", Options: options{"cumulativeSum", "separateBySource"}, Interval: store.CalendarInterval{Hour: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"sum 50; Phone: sum 50", "sum 50; Phone: sum 50", "", "sum 7; Watch: sum 7"}
	if len(result.Statistics) != len(want) {
		t.Fatalf("%d stretches, want %d", len(result.Statistics), len(want))
	}
	for at, one := range result.Statistics {
		if start := int64(at+1) * hours; one.StartDate != start || one.EndDate != start+hours || statisticsText(one) != want[at] {
			t.Errorf("stretch %d is %d to %d with %q, want %q", at, one.StartDate, one.EndDate, statisticsText(one), want[at])
		}
	}
}

// An instant that lies where a sample and a stretch end is in the next one.
func TestDurationOfAnInstantAtABound(t *testing.T) {
	s := open(t, mem.New())
	importSamples(t, s, measure("sleepAnalysis", watch, 30*minute, 60*minute, 3, ""), measure("sleepAnalysis", watch, 60*minute, 60*minute, 3, ""))
	result, err := s.Person().StatisticsCollection(background, store.StatisticsCollectionQuery{
		Type: "sleepAnalysis", Options: options{"duration", "separateBySource"}, Interval: store.CalendarInterval{Hour: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, one := range result.Statistics {
		got = append(got, statisticsText(one))
	}
	if want := []string{"duration 1800; Watch: duration 1800", "duration 0; Watch: duration 0"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStatisticsRefuse(t *testing.T) {
	s := open(t, mem.New())
	importSamples(t, s, walked(phone, 0, 1, 1), walked(phone, 1e9, 1e9+1, 1))
	far := int64(9e15)
	hour := store.CalendarInterval{Hour: 1}
	for _, c := range []struct {
		name  string
		query store.StatisticsCollectionQuery
		code  store.Code
	}{
		{"unknown type", store.StatisticsCollectionQuery{Type: "moods", Options: options{"cumulativeSum"}, Interval: hour}, store.CodeInvalidArgument},
		{"clinical type", store.StatisticsCollectionQuery{Type: "conditionRecord", Options: options{"duration"}, Interval: hour}, store.CodeInvalidArgument},
		{"no option", store.StatisticsCollectionQuery{Type: "stepCount", Interval: hour}, store.CodeInvalidArgument},
		{"no figure", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"separateBySource"}, Interval: hour}, store.CodeInvalidArgument},
		{"unknown option", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"median"}, Interval: hour}, store.CodeInvalidArgument},
		{"average of a cumulative type", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"discreteAverage"}, Interval: hour}, store.CodeInvalidArgument},
		{"minimum of a cumulative type", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"cumulativeSum", "discreteMin"}, Interval: hour}, store.CodeInvalidArgument},
		{"maximum of a cumulative type", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"discreteMax"}, Interval: hour}, store.CodeInvalidArgument},
		{"sum of a discrete type", store.StatisticsCollectionQuery{Type: "heartRate", Options: options{"cumulativeSum"}, Interval: hour}, store.CodeInvalidArgument},
		{"sum of a category type", store.StatisticsCollectionQuery{Type: "sleepAnalysis", Options: options{"cumulativeSum"}, Interval: hour}, store.CodeInvalidArgument},
		{"most recent of a category type", store.StatisticsCollectionQuery{Type: "sleepAnalysis", Options: options{"mostRecent"}, Interval: hour}, store.CodeInvalidArgument},
		{"unit of another kind", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Unit: "kg", Interval: hour}, store.CodeInvalidArgument},
		{"unit of a category type", store.StatisticsCollectionQuery{Type: "sleepAnalysis", Options: options{"duration"}, Unit: "s", Interval: hour}, store.CodeInvalidArgument},
		{"bad predicate", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Predicate: &store.Predicate{}, Interval: hour}, store.CodeInvalidArgument},
		{"no interval", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"cumulativeSum"}}, store.CodeInvalidArgument},
		{"two intervals", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Interval: store.CalendarInterval{Day: 1, Hour: 1}}, store.CodeInvalidArgument},
		{"negative interval", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Interval: store.CalendarInterval{Day: -1}}, store.CodeInvalidArgument},
		{"long interval", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Interval: store.CalendarInterval{Year: 1001}}, store.CodeInvalidArgument},
		{"anchor out of range", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Anchor: &far, Interval: hour}, store.CodeInvalidArgument},
		{"too many intervals", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Predicate: between(0, 60*50_001), Interval: hour}, store.CodeInvalidArgument},
		{"too many between samples", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Interval: hour}, store.CodeDataSizeExceeded},
		{"nothing there", store.StatisticsCollectionQuery{Type: "heartRate", Options: options{"discreteAverage"}, Interval: hour}, store.CodeNoData},
		{"nothing in the dates", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Predicate: between(5, 10), Interval: hour}, store.CodeNoData},
		{"dates that exclude each other", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Predicate: &store.Predicate{
			And: []store.Predicate{*between(0, 1), *between(2, 3)},
		}, Interval: hour}, store.CodeNoData},
		{"dates out of range", store.StatisticsCollectionQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Predicate: &store.Predicate{Start: &far}, Interval: hour}, store.CodeNoData},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.Person().StatisticsCollection(background, c.query)
			wantCode(t, err, c.code)
			if c.query.Interval != hour || c.query.Anchor != nil || c.code == store.CodeDataSizeExceeded || strings.HasPrefix(c.name, "too many") {
				return
			}
			_, err = s.Person().Statistics(background, store.StatisticsQuery{
				Type: c.query.Type, Predicate: c.query.Predicate, Options: c.query.Options, Unit: c.query.Unit,
			})
			wantCode(t, err, c.code)
		})
	}
}

// Over many years a query reads the summaries, and opens only what reaches
// across a stretch or is measured by two sources at once.
func TestStatisticsUsePartialSums(t *testing.T) {
	backend := &countingBackend{Backend: mem.New()}
	s := open(t, backend)
	const days = 24 * 60
	for day := range int64(100) {
		importSamples(t, s, walked(phone, day*days+600, day*days+610, 10), walked(phone, day*days+620, day*days+640, 5))
	}
	importSamples(t, s, walked(watch, 49*days+600, 49*days+610, 100))
	importSamples(t, s, walked(phone, 70*days-10, 70*days+10, 20))
	query := store.StatisticsCollectionQuery{
		Type: "stepCount", Options: options{"cumulativeSum"}, Interval: store.CalendarInterval{Day: 10},
		Anchor: new(int64),
	}
	for _, c := range []struct {
		options options
		gets    int
	}{
		// The order of sources is looked at once, the segments of day 49 and the one
		// across the bound are opened, and the newest of each source.
		{options{"cumulativeSum"}, 1 + 3 + 1},
		{options{"cumulativeSum", "duration"}, 1 + 102}, // a duration needs every sample
	} {
		s = open(t, backend)
		backend.gets = 0
		query.Options = c.options
		result, err := s.Person().StatisticsCollection(background, query)
		if err != nil {
			t.Fatal(err)
		}
		if backend.gets != c.gets {
			t.Errorf("%v: %d values read, want %d", c.options, backend.gets, c.gets)
		}
		for at, one := range result.Statistics {
			want := map[int]float64{4: 240, 6: 160, 7: 160}[at] // 150 + 100 - 10; 150 + 10
			if want == 0 {
				want = 150
			}
			if *one.Sum != want {
				t.Errorf("stretch %d: sum %v, want %v", at, *one.Sum, want)
			}
		}
	}
}

// A deleted sample counts no more, neither from a summary nor from what was kept.
func TestStatisticsAfterDeletion(t *testing.T) {
	s := open(t, mem.New())
	importSamples(t, s, walked(phone, 0, 10, 1), walked(phone, 10, 20, 2), walked(phone, 20, 30, 4))
	asked := store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum", "duration"}}
	wantStatistics(t, s.Person(), asked, "sum 7, duration 1800")
	for _, want := range []string{"sum 5, duration 1200", "sum 4, duration 600"} {
		oldest := store.Query{Type: "stepCount", Sort: []store.Sort{{Key: "startDate", Ascending: true}}}
		if want[4] == '5' {
			oldest.Offset = 1
		}
		doomed := query(t, s.Person(), oldest)[0]
		if err := s.Person().Delete(background, []string{doomed.UUID}); err != nil {
			t.Fatal(err)
		}
		wantStatistics(t, s.Person(), asked, want)
	}
	last := query(t, s.Person(), store.Query{Type: "stepCount"})[0]
	if err := s.Person().Delete(background, []string{last.UUID}); err != nil {
		t.Fatal(err)
	}
	_, err := s.Person().Statistics(background, asked)
	wantCode(t, err, store.CodeNoData)
}

// What is kept of a range counts no more once a sample came or went, or the
// person put the sources in another order.
func TestStatisticsByCellsFollowChanges(t *testing.T) {
	defer store.SetDirectRows(-1)()
	s := open(t, mem.New())
	importSamples(t, s, walked(phone, 0, 10, 90), walked(watch, 0, 10, 100), walked(phone, 6000, 6010, 1))
	want := func(text string) {
		t.Helper()
		asked := store.StatisticsQuery{Type: "stepCount", Options: options{"cumulativeSum"}, Predicate: between(0, 1e6)}
		wantStatistics(t, s.Person(), asked, text)
	}
	want("sum 101")
	if err := s.SetSourceOrder(background, "stepCount", []string{phone.ID}); err != nil {
		t.Fatal(err)
	}
	want("sum 91")
	importSamples(t, s, walked(scale, 5000, 5010, 7))
	want("sum 98")
	newest := query(t, s.Person(), store.Query{Type: "stepCount", Limit: 1})[0]
	if err := s.Person().Delete(background, []string{newest.UUID}); err != nil {
		t.Fatal(err)
	}
	want("sum 97")
	importSamples(t, s, measure("heartRate", watch, 0, 0, 60, "/min"))
	want("sum 97")
}
