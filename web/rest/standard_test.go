package rest_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake"
	"github.com/keepwell-health/keepwell/store/mem"
	"github.com/keepwell-health/keepwell/store/seal/sealtest"
)

// brought is a file in memory.
type brought struct {
	name string
	*bytes.Reader
}

func (b brought) Name() string { return b.name }

// bring opens a store with what the files hold, and returns it as the person sees it.
func bring(t testing.TB, files ...intake.File) *store.Lookup {
	t.Helper()
	s := sealtest.Open(t, mem.New(), store.Options{Now: now})
	if _, err := intake.Import(t.Context(), s, files, nil); err != nil {
		t.Fatal(err)
	}
	lookup, err := s.Person().Lookup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return lookup
}

// shown are resources of one source, by the elements that the searches below look at.
const shown = `
{"resourceType":"Patient","id":"p","identifier":[{"system":"urn:oid:1.2","value":"77"},{"value":"78"}]}
{"resourceType":"Patient","id":"11111111-2222-4333-8444-555555555555","name":[{"family":"Urn"}]}
{"resourceType":"Group","id":"p"}
{"resourceType":"Encounter","id":"open","status":"in-progress","period":{"start":"2020-05-01T10:00:00Z"},"subject":{"reference":"Patient/p"}}
{"resourceType":"Encounter","id":"closed","status":"finished","period":{"start":"2020-05-01T10:00:00Z","end":"2020-05-03"},"subject":{"reference":"Group/p"}}
{"resourceType":"Encounter","id":"ended","status":"finished","period":{"end":"2020-05-03"},"subject":{"reference":"urn:uuid:11111111-2222-4333-8444-555555555555"}}
{"resourceType":"Encounter","id":"undated","status":"planned","subject":{"reference":"https://x.example/fhir/Patient/p/_history/4"}}
{"resourceType":"Condition","id":"old","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"onsetDateTime":"2001","recordedDate":"2021-03-04","code":{"coding":[{"system":"http://snomed.info/sct","code":"1"},{"system":"http://hl7.org/fhir/sid/icd-10","code":"A"}]},"subject":{"reference":"Patient/p"}}
{"resourceType":"Condition","id":"new","clinicalStatus":{"coding":[{"code":"resolved"}]},"onsetPeriod":{"start":"2022"},"recordedDate":"2022-03-04","code":{"coding":[{"code":"1"}]},"subject":{"reference":"Patient/p"}}
{"resourceType":"Condition","id":"bare","recordedDate":"2020","code":{"text":"?"},"subject":{"reference":"#contained"}}
{"resourceType":"AllergyIntolerance","id":"a","onsetDateTime":"2001","recordedDate":"2021-03-04","code":{"coding":[{"system":"s,|$\\","code":"c,|$\\"}]},"patient":{"reference":"Patient/p"}}
{"resourceType":"DocumentReference","id":"d","status":"current","date":"2021-03-04T05:06:07Z","context":{"period":{"start":"2020","end":"2020"}},"type":{"coding":[{"system":"http://loinc.org","code":"11506-3"}]},"subject":{"reference":"Patient/p"},"content":[{"attachment":{"contentType":"text/plain"}}]}
{"resourceType":"Immunization","id":"i","status":"completed","occurrenceDateTime":"2021-06-01","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"140"}]},"patient":{"reference":"Patient/p"}}
{"resourceType":"MedicationRequest","id":"m","status":"active","intent":"order","authoredOn":"2021-01-01","medicationReference":{"reference":"Medication/x"},"subject":{"reference":"Patient/p"}}
{"resourceType":"MedicationOrder","id":"mo","status":"active","dateWritten":"2014-05","medicationCodeableConcept":{"text":"?"},"patient":{"reference":"Patient/p"}}
{"resourceType":"MedicationDispense","id":"md","status":"completed","whenPrepared":"2014-05-01","whenHandedOver":"2014-05-02","medicationCodeableConcept":{"text":"?"},"subject":{"reference":"Patient/p"}}
{"resourceType":"Medication","id":"x","code":{"text":"?"}}
{"resourceType":"MedicationStatement","id":"ms","status":"active","effectivePeriod":{"start":"2019"},"dateAsserted":"2023","medicationCodeableConcept":{"text":"?"},"subject":{"reference":"Patient/p"}}
{"resourceType":"Observation","id":"r","meta":{"lastUpdated":"2025-06-01T00:00:00Z"},"status":"final","effectiveDateTime":"2024-03-01T23:30:00-05:00","code":{"coding":[{"system":"http://loinc.org","code":"1"}]},"category":[{"coding":[{"system":"s1","code":"survey"}]},{"coding":[{"system":"s2","code":"x"}]}],"subject":{"reference":"Patient/p"},"encounter":{"reference":"Encounter/open"}}
`

