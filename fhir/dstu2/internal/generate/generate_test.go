package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// modelsFolder is the folder of the generated package, from here.
var modelsFolder = filepath.Join("..", "..")

// TestFresh generates the models again and compares them with those that are
// committed. It is skipped when HL7's definitions are not there.
func TestFresh(t *testing.T) {
	definitions := filepath.Join(modelsFolder, "..", "..", "..", "shared", "data", "definitions", "dstu2")
	if _, err := os.Stat(definitions); err != nil {
		t.Skip("HL7's DSTU2 definitions are not here")
	}
	files, err := generate(definitions)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(modelsFolder, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate ./fhir/dstu2", name)
		}
	}
	for _, name := range generatedFiles(t) {
		if _, ok := files[name]; !ok {
			t.Errorf("%s is no longer generated: remove it", name)
		}
	}
}

// generatedFiles lists the committed files that say they are generated.
func generatedFiles(t *testing.T) []string {
	paths, err := filepath.Glob(filepath.Join(modelsFolder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(text), "// Code generated") {
			names = append(names, filepath.Base(path))
		}
	}
	return names
}

func TestNames(t *testing.T) {
	for code, want := range map[string]string{"entered-in-error": "EnteredInError", "<=": "LessOrEqual", "CRITH": "CRITH", "1.5": "15"} {
		if got := codeName(code); got != want {
			t.Errorf("codeName(%q) = %q, want %q", code, got, want)
		}
	}
	if got := goName("Timing.repeat"); got != "TimingRepeat" {
		t.Errorf("goName: %q", got)
	}
	if got := firstSentence("One  thing. Another."); got != "One thing." {
		t.Errorf("firstSentence: %q", got)
	}
}

func TestGenerateWithoutDefinitions(t *testing.T) {
	if _, err := generate(t.TempDir()); err == nil {
		t.Error("no error from an empty folder")
	}
}
