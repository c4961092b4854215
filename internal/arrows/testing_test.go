package arrows

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTestingShowsWhatRuns checks that the code in docs/testing.md, of whose blocks
// each names its file, is what the tests run.
func TestTestingShowsWhatRuns(t *testing.T) {
	text, err := os.ReadFile("../../docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]int{}
	for _, block := range regexp.MustCompile("(?ms)^```(?:js|go) ?(.*?)$\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		path, code := block[1], block[2]
		source, err := os.ReadFile("../../" + path)
		if err != nil {
			t.Errorf("a block is of no file: %v", err)
			continue
		}
		shown[path]++
		if !strings.Contains(string(source), code) {
			t.Errorf("docs/testing.md shows code of %s that is not in it, from %q on", path, strings.SplitN(code, "\n", 2)[0])
		}
	}
	for _, path := range []string{"e2e/examples/playwright.mjs", "e2e/examples/puppeteer.mjs", "web/sdk/portal_js_test.go"} {
		if shown[path] == 0 {
			t.Errorf("docs/testing.md does not show %s", path)
		}
	}
}
