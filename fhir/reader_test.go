package fhir_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"

	"github.com/keepwell-health/keepwell/fhir"
)

// describe reads a file to its end and writes one line for each thing that Next
// returns: "Patient /entry/0/resource" or "error 12 /entry/1: the rule".
func describe(src io.Reader, options fhir.ReaderOptions) []string {
	reader := fhir.NewReader(src, options)
	var lines []string
	for {
		got, err := reader.Next()
		var broken *fhir.Error
		switch {
		case err == nil:
			line := field(got.Raw, `"resourceType":"`)
			for _, part := range []string{got.Pointer, got.FullURL, string(got.Release)} {
				if part != "" {
					line += " " + part
				}
			}
			if got.Line > 0 {
				line += fmt.Sprintf(" line %d", got.Line)
			}
			lines = append(lines, line)
		case err == io.EOF:
			return lines
		case !errors.As(err, &broken):
			return append(lines, "failure "+err.Error())
		default:
			line := fmt.Sprintf("error %d", broken.Offset)
			if broken.Pointer != "" {
				line += " " + broken.Pointer
			}
			if broken.Line > 0 {
				line += fmt.Sprintf(" line %d", broken.Line)
			}
			line += ": " + broken.Rule
			if broken.Fatal {
				return append(lines, "fatal "+line)
			}
			lines = append(lines, line)
		}
	}
}

