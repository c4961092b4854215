package fhir_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/fhir"
)

// dataRoot holds public sample records that are not part of the repository.
const dataRoot = "../../shared/data"

// dataFolders are the folders of dataRoot that hold FHIR.
var dataFolders = []string{
	"fhir-dstu2-examples", "fhir-stu3-examples", "fhir-r4-examples", "fhir-r4b-examples", "fhir-r5-examples",
	"fhir-edge-cases", "synthea-r4", "synthea-stu3", "synthea-dstu2", "ips", "payer", "us-core", "bulk",
	"smart-sample-patients",
}

// dataFile is one row of the table in a folder's README.
type dataFile struct {
	path    string
	release string
	facts   string
}

// dataFiles returns the rows of all READMEs, or skips the test without the data.
func dataFiles(tb testing.TB) []dataFile {
	tb.Helper()
	if _, err := os.Stat(dataRoot); err != nil {
		tb.Skip("the sample records in ../shared/data are not there")
	}
	var files []dataFile
	for _, folder := range dataFolders {
		readme, err := os.ReadFile(filepath.Join(dataRoot, folder, "README.md"))
		if err != nil {
			tb.Fatal(err)
		}
		for line := range strings.Lines(string(readme)) {
			cells := strings.Split(line, " | ")
			if len(cells) < 6 {
				continue
			}
			path := filepath.Join(dataRoot, folder, strings.TrimPrefix(cells[0], "| "))
			if _, err := os.Stat(path); err == nil {
				files = append(files, dataFile{path: path, release: cells[2], facts: cells[4]})
			}
		}
	}
	return files
}

// resource is a Resource that outlives the next call of Next.
type resource struct {
	fhir.Resource
	resourceType string
}

// readAll reads a file to its end. The errors that are not fatal are in skipped.
func readAll(tb testing.TB, src io.Reader) (resources []resource, skipped []*fhir.Error, fatal error) {
	tb.Helper()
	reader := fhir.NewReader(src, fhir.ReaderOptions{})
	for {
		got, err := reader.Next()
		var broken *fhir.Error
		switch {
		case err == nil:
			got.Raw = bytes.Clone(got.Raw)
			resources = append(resources, resource{Resource: got, resourceType: typeOf(tb, got.Raw)})
		case err == io.EOF:
			return resources, skipped, nil
		case errors.As(err, &broken) && !broken.Fatal:
			skipped = append(skipped, broken)
		default:
			return resources, skipped, err
		}
	}
}

func typeOf(tb testing.TB, raw []byte) string {
	var head struct{ ResourceType string }
	if err := json.Unmarshal(raw, &head); err != nil {
		tb.Errorf("a resource is not JSON: %v", err)
	}
	return head.ResourceType
}

// statedCounts reads from a README's facts how many resources of each type a
// file holds; nil when they do not say.
func statedCounts(facts string) map[string]int {
	facts = regexp.MustCompile(`^Bundle [a-z-]+; `).ReplaceAllString(facts, "")
	facts = regexp.MustCompile(`^\d+ lines; `).ReplaceAllString(facts, "")
	if strings.Contains(facts, "JSON error") || strings.Contains(facts, "XML") || regexp.MustCompile(`^\d+ lines$`).MatchString(facts) {
		return nil
	}
	counts := map[string]int{}
	if list, found := strings.CutPrefix(facts, regexp.MustCompile(`^\d+ resources: `).FindString(facts)); found && list != facts {
		list, _, _ = strings.Cut(list, ";")
		for item := range strings.SplitSeq(list, ", ") {
			name, number, _ := strings.Cut(item, " ")
			counts[name], _ = strconv.Atoi(number)
		}
		return counts
	}
	name, _, _ := strings.Cut(facts, ";")
	if strings.HasPrefix(name, "Bundle") || strings.HasPrefix(name, "top-level keys") {
		return counts // a Bundle without resources
	}
	return map[string]int{strings.TrimSpace(name): 1}
}

func TestReaderCountsSampleRecords(t *testing.T) {
	total := 0
	for _, file := range dataFiles(t) {
		t.Run(strings.TrimPrefix(file.path, dataRoot+"/"), func(t *testing.T) {
			content, err := os.ReadFile(file.path)
			if err != nil {
				t.Fatal(err)
			}
			resources, skipped, fatal := readAll(t, bytes.NewReader(content))
			counts := map[string]int{}
			for _, r := range resources {
				counts[r.resourceType]++
				if !bytes.Equal(r.Raw, content[r.Offset:r.Offset+int64(len(r.Raw))]) {
					t.Errorf("the bytes at %d are not those of the file", r.Offset)
				}
			}
			total += len(resources)
			want := statedCounts(file.facts)
			if want == nil {
				if fatal == nil && len(skipped) == 0 {
					t.Errorf("read without an error, but the README says: %s", file.facts)
				}
				t.Log(fatal, fmt.Sprint(skipped))
				return
			}
			if fatal != nil || len(skipped) > 0 {
				t.Errorf("fatal: %v, skipped: %v", fatal, skipped)
			}
			if !maps.Equal(counts, want) {
				t.Errorf("read %v, the README says %v", counts, want)
			}
		})
	}
	t.Logf("%d resources", total)
}
