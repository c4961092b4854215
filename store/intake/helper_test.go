package intake_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"strings"
	"testing"

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

func fileOf(name, content string) intake.File { return file{name, bytes.NewReader([]byte(content))} }

// openStore returns an empty store that is sealed as in the browser.
func openStore(t testing.TB) *store.Store {
	t.Helper()
	return sealtest.Open(t, mem.New(), store.Options{})
}

func mustImport(t testing.TB, s *store.Store, files ...intake.File) intake.Report {
	t.Helper()
	report, err := intake.Import(t.Context(), s, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkSums(t, report)
	return report
}

// checkSums holds a report's own arithmetic: the files add up to the whole.
func checkSums(t testing.TB, r intake.Report) {
	t.Helper()
	var added, replaced, unchanged, skipped, byType int
	for _, f := range r.ByFile {
		added, replaced, unchanged, skipped = added+f.Added, replaced+f.Replaced, unchanged+f.Unchanged, skipped+f.Skipped
	}
	for _, n := range r.ByType {
		byType += n
	}
	if len(r.ByFile) == r.Files && (added != r.Added || replaced != r.Replaced || unchanged != r.Unchanged || skipped != r.SkippedCount) {
		t.Errorf("the files add up to %d added, %d replaced, %d unchanged, %d skipped; the report says %d, %d, %d, %d",
			added, replaced, unchanged, skipped, r.Added, r.Replaced, r.Unchanged, r.SkippedCount)
	}
	if byType != r.Added+r.Replaced+r.Unchanged {
		t.Errorf("the types add up to %d, the outcomes to %d", byType, r.Added+r.Replaced+r.Unchanged)
	}
	if len(r.Skipped) != min(r.SkippedCount, 1000) || r.Skipped == nil || r.ByFile == nil {
		t.Errorf("%d skips listed of %d", len(r.Skipped), r.SkippedCount)
	}
}

// stored returns every clinical record of the store with its bytes.
func stored(t testing.TB, s *store.Store) map[string]record {
	t.Helper()
	records := map[string]record{}
	for _, row := range store.Catalogue() {
		if row.Kind != store.KindClinical && row.Kind != store.KindOther {
			continue
		}
		samples, err := s.Person().Query(t.Context(), store.Query{Type: row.ID})
		if err != nil {
			t.Fatal(err)
		}
		for _, sample := range samples {
			raw, err := s.Person().Resource(t.Context(), sample.UUID)
			if err != nil {
				t.Fatal(err)
			}
			records[sample.UUID] = record{sample, raw}
		}
	}
	return records
}

type record struct {
	store.Sample
	raw []byte
}

// zipOf packs members, given as name and content in turn.
func zipOf(t testing.TB, members ...string) string {
	t.Helper()
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for at := 0; at < len(members); at += 2 {
		member, err := w.Create(members[at])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(member, members[at+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

func gzipOf(t testing.TB, content string) string {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

func patient(id string) string {
	return `{"resourceType":"Patient","id":"` + id + `","birthDate":"1970-01-01"}`
}

func bundleOf(resources ...string) string {
	var b strings.Builder
	b.WriteString(`{"resourceType":"Bundle","type":"collection","entry":[`)
	for at, r := range resources {
		if at > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"resource":` + r + `}`)
	}
	return b.String() + `]}`
}

var canceled = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()