// field returns the text between a prefix and the next quote.
func field(raw []byte, prefix string) string {
	_, after, _ := strings.Cut(string(raw), prefix)
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// here marks in the file of a case the byte that an error must name, and in the
// wanted error its offset.
const here = "‸"

// readerCase is a file and what Next returns for it.
type readerCase struct {
	name, file string
	want       []string
}

// formatCases are files without a fault, in every form that a Reader takes.
var formatCases = []readerCase{
	{"one resource", `{"resourceType":"Patient","id":"a"}`, []string{"Patient"}},
	{"a resource between white space", "\r\n\t {\"resourceType\":\"Patient\"} \n", []string{"Patient"}},
	{"resourceType last", `{"id":"a","meta":{"profile":["x"]},"type":{"text":"t"},"link":[{"url":1}],"resourceType":"Patient"}`, []string{"Patient"}},
	{"byte order mark", "\xEF\xBB\xBF" + `{"resourceType":"Patient"}`, []string{"Patient"}},
	{"an escaped key", `{"resource\u0054ype":"Patient"}`, []string{""}},
	{"array", `[{"resourceType":"Patient"}, {"resourceType":"Condition"}]`, []string{"Patient /0", "Condition /1"}},
	{"empty array", `[]`, nil},
	{"ndjson", "{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Condition\"}\n", []string{"Patient line 1", "Condition line 2"}},
	{"ndjson with CRLF and empty lines", "{\"resourceType\":\"Patient\"}\r\n\r\n{\"resourceType\":\"Condition\"}", []string{"Patient line 1", "Condition line 3"}},
	{"resources one after the other", "{\"resourceType\":\"Patient\"}{\n\"resourceType\":\"Condition\"}\n{\"resourceType\":\"Goal\"}",
		[]string{"Patient line 1", "Condition line 1", "Goal line 3"}},
	{"bundle", `{"resourceType":"Bundle","type":"searchset","entry":[{"fullUrl":"urn:x","resource":{"resourceType":"Patient"}},{"resource":{"resourceType":"Goal"}}]}`,
		[]string{"Patient /entry/0/resource urn:x", "Goal /entry/1/resource"}},
	{"bundle with entry before all else", `{"entry":[{"resource":{"resourceType":"Patient"}}],"type":"batch","resourceType":"Bundle"}`,
		[]string{"Patient /entry/0/resource"}},
	{"bundle whose entry begins with an extension", `{"entry":[{"id":"1","search":{"mode":"match"},"resource":{"resourceType":"Patient"}}],"resourceType":"Bundle"}`,
		[]string{"Patient /entry/0/resource"}},
	{"fullUrl behind the resource", `{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"},"search":{"score":1},"fullUrl":"urn:x"}]}`,
		[]string{"Patient /entry/0/resource urn:x"}},
	{"bundle without entries", `{"resourceType":"Bundle","type":"searchset","total":0}`, nil},
	{"bundle of entries without a resource", `{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE","url":"Patient/1"}},{"response":{"status":"204"}},{}]}`, nil},
	{"bundle whose entry is null", `{"resourceType":"Bundle","entry":null}`, nil},
	{"bundle whose entry is one object", `{"resourceType":"Bundle","entry":{"fullUrl":"urn:x","resource":{"resourceType":"Patient"}}}`,
		[]string{"Patient /entry/resource urn:x"}},
	{"bundle of bundles", `{"resourceType":"Bundle","entry":[{"fullUrl":"urn:outer","resource":{"resourceType":"Bundle","entry":[{"fullUrl":"urn:inner","resource":{"resourceType":"Goal"}}]}},{"resource":{"resourceType":"Flag"}}]}`,
		[]string{"Goal /entry/0/resource/entry/0/resource urn:inner", "Flag /entry/1/resource"}},
	{"array of bundles", `[{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Goal"}}]},{"resourceType":"Patient"}]`,
		[]string{"Goal /0/entry/0/resource", "Patient /1"}},
	{"ndjson of bundles", "{\"resourceType\":\"Goal\"}\n{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\"}}]}\n{\"resourceType\":\"Flag\"}",
		[]string{"Goal line 1", "Patient /entry/0/resource line 2", "Flag line 3"}},
	{"contained resources stay inside", `{"resourceType":"Condition","contained":[{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Goal"}}]}]}`, []string{"Condition"}},
	{"parameters stay whole", `{"resourceType":"Parameters","parameter":[{"name":"return","resource":{"resourceType":"Patient"}}]}`, []string{"Parameters"}},
	{"bundle whose telling entry is the second", `{"entry":[{"id":"1"},{"fullUrl":"urn:x","resource":{"resourceType":"Patient"}}],"resourceType":"Bundle"}`,
		[]string{"Patient /entry/1/resource urn:x"}},
	{"list with entry before its type", `{"entry":[{"item":{"reference":"Patient/1"}}],"resourceType":"List"}`, []string{"List"}},
	{"list with an empty entry before its type", `{"entry":[{}],"resourceType":"List"}`, []string{"List"}},
	{"release by the bundle's profile", `{"resourceType":"Bundle","meta":{"profile":["http://hl7.org/fhir/3.0/StructureDefinition/Bundle"]},"entry":[{"resource":{"resourceType":"Goal"}}]}`,
		[]string{"Goal /entry/0/resource STU3"}},
	{"release by the bundle's address", `{"resourceType":"Bundle","link":[{"relation":"next","url":"https://a/R4/x"},{"relation":"self","url":"https://a/DSTU2/Goal?x=/R4/"}],"entry":[{"resource":{"resourceType":"Goal"}}]}`,
		[]string{"Goal /entry/0/resource DSTU2"}},
	{"text of all kinds", "{\"resourceType\":\"Patient\",\"a\":[-0.5e+3,true,false,null,\"\\u00e9\\ud83d\\ude00\\\"\\\\\\/\\b\\f\\n\\r\\t é€😀 \x7f\",{},[]]}", []string{"Patient"}},
	{"duplicate keys", `{"resourceType":"Patient","id":"a","id":"b","resourceType":"Bundle"}`, []string{"Patient"}},
}

const (
	control   = "a string holds a control character that is not escaped (RFC 8259 section 7)"
	noType    = "a resource without resourceType (FHIR R4 section 2.6.2)"
	cutShort  = "the file is cut short: it ends inside a JSON value"
	notObject = "a resource is due here, as a JSON object"
	noComma   = "a comma is missing between two values"
	bracket   = "a closing bracket does not match its opening one"
	depth     = "values are nested deeper than 512 levels"
	twice     = "the key stands twice; the first one counts"
)

// inBundle puts resources into a Bundle, the first at byte 47.
func inBundle(resources ...string) string {
	return `{"resourceType":"Bundle","entry":[{"resource":` + strings.Join(resources, `},{"resource":`) + `}]}`
}

// goal is a sound resource of 23 bytes.
const goal = `{"resourceType":"Goal"}`

// badCases are files with faults: each names place and rule, and costs no more
// than it must.
var badCases = []readerCase{
	// What is no FHIR JSON at all.
	{"empty", "", []string{"fatal error 0: the file is empty"}},
	{"only white space", " \n\t", []string{"fatal error 0: the file is empty"}},
	{"only a byte order mark", "\xEF\xBB\xBF", []string{"fatal error 0: the file is empty"}},
	{"web page", "\n<!DOCTYPE html>\n<html lang=en><title>Sign in</title>", []string{"fatal error 0: this is a web page, not FHIR JSON"}},
	{"web page without doctype", "<HTML\n><body>", []string{"fatal error 0: this is a web page, not FHIR JSON"}},
	{"FHIR XML", `<?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir">`, []string{"fatal error 0: this is FHIR in XML; only FHIR in JSON can be read"}},
	{"FHIR XML with narrative", `<Patient xmlns="http://hl7.org/fhir"><text><div xmlns="http://www.w3.org/1999/xhtml">`, []string{"fatal error 0: this is FHIR in XML; only FHIR in JSON can be read"}},
	{"C-CDA", `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">`, []string{"fatal error 0: this is a C-CDA document, not FHIR JSON"}},
	{"other XML", `<HealthData locale="de_DE">`, []string{"fatal error 0: this is an XML file, not FHIR JSON"}},
	{"PDF", "%PDF-1.7\n", []string{"fatal error 0: this is a PDF document, not FHIR JSON"}},
	{"ZIP", "PK\x03\x04\x14\x00", []string{"fatal error 0: this is a ZIP archive, not FHIR JSON"}},
	{"prose", "Dear patient,", []string{"fatal error 0: this is not JSON: a file of FHIR JSON begins with { or ["}},
	{"comment first", "// Patient\n{}", []string{"fatal error 0: this is not JSON: a file of FHIR JSON begins with { or ["}},
	{"UTF-16 with mark, little end first", "\xFF\xFE{\x00}\x00", []string{"fatal error 0: the file is UTF-16 text; FHIR JSON is UTF-8 (FHIR R4 section 2.6.2)"}},
	{"UTF-16 with mark, big end first", "\xFE\xFF\x00{\x00}", []string{"fatal error 0: the file is UTF-16 text; FHIR JSON is UTF-8 (FHIR R4 section 2.6.2)"}},
	{"UTF-16, little end first", "{\x00\"\x00", []string{"fatal error 0: the file is UTF-16 text; FHIR JSON is UTF-8 (FHIR R4 section 2.6.2)"}},
	{"UTF-16, big end first", "\x00{\x00\"", []string{"fatal error 0: the file is UTF-16 text; FHIR JSON is UTF-8 (FHIR R4 section 2.6.2)"}},
	{"UTF-32", "\xFF\xFE\x00\x00{\x00\x00\x00", []string{"fatal error 0: the file is UTF-32 text; FHIR JSON is UTF-8 (FHIR R4 section 2.6.2)"}},

	// One resource.
	{"object without resourceType", `{"id":"a"}`, []string{"error 0: " + noType}},
	{"empty object", `{}`, []string{"error 0: " + noType}},
	{"resourceType is a number", `{"resourceType":‸7}`, []string{"error ‸: resourceType is not a string (FHIR R4 section 2.6.2)"}},
	{"resourceType is null", inBundle(`{"resourceType":‸null}`, goal), []string{"error ‸ /entry/0/resource: resourceType is not a string (FHIR R4 section 2.6.2)", "Goal /entry/1/resource"}},
	{"cut inside a string", `{"resourceType":"Pat‸`, []string{"fatal error ‸: " + cutShort}},
	{"cut inside an escape", `{"resourceType":"Goal","a":"\u00‸`, []string{"fatal error ‸: " + cutShort}},
	{"cut behind a key", `{"resourceType"‸`, []string{"fatal error ‸: " + cutShort}},
	{"cut behind a comma", `{"resourceType":"Goal",‸`, []string{"fatal error ‸: " + cutShort}},
	{"no quotes", `{‸resourceType:"Goal"}`, []string{"fatal error ‸: a key in double quotes is due here (RFC 8259 section 4)"}},
	{"no colon", `{"resourceType" ‸"Goal"}`, []string{"fatal error ‸: a colon is due after a key (RFC 8259 section 4)"}},
	{"no value", `{"resourceType":‸}`, []string{"fatal error ‸: a JSON value is due here"}},
	{"wrong bracket", `{"resourceType":"Goal","a":[1‸}}`, []string{"fatal error ‸: " + bracket}},
	{"comment inside", `{"resourceType":"Goal", ‸// a goal` + "\n" + `"id":"a"}`, []string{"fatal error ‸: a key in double quotes is due here (RFC 8259 section 4)"}},

	// In a Bundle the resources around a broken one are read.
	{"null resource", inBundle(`‸null`, goal), []string{"error ‸ /entry/0/resource: " + notObject, "Goal /entry/1/resource"}},
	{"resource is an array", inBundle(`‸[`+goal+`]`, goal), []string{"error ‸ /entry/0/resource: " + notObject, "Goal /entry/1/resource"}},
	{"resource without type", inBundle(`‸{"id":"a"}`, goal), []string{"error ‸ /entry/0/resource: " + noType, "Goal /entry/1/resource"}},
	{"entries that are no objects", `{"resourceType":"Bundle","entry":[null,7,"x",[],{"resource":` + goal + `}]}`, []string{
		"error 34 /entry/0: an entry of a Bundle is due here, as a JSON object", "error 39 /entry/1: an entry of a Bundle is due here, as a JSON object",
		"error 41 /entry/2: an entry of a Bundle is due here, as a JSON object", "error 45 /entry/3: an entry of a Bundle is due here, as a JSON object",
		"Goal /entry/4/resource"}},
	{"entry is a string", `{"resourceType":"Bundle","entry":‸"x"}`, []string{"error ‸: Bundle.entry is not an array"}},
	{"two resources in an entry", `{"resourceType":"Bundle","entry":[{"resource":` + goal + `,"resource":‸` + goal + `}]}`, []string{"error ‸ /entry/0: " + twice, "Goal /entry/0/resource"}},
	{"two entry arrays", `{"resourceType":"Bundle","entry":[],"entry":‸[{"resource":` + goal + `}]}`, []string{"error ‸: " + twice}},
	{"entries in an object of another type", `{"entry":[{"resource":` + goal + `}],"resourceType":"List"}`, []string{"Goal /entry/0/resource", "error 0: an object with Bundle entries whose resourceType is not Bundle"}},
	{"control character", inBundle("{\"resourceType\":\"Goal\",\"a\":\"‸\x01\"}", goal), []string{"error ‸ /entry/0/resource: " + control, "Goal /entry/1/resource"}},
	{"newline in a string", inBundle("{\"resourceType\":\"Goal\",\"a\":\"‸\n\"}", goal), []string{"error ‸ /entry/0/resource: " + control, "Goal /entry/1/resource"}},
	{"unknown escape", inBundle(`{"resourceType":"Goal","a":"‸\x41"}`, goal), []string{"error ‸ /entry/0/resource: a string holds an escape that JSON does not know (RFC 8259 section 7)", "Goal /entry/1/resource"}},
	{"bad digits in an escape", inBundle(`{"resourceType":"Goal","a":"‸\u00g0"}`, goal), []string{"error ‸ /entry/0/resource: a string holds an escape that JSON does not know (RFC 8259 section 7)", "Goal /entry/1/resource"}},
	{"high surrogate alone", inBundle(`{"resourceType":"Goal","a":"‸\ud83d"}`, goal), []string{"error ‸ /entry/0/resource: a string holds half of a surrogate pair (RFC 8259 section 8.2)", "Goal /entry/1/resource"}},
	{"low surrogate alone", inBundle(`{"resourceType":"Goal","a":"‸\udE00x"}`, goal), []string{"error ‸ /entry/0/resource: a string holds half of a surrogate pair (RFC 8259 section 8.2)", "Goal /entry/1/resource"}},
	{"two high surrogates", inBundle(`{"resourceType":"Goal","a":"‸\ud83d\ud83d"}`, goal), []string{"error ‸ /entry/0/resource: a string holds half of a surrogate pair (RFC 8259 section 8.2)", "Goal /entry/1/resource"}},
	{"Latin-1", inBundle("{\"resourceType\":\"Goal\",\"a\":\"M‸\xFCller\"}", goal), []string{"error ‸ /entry/0/resource: a string is not valid UTF-8 (RFC 8259 section 8.1)", "Goal /entry/1/resource"}},
	{"surrogate in UTF-8", inBundle("{\"resourceType\":\"Goal\",\"a\":\"‸\xED\xA0\x80\"}", goal), []string{"error ‸ /entry/0/resource: a string is not valid UTF-8 (RFC 8259 section 8.1)", "Goal /entry/1/resource"}},
	{"number with a leading zero", inBundle(`{"resourceType":"Goal","a":‸01}`, goal), []string{"error ‸ /entry/0/resource: a number is not written as JSON writes it (RFC 8259 section 6)", "Goal /entry/1/resource"}},
	{"NaN", inBundle(`{"resourceType":"Goal","a":‸NaN}`, goal), []string{"error ‸ /entry/0/resource: a word stands where a value is due; JSON knows only true, false and null (RFC 8259 section 3)", "Goal /entry/1/resource"}},
	{"comma missing", inBundle(`{"resourceType":"Goal" ‸"a":1}`, goal), []string{"error ‸ /entry/0/resource: " + noComma, "Goal /entry/1/resource"}},
	{"comma too many", inBundle(`{"resourceType":"Goal","a":[1,‸],}`, goal), []string{"error ‸ /entry/0/resource: a comma stands before a closing bracket or another comma", "Goal /entry/1/resource"}},
	{"no value among entries before their type", `{"entry":[‸?],"resourceType":"Bundle"}`, []string{"fatal error ‸: a JSON value is due here"}},
	{"comma first", inBundle(`{‸,"resourceType":"Goal","a":[1]}`, `{"resourceType":"Goal","a":[,1]}`), []string{
		"error ‸ /entry/0/resource: a comma stands before a closing bracket or another comma", "error 120 /entry/1/resource: a comma stands before a closing bracket or another comma"}},
	{"comma missing between entries", `{"resourceType":"Bundle","entry":[{"resource":` + goal + `} ‸{"resource":` + goal + `}]}`, []string{"Goal /entry/0/resource", "error ‸ /entry/1: " + noComma, "Goal /entry/1/resource"}},
	{"brackets that do not match", inBundle(goal, `{"resourceType":"Goal","a":[‸}`, goal), []string{"Goal /entry/0/resource", "fatal error ‸ /entry/1/resource: " + bracket}},
	{"bundle cut short", inBundle(goal, goal)[:90] + here, []string{"Goal /entry/0/resource", "fatal error ‸ /entry/1/resource: " + cutShort}},
	{"bundle cut behind a resource", inBundle(goal, goal)[:69] + here, []string{"Goal /entry/0/resource", "fatal error ‸ /entry/0: " + cutShort}},
	{"10,000 levels", inBundle(`{"resourceType":"Goal","a":`+strings.Repeat(`[{"a":`, 256)+here+strings.Repeat(`[{"a":`, 4744)+`1`+strings.Repeat(`}]`, 5000)+`}`, goal),
		[]string{"error ‸ /entry/0/resource: " + depth, "Goal /entry/1/resource"}},
	{"10,000 levels of arrays", strings.Repeat("[", 10000) + strings.Repeat("]", 10000), []string{"error 1 /0: " + notObject}},
	{"10,000 levels not closed", strings.Repeat("[", 10000), []string{"error 1 /0: " + notObject, "fatal error 10000 /0: " + cutShort}},
	{"33 bundles inside each other", strings.Repeat(`{"resourceType":"Bundle","entry":[{"resource":`, 32) + here + inBundle(goal) + strings.Repeat(`}]}`, 32),
		[]string{"error ‸ " + strings.Repeat("/entry/0/resource", 32) + ": Bundles are nested deeper than 32 levels"}},
	{"33 bundles inside each other, by their entries", strings.Repeat(`{"entry":[{"resource":`, 32) + here + `{"entry":[{"resource":` + goal + strings.Repeat(`}],"resourceType":"Bundle"}`, 33),
		[]string{"error ‸ " + strings.Repeat("/entry/0/resource", 32) + ": Bundles are nested deeper than 32 levels"}},

	// In NDJSON every line stands for itself.
	{"a line cut behind a key", goal + "\n{\"resourceType\":‸\n" + goal + "\n", []string{"Goal line 1", "error ‸ line 2: the line is cut short: it ends inside a JSON value", "Goal line 3"}},
	{"a bad first line", "{\"resourceType\":\"Goal\",‸}\n" + goal + "\n", []string{"error ‸ line 1: a comma stands before a closing bracket or another comma", "Goal line 2"}},
	{"a line cut in a string", goal + "\n{\"resourceType\":\"Go‸\n" + goal, []string{"Goal line 1", "error ‸ line 2: " + control, "Goal line 3"}},
	{"a line of prose", goal + "\n‸hello\n" + goal, []string{"Goal line 1", "error ‸ line 2: " + notObject, "Goal line 3"}},
	{"a line without type", "{\"a\":1}\n" + goal, []string{"error 0 line 1: " + noType, "Goal line 2"}},
	{"the last line is cut", goal + "\n{\"resourceType\":\"Goal\",\"a\":[1‸", []string{"Goal line 1", "fatal error ‸ line 2: " + cutShort}},
	{"a bad bundle line", goal + "\n" + inBundle(goal, `{"resourceType":‸]`) + "\n" + goal, []string{"Goal line 1", "Goal /entry/0/resource line 2", "error ‸ /entry/1/resource line 2: a JSON value is due here", "Goal line 3"}},
	{"something behind a resource", goal + "‸]", []string{"Goal line 1", "fatal error ‸ line 1: " + notObject}},
	{"pretty resource with a fault", "{\n  \"resourceType\": \"Goal\"\n  ‸\"id\": \"a\"\n}\n", []string{"fatal error ‸: " + noComma}},
}

func TestReader(t *testing.T) {
	for _, cases := range [][]readerCase{formatCases, badCases} {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) { checkReader(t, c, c.file) })
		}
	}
}