// TestSearchByTheStandard holds what FHIR R4 says of each kind of parameter, and of each
// modifier and prefix, over a store.
func TestSearchByTheStandard(t *testing.T) {
	person := bring(t, brought{"shown.ndjson", bytes.NewReader([]byte(strings.TrimSpace(shown)))})
	for _, c := range [][2]string{
		// References (section 3.1.1.4.12): by id, type and id, and address.
		{"Encounter?patient=p", "open undated"}, // and no Group/p
		{"Encounter?patient=Patient/p", "open undated"},
		{"Encounter?patient=Group/p", ""},
		{"Encounter?subject=p", "closed open undated"},
		{"Encounter?subject=Group/p", "closed"},
		{"Encounter?subject:Group=p", "closed"},
		{"Encounter?subject:Patient=Group/p", ""},
		{"Encounter?patient=https://x.example/fhir/Patient/p", "undated"},
		{"Encounter?patient=https://y.example/fhir/Patient/p", ""},
		{"Encounter?patient=https://keepwell.invalid/fhir/Patient/p", "open undated"},
		{"Encounter?patient=Patient/11111111-2222-4333-8444-555555555555", "ended"},
		{"Encounter?patient=urn:uuid:11111111-2222-4333-8444-555555555555", "ended"},
		{"Encounter?patient=p,11111111-2222-4333-8444-555555555555", "ended open undated"},
		{"Encounter?subject=p&subject=Group/p", "closed"},
		{"Encounter?subject:missing=true", ""},
		{"Condition?patient=contained", ""},

		// Tokens (section 3.1.1.4.10).
		{"Condition?code=1", "new old"},
		{"Condition?code=http://snomed.info/sct|1", "old"},
		{"Condition?code=|1", "new"},
		{"Condition?code=http://snomed.info/sct|", "old"},
		{"Condition?code=http://snomed.info/sct|2,A", "old"},
		{"Condition?code=1&code=A", "old"},
		{"Condition?code=a", ""}, // codes tell small letters from large ones
		{"Condition?code:not=A", "bare new"},
		{"Condition?code:not=A,1", "bare"},
		{"Condition?code:not=http://hl7.org/fhir/sid/icd-10|", "bare new"},
		{"Condition?code:missing=true", "bare"},
		{"Condition?code:missing=false", "new old"},
		{`AllergyIntolerance?code=s\,\|\$\\|c\,\|\$\\`, "a"},
		{`AllergyIntolerance?code=c\,\|\$\\`, "a"},
		{`AllergyIntolerance?code=c\,\|$\\,x`, "a"}, // $ separates nothing in a token
		{"Observation?category=survey", "r"},
		{"Observation?category=survey&category=s2|x", "r"},
		{"Observation?category=s2|survey", ""},
		{"Observation?category:not=survey", ""},
		{"Immunization?vaccine-code=http://hl7.org/fhir/sid/cvx|140", "i"},
		{"DocumentReference?type=http://loinc.org|11506-3", "d"},
		{"Patient?identifier=77", "p"},
		{"Patient?identifier=urn:oid:1.2|77,x", "p"},
		{"Patient?identifier=urn:oid:1.2|78", ""},
		{"Patient?identifier=|78", "p"},
		{"Patient?identifier:missing=true", "11111111-2222-4333-8444-555555555555"},
		{"Condition?clinical-status=active", "old"},
		{"Condition?clinical-status=http://terminology.hl7.org/CodeSystem/condition-clinical|active,resolved", "new old"},
		{"Condition?clinical-status:not=active", "bare new"},
		{"Condition?clinical-status:missing=true", "bare"},
		{"Encounter?status=finished,planned", "closed ended undated"},
		{"Encounter?_id:not=open", "closed ended undated"},
		{"Encounter?_id=open,closed&_id=closed,ended", "closed"},

		// Dates (section 3.1.1.4.7): a Period without a bound goes on for ever.
		{"Encounter?date=2020", "closed"},
		{"Encounter?date=2020-05-03", ""},
		{"Encounter?date=ge2024", "open"},
		{"Encounter?date=gt2020-05-03", "open"},
		{"Encounter?date=ge2020-05-03", "open"}, // no other reaches beyond that day, or lies in it
		{"Encounter?date=ge2020-05-02", "closed ended open"},
		{"Encounter?date=lt2020-05-01", "ended"},
		{"Encounter?date=le2020-05-01", "ended"},
		{"Encounter?date=le2020-05-02", "closed ended open"},
		{"Encounter?date=sa2020-04-30", "closed open"},
		{"Encounter?date=sa2020-05-01", ""},
		{"Encounter?date=eb2020-05-04", "closed ended"},
		{"Encounter?date=eb2020-05-03", ""},
		{"Encounter?date=ne2020", "ended open"},
		{"Encounter?date=ap2020-05-02", "closed ended open"},
		{"Encounter?date=ge2019&date=lt2021", "closed ended open"},
		{"Encounter?date=lt1900,gt2100", "ended open"},
		{"Encounter?date:missing=true", "undated"},
		{"Encounter?date:missing=false", "closed ended open"},
		{"Observation?date=2024-03-02", "r"}, // in UTC
		{"Observation?date=2024-03-01", ""},
		{"Observation?date=2024-03-01T23:30:00-05:00", "r"},
		{"Observation?date=2024-03-02T04:30:00Z", "r"},
		{"Observation?date=2024-03-02T04:30", "r"},
		{"Observation?date=gt2024-03-02T04:30:00Z", ""},
		{"Observation?date=ge2024-03-02T04:30:00.000Z", "r"},
		{"Observation?date=le2024-03", "r"},

		// Each parameter is of its own element.
		{"Condition?onset-date=2001", "old"},
		{"Condition?onset-date=ge2023", "new"},
		{"Condition?onset-date:missing=true", "bare"},
		{"Condition?recorded-date=2021", "old"},
		{"Condition?recorded-date=ge2020&_sort=-recorded-date", "new old bare"},
		{"AllergyIntolerance?date=2021", "a"},
		{"AllergyIntolerance?date=2001", ""},
		{"DocumentReference?date=2021-03-04", "d"},
		{"DocumentReference?date=2020", ""},
		{"DocumentReference?period=2020", "d"},
		{"MedicationRequest?authoredon=2021-01-01", "m"},
		{"MedicationOrder?patient=p&datewritten=2014&status=active", "mo"},
		{"MedicationDispense?whenhandedover=2014-05-02", "md"},
		{"MedicationStatement?effective=ge2024", "ms"},
		{"MedicationStatement?effective=2023", ""},
		{"Observation?_lastUpdated=2025-06", "r"},
		{"Observation?_lastUpdated=gt2025-06", ""},
		{"Encounter?_lastUpdated=2026-01-01", "closed ended open undated"}, // when they were brought
		{"Encounter?_lastUpdated:missing=true", ""},

		// Sorting (section 3.1.1.5.1): what has no date comes last either way.
		{"Encounter?_sort=date,_id", "closed open ended undated"},
		{"Encounter?_sort=-date,-_id", "ended open closed undated"},
		{"Condition?_sort=onset-date", "old new bare"},
		{"Condition?_sort=-onset-date", "new old bare"},
		{"Condition?_sort=-_id", "old new bare"},

		// What is not needed may be given (section 3.1.1.5.8).
		{"Condition?_elements=id&_summary=true&_total=none&_pretty=true&code=A", "old"},

		// _include (section 3.1.1.5.5), within the source.
		{"Encounter?_id=open&_include=Encounter:subject", "open p"},
		{"Encounter?_id=ended&_include=Encounter:patient", "ended 11111111-2222-4333-8444-555555555555"},
		{"Encounter?_id=closed&_include=Encounter:subject", "closed p"},
		{"Encounter?_id=closed&_include=Encounter:patient", "closed"}, // it is a Group
		{"Encounter?_id=ended&_include=Encounter:subject:Group", "ended"},
		{"Encounter?_id=closed&_include=Encounter:subject:Group", "closed p"},
		{"Encounter?_id=closed&_include=Encounter:subject:Patient", "closed"},
		{"Encounter?_id=undated&_include=Encounter:subject", "undated p"},
		{"Observation?_include=Observation:encounter&_include=Observation:subject", "r open p"},
		{"Observation?_include=*", "r open p"},
		{"MedicationRequest?_include=MedicationRequest:medication", "m x"},
		{"Encounter?_id=ended&_include=*", "ended 11111111-2222-4333-8444-555555555555"},
	} {
		query, want := c[0], c[1]
		if !strings.Contains(query, "_sort") {
			query += "&_sort=_id"
		}
		b := search(t, person, query)
		if b.ids() != want {
			t.Errorf("%s finds %q, want %q", c[0], b.ids(), want)
		}
	}
}

// TestSelfLinkTellsWhatWasHeeded: a client sees there which parameters made a
// difference (FHIR R4 section 3.1.1.2).
func TestSelfLinkTellsWhatWasHeeded(t *testing.T) {
	b := search(t, records(), "Observation?status=final&_elements=id&_summary=data&_format=json&_count=2&_offset=2")
	if want := "https://keepwell.invalid/fhir/Observation?status=final&_format=json&_count=2&_offset=2"; b.Link[0].Relation != "self" || b.Link[0].URL != want {
		t.Errorf("%+v", b.Link)
	}
}
