package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/rest"
)

// shelf is records of one client, by uuid.
type shelf struct {
	samples []store.Sample
	raw     map[string]string
	asked   []store.TypeID // the types that were asked for; the others are not determined
	given   map[string]int // how often what was given out, by uuid
}

func (s *shelf) Query(_ context.Context, q store.Query) ([]store.Sample, error) {
	if !slices.Contains(s.asked, q.Type) {
		return nil, store.Errorf(store.CodeAuthorizationNotDetermined, "not asked")
	}
	var found []store.Sample
	for _, one := range s.samples {
		m := q.Predicate.FHIR
		if one.Type == q.Type && one.FHIR.ResourceType == m.ResourceType &&
			(m.Identifier == "" || m.Identifier == one.FHIR.Identifier) && (m.Source == "" || m.Source == one.Source.ID) {
			found = append(found, one)
		}
	}
	return found, nil
}

func (s *shelf) Resource(_ context.Context, uuid string) ([]byte, error) {
	raw, ok := s.raw[uuid]
	if !ok {
		return nil, store.Errorf(store.CodeNoData, "there is no such object")
	}
	return []byte(raw), nil
}

func (s *shelf) Give(sample *store.Sample) { s.given[sample.UUID]++ }

func (s *shelf) put(id store.TypeID, source, resourceType, identifier, date, status, more string) {
	start, text := int64(0), ""
	if date != "" {
		at, err := time.Parse(time.RFC3339, date)
		if err != nil {
			at, text = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), date
		}
		start = at.UnixMilli()
	}
	uuid := fmt.Sprint("uuid-", len(s.samples))
	s.samples = append(s.samples, store.Sample{
		UUID: uuid, Type: id, StartDate: start, EndDate: start, StartText: text, Undated: date == "",
		Source: store.Source{ID: source}, Status: status,
		FHIR: &store.FHIRResource{ResourceType: resourceType, Identifier: identifier, Release: "R4"},
	})
	s.raw[uuid] = fmt.Sprintf(`{"resourceType":%q, "id":%q%s}`, resourceType, identifier, more)
}

func records() *shelf {
	s := &shelf{raw: map[string]string{}, given: map[string]int{}, asked: []store.TypeID{"labResultRecord", "otherRecord", "medicationRecord"}}
	observation := func(id, date, code, patient, updated string) {
		s.put("labResultRecord", "a", "Observation", id, date, "final", fmt.Sprintf(`,"status":"final",
 "category":[{"coding":[{"system":"http://x","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":%q}]},
 "subject":{"reference":%q},"valueQuantity":{"value":5.40},"meta":{"lastUpdated":%q}`, code, patient, updated))
	}
	observation("o1", "2024-01-05T10:00:00Z", "4548-4", "Patient/p", "2024-02-01T00:00:00Z")
	observation("o2", "2024-03-05T10:00:00Z", "4548-4", "https://x.example/Patient/p", "2024-04-01T00:00:00Z")
	observation("o3", "2025-03-05T10:00:00Z", "718-7", "Patient/q", "2025-04-01T00:00:00Z")
	s.put("labResultRecord", "a", "Observation", "o4", "2024", "preliminary", `,"code":{"text":"?"}`)
	s.put("labResultRecord", "a", "Observation", "o5", "", "final", `,"code":{"text":"?"}`)
	s.put("otherRecord", "a", "Patient", "p", "", "", `,"name":[{"family":"Doe"}]`)
	s.put("otherRecord", "b", "Patient", "p", "", "", `,"name":[{"family":"Roe"}]`)
	s.put("medicationRecord", "a", "MedicationRequest", "m1", "2024-01-01T00:00:00Z", "active",
		`,"subject":{"reference":"Patient/p"},"medicationReference":{"reference":"#m"}`)
	return s
}

// now is when the tests ask.
func now() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

func fetch(t testing.TB, s rest.Records, address string) (int, []byte) {
	t.Helper()
	response := rest.Serve(t.Context(), s, now, rest.Request{URL: address})
	if !json.Valid(response.Body) {
		t.Fatalf("%s: the body is no JSON: %s", address, response.Body)
	}
	return response.Status, response.Body
}

type searchset struct {
	ResourceType, Type string
	Total              int
	Link               []struct{ Relation, URL string }
	Entry              []struct {
		FullURL   string
		Resource  json.RawMessage
		Search    struct{ Mode string }
		Extension []struct{ URL, ValueCode string }
	}
}

