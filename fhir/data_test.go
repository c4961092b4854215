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
	"slices"
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

// TestSummarizeAgainstDecoder compares the summaries of all sample records with
// what encoding/json finds in them.
func TestSummarizeAgainstDecoder(t *testing.T) {
	for _, file := range dataFiles(t) {
		for _, r := range fileResources(t, file) {
			sum, err := fhir.Summarize(r.Raw, "")
			if err != nil {
				t.Errorf("%s%s: %v", file.path, r.Pointer, err)
				continue
			}
			var decoded map[string]any
			decoder := json.NewDecoder(bytes.NewReader(r.Raw))
			decoder.UseNumber()
			if err := decoder.Decode(&decoded); err != nil {
				t.Fatal(err)
			}
			for name, pair := range expectations(decoded, &sum) {
				if pair[0] != pair[1] {
					t.Errorf("%s%s: %s is %q, decoded %q", file.path, r.Pointer, name, pair[0], pair[1])
				}
			}
			if fhir.Title(&sum) == "" {
				t.Errorf("%s%s has no title", file.path, r.Pointer)
			}
		}
	}
}

// fileResources reads the resources of a file.
func fileResources(t *testing.T, file dataFile) []resource {
	t.Helper()
	content, err := os.ReadFile(file.path)
	if err != nil {
		t.Fatal(err)
	}
	resources, _, _ := readAll(t, bytes.NewReader(content))
	return resources
}

// expectations pairs what a summary says with what the decoded resource says.
func expectations(decoded map[string]any, sum *fhir.Summary) map[string][2]string {
	pairs := map[string][2]string{
		"resourceType": {sum.ResourceType, text(decoded, "resourceType")},
		"id":           {sum.ID, text(decoded, "id")},
	}
	contained, _ := decoded["contained"].([]any)
	pairs["contained"] = [2]string{strconv.Itoa(sum.Contained), strconv.Itoa(len(contained))}
	for _, name := range []string{"subject", "patient", "beneficiary"} {
		if subject, ok := decoded[name].(map[string]any); ok && sum.ResourceType != "AuditEvent" && sum.ResourceType != "PractitionerRole" {
			pairs["subject"] = [2]string{sum.Subject, text(subject, "reference")}
			break
		}
	}
	for _, name := range []string{"wasNotGiven", "notGiven", "notPerformed", "notDone", "wasNotTaken", "clinicalStatus", "lifecycleStatus"} {
		if decoded[name] != nil {
			return pairs // the status is another
		}
	}
	if status, ok := decoded["status"].(string); ok {
		pairs["status"] = [2]string{sum.Status, status}
	}
	for _, name := range []string{"effectiveDateTime", "onsetDateTime", "authoredOn", "dateWritten", "occurrenceDateTime", "performedDateTime", "whenHandedOver"} {
		if date, ok := decoded[name].(string); ok && !strings.HasSuffix(sum.ResourceType, "Request") && sum.ResourceType != "Task" {
			pairs["start"] = [2]string{sum.Start.Text, date}
			break
		}
	}
	if quantity, ok := decoded["valueQuantity"].(map[string]any); ok && sum.ResourceType == "Observation" {
		pairs["value"] = [2]string{sum.Value.Number, fmt.Sprint(quantity["value"])} // a number, or a number as a string
	}
	if code, ok := decoded["code"].(map[string]any); ok && sum.ResourceType != "List" && sum.ResourceType != "Group" {
		if words := text(code, "text"); words != "" {
			pairs["display"] = [2]string{sum.Display, strings.TrimSpace(words)}
		}
	}
	return pairs
}

func text(object map[string]any, name string) string {
	value, _ := object[name].(string)
	return value
}

// TestReleaseOfSampleRecords measures how often the release is told right: of
// single resources by their shape alone, and with what DetectRelease says of
// their file. The floors are what was measured, less a little. HL7's examples
// are small and often fit several releases (every Patient without a telling
// name, R4B's as R4); records of people are told nearly always.
func TestReleaseOfSampleRecords(t *testing.T) {
	floors := map[string][2]int{ // percent by shape, percent with the file
		"fhir-dstu2-examples": {87, 89}, "fhir-stu3-examples": {38, 40}, "fhir-r4-examples": {100, 100}, "fhir-r5-examples": {28, 42},
		"synthea-dstu2": {93, 100}, "synthea-stu3": {96, 100}, "synthea-r4": {100, 100}, "smart-sample-patients": {59, 100},
		"payer": {97, 97}, "ips": {100, 100}, "us-core": {100, 100}, "bulk": {100, 100},
	}
	right, all := map[string][2]int{}, map[string]int{}
	for _, file := range dataFiles(t) {
		folder := strings.Split(strings.TrimPrefix(file.path, dataRoot+"/"), "/")[0]
		if floors[folder] == [2]int{} {
			continue // R4B can't be told from R4, and the edge cases are of none
		}
		content, err := os.Open(file.path)
		if err != nil {
			t.Fatal(err)
		}
		ofFile, err := fhir.DetectRelease(content)
		content.Close()
		if err != nil {
			t.Errorf("%s: %v", file.path, err)
		}
		for _, r := range fileResources(t, file) {
			all[folder]++
			count := right[folder]
			for i, hint := range []fhir.Release{"", ofFile} {
				if sum, _ := fhir.Summarize(r.Raw, hint); string(sum.Release) == file.release {
					count[i]++
				}
			}
			right[folder] = count
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(all)) {
		shape, file := 100*right[folder][0]/all[folder], 100*right[folder][1]/all[folder]
		t.Logf("%-22s %5d resources: %3d%% by shape, %3d%% with their file", folder, all[folder], shape, file)
		if shape < floors[folder][0] || file < floors[folder][1] {
			t.Errorf("%s: below the floor of %v", folder, floors[folder])
		}
	}
}
