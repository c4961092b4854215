//go:build !js

package sdk

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"testing"
)

// maxSize is the most that a portal's visitors load, in bytes after gzip.
const maxSize = 12 << 10

func TestModuleIsSmall(t *testing.T) {
	module, err := os.ReadFile("keepwell.mjs")
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(module); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if packed.Len() > maxSize {
		t.Errorf("keepwell.mjs is %d bytes after gzip, more than %d", packed.Len(), maxSize)
	}
}

// The module's own tests are JavaScript, for Node's test runner.
func TestModule(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	output, err := exec.Command(node, "--test", "--test-reporter=tap", "--test-timeout=20000", "keepwell.test.mjs").CombinedOutput()
	if err != nil {
		t.Errorf("node --test: %v\n%s", err, output)
	}
}

func TestPackageHoldsTheModules(t *testing.T) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("npm is not installed")
	}
	output, err := exec.Command(npm, "pack", "--dry-run", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var packages []struct{ Files []struct{ Path string } }
	if err := json.Unmarshal(output, &packages); err != nil || len(packages) != 1 {
		t.Fatalf("npm pack describes %d packages: %v", len(packages), err)
	}
	var paths []string
	for _, file := range packages[0].Files {
		paths = append(paths, file.Path)
	}
	slices.Sort(paths)
	want := []string{"README.md", "keepwell.d.ts", "keepwell.mjs", "package.json", "testing.d.ts", "testing.mjs"}
	if !slices.Equal(paths, want) {
		t.Errorf("the package holds %q, want %q", paths, want)
	}
}

// testing.d.ts is written by hand.
func TestTestingDeclaresWhatItExports(t *testing.T) {
	exported := func(file string) []string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, match := range regexp.MustCompile(`(?m)^export (?:async )?(?:function|const) (\w+)`).FindAllSubmatch(text, -1) {
			names = append(names, string(match[1]))
		}
		return names
	}
	if got, want := exported("testing.d.ts"), exported("testing.mjs"); !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("testing.d.ts declares %q, testing.mjs exports %q", got, want)
	}
}
