package arrows

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestThreatsNameTests checks that every test that docs/threats.md points to is
// there: a promise whose test was renamed or removed is a promise without one.
func TestThreatsNameTests(t *testing.T) {
	text, err := os.ReadFile("../../docs/threats.md")
	if err != nil {
		t.Fatal(err)
	}
	list := exec.Command("grep", "-rhoE", "--include=*_test.go", `^func (Test|Fuzz)[A-Za-z0-9_]+`, ".")
	list.Dir = "../.."
	output, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for line := range strings.Lines(string(output)) {
		known[strings.TrimSpace(strings.TrimPrefix(line, "func "))] = true
	}
	named := regexp.MustCompile("`(Test[A-Za-z0-9_]+|e2e/[a-z0-9.-]+)`").FindAllStringSubmatch(string(text), -1)
	if len(named) < 20 {
		t.Fatalf("only %d tests are named", len(named))
	}
	for _, match := range named {
		name := match[1]
		if path, isFile := strings.CutPrefix(name, "e2e/"); isFile {
			if _, err := os.Stat("../../e2e/" + path); err != nil {
				t.Errorf("docs/threats.md points to %s, which is not there", name)
			}
		} else if !known[name] {
			t.Errorf("docs/threats.md points to %s, which no package has", name)
		}
	}
}
