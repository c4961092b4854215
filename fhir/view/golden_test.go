package view

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/fhir"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden compares whole views with testdata/*.golden. The release is told
// by the file's name.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			release, _, _ := strings.Cut(name, "-")
			got := render(Of(raw, fhir.Summary{Release: fhir.Release(strings.ToUpper(release))}))
			golden := strings.TrimSuffix(path, ".json") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs; got\n%s", golden, got)
			}
		})
	}
}

// render writes a view the way that a page shows it, a field a line.
func render(view View) string {
	var b strings.Builder
	var add func(fields []Field, indent string)
	add = func(fields []Field, indent string) {
		for _, field := range fields {
			b.WriteString(strings.TrimRight(indent+field.Label+": "+field.Value, " ") + "\n")
			add(field.Fields, indent+"  ")
		}
	}
	add(view.Fields, "")
	for _, block := range view.Narrative {
		text, err := json.Marshal(block)
		if err != nil {
			panic(err)
		}
		b.WriteString("narrative " + string(text) + "\n")
	}
	for _, note := range view.Notes {
		b.WriteString("note " + note + "\n")
	}
	if view.Typed {
		b.WriteString("typed\n")
	}
	return b.String()
}