// checkReader compares what a Reader makes of a file, whole and byte by byte.
func checkReader(t *testing.T, c readerCase, file string) {
	t.Helper()
	at := strings.Index(file, here)
	file = strings.ReplaceAll(file, here, "")
	want := strings.ReplaceAll(strings.Join(c.want, "\n"), here, strconv.Itoa(at))
	if got := strings.Join(describe(strings.NewReader(file), fhir.ReaderOptions{}), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	slow := iotest.OneByteReader(strings.NewReader(file))
	if got := strings.Join(describe(slow, fhir.ReaderOptions{}), "\n"); got != want {
		t.Errorf("byte by byte: got\n%s\nwant\n%s", got, want)
	}
}

// packed compresses each part as a gzip member of its own.
func packed(parts ...string) string {
	var out bytes.Buffer
	for _, part := range parts {
		w := gzip.NewWriter(&out)
		io.WriteString(w, part)
		w.Close()
	}
	return out.String()
}

func TestReaderGzip(t *testing.T) {
	for _, c := range formatCases {
		half := len(c.file) / 2
		checkReader(t, c, packed(c.file))
		checkReader(t, c, packed(c.file[:half], c.file[half:]))
	}
	whole := packed(goal + "\n" + goal)
	ndjson := []string{"Goal line 1", "Goal line 2"}
	for _, c := range []readerCase{
		{"cut", whole[:len(whole)-4], append(ndjson, "fatal error 47: the file is cut short: the gzip data ends too early (RFC 1952)")},
		{"cut in its header", whole[:5], []string{"fatal error 0: the file is cut short: the gzip data ends too early (RFC 1952)"}},
		{"damaged", whole[:len(whole)-8] + "????" + whole[len(whole)-4:], append(ndjson, "fatal error 47: the gzip data is damaged (RFC 1952)")},
		{"not gzip at all", "\x1F\x8B????????????", []string{"fatal error 0: the gzip data is damaged (RFC 1952)"}},
		{"compressed twice", packed(whole), []string{"fatal error 0: the file is compressed twice"}},
		{"web page", packed("<html>"), []string{"fatal error 0: this is a web page, not FHIR JSON"}},
		{"empty", packed(""), []string{"fatal error 0: the file is empty"}},
	} {
		t.Run(c.name, func(t *testing.T) { checkReader(t, c, c.file) })
	}
}

// repeat is a reader of a text repeated count times, then of a tail.
func repeat(head, text string, count int, tail string) io.Reader {
	block := strings.Repeat(text, 4096)
	readers := []io.Reader{strings.NewReader(head)}
	for range count / 4096 {
		readers = append(readers, strings.NewReader(block))
	}
	return io.MultiReader(append(readers, strings.NewReader(tail))...)
}

func TestReaderSkipsLongString(t *testing.T) {
	src := repeat(`{"resourceType":"Bundle","entry":[{"resource":`+goal+`},{"resource":{"resourceType":"Binary","data":"`, "AAAAAAAAAAAAAAAA", 200<<20/16, `"}},{"resource":`+goal+`}]}`)
	got := describe(src, fhir.ReaderOptions{})
	want := []string{"Goal /entry/0/resource", "error 83 /entry/1/resource: the resource is larger than 64 MiB", "Goal /entry/2/resource"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q", got)
	}
}

// TestReaderMemory reads 64 MiB of small resources through one small window.
func TestReaderMemory(t *testing.T) {
	line := goal + strings.Repeat(" ", 1000) + "\n"
	src := repeat("", line, 64<<10, "")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	reader, count := fhir.NewReader(src, fhir.ReaderOptions{}), 0
	for {
		if _, err := reader.Next(); err != nil {
			break
		}
		count++
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; count != 64<<10 || used > 1<<20 {
		t.Errorf("%d resources took %d bytes of memory", count, used)
	}
}

func TestReaderBounds(t *testing.T) {
	large := `{"resourceType":"Binary","data":"` + strings.Repeat("A", 1000) + `"}`
	for _, c := range []struct {
		name, file string
		options    fhir.ReaderOptions
		want       string
	}{
		{"exactly as large as allowed", inBundle(large, goal), fhir.ReaderOptions{MaxResource: int64(len(large))}, "Binary /entry/0/resource|Goal /entry/1/resource"},
		{"one byte larger", inBundle(large, goal), fhir.ReaderOptions{MaxResource: int64(len(large)) - 1}, "error 46 /entry/0/resource: the resource is larger than 1034 bytes|Goal /entry/1/resource"},
		{"one line", large + "\n" + goal, fhir.ReaderOptions{MaxResource: 100}, "error 0 line 1: the resource is larger than 100 bytes|Goal line 2"},
		{"behind a resource in its entry", `{"resourceType":"Bundle","entry":[{"resource":` + goal + `,"search":` + large + `,"fullUrl":"urn:x"},{"resource":` + goal + `}]}`,
			fhir.ReaderOptions{MaxResource: 100}, "Goal /entry/0/resource urn:x|Goal /entry/1/resource"},
		{"a long entry before the type", `{"entry":[{"x":` + large + `,"resource":` + goal + `}],"resourceType":"Bundle"}`, fhir.ReaderOptions{MaxResource: 100}, "Goal /entry/0/resource"},
		{"a long list", `{"entry":[{"x":` + large + `}],"resourceType":"List"}`, fhir.ReaderOptions{MaxResource: 100}, "error 0: the resource is larger than 100 bytes"},
		{"whole file", inBundle(goal, large), fhir.ReaderOptions{MaxTotal: 100}, "Goal /entry/0/resource|fatal error 100: the file is larger than this reader takes"},
		{"whole file, compressed", packed(inBundle(goal, large)), fhir.ReaderOptions{MaxTotal: 100}, "Goal /entry/0/resource|fatal error 100: the file is larger than this reader takes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, src := range []io.Reader{strings.NewReader(c.file), iotest.OneByteReader(strings.NewReader(c.file))} {
				if got := strings.Join(describe(src, c.options), "|"); got != c.want {
					t.Errorf("got %s", got)
				}
			}
		})
	}
}

