package backup

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// TestRoundTrip restores a backup into an empty store and into the one that it is
// of.
func TestRoundTrip(t *testing.T) {
	s := filled(t, mem.New())
	file := exported(t, s)
	want := describe(t, s)
	for _, mode := range []Mode{Merge, Replace} {
		report, err := restored(s, file, mode)
		if err != nil {
			t.Fatal(err)
		}
		differ(t, string(mode)+" into the same store", describe(t, s), want)
		if objects := report.Added + report.Replaced + report.Unchanged; objects != 43+3+7 {
			t.Errorf("%s: %+v", mode, report)
		}
	}
	empty := newStore(t, mem.New())
	report, err := restored(empty, file, Replace)
	if err != nil {
		t.Fatal(err)
	}
	differ(t, "into an empty store", describe(t, empty), want)
	counts := Counts{Records: 43, Documents: 3, Samples: 7, Apps: 1, Accesses: 1}
	if report.Counts != counts || report.Added != 53 {
		t.Errorf("%+v", report)
	}
	lines, err := empty.AccessLog(background)
	if err != nil || !slices.ContainsFunc(lines, func(a store.Access) bool {
		return a.Origin == portal && a.Operation == store.AccessRead && a.Count == 4
	}) {
		t.Errorf("the access log: %v, %v", lines, err)
	}
}

// TestTheSameTwice restores two samples that say the same, as an app may save them:
// both count, in sums too.
func TestTheSameTwice(t *testing.T) {
	s := newStore(t, mem.New())
	glass := sample("dietaryWater", phone, 1_000, 250, "mL")
	if _, err := s.Person().Save(background, []store.Sample{glass, glass}); err != nil {
		t.Fatal(err)
	}
	file, want := exported(t, s), describe(t, s)
	for _, mode := range []Mode{Merge, Replace} {
		for what, into := range map[string]*store.Store{"the same store": s, "an empty store": newStore(t, mem.New())} {
			if _, err := restored(into, file, mode); err != nil {
				t.Fatal(err)
			}
			differ(t, string(mode)+" into "+what, describe(t, into), want)
		}
	}
}

