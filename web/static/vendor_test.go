package static

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// What others wrote is served unread, so it must be the very file that was
// chosen.
func TestVendoredFilesAreThoseNoted(t *testing.T) {
	notes, err := os.ReadFile("vendor/README.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir("vendor")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".js") {
			continue
		}
		content, err := os.ReadFile("vendor/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		if !strings.Contains(string(notes), hex.EncodeToString(sum[:])) {
			t.Errorf("vendor/README.md does not note %s as it is", file.Name())
		}
	}
}
