package intake_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake"
)

func TestImportAgain(t *testing.T) {
	s := openStore(t)
	first := mustImport(t, s, fileOf("my record.json", bundleOf(patient("a"), patient("b"))))
	if first.Added != 2 || first.Replaced+first.Unchanged+first.SkippedCount != 0 || first.Files != 1 {
		t.Errorf("first: %+v", first)
	}
	again := mustImport(t, s, fileOf("my record (1).json", bundleOf(patient("a"), patient("b"))))
	if again.Unchanged != 2 || again.Added+again.Replaced != 0 {
		t.Errorf("again: %+v", again)
	}
	newer := strings.Replace(patient("b"), "1970", "1971", 1)
	updated := mustImport(t, s, fileOf("my record (2).json", bundleOf(patient("a"), newer, patient("c"))))
	if updated.Added != 1 || updated.Replaced != 1 || updated.Unchanged != 1 {
		t.Errorf("updated: %+v", updated)
	}
	if len(stored(t, s)) != 3 {
		t.Errorf("%d records stored, want 3", len(stored(t, s)))
	}
	if updated.ByType[store.OtherRecord] != 3 || fmt.Sprint(updated.Types) != "[dateOfBirth otherRecord]" {
		t.Errorf("by type %v, changed %v", updated.ByType, updated.Types)
	}
}

func TestOneBadFileAmongGoodOnes(t *testing.T) {
	s := openStore(t)
	report := mustImport(t, s,
		fileOf("good.json", patient("a")),
		fileOf("bad.json", "<html>"),
		fileOf("folder/good.ndjson", patient("b")+"\n"),
		fileOf("folder/.hidden", "x"),
	)
	if report.Added != 2 || report.Files != 3 || len(report.ByFile) != 3 {
		t.Errorf("%+v", report)
	}
	for _, f := range report.ByFile {
		if (f.Reason != "") != (f.File == "bad.json") {
			t.Errorf("%+v", f)
		}
	}
}

func TestIdentifiers(t *testing.T) {
	const noID = `{"resourceType":"Patient","birthDate":"1970-01-01"}`
	entry := func(fullURL string) string {
		return `{"resourceType":"Bundle","entry":[{"fullUrl":"` + fullURL + `","resource":` + noID + `}]}`
	}
	cases := []struct {
		name, content, want string
		noted               bool
	}{
		{"id", patient("x1"), "x1", false},
		{"urn:uuid", entry("urn:uuid:0b5ee06d-8b5e-4f0f-9a3b-1a2b3c4d5e6f"), "0b5ee06d-8b5e-4f0f-9a3b-1a2b3c4d5e6f", false},
		{"urn:oid", entry("urn:oid:1.2.3"), "1.2.3", false},
		{"URL", entry("https://portal.example/fhir/Patient/77"), "77", false},
		{"URL of a version", entry("https://portal.example/fhir/Patient/77/_history/2"), "77", false},
		{"nothing", noID, "sha256-", true},
		{"too long", patient(strings.Repeat("x", 300)), "sha256-", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := openStore(t)
			report := mustImport(t, s, fileOf("a.json", c.content))
			if (report.NotesCount == 1) != c.noted {
				t.Errorf("notes %+v", report.Notes)
			}
			for _, one := range stored(t, s) {
				if !strings.HasPrefix(one.FHIR.Identifier, c.want) {
					t.Errorf("identifier %s, want %s", one.FHIR.Identifier, c.want)
				}
			}
			if again := mustImport(t, s, fileOf("a.json", c.content)); again.Unchanged != 1 {
				t.Errorf("brought again: %+v", again)
			}
		})
	}
}

func TestSources(t *testing.T) {
	self := func(url string) string {
		return `{"resourceType":"Bundle","type":"searchset","link":[{"relation":"self","url":"` + url + `"}],"entry":[{"resource":` + patient("a") + `}]}`
	}
	full := func(url string) string {
		return `{"resourceType":"Bundle","entry":[{"fullUrl":"` + url + `","resource":` + patient("a") + `}]}`
	}
	cases := []struct{ name, file, content, id, title string }{
		{"self link", "a.json", self("https://Portal.example/api/FHIR/R4/Patient?_id=1"), "import:https://portal.example/api/FHIR/R4", "portal.example"},
		{"full URL", "a.json", full("https://portal.example:8443/fhir/Patient/1"), "import:https://portal.example:8443/fhir", "portal.example"},
		{"full URL at the root", "a.json", full("http://portal.example/Patient/1/_history/3"), "import:http://portal.example", "portal.example"},
		{"urn", "Dr. Vega.json", full("urn:uuid:1"), "import:Dr. Vega", "Dr. Vega"},
		{"file", "summary (3).json", patient("a"), "import:summary", "summary"},
		{"packed", "summary.json.gz", patient("a"), "import:summary", "summary"},
		{"bundle in a folder", "clinic/summary.json", full("urn:uuid:1"), "import:summary", "summary"},
		{"bulk file alone", "Patient.000.ndjson", patient("a") + "\n", "import:Bulk export", "Bulk export"},
		{"bulk file in a folder", "county/Patient.000.ndjson", patient("a") + "\n", "import:county", "county"},
		{"resource file in a folder", "county/Patient-f001.json", patient("a"), "import:county", "county"},
		{"resource file alone", "Patient-f001.json", patient("a"), "import:Imported files", "Imported files"},
		{"a name that only begins so", "Patients of mine.json", patient("a"), "import:Patients of mine", "Patients of mine"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := openStore(t)
			mustImport(t, s, fileOf(c.file, c.content))
			sources, err := s.Person().Sources(t.Context(), store.OtherRecord)
			if err != nil || len(sources) != 1 {
				t.Fatalf("%v %v", sources, err)
			}
			if sources[0].ID != c.id || sources[0].Name != c.title {
				t.Errorf("got %q %q, want %q %q", sources[0].ID, sources[0].Name, c.id, c.title)
			}
		})
	}
}

