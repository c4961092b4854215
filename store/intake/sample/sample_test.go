package sample

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
)

var testDay = time.Date(2026, time.November, 23, 15, 0, 0, 0, time.UTC)

// entries returns the resources of a bundle by their id.
func entries(t *testing.T, b Bundle) map[string]json.RawMessage {
	t.Helper()
	var parsed struct {
		ResourceType string
		Entry        []struct {
			FullURL  string `json:"fullUrl"`
			Resource json.RawMessage
		}
	}
	if err := json.Unmarshal(b.Data, &parsed); err != nil {
		t.Fatalf("%s: %v", b.Name, err)
	}
	byID := map[string]json.RawMessage{}
	for _, e := range parsed.Entry {
		var head struct{ ID string }
		if err := json.Unmarshal(e.Resource, &head); err != nil {
			t.Fatal(err)
		}
		if byID[head.ID] != nil || e.FullURL != "urn:uuid:"+head.ID {
			t.Errorf("%s: %s stands twice or differs from its fullUrl", b.Name, head.ID)
		}
		byID[head.ID] = e.Resource
	}
	return byID
}

func TestBundlesAreTheSameEveryTime(t *testing.T) {
	first, second := Bundles(testDay), Bundles(testDay)
	for at := range first {
		if !bytes.Equal(first[at].Data, second[at].Data) {
			t.Errorf("%s differs from run to run", first[at].Name)
		}
	}
}

func TestALaterDayOnlyAddsToWhatIsOver(t *testing.T) {
	earlier, later := Bundles(testDay.AddDate(-3, 0, 0)), Bundles(testDay)
	for at := range earlier {
		before, after := entries(t, earlier[at]), entries(t, later[at])
		kept, changed := 0, map[string]int{}
		for id, raw := range before {
			switch {
			case bytes.Equal(raw, after[id]):
				kept++
			default:
				changed[typeOf(t, raw)]++
			}
		}
		for resourceType := range changed {
			// A course may end, a policy may end, a pharmacy's last year moves on.
			if !slices.Contains([]string{"MedicationRequest", "MedicationDispense", "Coverage", "Condition"}, resourceType) {
				t.Errorf("%s: %d of %s changed", earlier[at].Name, changed[resourceType], resourceType)
			}
		}
		if kept*10 < len(before)*9 {
			t.Errorf("%s: only %d of %d stayed as they were", earlier[at].Name, kept, len(before))
		}
	}
}

func typeOf(t *testing.T, raw []byte) string {
	t.Helper()
	var head struct{ ResourceType string }
	if err := json.Unmarshal(raw, &head); err != nil {
		t.Fatal(err)
	}
	return head.ResourceType
}

func TestEveryPlaceSpeaksItsRelease(t *testing.T) {
	want := map[string]string{"Sample Location A.json": "MedicationOrder", "Sample Location B.json": "MedicationRequest", "Sample Location C.json": "MedicationRequest"}
	for _, b := range Bundles(testDay) {
		found := map[string]bool{}
		for _, raw := range entries(t, b) {
			found[typeOf(t, raw)] = true
		}
		if !found[want[b.Name]] {
			t.Errorf("%s has no %s", b.Name, want[b.Name])
		}
		if found["MedicationOrder"] && found["MedicationRequest"] {
			t.Errorf("%s mixes releases", b.Name)
		}
	}
}

// TestReferencesLeadSomewhere follows every reference into its own bundle.
func TestReferencesLeadSomewhere(t *testing.T) {
	for _, b := range Bundles(testDay) {
		byID := entries(t, b)
		for _, raw := range byID {
			for part := range strings.SplitSeq(string(raw), `"reference":"urn:uuid:`) {
				if strings.HasPrefix(part, "{") {
					continue
				}
				if byID[part[:36]] == nil {
					t.Fatalf("%s: a reference leads nowhere: %s", b.Name, part[:36])
				}
			}
		}
	}
}

// TestSummariesHaveAll holds that every clinical type is there as the catalogue
// sees it, that each chart is of its place's release, and that nothing is dated
// after the day it is made for.
func TestSummariesHaveAll(t *testing.T) {
	found := map[store.TypeID]int{}
	for at, place := range []site{siteA, siteB, siteC} {
		reader := fhir.NewReader(bytes.NewReader(Bundles(testDay)[at].Data), fhir.ReaderOptions{})
		for {
			resource, err := reader.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			sum, err := fhir.Summarize(resource.Raw, resource.Release)
			if err != nil {
				t.Fatal(err)
			}
			found[store.ClinicalType(&sum)]++
			if sum.Release != place.release {
				t.Errorf("%s: a %s of %s", place.name, sum.ResourceType, sum.Release)
			}
			if sum.Start.Time.After(testDay) {
				t.Errorf("%s: a %s of %s", place.name, sum.ResourceType, sum.Start.Text)
			}
		}
	}
	for _, row := range store.Catalogue() {
		if (row.Kind == store.KindClinical || row.Kind == store.KindOther) && found[row.ID] == 0 {
			t.Errorf("no record of type %s", row.ID)
		}
	}
}

