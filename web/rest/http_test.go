package rest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/web/rest"
)

func TestMethods(t *testing.T) {
	for _, c := range []struct {
		method, url string
		status      int
		allow       string
	}{
		{"GET", "metadata", 200, ""},
		{"HEAD", "Observation/o1", 200, ""},
		{"HEAD", "Observation/none", 404, ""},
		{"POST", "metadata", 405, "GET, HEAD"},
		{"POST", "Observation", 405, "GET, HEAD"},
		{"PUT", "Observation/o1", 405, "GET, HEAD"},
		{"PATCH", "Observation/o1", 405, "GET, HEAD"},
		{"DELETE", "Observation/o1", 405, "GET, HEAD"},
		{"get", "Observation", 405, "GET, HEAD"},
		{"GET, HEAD", "Observation", 405, "GET, HEAD"},
		{"X", "Observation/o1/_history/3", 405, "GET, HEAD"},
		{"GET", "Observation/_search?code=x", 405, "POST"},
		{"GET", rest.Base, 405, "POST"},
		{"PUT", rest.Base + "/", 405, "POST"},
	} {
		r := rest.Serve(t.Context(), records(), now, rest.Request{Method: c.method, URL: c.url})
		checkAnswer(t, r)
		if r.Status != c.status || r.Headers["allow"] != c.allow {
			t.Errorf("%s %s gives %d, %q", c.method, c.url, r.Status, r.Headers["allow"])
		}
	}
}

func TestMediaTypes(t *testing.T) {
	for accept, want := range map[string]int{
		"":                                  200,
		"application/fhir+json":             200,
		"application/fhir+json, */*; q=0.1": 200, // Medplum's
		"application/json":                  200, // fhirclient's
		"application/json+fhir":             200,
		"APPLICATION/JSON;charset=utf-8":    200,
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": 200,
		"application/fhir+xml":        406,
		"text/html":                   406,
		"application/fhir+json-patch": 406,
		",;,":                         406,
	} {
		r := rest.Serve(t.Context(), records(), now, rest.Request{URL: "Observation", Headers: map[string]string{"accept": accept}})
		if checkAnswer(t, r); r.Status != want {
			t.Errorf("Accept: %s gives %d", accept, r.Status)
		}
	}
	headers := map[string]string{"accept": "application/fhir+xml"}
	for _, format := range []string{"json", "application/fhir%2Bjson", "application/fhir+json", "text/json"} {
		if r := rest.Serve(t.Context(), records(), now, rest.Request{URL: "Observation?_format=" + format, Headers: headers}); r.Status != 200 {
			t.Errorf("_format=%s gives %d: it goes before the header", format, r.Status)
		}
	}
}

func TestUnknownParametersAreRefusedUnlessLenient(t *testing.T) {
	const url = "Observation?nickname=x&status=preliminary&_has:x:y:z=&empty="
	ask := func(url, prefer string) rest.Response {
		return rest.Serve(t.Context(), records(), now, rest.Request{URL: url, Headers: map[string]string{"prefer": prefer}})
	}
	for _, prefer := range []string{"", "handling=strict", "return=minimal", "handling=lenient2"} {
		if r := ask(url, prefer); r.Status != 400 {
			t.Errorf("Prefer: %s gives %d", prefer, r.Status)
		}
	}
	for _, prefer := range []string{"handling=lenient", "respond-async; handling=lenient", "return=minimal, Handling=Lenient"} {
		r := ask("Observation?nickname=x&status=preliminary&empty=", prefer)
		b := decode(t, prefer, r.Status, r.Body)
		if b.ids() != "o4" || b.Link[0].URL != rest.Base+"/Observation?status=preliminary" {
			t.Errorf("Prefer: %s finds %s by %s", prefer, b.ids(), b.Link[0].URL)
		}
		// Servers must refuse a modifier that they don't know (FHIR R4 section 3.1.1.4.4).
		for _, refused := range []string{url, "Observation?code:above=x", "Observation?date=x"} {
			if r := ask(refused, prefer); r.Status != 400 {
				t.Errorf("Prefer: %s: %s gives %d", prefer, refused, r.Status)
			}
		}
	}
}