func TestBulkFilesAreOneSource(t *testing.T) {
	s := openStore(t)
	mustImport(t, s,
		fileOf("export/Patient.000.ndjson", patient("a")+"\n"),
		fileOf("export/Condition.000.ndjson", `{"resourceType":"Condition","id":"a"}`+"\n"))
	names := map[string]bool{}
	for _, one := range stored(t, s) {
		names[one.Source.ID] = true
	}
	if len(names) != 1 {
		t.Errorf("sources %v", names)
	}
}

func TestCancel(t *testing.T) {
	s := openStore(t)
	mustImport(t, s, fileOf("before.json", patient("before")))
	before := stored(t, s)

	_, err := intake.Import(canceled, s, []intake.File{fileOf("a.json", patient("a"))}, nil)
	wantCanceled(t, err)

	var many bytes.Buffer
	for n := range 20000 {
		fmt.Fprintf(&many, "%s\n", patient(fmt.Sprint("p", n)))
	}
	for _, at := range []int64{1, 600 << 10, 1 << 20} { // bytes read when the person changes their mind
		ctx, cancel := context.WithCancel(t.Context())
		_, err := intake.Import(ctx, s, []intake.File{fileOf("many.ndjson", many.String())}, func(p intake.Progress) {
			if p.Phase == intake.PhaseReading && p.Bytes >= at || p.Phase == intake.PhaseSaving {
				cancel()
			}
		})
		cancel()
		wantCanceled(t, err)
		if after := stored(t, s); len(after) != len(before) {
			t.Fatalf("canceled at %d bytes: %d records stayed, want %d", at, len(after), len(before))
		}
	}
	holds(t, s, before)
	if report := mustImport(t, s, fileOf("many.ndjson", many.String())); report.Added != 20000 {
		t.Errorf("after the canceled ones: %+v", report.Added)
	}
}

func wantCanceled(t *testing.T, err error) {
	t.Helper()
	var failure *store.Error
	if !errors.As(err, &failure) || failure.Code != store.CodeUserCanceled || !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want userCanceled", err)
	}
}

func TestProgress(t *testing.T) {
	var many bytes.Buffer
	for n := range 30000 {
		fmt.Fprintf(&many, "%s\n", patient(fmt.Sprint("p", n)))
	}
	size := int64(many.Len())
	var calls []intake.Progress
	_, err := intake.Import(t.Context(), openStore(t), []intake.File{
		fileOf("a.ndjson", many.String()), fileOf("b.zip", zipOf(t, "b.ndjson", many.String())),
	}, func(p intake.Progress) { calls = append(calls, p) })
	if err != nil {
		t.Fatal(err)
	}
	if most := int(2*size/(512<<10)) + 4; len(calls) > most || len(calls) < 4 {
		t.Errorf("%d calls for %d bytes", len(calls), 2*size)
	}
	first, last := calls[0], calls[len(calls)-1]
	if first.Phase != intake.PhaseOpening || last.Phase != intake.PhaseSaving {
		t.Errorf("from %s to %s", first.Phase, last.Phase)
	}
	if last.Bytes != 2*size || last.TotalBytes != 2*size || last.Records != 60000 {
		t.Errorf("ended at %+v, want %d bytes and 60,000 records", last, 2*size)
	}
	for at := 1; at < len(calls); at++ {
		if calls[at].Bytes < calls[at-1].Bytes || calls[at].Bytes > calls[at].TotalBytes {
			t.Fatalf("progress goes from %+v to %+v", calls[at-1], calls[at])
		}
	}
}

func TestListsAreBounded(t *testing.T) {
	var lines strings.Builder
	for range 1500 {
		lines.WriteString("{\"id\":\"x\"}\n")
		lines.WriteString(`{"resourceType":"Patient"}` + "\n")
	}
	report := mustImport(t, openStore(t), fileOf("a.ndjson", lines.String()))
	if report.SkippedCount != 1500 || len(report.Skipped) != 1000 || report.NotesCount != 1500 || len(report.Notes) != 1000 {
		t.Errorf("%d of %d skips, %d of %d notes", len(report.Skipped), report.SkippedCount, len(report.Notes), report.NotesCount)
	}
}

// failing is a file that the device can't read to its end.
type failing struct{ intake.File }

func (f failing) ReadAt(b []byte, at int64) (int, error) {
	if at >= 1<<20 {
		return 0, errors.New("the device holds: Zanzibar-17")
	}
	return f.File.ReadAt(b, at)
}

func TestAFileThatCannotBeRead(t *testing.T) {
	var many bytes.Buffer
	for n := range 30000 {
		fmt.Fprintf(&many, "%s\n", patient(fmt.Sprint("p", n)))
	}
	report := mustImport(t, openStore(t), failing{fileOf("a.ndjson", many.String())}, fileOf("b.json", patient("b")))
	last := report.Skipped[len(report.Skipped)-1]
	if report.Added < 1000 || last.File != "a.ndjson" || strings.Contains(last.Reason, "Zanzibar") {
		t.Errorf("added %d, %+v", report.Added, last)
	}
}
