package rest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake"
	"github.com/keepwell-health/keepwell/web/rest"
)

// TestSyntheticPatients searches whole records of three releases, and counts by itself.
func TestSyntheticPatients(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/data/synthea-*/*.json")
	if len(files) == 0 {
		t.Skip("../shared/data is not here")
	}
	for _, path := range files {
		folder := filepath.Base(filepath.Dir(path))
		t.Run(folder+"/"+strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var given struct {
				Entry []struct{ Resource map[string]any }
			}
			if err := json.Unmarshal(content, &given); err != nil {
				t.Fatal(err)
			}
			want := map[string]map[string]bool{} // ids by query
			for at, e := range given.Entry {
				id, ok := e.Resource["id"].(string)
				if !ok {
					id = fmt.Sprint("entry ", at)
				}
				for _, query := range queriesOf(e.Resource) {
					if want[query] == nil {
						want[query] = map[string]bool{}
					}
					want[query][id] = true
				}
			}
			records := bring(t, brought{filepath.Base(path), bytes.NewReader(content)})
			version := map[string]string{"synthea-dstu2": "1.0", "synthea-stu3": "3.0", "synthea-r4": "4.0"}[folder]
			for at, query := range slices.Sorted(maps.Keys(want)) {
				if at%(1+len(want)/100) != 0 {
					continue // a hundred of them will do
				}
				ids := want[query]
				b := search(t, records, query+"&_summary=count")
				if b.Total != len(ids) {
					t.Errorf("%s finds %d, want %d", query, b.Total, len(ids))
				}
				for _, id := range paged(t, records, query) {
					if id != "" && !ids[id] {
						t.Fatalf("%s finds %s", query, id)
					}
				}
				for id := range ids {
					if strings.HasPrefix(id, "entry ") {
						continue
					}
					r := rest.Serve(t.Context(), records, now, rest.Request{URL: strings.Split(query, "?")[0] + "/" + id})
					if r.Status != 200 || !strings.Contains(r.Headers["content-type"], "fhirVersion="+version+";") || !bytes.Contains(content, r.Body) {
						t.Errorf("%s reads %d %v", query, r.Status, r.Headers)
					}
					break // one will do
				}
			}
		})
	}
}

// TestReleasesSideBySide finds HL7's examples of all releases in one store, and is told
// the release of each.
func TestReleasesSideBySide(t *testing.T) {
	paths, _ := filepath.Glob("../../../shared/data/fhir-*-examples/*.json")
	if len(paths) == 0 {
		t.Skip("../shared/data is not here")
	}
	var files []intake.File
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, brought{path, bytes.NewReader(content)})
	}
	person := bring(t, files...)
	versions := map[string]int{}
	for _, one := range store.Catalogue() {
		if one.Kind != store.KindClinical && one.Kind != store.KindOther {
			continue
		}
		samples, err := person.Query(t.Context(), store.Query{Type: one.ID})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range samples {
			said := "4.0.1"
			for _, e := range search(t, person, s.FHIR.ResourceType+"?_count=1000&_id="+s.FHIR.Identifier).Entry {
				raw, err := person.Resource(t.Context(), s.UUID)
				if err != nil {
					t.Fatal(err)
				}
				if bytes.Equal(e.Resource, raw) && e.Extension != nil {
					said = e.Extension[0].ValueCode
				}
			}
			if said != s.FHIR.Version {
				t.Errorf("%s/%s is of %s, not %s", s.FHIR.ResourceType, s.FHIR.Identifier, s.FHIR.Version, said)
			}
			versions[said]++
		}
	}
	if len(versions) < 4 { // no file says that it is of R4B
		t.Errorf("the releases are %v", versions)
	}
}

// queriesOf returns searches that must find a resource.
func queriesOf(resource map[string]any) []string {
	name := fmt.Sprint(resource["resourceType"])
	queries := []string{name + "?"}
	for _, element := range []string{"subject", "patient"} {
		if reference := dig(resource[element], "reference"); reference != "" {
			id := strings.TrimPrefix(strings.TrimPrefix(reference, "urn:uuid:"), "Patient/")
			queries = append(queries, name+"?patient="+id, name+"?patient=Patient/"+id)
			break
		}
	}
	if name != "Observation" {
		return queries
	}
	for _, coding := range list(resource["code"], "coding") {
		system, code := dig(coding, "system"), dig(coding, "code")
		queries = append(queries, name+"?code="+url.QueryEscape(system+"|"+code))
	}
	for _, concept := range asList(resource["category"]) {
		for _, coding := range list(concept, "coding") {
			if code := dig(coding, "code"); code != "" { // arrays are nested in some old ones
				queries = append(queries, name+"?category="+code)
			}
		}
	}
	if when, ok := resource["effectiveDateTime"].(string); ok {
		queries = append(queries, name+"?date="+url.QueryEscape(when), name+"?date=ge1900&date=lt2100")
	}
	return append(queries, name+"?status="+fmt.Sprint(resource["status"]))
}

func asList(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

func list(value any, name string) []any {
	object, _ := value.(map[string]any)
	elements, _ := object[name].([]any)
	return elements
}

func dig(value any, name string) string {
	object, _ := value.(map[string]any)
	text, _ := object[name].(string)
	return text
}

// paged returns the ids that a search finds page by page, and sees that none comes twice.
func paged(t *testing.T, records rest.Records, query string) []string {
	t.Helper()
	var ids []string
	seen := map[string]bool{}
	for address := query + "&_count=100"; address != ""; {
		b := search(t, records, address)
		address = ""
		for _, l := range b.Link {
			if l.Relation == "next" {
				address = l.URL
			}
		}
		for _, e := range b.Entry {
			var resource struct{ ID string }
			if err := json.Unmarshal(e.Resource, &resource); err != nil || seen[e.FullURL] {
				t.Fatalf("%s: %v, %s", query, err, e.FullURL)
			}
			seen[e.FullURL] = true
			ids = append(ids, resource.ID)
		}
	}
	return ids
}
