package sdk

import (
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
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
