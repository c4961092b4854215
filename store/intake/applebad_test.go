package intake_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake"
	"github.com/keepwell-health/keepwell/store/intake/intaketest"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal/sealtest"
)

// TestAppleBadFiles is the table of what can be wrong with the files of an export:
// each is reported by its name and rule, and the rest goes in.
func TestAppleBadFiles(t *testing.T) {
	const lab = `<ClinicalRecord type="Observation" identifier="o1" sourceName="H" fhirVersion="4.0.1" resourceFilePath="/clinical-records/o1.json"/>`
	for _, c := range []struct{ name, file, content, reason string }{
		{"clinical record that is no JSON", "clinical-records/o1.json", "{nonsense", ""},
		{"clinical record that is empty", "clinical-records/o1.json", "", "the file is empty"},
		{"clinical record of an unknown version", "clinical-records/o1.json", `{"resourceType":"Observation","id":"o1","meta":{"profile":["http://hl7.org/fhir/0.0.82/StructureDefinition/Observation"]}}`, "is not supported"},
		{"electrocardiogram without voltages", "electrocardiograms/e.csv", "Name,x\nLead,I\n", "no voltages"},
		{"electrocardiogram with text among voltages", "electrocardiograms/e.csv", "Name,x\n1\nSam\n", "line 3: the voltage is not a number"},
		{"route cut short", "workout-routes/r.gpx", `<?xml version="1.0"?><gpx><trk><trkseg><trkpt lat="1" lon="1">`, "cut short"},
		{"route with an entity bomb", "workout-routes/r.gpx", `<!DOCTYPE gpx [<!ENTITY a "&b;&b;"><!ENTITY b "ha">]><gpx>&a;</gpx><x/>`, ""},
		{"file of no kind", "notes.txt", "hello", ""},
		{"path that leads out", "../../evil.gpx", "<gpx/>", "leads out of its archive"},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := mustImport(t, openStore(t), fileOf("export.zip", zipOf(t,
				"apple_health_export/export.xml", healthData(steps("10"), lab),
				"apple_health_export/"+c.file, c.content,
				"apple_health_export/workout-routes/good.gpx", `<gpx><trk><trkseg><trkpt lat="0" lon="0"/></trkseg></trk></gpx>`)))
			if report.ByType["stepCount"] != 1 || report.ByType["workoutRoute"] < 1 {
				t.Errorf("the rest did not go in: %+v", report)
			}
			if c.reason == "" {
				return
			}
			told := false
			for _, skip := range report.Skipped {
				told = told || strings.HasSuffix(skip.File, c.file) && strings.Contains(skip.Reason, c.reason)
			}
			if !told {
				t.Errorf("got %+v, want %q of %s", report.Skipped, c.reason, c.file)
			}
		})
	}
}

// TestAppleCutAnywhere cuts an export at every place: what stands before the cut
// goes in.
func TestAppleCutAnywhere(t *testing.T) {
	document := healthData(steps("10"), strings.Replace(steps("20"), "08:10:00", "08:20:00", 1),
		`<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="W" startDate="2024-01-01 00:00:00 +0100" endDate="2024-01-01 04:00:00 +0100" value="HKCategoryValueSleepAnalysisAwake"><MetadataEntry key="a" value="b"/></Record>`)
	ends := []int{}
	for _, mark := range []string{`value="10"/>`, `value="20"/>`, "</Record>"} {
		ends = append(ends, strings.Index(document, mark)+len(mark))
	}
	for cut := strings.Index(document, "<Record"); cut < len(document)-len("</HealthData>\n"); cut += 3 {
		want := 0
		for _, end := range ends {
			if end <= cut {
				want++
			}
		}
		report := mustImport(t, openStore(t), fileOf("export.xml", document[:cut]))
		if report.Added != want || report.SkippedCount == 0 {
			t.Fatalf("cut at %d: %d added, want %d; %+v", cut, report.Added, want, report.Skipped)
		}
	}
}

// longFile is a file whose middle is one letter, again and again.
type longFile struct {
	head, tail string
	middle     int64
}

func (longFile) Name() string  { return "export.xml" }
func (f longFile) Size() int64 { return int64(len(f.head)+len(f.tail)) + f.middle }

