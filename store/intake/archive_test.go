package intake_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
)

// reasonsByFile maps the files of a report to the first reason told of each.
func reasonsByFile(t *testing.T, archive string) (map[string]string, int) {
	t.Helper()
	report := mustImport(t, openStore(t), fileOf("x.zip", archive))
	reasons := map[string]string{}
	for _, skip := range report.Skipped {
		if reasons[skip.File] == "" {
			reasons[skip.File] = skip.Reason
		}
	}
	return reasons, report.Added
}

func TestZipMembersAreReadAsFiles(t *testing.T) {
	reasons, added := reasonsByFile(t, zipOf(t,
		"records/one.json", patient("a"),
		"records/two.ndjson", patient("b")+"\n"+patient("c")+"\n",
		"records/three.json.gz", gzipOf(t, patient("d")),
		"records/", "",
		"__MACOSX/records/._one.json", "clutter",
		"records/.DS_Store", "clutter",
		"records/readme.txt", "hello",
		"records/inner.zip", zipOf(t, "a.json", patient("e")),
		"records/nothing.json", "",
	))
	if added != 4 {
		t.Errorf("added %d, want 4", added)
	}
	want := map[string]string{
		"x.zip/records/readme.txt":   "not in a format",
		"x.zip/records/inner.zip":    "an archive inside an archive",
		"x.zip/records/nothing.json": "the file is empty",
	}
	if len(reasons) != len(want) {
		t.Errorf("reasons %v", reasons)
	}
	for name, part := range want {
		if !strings.Contains(reasons[name], part) {
			t.Errorf("%s: %q, want %q", name, reasons[name], part)
		}
	}
}

func TestZipPathTricks(t *testing.T) {
	reasons, added := reasonsByFile(t, zipOf(t,
		"../up.json", patient("a"),
		"in/../../up.json", patient("b"),
		`in\..\..\down.json`, patient("c"),
		"/etc/x.json", patient("d"),
		"C:/x.json", patient("e"),
		"fine..json", patient("f"),
	))
	if added != 1 || len(reasons) != 5 {
		t.Errorf("added %d, reasons %v", added, reasons)
	}
	for name, reason := range reasons {
		if !strings.Contains(reason, "leads out of its archive") {
			t.Errorf("%s: %s", name, reason)
		}
	}
}

func TestEncryptedZip(t *testing.T) {
	packed := []byte(zipOf(t, "a.json", patient("a")))
	for _, header := range []struct {
		signature string
		flags     int
	}{{"PK\x03\x04", 6}, {"PK\x01\x02", 8}} {
		packed[bytes.Index(packed, []byte(header.signature))+header.flags] |= 1
	}
	reasons, added := reasonsByFile(t, string(packed))
	if added != 0 || !strings.Contains(reasons["x.zip/a.json"], "encrypted") {
		t.Errorf("added %d, reasons %v", added, reasons)
	}
}

func TestUnknownCompression(t *testing.T) {
	packed := []byte(zipOf(t, "a.json", patient("a")))
	packed[bytes.Index(packed, []byte("PK\x03\x04"))+8] = 93 // zstd
	packed[bytes.Index(packed, []byte("PK\x01\x02"))+10] = 93
	reasons, _ := reasonsByFile(t, string(packed))
	if !strings.Contains(reasons["x.zip/a.json"], "compressed in a way") {
		t.Errorf("reasons %v", reasons)
	}
}

func TestWrongChecksum(t *testing.T) {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	member, _ := w.CreateHeader(&zip.FileHeader{Name: "a.ndjson", Method: zip.Store})
	io.WriteString(member, patient("a")+"\n"+patient("b")+"\n")
	other, _ := w.Create("b.json")
	io.WriteString(other, patient("c"))
	w.Close()
	broken := bytes.Replace(packed.Bytes(), []byte(`"id":"b"`), []byte(`"id":"x"`), 1)
	reasons, added := reasonsByFile(t, string(broken))
	if !strings.Contains(reasons["x.zip/a.ndjson"], "damaged") {
		t.Errorf("reasons %v", reasons)
	}
	if added != 3 {
		t.Errorf("added %d, want the two read before the damage showed and the other file's", added)
	}
}

func TestZipBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks 64 MiB")
	}
	// Three members of 60 MB of spaces each, 180 KB packed: past 64 MiB together.
	spaces := `{"resourceType":"Patient","id":"a"` + strings.Repeat(" ", 60<<20) + "}"
	reasons, added := reasonsByFile(t, zipOf(t, "1.json", spaces, "2.json", spaces, "3.json", spaces))
	if added != 1 || !strings.Contains(reasons["x.zip/2.json"], "far more than its size") {
		t.Errorf("added %d, reasons %v", added, reasons)
	}
	report := mustImport(t, openStore(t), fileOf("a.json.gz", gzipOf(t, "["+strings.Repeat(" ", 80<<20)+"]")))
	if report.Added != 0 || !strings.Contains(report.Skipped[0].Reason, "far more than its size") {
		t.Errorf("gzip: %+v", report.Skipped)
	}
}

func TestCutZip(t *testing.T) {
	whole := zipOf(t, "a.json", patient("a"), "b.json", patient("b"))
	for cut := 4; cut < len(whole); cut += 7 {
		report := mustImport(t, openStore(t), fileOf("x.zip", whole[:cut]))
		if report.Added != 0 || report.SkippedCount == 0 {
			t.Fatalf("cut at %d of %d: %+v", cut, len(whole), report)
		}
	}
}
