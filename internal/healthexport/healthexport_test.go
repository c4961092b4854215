package healthexport_test

import (
	"bytes"
	"context"
	"math"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/internal/healthexport"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal/sealtest"
)

// file is a brought file in memory.
type file struct {
	name string
	*bytes.Reader
}

func (f file) Name() string { return f.name }

func newExport(t testing.TB, days int) *healthexport.Export {
	t.Helper()
	export, err := healthexport.New(days)
	if err != nil {
		t.Fatal(err)
	}
	return export
}

// written returns an export as a file of the kind that a name tells.
func written(t testing.TB, export *healthexport.Export, name string) intake.File {
	t.Helper()
	var content bytes.Buffer
	if err := export.WriteTo(name, &content); err != nil {
		t.Fatal(err)
	}
	return file{name, bytes.NewReader(content.Bytes())}
}

func openStore(t testing.TB) *store.Store {
	t.Helper()
	location, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return sealtest.Open(t, mem.New(), store.Options{Location: location})
}

func mustImport(t testing.TB, s *store.Store, one intake.File) intake.Report {
	t.Helper()
	report, err := intake.Import(t.Context(), s, []intake.File{one}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, skip := range report.Skipped {
		t.Errorf("skipped %s at %d: %s", skip.File, skip.Offset, skip.Reason)
	}
	return report
}

// TestImport holds that the counts by type and the sums by day of an imported
// export are those that the generator expects, and that next month's export adds
// what is new and nothing else.
func TestImport(t *testing.T) {
	s := openStore(t)
	// Two months with the night in which the clocks go forward.
	first, second := newExport(t, 88), newExport(t, 118)
	report := mustImport(t, s, written(t, first, "export.zip"))
	compare(t, s, first.Expected())
	again := mustImport(t, s, written(t, first, "export.zip"))
	if again.Added != 0 || again.Replaced != 0 || again.Unchanged != report.Added+report.Unchanged {
		t.Errorf("again: %d added, %d replaced, %d unchanged", again.Added, again.Replaced, again.Unchanged)
	}
	next := mustImport(t, s, written(t, second, "export.zip"))
	if next.Replaced != 0 || next.Unchanged != again.Unchanged {
		t.Errorf("next month: %d replaced, %d unchanged of %d", next.Replaced, next.Unchanged, again.Unchanged)
	}
	compare(t, s, second.Expected())
}

func compare(t *testing.T, s *store.Store, expected healthexport.Expected) {
	t.Helper()
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range expected.ByType {
		if counts[store.TypeID(id)] != want {
			t.Errorf("%d of %s, want %d", counts[store.TypeID(id)], id, want)
		}
	}
	if len(counts) != len(expected.ByType) {
		t.Errorf("%d types, want %d", len(counts), len(expected.ByType))
	}
	for id, byDay := range expected.Sums {
		compareDays(t, s, store.TypeID(id), byDay)
	}
}

func compareDays(t *testing.T, s *store.Store, id store.TypeID, byDay map[string]float64) {
	t.Helper()
	location, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	result, err := s.Person().StatisticsCollection(t.Context(), store.StatisticsCollectionQuery{
		Type: id, Options: []store.StatisticsOption{"cumulativeSum"}, Interval: store.CalendarInterval{Day: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Statistics) != len(byDay) {
		t.Errorf("%s: %d days, want %d", id, len(result.Statistics), len(byDay))
	}
	for _, one := range result.Statistics {
		date := time.UnixMilli(one.StartDate).In(location).Format(time.DateOnly)
		want, known := byDay[date]
		if !known || one.Sum == nil || math.Abs(*one.Sum-want) > 1e-9*want {
			t.Errorf("%s of %s: got %v, want %v", id, date, one.Sum, want)
		}
	}
}

// BenchmarkImport imports export.xml alone: the rate is that of XML. EXPORT_DAYS
// sets how many days it covers.
func BenchmarkImport(b *testing.B) {
	days, err := strconv.Atoi(os.Getenv("EXPORT_DAYS"))
	if err != nil {
		days = 100
	}
	export := written(b, newExport(b, days), "export.xml")
	b.SetBytes(export.Size())
	records := 0
	for b.Loop() {
		s := openStore(b)
		report, err := intake.Import(context.Background(), s, []intake.File{export}, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(s.Status().Bytes)/float64(report.Added), "stored-B/record")
		records += report.Added
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(records), "ns/record")
}