func (f longFile) ReadAt(p []byte, at int64) (int, error) {
	read := 0
	for read < len(p) {
		rest, n := p[read:], 0
		switch from := at - int64(len(f.head)); {
		case from < 0:
			n = copy(rest, f.head[at:])
		case from < f.middle:
			n = copy(rest[:min(int64(len(rest)), f.middle-from)], letters)
		case at < f.Size():
			n = copy(rest, f.tail[from-f.middle:])
		default:
			return read, io.EOF
		}
		read += n
		at += int64(n)
	}
	return read, nil
}

var letters = bytes.Repeat([]byte("x"), 1<<20)

// TestHugeAttribute brings an attribute of 2 GB between two good records.
func TestHugeAttribute(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 2 GB")
	}
	head := healthData(steps("10"))
	head = head[:strings.Index(head, "\n</HealthData>")] + "\n" + `<Record type="HKQuantityTypeIdentifierStepCount" sourceName="`
	tail := `"/>` + "\n" + strings.Replace(steps("20"), "08:10:00", "08:20:00", 1) + "\n</HealthData>"
	for _, where := range []string{"attribute", "text", "comment", "element"} {
		file := longFile{head, tail, 1 << 29}
		switch where {
		case "attribute":
			file.middle = 2 << 30
		case "text":
			file.head, file.tail = strings.TrimSuffix(head, `sourceName="`)+`sourceName="x">`, "</Record>"+tail[3:]
		case "comment":
			file.head, file.tail = head[:strings.LastIndex(head, "<Record")]+"<!--", "-->"+tail[3:]
		case "element":
			file.head, file.tail = head[:strings.LastIndex(head, "<Record")]+`<Workout sourceName="W">`, "</Workout>"+tail[3:]
		}
		t.Run(where, func(t *testing.T) {
			s := openStore(t)
			var report intake.Report
			took := intaketest.Allocated(func() { report = mustImport(t, s, file) })
			if report.ByType["stepCount"] != 2 || where != "comment" && report.SkippedCount != 1 {
				t.Errorf("%+v", report)
			}
			if bound := uint64(256 << 20); took > bound {
				t.Errorf("took %d MiB of memory, at most %d are allowed", took>>20, bound>>20)
			}
		})
	}
}

// fuse is a context that ends when it was asked for its error so many times.
type fuse struct {
	context.Context
	cancel context.CancelFunc
	left   atomic.Int64
}

func newFuse(n int64) *fuse {
	ctx, cancel := context.WithCancel(context.Background())
	f := &fuse{Context: ctx, cancel: cancel}
	f.left.Store(n)
	return f
}

func (f *fuse) Err() error {
	if f.left.Add(-1) < 0 {
		f.cancel()
	}
	return f.Context.Err()
}

// TestCancelAnywhere stops an import of an export at one moment after another:
// what the store keeps is what it kept before, but for the epoch that tells that
// somebody wanted to write.
func TestCancelAnywhere(t *testing.T) {
	backend := mem.New()
	s := sealtest.Open(t, backend, store.Options{})
	mustImport(t, s, fileOf("export.xml", healthData(steps("10"))))
	archive := zipOf(t,
		"apple_health_export/export.xml", manySteps(20_000), // more than one segment
		"apple_health_export/workout-routes/good.gpx", `<gpx><trk><trkseg><trkpt lat="0" lon="0"/></trkseg></trk></gpx>`)
	before := values(t, backend)
	stopped := 0
	for n := int64(0); ; n += 1 + n/4 {
		_, err := intake.Import(newFuse(n), s, []intake.File{fileOf("export.zip", archive)}, nil)
		if err == nil {
			break
		}
		stopped++
		var failure *store.Error
		if !errors.As(err, &failure) || failure.Code != store.CodeUserCanceled {
			t.Fatalf("stopped at %d: %v", n, err)
		}
		if !maps.Equal(values(t, backend), before) {
			t.Fatalf("stopped at %d: the store is not what it was", n)
		}
	}
	if stopped < 20 {
		t.Errorf("stopped at %d moments only", stopped)
	}
	if got := len(person(t, s, "workoutRoute")); got != 1 {
		t.Errorf("%d routes after the import that was not stopped", got)
	}
}

// values are what a backend keeps, but for the epoch.
func values(t *testing.T, backend store.Backend) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := backend.Scan(t.Context(), "", "\xff", func(key string, value []byte) error {
		if key != "epoch" {
			all[key] = string(value)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
