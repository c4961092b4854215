package intake

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal/sealtest"
)

type fuzzed struct{ *bytes.Reader }

func (fuzzed) Name() string { return "folder/fuzzed.json" }

// seeds gives both fuzz tests one file of each kind.
func seeds(f *testing.F) {
	f.Helper()
	const one = `{"resourceType":"Patient","id":"a"}`
	for _, seed := range []string{
		"", " ", one, "[" + one + "," + one + "]", one + "\n" + one + "\n",
		`{"resourceType":"Bundle","entry":[{"fullUrl":"https://h.example/fhir/Patient/1","resource":` + one + `}]}`,
		"<!DOCTYPE html>", `<HealthData locale="en">`, `<ClinicalDocument xmlns="urn:hl7-org:v3">`, "shc:/567", "eyJ.a.b",
		"\xff\xfe{\x00}\x00", "PK\x03\x04", "PK\x05\x06", "\x1f\x8b\x08", "%PDF-", "MSH|",
	} {
		f.Add([]byte(seed))
	}
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for _, name := range []string{"a.json", "../b.json", "c/d.ndjson"} {
		member, _ := w.Create(name)
		io.WriteString(member, one)
	}
	w.Close()
	f.Add(packed.Bytes())
	public, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "fhir-edge-cases", "*.json"))
	for _, path := range public {
		if content, err := os.ReadFile(path); err == nil && len(content) < 8<<10 {
			f.Add(content)
		}
	}
}

// FuzzSniff holds that any beginning of a file is told or refused with a reason.
func FuzzSniff(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, head []byte) {
		st := &stage{ctx: t.Context(), byFile: map[string]*FileReport{}}
		for _, input := range st.open(fuzzed{bytes.NewReader(head)}) {
			if found := st.look(input); (found.decoder == nil) == (found.reason == "") {
				t.Errorf("neither or both of a decoder and a reason: %+v", found)
			}
		}
	})
}

// FuzzImport holds that any file ends in a report that adds up, that every
// record can be read back, and that bringing the file again adds nothing.
func FuzzImport(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		s := sealtest.Open(t, mem.New(), store.Options{})
		first, err := Import(t.Context(), s, []File{fuzzed{bytes.NewReader(content)}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if first.SkippedCount == 0 && first.Files > 0 && len(first.ByType) == 0 && !emptyBundle(content) {
			t.Errorf("nothing taken in and no reason: %+v", first)
		}
		again, err := Import(t.Context(), s, []File{fuzzed{bytes.NewReader(content)}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if again.Added != 0 || again.SkippedCount != first.SkippedCount {
			t.Errorf("again: %+v, first %+v", again, first)
		}
		for _, row := range store.Catalogue() {
			samples, err := s.Person().Query(t.Context(), store.Query{Type: row.ID})
			if err != nil {
				t.Fatal(err)
			}
			for _, sample := range samples {
				if raw, err := s.Person().Resource(t.Context(), sample.UUID); err != nil || len(raw) == 0 {
					t.Errorf("a record that does not read back: %v", err)
				}
			}
		}
	})
}

// emptyBundle tells what is whole and yet holds no resource.
func emptyBundle(content []byte) bool {
	return bytes.Contains(content, []byte("Bundle")) || bytes.HasPrefix(bytes.TrimSpace(content), []byte("["))
}