// TestInspect tells what a backup holds without restoring it.
func TestInspect(t *testing.T) {
	s := filled(t, mem.New())
	var b bytes.Buffer
	manifest, err := Export(background, s, &b, passphrase, quick)
	if err != nil {
		t.Fatal(err)
	}
	file := bytes.NewReader(b.Bytes())
	summary, err := Inspect(background, file, file.Size(), passphrase, quick)
	if err != nil {
		t.Fatal(err)
	}
	if summary.Created != manifest.Created || summary.Counts != manifest.Counts || !slices.Equal(summary.Apps, []string{portal}) {
		t.Errorf("%+v", summary)
	}
	if _, err := Inspect(background, file, file.Size(), passphrase+"!", quick); err == nil || err.Error() != errPassphrase.Error() {
		t.Errorf("a wrong passphrase: %v", err)
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := Inspect(ctx, file, file.Size(), passphrase, quick); codeOf(err) != store.CodeUserCanceled {
		t.Errorf("stopped: %v", err)
	}
	if err := s.NoteBackup(background, manifest.Created, manifest.Through); err != nil {
		t.Fatal(err)
	}
	if state, err := s.BackupState(background); err != nil || state.Changed {
		t.Errorf("right after an export: %+v, %v", state, err)
	}
}

// TestMerge restores into a store that has gone on since.
func TestMerge(t *testing.T) {
	s := filled(t, mem.New())
	file := exported(t, s)
	newer := record{source: clinicA, kind: "Condition", id: "a1", release: fhir.R4, raw: `{"resourceType":"Condition","id":"a1","newer":true}`}
	addRecords(t, s, newer, record{source: clinicB, kind: "Condition", id: "other", release: fhir.R4})
	if err := s.Revoke(background, portal); err != nil {
		t.Fatal(err)
	}
	addSamples(t, s, sample("stepCount", phone, 77_000, 1, "count"))
	want := describe(t, s)
	deleted, err := s.Person().Query(background, store.Query{Type: "stepCount", Limit: 1, Offset: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Person().Delete(background, []string{deleted[0].UUID}); err != nil {
		t.Fatal(err)
	}
	report, err := restored(s, file, Merge)
	if err != nil {
		t.Fatal(err)
	}
	differ(t, "", describe(t, s), want)
	if report.Added != 1 || report.Replaced != 0 {
		t.Errorf("%+v: what was deleted comes back, and nothing else", report)
	}
}

// TestReplace restores into a store that holds something else, and tells those who
// follow by anchors.
func TestReplace(t *testing.T) {
	file := exported(t, filled(t, mem.New()))
	backend := mem.New()
	s := newStore(t, backend)
	addRecords(t, s, record{source: clinicB, kind: "Immunization", id: "gone", release: fhir.R4}, record{source: clinicA, kind: "Condition", id: "a1", release: fhir.R4, raw: `{"resourceType":"Condition","id":"a1","gone":1}`})
	addSamples(t, s, sample("heartRate", phone, 1, 2, "/min"), sample("stepCount", phone, 1_000, 12, "count"))
	grant(t, s, "https://gone.example", store.AuthorizationRequest{Read: []store.TypeID{"stepCount"}}, store.Answer{Read: []store.TypeID{"stepCount"}})
	before, err := s.Person().Anchored(background, store.AnchoredQuery{Type: "stepCount"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := restored(s, file, Replace); err != nil {
		t.Fatal(err)
	}
	fresh := newStore(t, mem.New())
	if _, err := restored(fresh, file, Replace); err != nil {
		t.Fatal(err)
	}
	want := describe(t, fresh)
	differ(t, "", describe(t, s), want)
	after, err := s.Person().Anchored(background, store.AnchoredQuery{Type: "stepCount", Anchor: before.Anchor})
	if err != nil || len(after.Deleted) != 1 || len(after.Samples) != 4 {
		t.Errorf("who follows is told %+v, %v", after, err)
	}
	if _, err := s.Compact(background, true); err != nil {
		t.Fatal(err)
	}
	differ(t, "compacted", describe(t, s), want)
}

// decrypted opens a backup with age alone.
func decrypted(t testing.TB, file []byte) []byte {
	t.Helper()
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := age.Decrypt(bytes.NewReader(file), identity)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// unzipped reads an archive with the standard library.
func unzipped(t testing.TB, archive []byte) map[string]string {
	t.Helper()
	reader, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, file := range reader.File {
		content, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		files[file.Name] = string(text)
	}
	return files
}

// TestArchive opens a backup without this package's reader, and compares what is
// inside to the byte.
func TestArchive(t *testing.T) {
	file := exported(t, filled(t, mem.New()))
	for _, mark := range []string{"Clinic", "Condition", "heartRate", "manifest"} {
		if bytes.Contains(file, []byte(mark)) {
			t.Errorf("the file shows %q", mark)
		}
	}
	files := unzipped(t, decrypted(t, file))
	lines := func(name string) []string {
		return strings.Split(strings.TrimSuffix(files[name], "\n"), "\n")
	}
	conditions := lines("fhir/003-clinic-a-R4.ndjson")
	if len(conditions) != 21 || conditions[3] != `{"resourceType":"Condition","id":"a3","value":1.00}` {
		t.Errorf("%d conditions, one of them %s", len(conditions), conditions[3])
	}
	if got := lines("fhir/001-clinic-a-unknown.ndjson"); len(got) != 1 || got[0] != `{"resourceType":"Condition","id":"none","text":"äöü € \u0000 😀"}` {
		t.Errorf("of no known release: %q", got)
	}
	if got := files["resources/00000041.json"]; got != "{\n\t\"resourceType\": \"Condition\",\r\n\t\"id\": \"lines\"\n}" {
		t.Errorf("of several lines: %q", got)
	}
	if got := files["documents/00000044.bin"]; got != "\x00\n\r\xff\xfe" {
		t.Errorf("a document: %q", got)
	}
	if got, want := files["samples/stepCount.ndjson"], `{"origin":0,"source":{"id":"import:phone","name":"Phone","version":"17.0","device":"iPhone"},"unit":"count"}
[0,-5000,-4000,0.30000000000000004,`; !strings.HasPrefix(got, want) {
		t.Errorf("samples: %s\nwant %s", got, want)
	}
	for _, name := range []string{"README.txt", "apps.json", "orders.json", "access-log.ndjson", "manifest.json", "samples/heartRate.ndjson"} {
		if files[name] == "" {
			t.Errorf("%s is missing or empty", name)
		}
	}
}

// TestAgeCommand opens a backup with the age command, where there is one.
func TestAgeCommand(t *testing.T) {
	if _, err := exec.LookPath("age"); err != nil {
		t.Skip("the age command is not installed")
	}
	if _, err := exec.LookPath("script"); err != nil {
		t.Skip("age asks for the passphrase on a terminal, and there is no script command to make one")
	}
	folder := t.TempDir()
	run(t, folder, exported(t, filled(t, mem.New())))
}

// TestPlainFHIR reads the archive that is not encrypted.
func TestPlainFHIR(t *testing.T) {
	var b bytes.Buffer
	manifest, err := PlainFHIR(background, filled(t, mem.New()), &b, quick)
	if err != nil {
		t.Fatal(err)
	}
	files := unzipped(t, b.Bytes())
	if manifest.Counts.Records != 43 || manifest.Counts.Documents != 3 || len(manifest.Files)+4 != len(files) {
		t.Errorf("%+v; %d files", manifest.Counts, len(files))
	}
	for name, content := range files {
		if strings.HasSuffix(name, indexSuffix) || strings.Contains(content, "portal") {
			t.Errorf("%s is not FHIR", name)
		}
	}
}