func TestReaderRefusesGzipBomb(t *testing.T) {
	var bomb bytes.Buffer
	w, _ := gzip.NewWriterLevel(&bomb, gzip.BestCompression)
	io.Copy(w, repeat(goal+"\n", "                ", 128<<20/16, goal))
	w.Close()
	got := describe(&bomb, fhir.ReaderOptions{})
	if len(got) != 2 || got[0] != "Goal" || !strings.HasSuffix(got[1], "the gzip data expands to more than 400 times its size") {
		t.Errorf("got %q", got)
	}
}

func TestReaderGivesUpAfterBrokenLines(t *testing.T) {
	got := describe(repeat(goal+"\n", "nonsense\n", 8192, ""), fhir.ReaderOptions{})
	if last := got[len(got)-1]; len(got) != 1002 || !strings.Contains(last, "fatal") {
		t.Errorf("%d results, the last: %s", len(got), last)
	}
}

func TestReaderReturnsErrorsOfItsSource(t *testing.T) {
	failure := errors.New("the disk is gone")
	for _, head := range []string{"", "\x1F\x8B", goal, inBundle(goal)[:60], packed(inBundle(goal, goal))[:30]} {
		src := io.MultiReader(strings.NewReader(head), iotest.ErrReader(failure))
		got := describe(src, fhir.ReaderOptions{})
		if last := got[len(got)-1]; last != "failure the disk is gone" {
			t.Errorf("after %d bytes: %s", len(head), last)
		}
	}
	idle := fhir.NewReader(emptyReads{}, fhir.ReaderOptions{})
	if _, err := idle.Next(); err != io.ErrNoProgress {
		t.Errorf("a source that gives nothing: %v", err)
	}
}