func search(t testing.TB, s rest.Records, address string) searchset {
	t.Helper()
	status, body := fetch(t, s, address)
	return decode(t, address, status, body)
}

func decode(t testing.TB, address string, status int, body []byte) searchset {
	t.Helper()
	var b searchset
	if err := json.Unmarshal(body, &b); err != nil || status != 200 || b.ResourceType != "Bundle" || b.Type != "searchset" {
		t.Fatalf("%s: %d %s", address, status, body)
	}
	return b
}

func (b searchset) ids() string {
	var ids []string
	for _, e := range b.Entry {
		var r struct{ ID string }
		_ = json.Unmarshal(e.Resource, &r)
		ids = append(ids, r.ID)
	}
	return strings.Join(ids, " ")
}

func TestSearch(t *testing.T) {
	for query, want := range map[string]string{
		"":                                         "o3 o2 o1 o4 o5",
		"?_id=o2":                                  "o2",
		"?_id=o2,o3&_sort=_id":                     "o2 o3",
		"?_id=o2,o3&_id=o3":                        "o3",
		"?_id=none":                                "",
		"?patient=p&_sort=_id":                     "o1 o2",
		"?patient=Patient/p&_sort=-_id":            "o2 o1",
		"?subject:Patient=q":                       "o3",
		"?code=4548-4,718-7&_sort=date":            "o1 o2 o3",
		"?code=http://loinc.org|718-7":             "o3",
		"?code=http%3A%2F%2Floinc.org%7C":          "o3 o2 o1",
		"?code=|718-7":                             "",
		"?code=http://other|718-7":                 "",
		"?category=laboratory&code=718-7":          "o3",
		"?status=preliminary":                      "o4",
		"?status=final,preliminary&_sort=_id":      "o1 o2 o3 o4 o5",
		"?date=2024&_sort=_id":                     "o1 o2 o4",
		"?date=2024-01":                            "o1",
		"?date=eq2024-01-05":                       "o1",
		"?date=2024-01-05T10:00Z":                  "o1",
		"?date=ne2024&_sort=_id":                   "o3",
		"?date=gt2024-12-31":                       "o3",
		"?date=ge2024-02&_sort=_id":                "o2 o3 o4",
		"?date=lt2024-02&_sort=_id":                "o1 o4",
		"?date=le2024-01-05&_sort=_id":             "o1 o4",
		"?date=sa2024":                             "o3",
		"?date=eb2024-02":                          "o1",
		"?date=ap2025-03-01":                       "o3",
		"?date=ge2024-02&date=lt2024-06&_sort=_id": "o2 o4",
		"?date=2024-01-05T12:00:00%2B02:00":        "o1",
		"?date=2024-01-05T12:00:00+02:00":          "o1",
		"?_lastUpdated=ge2024-03&_sort=-_lastUpdated&_id=o1,o2,o3": "o3 o2",
		"?_count=2&_sort=_id":               "o1 o2",
		"?_count=2&_sort=_id&_offset=4":     "o5",
		"?_count=0":                         "",
		"?_summary=count":                   "",
		"?_format=json&_pretty=true&_id=o1": "o1",
	} {
		if got := search(t, records(), "Observation"+query).ids(); got != want {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
}

func TestSearchKeepsTheBytes(t *testing.T) {
	s := records()
	_, body := fetch(t, s, rest.Base+"/Observation?_id=o1")
	if !bytes.Contains(body, []byte(s.raw["uuid-0"])) {
		t.Errorf("the resource is not there as it came: %s", body)
	}
	if status, body := fetch(t, s, "/Observation/o1"); status != 200 || string(body) != s.raw["uuid-0"] {
		t.Errorf("reading gives %d %s", status, body)
	}
}

func TestPagesAreLinked(t *testing.T) {
	s := records()
	var seen []string
	address := "Observation?_count=2&_sort=_id&status=final,preliminary"
	for range 10 {
		b := search(t, s, address)
		if b.Total != 5 {
			t.Errorf("total is %d", b.Total)
		}
		seen = append(seen, b.ids())
		address = ""
		for _, l := range b.Link {
			if l.Relation == "next" {
				address = l.URL
			}
		}
		if address == "" {
			break
		}
	}
	if got := strings.Join(seen, "|"); got != "o1 o2|o3 o4|o5" {
		t.Errorf("the pages are %s", got)
	}
}

func TestIncludeStaysWithinTheGrantAndTheSource(t *testing.T) {
	s := records()
	b := search(t, s, "Observation?patient=Patient/p&_sort=_id&_include=Observation:patient")
	if b.ids() != "o1 o2 p" || b.Total != 2 || b.Entry[2].Search.Mode != "include" || !bytes.Contains(b.Entry[2].Resource, []byte("Doe")) {
		t.Errorf("the bundle is %+v", b)
	}
	if ids := search(t, s, "MedicationRequest?_include=*").ids(); ids != "m1 p" {
		t.Errorf("all references lead to %s", ids)
	}
	s.asked = []store.TypeID{"labResultRecord"}
	if ids := search(t, s, "Observation?_id=o1&_include=Observation:subject").ids(); ids != "o1" {
		t.Errorf("what was not asked for is included: %s", ids)
	}
}

func TestTheSameIDInTwoSources(t *testing.T) {
	s := records()
	if status, _ := fetch(t, s, "Patient/p"); status != 409 {
		t.Errorf("reading gives %d", status)
	}
	b := search(t, s, "Patient?_id=p")
	if len(b.Entry) != 2 || b.Entry[0].FullURL == b.Entry[1].FullURL {
		t.Errorf("the entries are %+v", b.Entry)
	}
}

func TestRefusals(t *testing.T) {
	for address, want := range map[string]int{
		"":                                              405, // a batch is posted there
		"/":                                             405,
		"observation":                                   404,
		"../etc":                                        404,
		"Observation/none":                              404,
		"Observation/%00":                               404,
		"Observation/%zz":                               400,
		"Observation/o1/_history":                       501,
		"Observation/_history":                          501,
		"Observation/$lastn":                            501,
		"Patient/p/$everything":                         501,
		"Patient/p/Observation":                         404,
		"Patient/p/_history/1/2":                        404,
		"Observation/_search":                           405, // by POST only
		"Observation/../Patient":                        404,
		"Observation/o1\x00":                            404,
		"//hospital.example/Patient":                    404,
		"keepwell.invalid/fhir/Patient":                 404,
		"http://keepwell.invalid/fhir/Patient":          400,
		"https://keepwell.invalid.example/fhir":         400,
		"https://keepwell.invalid/fhir/../Patient":      404,
		"https://hospital.example/fhir/Patient":         400,
		"https://keepwell.invalid/fhirx/Patient":        400,
		"javascript:alert(1)":                           400,
		"Observation?nickname=x":                        400,
		"Observation?code:text=x":                       400,
		"Observation?code=":                             400,
		"Observation?date=yesterday":                    400,
		"Observation?date=ge":                           400,
		"Observation?date=xx2024":                       400,
		"Observation?date=2024-13":                      400,
		"Observation?_count=-1":                         400,
		"Observation?_count=many":                       400,
		"Observation?_offset=-1":                        400,
		"Observation?_sort=name":                        400,
		"Observation?_summary=all":                      400,
		"Observation?_sort=":                            400,
		"Observation?_sort=date,,_id":                   400,
		"Observation?_sort=authoredon":                  400, // not of an Observation
		"Observation?authoredon=2024":                   400,
		"Observation?onset-date=2024":                   400,
		"Observation?clinical-status=active":            400,
		"Observation?patient.name=Doe":                  400,
		"Observation?patient:identifier=1":              400,
		"Observation?patient=":                          400,
		"Observation?patient=a/b/c d":                   400,
		"Observation?code=a|b|c":                        400,
		"Observation?code=|":                            400,
		"Observation?code=a,":                           400,
		"Observation?code:missing=maybe":                400,
		"Observation?date:not=2024":                     400,
		"Observation?date=%00":                          400,
		"Observation?date=2024-02-30":                   400,
		"Observation?date=999999-01-01":                 400,
		"Observation?_count=1e3":                        400,
		"Observation?_count=99999999999999999999":       400,
		"Observation?_include=Observation:subject:x":    400,
		"Observation?_include:iterate=Observation:x":    400,
		"Observation?_revinclude=Provenance:target":     400,
		"Observation?_has:Provenance:target:agent=x":    400,
		"Observation?_filter=x":                         400,
		"Observation?_include=Patient:name":             400,
		"Observation?_include=Observation":              400,
		"Observation?_format=xml":                       406,
		"Observation/o1?_format=application/fhir%2Bxml": 406,
		"metadata?_format=html/json":                    406,
		"Observation?%zz=1":                             400,
		"Observation?" + strings.Repeat("a", 9000):      414,
		"Observation?" + strings.Repeat("_id=1&", 300):  400,
		"Observation?" + strings.Repeat("&", 8000):      200, // of nothing
		"Observation?_id=" + strings.Repeat("1,", 300):  400,
		"Observation?_id=" + strings.Repeat("1", 1<<20): 414,
		"Immunization":                                  200, // otherRecord was asked for
	} {
		status, body := fetch(t, records(), address)
		if status != want || want != 200 && !bytes.Contains(body, []byte(`"OperationOutcome"`)) {
			t.Errorf("%.60q gives %d %s, want %d", address, status, body, want)
		}
	}
	s := records()
	s.asked = nil
	if status, _ := fetch(t, s, "Observation"); status != 403 {
		t.Errorf("what was never asked for gives %d", status)
	}
}

func TestCapabilitiesTellNothingOfTheRecords(t *testing.T) {
	status, full := fetch(t, records(), "metadata")
	_, empty := fetch(t, &shelf{}, rest.Base+"/metadata")
	if status != 200 || !bytes.Equal(full, empty) || !bytes.Contains(full, []byte(`"CapabilityStatement"`)) {
		t.Errorf("capabilities are %d %s", status, full)
	}
}

// TestGivenAreThoseInTheAnswer: what was only looked at, to decide, is not.
func TestGivenAreThoseInTheAnswer(t *testing.T) {
	for address, want := range map[string]map[string]int{
		"Observation?code=4548-4&date=2024-01":            {"uuid-0": 1},
		"Observation?_count=1&_offset=1":                  {"uuid-1": 1},
		"Observation?_summary=count&code=4548-4":          {},
		"Observation?_id=o1&_include=Observation:patient": {"uuid-0": 1, "uuid-5": 1},
		"Observation/o1":                                  {"uuid-0": 1},
		"Observation/o1/_history/9":                       {},
		"Observation?code=":                               {},
		"Patient/p":                                       {}, // is of two sources
		"metadata":                                        {},
	} {
		s := records()
		if fetch(t, s, address); !maps.Equal(s.given, want) {
			t.Errorf("%s gives %v", address, s.given)
		}
	}
}

// TestCapabilitiesAreTrue asks by every parameter that a resource is said to have.
func TestCapabilitiesAreTrue(t *testing.T) {
	_, body := fetch(t, records(), "metadata")
	var said struct {
		Rest []struct {
			Resource []struct {
				Type        string
				SearchParam []struct{ Name, Type string }
			}
		}
	}
	if err := json.Unmarshal(body, &said); err != nil || len(said.Rest) != 1 || len(said.Rest[0].Resource) < 20 {
		t.Fatalf("%v %s", err, body)
	}
	known := map[string]bool{}
	for _, r := range said.Rest[0].Resource {
		for _, p := range r.SearchParam {
			known[p.Name] = true
		}
	}
	for _, r := range said.Rest[0].Resource {
		has := map[string]bool{}
		for _, p := range r.SearchParam {
			if has[p.Name] {
				t.Errorf("%s has %s twice", r.Type, p.Name)
			}
			has[p.Name] = true
		}
		for name := range known {
			if status, body := fetch(t, records(), r.Type+"?"+name+":missing=true"); (status == 200) != has[name] {
				t.Errorf("%s by %s gives %d %s", r.Type, name, status, body)
			}
		}
	}
}

// checkAnswer holds what is true of every answer.
func checkAnswer(t *testing.T, r rest.Response) {
	t.Helper()
	var resource struct{ ResourceType string }
	switch {
	case r.Status == 304 && r.Body == nil:
	case json.Unmarshal(r.Body, &resource) != nil, r.Status >= 400 && resource.ResourceType != "OperationOutcome", r.Status < 200 || r.Status >= 502 || r.Status == 500:
		t.Errorf("%d %s", r.Status, r.Body)
	case !strings.HasPrefix(r.Headers["content-type"], "application/fhir+json; fhirVersion="):
		t.Errorf("the media type is %q", r.Headers["content-type"])
	}
}
