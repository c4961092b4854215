package store_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// benchmarkSamples is how many samples the benchmarks store: ten years of two
// devices. STATISTICS_SAMPLES sets another number.
func benchmarkSamples() int {
	if n, err := strconv.Atoi(os.Getenv("STATISTICS_SAMPLES")); err == nil {
		return n
	}
	return 5_000_000
}

const year = 365 * 24 * 60 * minute

// tenYears fills a store with samples of ten years: all of them steps of a phone
// and a watch worn together most of the time, or heart rates of the watch.
func tenYears(b *testing.B, id store.TypeID, zone *time.Location) (s *store.Store, start int64) {
	b.Helper()
	s = open(b, mem.New(), func(o *store.Options) { o.SegmentSize, o.Location = 0, zone })
	start = time.Date(2015, 1, 1, 0, 0, 0, 0, zone).UnixMilli()
	random := rand.New(rand.NewPCG(7, 8))
	known, _ := store.TypeByID(id)
	count := benchmarkSamples()
	im := begin(b, s)
	sources := []store.Source{phone, watch}
	if id == "heartRate" {
		sources = sources[1:]
	}
	step := 10 * year / int64(count/len(sources)) // from one sample of a source to its next
	for at := start; at < start+10*year; at += step {
		for _, source := range sources {
			from := (at + random.Int64N(step/2)) / 1000 * 1000
			to := from + random.Int64N(step*3/2)/1000*1000
			if id == "heartRate" {
				to = from
			}
			sample := measure(id, source, from, to, float64(50+random.IntN(100)), known.Unit)
			if _, err := im.AddSample(background, sample); err != nil {
				b.Fatal(err)
			}
		}
	}
	commit(b, im)
	return s, start
}

// benchmarkCollection asks for stretches of a range again and again, after once.
func benchmarkCollection(b *testing.B, id store.TypeID, asked options, interval store.CalendarInterval, years int64) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Fatal(err)
	}
	s, start := tenYears(b, id, zone)
	from := start + 5*year - (years-1)*year/2
	to := from + years*year
	query := store.StatisticsCollectionQuery{
		Type: id, Options: asked, Interval: interval, Predicate: &store.Predicate{Start: &from, End: &to},
	}
	began := time.Now()
	first := collect(b, s, query)
	cold := time.Since(began)
	for b.Loop() {
		if again := collect(b, s, query); len(again) != len(first) {
			b.Fatal("another result")
		}
	}
	b.ReportMetric(float64(len(first)), "stretches")
	b.ReportMetric(float64(cold.Milliseconds()), "cold-ms")
}

func collect(b *testing.B, s *store.Store, query store.StatisticsCollectionQuery) []store.Statistics {
	result, err := s.Person().StatisticsCollection(background, query)
	if err != nil {
		b.Fatal(err)
	}
	return result.Statistics
}

// BenchmarkYearOfDays is the budget's: a year of daily sums over 5 million
// samples, of two overlapping sources, warm.
func BenchmarkYearOfDays(b *testing.B) {
	benchmarkCollection(b, "stepCount", options{"cumulativeSum"}, store.CalendarInterval{Day: 1}, 1)
}

func BenchmarkYearOfDaysBySource(b *testing.B) {
	benchmarkCollection(b, "stepCount", options{"cumulativeSum", "separateBySource"}, store.CalendarInterval{Day: 1}, 1)
}

func BenchmarkYearOfDaysAverage(b *testing.B) {
	benchmarkCollection(b, "heartRate", options{"discreteAverage", "discreteMin", "discreteMax"}, store.CalendarInterval{Day: 1}, 1)
}

func BenchmarkTenYearsOfMonths(b *testing.B) {
	benchmarkCollection(b, "stepCount", options{"cumulativeSum"}, store.CalendarInterval{Month: 1}, 10)
}

func BenchmarkTenYearsOfMonthsExtremes(b *testing.B) {
	benchmarkCollection(b, "heartRate", options{"discreteMin", "discreteMax"}, store.CalendarInterval{Month: 1}, 10)
}
