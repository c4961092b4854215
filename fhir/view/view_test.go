package view

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/fhir"
)

// TestBadInput reads what is no record, or a broken one: a View comes of each,
// and says in words that it is not whole.
func TestBadInput(t *testing.T) {
	nested := strings.Repeat(`{"extension":[`, 10_000) + strings.Repeat(`]}`, 10_000)
	cases := []struct{ name, raw, shows, note string }{
		{"nothing", "", "", noteUnread},
		{"white space", " \n", "", noteUnread},
		{"null", "null", "", noteNoModel},
		{"a string", `"text"`, "text", noteNoModel},
		{"an array", `[{"resourceType":"Patient","gender":"male"}]`, "Gender: Male", noteNoModel},
		{"an empty object", "{}", "", noteNoModel},
		{"an HTML page", "<html><body>Log in</body></html>", "Log in", noteUnread},
		{"cut short", `{"resourceType":"Patient","gender":"male","name":[{"family":"Quill"`, "Gender: Male", noteUnread},
		{"cut in a string", `{"resourceType":"Patient","gender":"male","birthDate":"19`, "Gender: Male", noteUnread},
		{"something after the end", `{"resourceType":"Patient","gender":"male"} and more`, "and more", noteUnread},
		{"a missing comma", `{"resourceType":"Patient" "gender":"male"}`, "gender", noteUnread},
		{"a byte order mark", "\ufeff{\"resourceType\":\"Patient\",\"gender\":\"male\"}", "Gender: Male", ""},
		{"UTF-16", "\xff\xfe{\x00}\x00", "{", noteUnread},
		{"bytes that are no UTF-8", "{\"resourceType\":\"Patient\",\"language\":\"\xff\"}", "\ufffd", ""},
		{"a lone surrogate", `{"resourceType":"Patient","language":"\ud800"}`, "\ufffd", ""},
		{"10,000 levels", `{"resourceType":"Patient","gender":"male","contained":` + nested + `}`, "Gender: Male", noteUnread},
		{"10,000 levels of arrays", `{"resourceType":"Patient","gender":"male","name":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "}", "Gender: Male", noteUnread},
		{"10,000 levels that never end", `{"resourceType":"Patient","gender":"male","name":` + strings.Repeat("[", 10_000), "Gender: Male", noteUnread},
		{"an unknown resource", `{"resourceType":"Horoscope","sign":"Leo"}`, "Sign: Leo", noteNoModel},
		{"no resourceType", `{"gender":"male"}`, "Gender: Male", noteNoModel},
		{"a resourceType that is no string", `{"resourceType":{"a":1},"gender":"male"}`, "Gender: Male", noteNoModel},
		{"an unknown code", `{"resourceType":"Patient","gender":"left-handed"}`, "Gender: Left handed", noteRefused},
		{"a string for a boolean", `{"resourceType":"Patient","active":"true"}`, "Active: true", noteRefused},
		{"an object for an array", `{"resourceType":"Patient","name":{"family":"Quill"}}`, "Name: Quill", noteRefused},
		{"an array for an object", `{"resourceType":"Patient","maritalStatus":[{"text":"Single"}]}`, "Marital status: Single", noteRefused},
		{"an object for a string", `{"resourceType":"Patient","birthDate":{"year":1980}}`, "Year: 1980", noteRefused},
		{"an unknown member", `{"resourceType":"Patient","shoeSize":44}`, "Shoe size: 44", noteNotWhole},
		{"a member in other letters", `{"resourceType":"Patient","Gender":"male"}`, "Gender: male", noteNotWhole},
		{"a member twice", `{"resourceType":"Patient","gender":"male","gender":"female"}`, "Gender: Male", noteNotWhole},
		{"a member twice, the other one", `{"resourceType":"Patient","gender":"male","gender":"female"}`, "Gender: Female", noteNotWhole},
		{"a contained resource", `{"resourceType":"Patient","contained":[{"resourceType":"Organization","name":"Acme"}]}`, "Organization (within this record): Acme", noteNotWhole},
		{"contained that is no resource", `{"resourceType":"Patient","contained":["a",{"b":"c"},null]}`, "Contained: a", noteNotWhole},
		{"an extension beside a primitive", `{"resourceType":"Patient","_birthDate":{"id":"x1"}}`, "Date of birth, id: x1", noteNotWhole},
		{"null values", `{"resourceType":"Patient","gender":null,"name":[null,{"given":[null,"Mara"]}]}`, "Name: Mara", ""},
		{"empty objects and arrays", `{"resourceType":"Patient","name":[],"maritalStatus":{},"telecom":[{}]}`, "Patient", ""},
		{"a narrative that is no object", `{"resourceType":"Patient","text":"Hello"}`, "Text: Hello", noteRefused},
		{"a number that no float holds", `{"resourceType":"Observation","status":"final","code":{},"valueQuantity":{"value":1e9999}}`, "Result: 1e9999", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			view := Of([]byte(c.raw), fhir.Summary{Release: fhir.R4})
			got := render(view)
			if !strings.Contains(got, c.shows) {
				t.Errorf("%q is not in\n%s", c.shows, got)
			}
			if view.Typed != (c.note == "") || c.note != "" && !strings.Contains(got, c.note) {
				t.Errorf("want the note %q in\n%s", c.note, got)
			}
		})
	}
}

func TestOtherResourceTypeThanTheSummarySays(t *testing.T) {
	view := Of([]byte(`{"resourceType":"Patient","gender":"male"}`), fhir.Summary{ResourceType: "Observation", Release: fhir.R4})
	if view.Typed {
		t.Error("typed")
	}
}

func TestLongValues(t *testing.T) {
	long := strings.Repeat("wörd ", 10_000)
	encoded := strings.Repeat("QUJD", 1000)
	cases := []struct{ name, raw, shows, hides, note string }{
		{"a long text", `{"resourceType":"Patient","language":"` + long + `"}`, "wörd wörd", long, noteShortened},
		{"attachment data", `{"resourceType":"Patient","photo":[{"data":"QUJD"}]}`, "4 bytes of encoded data", "QUJD", noteEncoded},
		{"data in a Binary", `{"resourceType":"Binary","content":"QUJD"}`, "4 bytes of encoded data", "QUJD", noteEncoded},
		{"data in an extension", `{"resourceType":"Patient","extension":[{"url":"x","valueBase64Binary":"QUJD"}]}`, "4 bytes of encoded data", "QUJD", noteEncoded},
		{"a signature", `{"resourceType":"Provenance","signature":[{"sigFormat":"application/jose","data":"QUJD"}]}`, "4 bytes of encoded data", "QUJD", noteEncoded},
		{"data where none is expected", `{"resourceType":"Patient","language":"` + encoded + `"}`, "4000 bytes of encoded data", encoded, noteEncoded},
		{"a data URL", `{"resourceType":"Patient","photo":[{"url":"data:image/png;base64,` + encoded + `"}]}`, "bytes of encoded data", encoded, noteEncoded},
		{"data in a contained resource", `{"resourceType":"Patient","contained":[{"resourceType":"Binary","data":"QUJD"}]}`, "4 bytes of encoded data", "QUJD", noteEncoded},
		{"samples are no data", `{"resourceType":"Observation","valueSampledData":{"origin":{"value":0},"period":10,"dimensions":1,"data":"1 2 E"}}`, "Data: 1 2 E", noteEncoded, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := render(Of([]byte(c.raw), fhir.Summary{}))
			if !strings.Contains(got, c.shows) || strings.Contains(got, c.hides) || !strings.Contains(got, c.note) {
				t.Errorf("got %.2000s", got)
			}
		})
	}
}

// TestManyValues shows that a record of millions of values stays bounded.
func TestManyValues(t *testing.T) {
	for name, raw := range map[string]string{
		"numbers": `{"resourceType":"Patient","a":[` + strings.Repeat("1,", 300_000) + `1]}`,
		"members": `{"resourceType":"Patient"` + strings.Repeat(`,"a":{}`, 300_000) + `}`,
		"objects": `{"resourceType":"Patient","a":[` + strings.Repeat(`{"b":1},`, 300_000) + `{}]}`,
	} {
		root, whole := parse([]byte(raw))
		if count := countNodes(root); count > maxNodes+100 || whole {
			t.Errorf("%s: %d nodes, whole: %v", name, count, whole)
		}
		if view := Of([]byte(raw), fhir.Summary{}); len(view.Fields) == 0 || view.Typed {
			t.Errorf("%s: %d fields, typed: %v", name, len(view.Fields), view.Typed)
		}
	}
}

func countNodes(n *node) int {
	count := 1
	for _, item := range n.items {
		count += countNodes(item)
	}
	return count
}

func FuzzView(f *testing.F) {
	f.Add([]byte(`{"resourceType":"MedicationRequest","dosageInstruction":[{"timing":{"repeat":{"frequency":2,"when":["HS"]}},"doseAndRate":[{"doseRange":{"low":{"value":1}}}]}]}`), "R4")
	f.Add([]byte(`{"resourceType":"AllergyIntolerance","reaction":{"manifestation":[],"severity":"CRITH"},"contained":[{"id":"a"}],"recorder":{"reference":"#a"}}`), "DSTU2")
	f.Add([]byte(`{"resourceType":"Observation","component":[{"code":{"coding":[{"code":"H","userSelected":true}]},"valueRatio":{"numerator":{"value":1}}}],"text":{"div":"<p>a"}}`), "R5")
	f.Add([]byte(`{"resourceType":"Patient","name":[{"given":[null]}],"_birthDate":[[{}]],"extension":[{"url":"a","extension":[{"valueMoney":{"value":1.0}}]}],"a":1}{`), "")
	f.Fuzz(func(t *testing.T, raw []byte, release string) {
		root, whole := parse(raw)
		view := tell(root, whole, fhir.Summary{Release: fhir.Release(release)})
		if left := unsaidIn(root); left != "" && root.kind == object {
			t.Errorf("%s was not said", left)
		}
		if view.Typed != whole && view.Typed {
			t.Error("typed, though not whole")
		}
		if !view.Typed && len(view.Notes) == 0 {
			t.Error("no note says why it is not typed")
		}
		check(t, view.Narrative, "")
		if _, err := json.Marshal(view); err != nil {
			t.Error(err)
		}
	})
}
