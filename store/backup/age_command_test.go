package backup

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// run decrypts a file with the age command, which reads passphrases from a
// terminal only.
func run(t *testing.T, folder string, file []byte) {
	t.Helper()
	from, to := filepath.Join(folder, "backup.age"), filepath.Join(folder, "backup.zip")
	if err := os.WriteFile(from, file, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("script", "-qec", "age -d -o '"+to+"' '"+from+"'", filepath.Join(folder, "typescript"))
	command.Stdin = bytes.NewReader([]byte(passphrase + "\n"))
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("age: %v\n%s", err, output)
	}
	archive, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	if files := unzipped(t, archive); files["manifest.json"] == "" {
		t.Error("age decrypts the file to something else")
	}
}
