// Command declare writes keepwell.d.ts: the shapes are read from the Go types
// that cross the port, with their comments, the identifiers from the catalogue;
// the class around them is in keepwell.d.ts.tmpl. Run it by go generate.
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/keepwell-health/keepwell/store"
)

//go:embed keepwell.d.ts.tmpl
var declarations string

// outputFile is relative to web/sdk, where go generate runs.
const outputFile = "keepwell.d.ts"

func main() {
	text, err := declare(filepath.Join("..", ".."))
	if err == nil {
		err = os.WriteFile(outputFile, text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "declare:", err)
		os.Exit(1)
	}
}

// declare returns the declarations of the repository at root.
func declare(root string) ([]byte, error) {
	source := newSource()
	for _, folder := range []string{"store", "web/protocol", "fhir"} {
		if err := source.read(filepath.Join(root, filepath.FromSlash(folder))); err != nil {
			return nil, err
		}
	}
	functions := template.FuncMap{
		"interface": source.interfaceOf,
		"union":     source.unionOf,
		"types":     typeIdentifiers,
	}
	parsed, err := template.New("keepwell.d.ts").Funcs(functions).Parse(declarations)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := parsed.Execute(&text, nil); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// typeIdentifiers lists the types that a portal can ask for, one a line.
func typeIdentifiers() string {
	var lines []string
	for _, t := range store.Catalogue() {
		lines = append(lines, fmt.Sprintf("  | %q", t.ID))
	}
	return strings.Join(lines, "\n")
}
