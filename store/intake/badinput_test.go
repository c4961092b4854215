package intake_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/keepwell-health/keepwell/store"
)

// TestBadInput is the table of what people bring by mistake and attackers on
// purpose. Each case says why, exactly where that is known, and leaves what was
// stored before as it was.
func TestBadInput(t *testing.T) {
	const secret = "Zanzibar-17" // a value that no message may repeat
	deep := strings.Repeat(`{"a":`, 10000) + `"` + secret + `"` + strings.Repeat("}", 10000)
	cases := []struct {
		name, file, content string
		added               int
		reason              string // part of the first skip's reason
		pointer             string // of the first skip
	}{
		{"empty", "a.json", "", 0, "the file is empty", ""},
		{"only space", "a.json", " \n\t ", 0, "", ""},
		{"HTML saved as JSON", "a.json", "<!DOCTYPE html><html><body>" + secret, 0, "this is a web page", ""},
		{"XML of FHIR", "a.json", `<Patient xmlns="http://hl7.org/fhir"><id value="x"/></Patient>`, 0, "FHIR in XML is recognised", ""},
		{"CDA", "a.xml", `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">`, 0, "a clinical document (CDA) is recognised", ""},
		{"other XML", "a.xml", `<note>` + secret + `</note>`, 0, "this is an XML file of a kind", ""},
		{"health card", "c.smart-health-card", `{"verifiableCredential":["eyJ6aXAi.x.y"]}`, 0, "SMART Health Card is recognised", ""},
		{"health card as JWS", "c.txt", "eyJ6aXAiOiJERUYifQ.3ZJ.abc", 0, "SMART Health Card is recognised", ""},
		{"health card as QR text", "c.txt", "shc:/5676290952", 0, "SMART Health Card is recognised", ""},
		{"health link", "c.txt", "https://viewer.example/#shlink:/eyJ1", 0, "SMART Health Link is recognised", ""},
		{"PDF", "a.json", "%PDF-1.7 " + secret, 0, "this is a PDF document", ""},
		{"a backup", "a.json", "age-encryption.org/v1\n-> scrypt " + secret, 0, "this is an encrypted backup", ""},
		{"picture", "a.json", "\x89PNG\r\n\x1a\n", 0, "this is a picture", ""},
		{"text", "a.json", "Dear doctor, " + secret, 0, "not in a format that Keepwell can read", ""},
		{"HL7 version 2", "a.hl7", `MSH|^~\&|A|B`, 0, "HL7 version 2", ""},
		{"UTF-16 with a mark", "a.json", "\xff\xfe" + utf16LE(patient("a")), 0, "UTF-16", ""},
		{"UTF-16 without a mark", "a.json", utf16LE(patient("a")), 0, "UTF-16", ""},
		{"UTF-8 with a mark", "a.json", "\xef\xbb\xbf" + patient("a"), 1, "", ""},
		{"cut short", "a.json", bundleOf(patient("a"), patient("b"))[:140], 1, "", ""},
		{"not an object", "a.json", `["` + secret + `"]`, 0, "", ""},
		{"10,000 levels deep", "a.json", deep, 0, "", ""},
		{"deep resource in a bundle", "a.json", bundleOf(patient("a"), `{"resourceType":"Patient","id":"b","x":`+deep+`}`, patient("c")), 2, "", "/entry/1/resource"},
		{"no resourceType", "a.json", bundleOf(patient("a"), `{"id":"`+secret+`"}`), 1, "resourceType", "/entry/1/resource"},
		{"resourceType is a number", "a.json", bundleOf(`{"resourceType":17,"id":"x"}`, patient("a")), 1, "resourceType", "/entry/0/resource"},
		{"resourceType is not a name", "a.json", bundleOf(`{"resourceType":"`+secret+`","id":"x"}`, patient("a")), 1, "resourceType is not the name", "/entry/0/resource/resourceType"},
		{"an entry of the wrong shape", "a.json", `{"resourceType":"Bundle","entry":["` + secret + `",{"resource":` + patient("a") + `}]}`, 1, "", ""},
		{"a broken line in NDJSON", "a.ndjson", patient("a") + "\n{\"resourceType\":\"Patient\",\"id\":\"" + secret + "\n" + patient("c") + "\n", 2, "", ""},
		{"JSON of another kind", "package.json", `{"name":"` + secret + `","version":"1.0.0"}`, 0, "resourceType", ""},
		{"a version that is not supported", "a.json", `{"resourceType":"Patient","id":"a","meta":{"profile":["http://hl7.org/fhir/0.0.82/StructureDefinition/Patient"]}}`, 0, "FHIR version 0.0.82 is not supported", ""},
		{"a bundle of nothing", "a.json", `{"resourceType":"Bundle","type":"searchset","total":0}`, 0, "holds no records", ""},
		{"a bundle of bundles", "a.json", bundleOf(patient("a"), bundleOf(patient("b"), bundleOf(patient("c")))), 3, "", ""},
		{"a damaged zip", "a.zip", "PK\x03\x04" + secret, 0, "the zip archive is cut short or damaged", ""},
		{"gzip cut short", "a.json.gz", gzipOf(t, patient("a"))[:24], 0, "", ""},
		{"gzip of a page", "a.json.gz", gzipOf(t, "<html>"), 0, "this is a web page", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := openStore(t)
			mustImport(t, s, fileOf("before.json", patient("before")))
			before := stored(t, s)
			report := mustImport(t, s, fileOf(c.file, c.content))
			if report.Added != c.added {
				t.Errorf("added %d, want %d (%+v)", report.Added, c.added, report.Skipped)
			}
			if c.added == 0 && report.SkippedCount == 0 {
				t.Error("nothing was added and no reason is given")
			}
			if c.reason != "" && (len(report.Skipped) == 0 || !strings.Contains(report.Skipped[0].Reason, c.reason)) {
				t.Errorf("skipped %+v, want a reason with %q", report.Skipped, c.reason)
			}
			if c.pointer != "" && (len(report.Skipped) == 0 || !strings.HasPrefix(report.Skipped[0].Pointer, c.pointer)) {
				t.Errorf("skipped %+v, want the pointer %s", report.Skipped, c.pointer)
			}
			for _, skip := range report.Skipped {
				if skip.File != c.file || skip.Reason == "" || strings.Contains(skip.Reason+skip.Pointer, secret) {
					t.Errorf("a skip without its file or reason, or with a value: %+v", skip)
				}
			}
			holds(t, s, before)
		})
	}
}

// holds checks that everything in before is in the store, byte for byte.
func holds(t *testing.T, s *store.Store, before map[string]record) {
	t.Helper()
	after := stored(t, s)
	for id, one := range before {
		if string(after[id].raw) != string(one.raw) {
			t.Errorf("%s is not what it was before", one.FHIR.Identifier)
		}
	}
}

func utf16LE(text string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return string(out)
}

// TestAHugeString holds that a resource beyond the reader's bound costs itself
// only, and not its size in memory.
func TestAHugeString(t *testing.T) {
	if testing.Short() {
		t.Skip("100 MB of input")
	}
	s := openStore(t)
	huge := `{"resourceType":"Binary","id":"big","data":"` + strings.Repeat("QUJD", 25<<20) + `"}`
	report := mustImport(t, s, fileOf("a.json", bundleOf(patient("a"), huge, patient("b"))))
	if report.Added != 2 || report.SkippedCount != 1 || !strings.Contains(report.Skipped[0].Reason, "larger") {
		t.Errorf("added %d, skipped %+v", report.Added, report.Skipped)
	}
}