func TestSearchByPost(t *testing.T) {
	const form = "application/x-www-form-urlencoded; charset=UTF-8"
	for _, c := range []struct {
		url, contentType, body string
		status                 int
		ids                    string
	}{
		{"Observation/_search", form, "code=http%3A%2F%2Floinc.org%7C718-7", 200, "o3"},
		{"Observation/_search?status=final", form, "_sort=_id&patient=Patient%2Fp", 200, "o1 o2"},
		{"Observation/_search?_id=o2", "", "", 200, "o2"},
		{"Observation/_search", form, "nickname=x", 400, ""},
		{"Observation/_search", form, "%zz", 400, ""},
		{"Observation/_search", "application/json", `{"code":"x"}`, 415, ""},
		{"Observation/_search", "", "code=x", 415, ""},
		{"Observation/_search", form, strings.Repeat("a", 1<<20), 413, ""},
		{"Observation/_search", form, strings.Repeat("_id=1&", 1000), 400, ""},
		{"Observation/o1/_search", form, "", 404, ""},
		{"_search", form, "_id=o1", 404, ""},
	} {
		r := rest.Serve(t.Context(), records(), now, rest.Request{
			Method: "POST", URL: c.url, Body: c.body, Headers: map[string]string{"content-type": c.contentType},
		})
		checkAnswer(t, r)
		if r.Status != c.status || r.Status == 200 && decode(t, c.url, r.Status, r.Body).ids() != c.ids {
			t.Errorf("%s %s %.40q gives %d %s", c.url, c.contentType, c.body, r.Status, r.Body)
		}
	}
}

// TestVersions reads a version, whole or only if it is another, and those that are
// not kept.
func TestVersions(t *testing.T) {
	s := records()
	s.put("labResultRecord", "a", "Observation", "v", "", "final", `,"meta":{"versionId":"3","lastUpdated":"2024-02-01T10:00:00.5+01:00"}`)
	s.put("labResultRecord", "a", "Observation", "odd", "", "final", `,"meta":{"versionId":"a\"\nb"}`)
	read := func(url, ifNoneMatch string) rest.Response {
		r := rest.Serve(t.Context(), s, now, rest.Request{URL: url, Headers: map[string]string{"if-none-match": ifNoneMatch}})
		checkAnswer(t, r)
		return r
	}
	r := read("Observation/v", "")
	if r.Status != 200 || r.Headers["etag"] != `W/"3"` || r.Headers["last-modified"] != "Thu, 01 Feb 2024 09:00:00 GMT" {
		t.Errorf("%d %v", r.Status, r.Headers)
	}
	for _, tag := range []string{`W/"3"`, `"3"`, `W/"1", W/"3"`, "*"} {
		if r := read("Observation/v", tag); r.Status != 304 || r.Headers["etag"] != `W/"3"` {
			t.Errorf("If-None-Match: %s gives %d", tag, r.Status)
		}
	}
	for _, tag := range []string{`W/"2"`, "3", `W/""`, "W/"} {
		if r := read("Observation/v", tag); r.Status != 200 {
			t.Errorf("If-None-Match: %s gives %d", tag, r.Status)
		}
	}
	for url, want := range map[string]int{
		"Observation/v/_history/3": 200, "Observation/v/_history/1": 404, "Observation/v/_history/": 501, "Observation/v/_history/%20": 404,
		"Observation/o1/_history/1": 404, "Observation/none/_history/1": 404, "Observation/odd": 200,
	} {
		if r := read(url, ""); r.Status != want {
			t.Errorf("%s gives %d", url, r.Status)
		}
	}
	if r := read("Observation/odd", "*"); r.Status != 200 || r.Headers["etag"] != "" {
		t.Errorf("a version that no header can hold gives %d, %v", r.Status, r.Headers)
	}
}

func TestReleases(t *testing.T) {
	s := records()
	for n, version := range []string{"1.0.2", "3.0.2", "4.3.0", "5.0.0"} {
		s.put("medicationRecord", "a", "MedicationStatement", version, "", "active", "")
		s.samples[len(s.samples)-1].FHIR.Version = version
		r := rest.Serve(t.Context(), s, now, rest.Request{URL: "MedicationStatement/" + version})
		if want := "fhirVersion=" + version[:3] + ";"; !strings.Contains(r.Headers["content-type"], want) {
			t.Errorf("%d: %s is of the type %s", n, version, r.Headers["content-type"])
		}
	}
	for _, e := range search(t, s, "MedicationStatement").Entry {
		if len(e.Extension) != 1 || !strings.HasSuffix(e.FullURL, "/"+e.Extension[0].ValueCode) {
			t.Errorf("%s has %v", e.FullURL, e.Extension)
		}
	}
	if e := search(t, s, "MedicationRequest").Entry[0]; e.Extension != nil {
		t.Errorf("one of the Bundle's release has %v", e.Extension)
	}
}