// emptyReads is a source that never gives a byte nor an error.
type emptyReads struct{}

func (emptyReads) Read([]byte) (int, error) { return 0, nil }

func TestReaderStaysAtItsEnd(t *testing.T) {
	for _, file := range []string{goal, "", goal + "{"} {
		reader := fhir.NewReader(strings.NewReader(file), fhir.ReaderOptions{})
		var last error
		for range 10 {
			if _, err := reader.Next(); err != nil {
				if last != nil && err != last {
					t.Errorf("%q: %v after %v", file, err, last)
				}
				last = err
			}
		}
		if last == nil {
			t.Errorf("%q does not end", file)
		}
	}
}

func TestReaderBundle(t *testing.T) {
	reader := fhir.NewReader(strings.NewReader(`{"resourceType":"Bundle","type":"searchset","link":[{"relation":"self","url":"https://a/r4/Goal"}],"entry":[
		{"resource":{"resourceType":"Bundle","type":"batch","entry":[{"resource":`+goal+`}]}}]}`), fhir.ReaderOptions{})
	if _, err := reader.Next(); err != nil {
		t.Fatal(err)
	}
	want := fhir.BundleInfo{Type: "searchset", SelfURL: "https://a/r4/Goal", Release: fhir.R4}
	if got := reader.Bundle(); got != want {
		t.Errorf("got %+v", got)
	}
	if reader.Offset() == 0 {
		t.Error("the offset does not move")
	}
}

func TestErrorText(t *testing.T) {
	for _, c := range []struct {
		err  fhir.Error
		want string
	}{
		{fhir.Error{Rule: "r"}, "r (at byte 0)"},
		{fhir.Error{Rule: "r", Offset: 7, Pointer: "/entry/0"}, "r (at byte 7, /entry/0)"},
		{fhir.Error{Rule: "r", Offset: 7, Line: 2}, "r (line 2, at byte 7)"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("got %q", got)
		}
	}
}
