package arrows

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/keepwell-health/keepwell/"

// rule says what packages may import of this module. The first rule that fits a
// package holds for it; a pattern "x/..." is x and all below it.
type rule struct {
	packages string
	mayUse   []string
	why      string
}

var rules = []rule{
	{"fhir/...", []string{"fhir/..."},
		"FHIR is read without knowing who keeps it, so that the reader can be used and fuzzed alone"},
	{"store/idb", []string{"store", "internal/jsx"},
		"a backend knows the port it implements and the browser, nothing above"},
	{"store/seal", []string{"store", "internal/jsx"},
		"keys know no record, only bytes under a place"},
	{"store/seal/sealtest", []string{"store", "store/seal"},
		"it opens stores for tests"},
	{"store/mem", []string{"store"},
		"the reference backend shows how little a backend needs"},
	{"store/storetest", []string{"store", "internal/jsx"},
		"one suite for every backend; it yields to the browser between cases"},
	{"store/backup", []string{"store", "store/intake/zipfile"},
		"a backup holds what the store exports; it is written and read without a page"},
	{"store/unit", nil,
		"units are arithmetic over tables"},
	{"store/intake/...", []string{"fhir/...", "store", "store/intake/...", "store/unit"},
		"formats are decoded into the store's terms and reach neither disk nor page"},
	{"store/internal/...", nil,
		"data structures know nothing of health records"},
	{"store", []string{"fhir", "store/internal/...", "store/unit"},
		"the store is pure Go over two ports; what implements them is chosen by the mains"},
	{"web/host", nil,
		"the server serves files and can't know a record"},
	{"web/protocol", []string{"fhir/view", "store", "store/backup", "store/intake"},
		"the protocol speaks of what the store and its importers return"},
	{"web/engine", []string{"fhir", "fhir/view", "store", "store/backup", "store/seal", "store/intake/...", "web/protocol", "web/rest"},
		"the engine serves ports, holds the keys and touches no DOM, so that all of it is tested natively"},
	{"web/rest", []string{"fhir", "store"},
		"FHIR's API is answered from what a client of the store sees, and from nothing else"},
	{"web/dom", []string{"internal/jsx", "web/protocol"},
		"the only access to the DOM; its ports carry the protocol"},
	{"web/app", []string{"fhir/view", "store", "store/backup", "store/intake", "web/dom", "web/protocol", "web/sheet", "web/broker"},
		"a record's view is drawn in the shape that the engine sent it"},
	{"web/...", []string{"store", "store/intake", "web/dom", "web/protocol", "web/sheet", "web/broker", "web/app"},
		"pages are clients of the engine: they have the store's types and no store"},
	{"internal/jsx", []string{"store"},
		"the bridge to JavaScript turns the store's errors into Error objects with a code"},
	{"internal/build", nil, "it writes files"},
	{"internal/demo", []string{"web/host"}, "it serves files"},
	{"internal/reader", nil, "it checks docs/format.md, so it shares no code with what wrote the store"},
	{"internal/healthexport", nil, "what an importer must make of an export is computed without one"},
	{"internal/records", []string{"store/intake/sample", "internal/healthexport"}, "it writes generated records"},
	{"internal/arrows", nil, "it reads the imports of others"},
	{"wasm/edge", []string{"web/host"},
		"the edge serves files; a store linked into it would be a mistake"},
	{"wasm/keepwell", []string{"fhir/...", "store/...", "web/...", "internal/jsx"},
		"mains wire everything, and nobody imports them"},
}

// mayTouchJS lists who may import syscall/js: each wraps one part of the browser
// in Go types, and everything else is tested without a browser.
var mayTouchJS = []string{"internal/jsx", "store/idb", "store/seal", "web/dom/...", "wasm/..."}

// pkg is what `go list -json` tells of a package.
type pkg struct {
	ImportPath string
	Imports    []string
}

func TestArrows(t *testing.T) {
	for _, platform := range [][]string{{"GOOS=linux", "GOARCH=amd64"}, {"GOOS=js", "GOARCH=wasm"}} {
		t.Run(platform[0], func(t *testing.T) {
			for _, p := range list(t, platform) {
				check(t, p)
			}
		})
	}
}

// check holds one package against the rules.
func check(t *testing.T, p pkg) {
	name := strings.TrimPrefix(p.ImportPath, module)
	if slices.Contains(p.Imports, "syscall/js") && !fitsAny(mayTouchJS, name) {
		t.Errorf("%s imports syscall/js: only %s may, so that the rest is tested without a browser", name, strings.Join(mayTouchJS, ", "))
	}
	at := slices.IndexFunc(rules, func(r rule) bool { return fits(r.packages, name) })
	if at < 0 {
		t.Errorf("no rule says what %s may import; add one, with its reason", name)
		return
	}
	for _, imported := range p.Imports {
		used, ours := strings.CutPrefix(imported, module)
		if ours && !fitsAny(rules[at].mayUse, used) {
			t.Errorf("%s imports %s: %s", name, used, rules[at].why)
		}
	}
}

func fitsAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return fits(pattern, name) })
}

func fits(pattern, name string) bool {
	prefix, below := strings.CutSuffix(pattern, "/...")
	return name == prefix || below && strings.HasPrefix(name, prefix+"/")
}

// list returns the packages of the module as they are on a platform.
func list(t *testing.T, platform []string) []pkg {
	t.Helper()
	command := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	command.Dir = "../.."
	command.Env = append(os.Environ(), platform...)
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var packages []pkg
	for decoder := json.NewDecoder(strings.NewReader(string(output))); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
