//go:build !js

package seal

import (
	"os/exec"
	"strings"
	"testing"
)

// TestIndependentReader opens the vectors with a program that shares nothing
// with this one but docs/format.md.
func TestIndependentReader(t *testing.T) {
	const needs = "from cryptography.hazmat.primitives.kdf.argon2 import Argon2id"
	if err := exec.Command("python3", "-c", needs).Run(); err != nil {
		t.Skip("needs python3 with the package cryptography, 44 or later")
	}
	output, err := exec.Command("python3", "testdata/reader.py", "testdata/vectors.json").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if got := strings.TrimSpace(string(output)); got != "3 secrets, 8 values, 2 entries" {
		t.Errorf("it opened %s", got)
	}
}