func TestBatch(t *testing.T) {
	s := records()
	post := func(body string) rest.Response {
		r := rest.Serve(t.Context(), s, now, rest.Request{Method: "POST", URL: rest.Base, Body: body})
		checkAnswer(t, r)
		return r
	}
	r := post(`{"resourceType":"Bundle","type":"batch","entry":[
		{"request":{"method":"GET","url":"/Observation/o1"}},
		{"request":{"method":"GET","url":"Observation?code=718-7"}},
		{"request":{"method":"GET","url":"Observation/none"}},
		{"request":{"method":"HEAD","url":"Observation/o1"}},
		{"request":{"method":"PUT","url":"Observation/o1"},"resource":{"resourceType":"Observation"}},
		{"request":{"method":"POST","url":""}},
		{}]}`)
	var answer struct {
		ResourceType, Type string
		Entry              []struct {
			Resource json.RawMessage
			Response struct {
				Status  string
				Outcome *struct{ ResourceType string }
			}
		}
	}
	if err := json.Unmarshal(r.Body, &answer); err != nil || answer.Type != "batch-response" || len(answer.Entry) != 7 {
		t.Fatalf("%v %s", err, r.Body)
	}
	if string(answer.Entry[0].Resource) != s.raw["uuid-0"] || decode(t, "batch", 200, answer.Entry[1].Resource).ids() != "o3" {
		t.Errorf("%s", r.Body)
	}
	for at, want := range []string{"200", "200", "404", "200", "405", "405", "405"} {
		e := answer.Entry[at]
		if e.Response.Status != want || (want != "200") != (e.Response.Outcome != nil) || (at > 1) != (e.Resource == nil) {
			t.Errorf("entry %d: %+v", at, e)
		}
	}
	many := strings.Repeat(`{"request":{"method":"GET","url":"metadata"}},`, 101)
	for body, want := range map[string]int{
		"": 400, "[]": 400, `{"resourceType":"Bundle","type":"batch"`: 400, `{"resourceType":"Patient"}`: 400,
		`{"resourceType":"Bundle","type":"transaction","entry":[]}`:                        400,
		`{"resourceType":"Bundle","type":"batch","entry":7}`:                               400,
		`{"resourceType":"Bundle","type":"batch"}`:                                         200,
		fmt.Sprintf(`{"resourceType":"Bundle","type":"batch","entry":[%s{}]}`, many):       413,
		fmt.Sprintf(`{"resourceType":"Bundle","type":"batch","x":%s}`, deep(9_000)):        200,
		fmt.Sprintf(`{"resourceType":"Bundle","type":"batch","x":%s}`, deep(1_000_000)):    400,
		fmt.Sprintf(`{"resourceType":"Bundle","type":"batch","entry":[%s]}`, deep(10_000)): 400,
	} {
		if r := post(body); r.Status != want {
			t.Errorf("%.60s gives %d", body, r.Status)
		}
	}
}

func deep(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }

func FuzzServe(f *testing.F) {
	for _, seed := range []string{
		"metadata", "Observation?code=a|b,c\\,d&date=ge2024-01", rest.Base + "/Patient/p?_include=*", "Observation?_sort=-date&_count=1&_offset=2",
		"Observation?date=ap0001-01-01", "Observation?date=9999-12-31T23:59:60Z", "?&&=", "Observation?code=%5C", "Observation/o1/_history/1",
		"Observation?patient:Patient=Patient/p/_history/1&code:not=a|&date:missing=true", "Observation?_include=Observation:subject:Patient",
		"Condition?onset-date=2024&_sort=-recorded-date,_id", "Observation/_search?_format=application/fhir+json", "?_id=\x00", "Observation?" + strings.Repeat("&a", 99),
	} {
		f.Add("GET", seed, "application/json", "handling=lenient", "")
	}
	f.Add("POST", "", "", "", `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Observation?status=final"}}]}`)
	f.Add("POST", "Observation/_search", "*/*", "", "code=a&_sort=date")
	f.Add("GET", "Observation/o1", "", `W/"1"`, "")
	s := records()
	f.Fuzz(func(t *testing.T, method, address, accept, other, body string) {
		checkAnswer(t, rest.Serve(t.Context(), s, now, rest.Request{
			Method: method, URL: address, Body: body,
			Headers: map[string]string{"accept": accept, "prefer": other, "if-none-match": other, "content-type": "application/x-www-form-urlencoded"},
		}))
	})
}
