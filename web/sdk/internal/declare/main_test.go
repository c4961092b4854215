package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// root is the repository, from this folder.
var root = filepath.Join("..", "..", "..", "..")

func TestDeclarationsAreFresh(t *testing.T) {
	want, err := declare(root)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, "web", "sdk", outputFile))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("keepwell.d.ts is not what the Go types say; run: go generate ./web/sdk")
	}
}

// Every name that a shape refers to must be declared, or TypeScript users see any.
func TestDeclarationsAreClosed(t *testing.T) {
	text, err := declare(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		_, as, ok := strings.Cut(strings.TrimSuffix(line, ";"), ": ")
		if _, extended, extends := strings.Cut(strings.TrimSuffix(line, " {"), " extends "); extends {
			as, ok = extended, true
		}
		if !ok || strings.HasPrefix(strings.TrimSpace(line), "*") || strings.HasPrefix(strings.TrimSpace(line), "/*") || strings.Contains(line, "(") {
			continue
		}
		for _, name := range strings.FieldsFunc(as, func(r rune) bool { return strings.ContainsRune(" |[]<>,\"=!", r) }) {
			if name[0] < 'A' || name[0] > 'Z' || name == "Record" || name == "Date" || name == "Error" || name == "AbortSignal" || name == "HealthError" {
				continue
			}
			if !bytes.Contains(text, []byte("export interface "+name+" ")) && !bytes.Contains(text, []byte("export type "+name+" =")) {
				t.Errorf("%q refers to %s, which nothing declares", strings.TrimSpace(line), name)
			}
		}
	}
}

func TestInterfaceRefusesWhatItDoesNotKnow(t *testing.T) {
	s := newSource()
	if err := s.read("testdata"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Missing", "Untagged", "Channel"} {
		if text, err := s.interfaceOf(name, name); err == nil {
			t.Errorf("%s was declared as %s", name, text)
		}
	}
	if _, err := s.unionOf("Missing", "Missing"); err == nil {
		t.Error("a union of nothing was declared")
	}
}