// TestVaccinesAreGivenAtTheRightAge checks the rules that the schedule follows.
func TestVaccinesAreGivenAtTheRightAge(t *testing.T) {
	all := append([]shot(nil), shots...)
	for year := firstYear; year <= 2026; year++ {
		all = append(all, seasonalShots(year)...)
	}
	for _, s := range all {
		age := int(yearOf(s.day.time()) - yearOf(maya.birth.time()))
		switch {
		case s.vaccine == zoster && age < 50:
			t.Errorf("shingles at %d", age)
		case strings.HasPrefix(s.vaccine.text, "COVID-19") && s.day < "2020-12-14":
			t.Errorf("a COVID-19 vaccine on %s, before there was one", s.day)
		case s.vaccine == covidBivalent && s.day < "2022-09-01":
			t.Errorf("the bivalent vaccine on %s", s.day)
		case s.vaccine.text == "Influenza" && s.day.time().Month() != time.October:
			t.Errorf("influenza on %s", s.day)
		}
	}
}

func TestFitnessOverlapsAndStaysPlausible(t *testing.T) {
	byDay := map[day]map[string]float64{}
	var last int64
	overlaps, count := 0, 0
	var previous store.Sample
	for s := range Fitness(testDay) {
		count++
		if s.Value == nil || *s.Value <= 0 || s.EndDate <= s.StartDate || s.EndDate > testDay.UnixMilli() {
			t.Fatalf("a sample that can't be: %+v", s)
		}
		last = max(last, s.EndDate)
		if s.Type != steps {
			continue
		}
		if s.Source.ID != previous.Source.ID && s.StartDate < previous.EndDate {
			overlaps++
		}
		previous = s
		on := dayOf(time.UnixMilli(s.StartDate).In(zoneOf(time.UnixMilli(s.StartDate))))
		if byDay[on] == nil {
			byDay[on] = map[string]float64{}
		}
		byDay[on][s.Source.Name] += *s.Value
	}
	onlyOne, total := 0, 0.0
	for _, devices := range byDay {
		if len(devices) == 1 {
			onlyOne++
		}
		total += devices[watch.Name]
	}
	average := total / float64(len(byDay))
	t.Logf("%d samples on %d days, %d overlaps, %d days with one device, %.0f steps a day on the watch", count, len(byDay), overlaps, onlyOne, average)
	if len(byDay) < 730 || overlaps < 5000 || onlyOne < 10 || average < 5000 || average > 12000 {
		t.Error("the devices' samples are not what two years of walking look like")
	}
	if testDay.Sub(time.UnixMilli(last)) > 24*time.Hour {
		t.Error("the samples end before today")
	}
}

func TestWriteNDJSON(t *testing.T) {
	const n = 2500 // more than one person's
	var first, second bytes.Buffer
	if err := WriteNDJSON(&first, n); err != nil {
		t.Fatal(err)
	}
	if err := WriteNDJSON(&second, n); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("differs from run to run")
	}
	lines := bytes.Split(bytes.TrimSuffix(first.Bytes(), []byte("\n")), []byte("\n"))
	if len(lines) != n {
		t.Fatalf("%d lines, want %d", len(lines), n)
	}
	types, ids := map[string]int{}, map[string]bool{}
	for at, line := range lines {
		var head struct{ ResourceType, ID string }
		if err := json.Unmarshal(line, &head); err != nil {
			t.Fatalf("line %d: %v", at+1, err)
		}
		if ids[head.ID] {
			t.Fatalf("line %d: an id that was there before", at+1)
		}
		ids[head.ID] = true
		types[head.ResourceType]++
	}
	t.Log(fmt.Sprint(slices.Sorted(maps.Keys(types)), first.Len()/n, "bytes each"))
}

func TestObjectsWriteValidJSON(t *testing.T) {
	o := object{}.with("text", "a \"quoted\" back\\slash\nline\tand \x01, é, 😀").
		with("n", number("1.00")).with("i", 3).with("b", true).
		with("o", object{{"k", "v"}}).with("os", []object{{}, {{"k", "v"}}}).with("ss", []string{"x", "y"}).
		with("none", "").with("no", object(nil)).with("nos", []object(nil)).with("nil", nil).with("non", number(""))
	const want = `{"text":"a \"quoted\" back\\slash\nline\u0009and \u0001, é, 😀","n":1.00,"i":3,"b":true,"o":{"k":"v"},"os":[{},{"k":"v"}],"ss":["x","y"]}`
	if got := string(o.appendTo(nil)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
