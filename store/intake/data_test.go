package intake_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store/intake"
)

// dataFolders hold public FHIR files of every release, with a README that tells
// the facts of each file.
var dataFolders = []string{
	"fhir-r4-examples", "fhir-stu3-examples", "fhir-dstu2-examples", "fhir-r5-examples", "fhir-r4b-examples",
	"fhir-edge-cases", "synthea-r4", "synthea-stu3", "synthea-dstu2", "smart-sample-patients",
	"bulk", "payer", "us-core", "ips",
}

func dataRoot(t testing.TB) string {
	root := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(root); err != nil {
		t.Skip("the public sample data is not beside the repository")
	}
	return root
}

// TestPublicFiles imports every file alone: each resource is accounted for, and
// what was stored reads back byte for byte.
func TestPublicFiles(t *testing.T) {
	root := dataRoot(t)
	for _, folder := range dataFolders {
		facts := readFacts(t, filepath.Join(root, folder))
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || d.Name() == "README.md" {
				return err
			}
			name, err := filepath.Rel(filepath.Join(root, folder), path)
			if err != nil {
				return err
			}
			t.Run(folder+"/"+name, func(t *testing.T) { checkFile(t, path, facts[filepath.ToSlash(name)]) })
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// fact is what a README says of a file: how many resources, by type.
type fact struct {
	total  int
	byType map[string]int
}

var (
	factRow    = regexp.MustCompile(`(?m)^\| ([^|]+?) \|[^|]*\|[^|]*\|[^|]*\| ([^|]*) \|`)
	factCount  = regexp.MustCompile(`(\d+) resources: ([A-Za-z0-9, ]+)`)
	factOfType = regexp.MustCompile(`([A-Za-z]+) (\d+)`)
)

func readFacts(t *testing.T, folder string) map[string]fact {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	facts := map[string]fact{}
	for _, row := range factRow.FindAllStringSubmatch(string(text), -1) {
		count := factCount.FindStringSubmatch(row[2])
		if count == nil {
			continue
		}
		f := fact{byType: map[string]int{}}
		f.total, _ = strconv.Atoi(count[1])
		for _, one := range factOfType.FindAllStringSubmatch(count[2], -1) {
			f.byType[one[1]], _ = strconv.Atoi(one[2])
		}
		facts[row[1]] = f
	}
	return facts
}

func checkFile(t *testing.T, path string, want fact) {
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := openStore(t)
	report := mustImport(t, s, fileOf(filepath.Base(path), string(content)))
	taken := report.Added + report.Replaced + report.Unchanged
	if taken == 0 && report.SkippedCount == 0 {
		t.Error("nothing was taken in and no reason is given")
	}
	if report.ByFile[0].Reason != "" {
		report.SkippedCount = 0 // the file itself, not a resource of it
	}
	if strings.HasSuffix(path, ".xml") {
		return // counted in the README, and refused
	}
	inside, readable := resourcesIn(content)
	known := map[[sha256.Size]byte]bool{}
	for _, raw := range inside {
		known[sha256.Sum256(raw)] = true
	}
	if readable && len(inside) != taken+report.SkippedCount {
		t.Errorf("%d resources in the file; %d added, %d replaced, %d unchanged, %d skipped (%+v)",
			len(inside), report.Added, report.Replaced, report.Unchanged, report.SkippedCount, report.Skipped)
	}
	if want.total > 0 && want.total != taken+report.SkippedCount {
		t.Errorf("the README counts %d resources; the report %d and %d skipped", want.total, taken, report.SkippedCount)
	}
	byType := map[string]int{}
	for _, one := range stored(t, s) {
		byType[one.FHIR.ResourceType]++
		if readable && !known[sha256.Sum256(one.raw)] {
			t.Errorf("a %s does not read back as it stood in the file", one.FHIR.ResourceType)
		}
	}
	if report.Replaced+report.Unchanged+report.SkippedCount == 0 {
		for resourceType, count := range want.byType {
			if byType[resourceType] != count {
				t.Errorf("%d of %s stored, the README counts %d", byType[resourceType], resourceType, count)
			}
		}
	}
	if taken == 0 {
		return
	}
	again := mustImport(t, s, fileOf(filepath.Base(path), string(content)))
	// A file that holds two copies under one id replaces one by the other again.
	if again.Added != 0 || report.Replaced == 0 && again.Replaced != 0 || again.SkippedCount != report.SkippedCount {
		t.Errorf("brought again: %d added, %d replaced, %d skipped", again.Added, again.Replaced, again.SkippedCount)
	}
}

// resourcesIn returns the exact bytes of each resource of a file, found with
// encoding/json; readable is false when that can't read the file.
func resourcesIn(content []byte) (resources []json.RawMessage, readable bool) {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	decoder := json.NewDecoder(bytes.NewReader(content))
	for {
		var value json.RawMessage
		err := decoder.Decode(&value)
		if err == io.EOF {
			return resources, len(resources) > 0
		}
		if err != nil {
			return nil, false
		}
		resources = appendResources(resources, value)
	}
}

func appendResources(list []json.RawMessage, value json.RawMessage) []json.RawMessage {
	var elements []json.RawMessage
	if json.Unmarshal(value, &elements) == nil {
		for _, element := range elements {
			list = appendResources(list, element)
		}
		return list
	}
	var head struct {
		ResourceType any
		Entry        []struct{ Resource json.RawMessage }
	}
	if json.Unmarshal(value, &head) != nil || head.ResourceType != "Bundle" {
		return append(list, value)
	}
	for _, entry := range head.Entry {
		if entry.Resource != nil {
			list = appendResources(list, entry.Resource)
		}
	}
	return list
}

// TestAFolderOfPublicFiles brings a whole folder at once: one import, many files.
func TestAFolderOfPublicFiles(t *testing.T) {
	root := filepath.Join(dataRoot(t), "bulk", "10-patients")
	var files []intake.File
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files = append(files, fileOf("10-patients/"+d.Name(), string(content)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s := openStore(t)
	report := mustImport(t, s, files...)
	const want = 11 + 555 + 16 + 161 + 44 + 43 + 13 + 43 + 43 // by the README
	if report.Added != want || report.SkippedCount != 4 {     // log.ndjson holds no resources
		t.Errorf("added %d, want %d; skipped %+v", report.Added, want, report.Skipped)
	}
	for _, one := range stored(t, s) {
		if one.Source.ID != "import:10-patients" && !strings.HasPrefix(one.Source.ID, "import:http") {
			t.Fatalf("source %q", one.Source.ID)
		}
	}
}
