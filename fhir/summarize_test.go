package fhir_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestSummarizeGolden compares the summaries of testdata/*.ndjson with the
// golden files beside them.
func TestSummarizeGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.ndjson")
	if err != nil || len(inputs) == 0 {
		t.Fatal("no test data")
	}
	for _, input := range inputs {
		t.Run(filepath.Base(input), func(t *testing.T) {
			content, err := os.ReadFile(input)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			resources, skipped, fatal := readAll(t, bytes.NewReader(content))
			if fatal != nil || len(skipped) > 0 {
				t.Fatal(fatal, skipped)
			}
			for _, r := range resources {
				sum, err := fhir.Summarize(r.Raw, "")
				if err != nil {
					t.Fatalf("line %d: %v", r.Line, err)
				}
				writeSummary(&got, &sum)
			}
			golden := strings.TrimSuffix(input, ".ndjson") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			compareLines(t, got.String(), string(want))
		})
	}
}

// compareLines reports the lines that differ, each with the record that it
// belongs to.
func compareLines(t *testing.T, got, want string) {
	t.Helper()
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	record := ""
	for i := range max(len(gotLines), len(wantLines)) {
		g, w := at(gotLines, i), at(wantLines, i)
		if g != "" && g[0] != ' ' {
			record = g
		}
		if g != w {
			t.Errorf("%s:\n got %s\nwant %s", record, g, w)
			if len(gotLines) != len(wantLines) {
				return // the rest is shifted
			}
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// writeSummary writes what a Summary holds, a line a field, without the empty.
func writeSummary(out *strings.Builder, s *fhir.Summary) {
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(out, "  %-12s %s\n", name, text)
		}
	}
	fmt.Fprintf(out, "%s/%s %s %s\n", s.ResourceType, s.ID, s.Release, s.Version)
	line("title", fhir.Title(s))
	line("subtitle", fhir.Subtitle(s))
	line("start", dateText(s.Start))
	line("end", dateText(s.End))
	line("display", s.Display)
	line("codes", codingsText(s.Codes))
	line("categories", codingsText(s.Categories))
	line("status", s.Status)
	line("subject", s.Subject)
	line("see", s.CodeReference)
	line("value", valueLine(s.Value))
	line("range", s.ReferenceRange)
	line("interpreted", s.Interpretation)
	for i := range s.Components {
		c := &s.Components[i]
		parts := []string{c.Display, codingsText(c.Codes), valueLine(c.Value), c.Interpretation, c.ReferenceRange}
		line("component", strings.Join(parts, "; "))
	}
	for _, a := range s.Attachments {
		line("attachment", fmt.Sprintf("%s %s %q %s %d", a.Pointer, a.ContentType, a.Title, a.URL, a.DataLength))
	}
	if s.Contained > 0 {
		line("contained", fmt.Sprint(s.Contained))
	}
}

func dateText(d fhir.DateTime) string {
	if d == (fhir.DateTime{}) {
		return ""
	}
	zone := "no zone"
	if d.HasZone {
		zone = "zone"
	}
	return fmt.Sprintf("%s = %s, precision %d, %s", d.Text, d.Time.Format(time.RFC3339Nano), d.Precision, zone)
}

func codingsText(codings []fhir.Coding) string {
	var parts []string
	for _, c := range codings {
		parts = append(parts, c.System+"|"+c.Code+"|"+c.Display)
	}
	return strings.Join(parts, ", ")
}

func valueLine(v fhir.Value) string {
	if v == (fhir.Value{}) {
		return ""
	}
	return fmt.Sprintf("kind %d %s%s [%s] [%s] %s", v.Kind, v.Comparator, v.Number, v.Unit, v.UnitCode, v.Text)
}

func TestSummarizeRejects(t *testing.T) {
	for _, c := range []struct {
		name, raw, want string
	}{
		{"nothing", "", "a resource is due here, as a JSON object (at byte 0)"},
		{"array", "[]", "a resource is due here, as a JSON object (at byte 0)"},
		{"no type", `{"id":"a"}`, noType + " (at byte 0)"},
		{"type of another kind", `{"resourceType":{}}`, "resourceType is not a string (FHIR R4 section 2.6.2) (at byte 16)"},
		{"two resources", goal + goal, "something follows the resource (at byte 23)"},
		{"cut", goal[:20], cutShort + " (at byte 20)"},
		{"broken", `{"resourceType":"Goal","a":[1 2]}`, noComma + " (at byte 30)"},
		{"half a surrogate pair", `{"resourceType":"Goal","a":"\ud800"}`, "a string holds half of a surrogate pair (RFC 8259 section 8.2) (at byte 28)"},
		{"deep", `{"resourceType":"Goal","a":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`, depth + " (at byte 540)"},
		{"unsupported version", `{"resourceType":"CapabilityStatement","fhirVersion":"6.0.0"}`, "FHIR version 6.0.0 is not supported; DSTU2, STU3, R4, R4B and R5 are"},
		{"unsupported profile", `{"resourceType":"Patient","meta":{"profile":["http://hl7.org/fhir/0.4/StructureDefinition/Patient"]}}`, "FHIR version 0.4 is not supported; DSTU2, STU3, R4, R4B and R5 are"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := fhir.Summarize([]byte(c.raw), ""); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestSummarizeKeepsNothing changes the resource after it was summarised.
func TestSummarizeKeepsNothing(t *testing.T) {
	content, err := os.ReadFile("testdata/r4.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	for raw := range bytes.Lines(content) {
		raw = bytes.Clone(bytes.TrimSpace(raw))
		sum, err := fhir.Summarize(raw, "")
		if err != nil {
			t.Fatal(err)
		}
		var before, after strings.Builder
		writeSummary(&before, &sum)
		for i := range raw {
			raw[i] = '?'
		}
		writeSummary(&after, &sum)
		if before.String() != after.String() {
			t.Errorf("%s shares memory with its resource", sum.ID)
		}
	}
}

// TestSummarizeInto uses one Summary for all resources.
func TestSummarizeInto(t *testing.T) {
	var reused fhir.Summary
	inputs, _ := filepath.Glob("testdata/*.ndjson")
	for _, input := range inputs {
		content, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		for raw := range bytes.Lines(content) {
			fresh, err := fhir.Summarize(raw, "")
			if err != nil {
				t.Fatal(err)
			}
			if err := fhir.SummarizeInto(&reused, raw, ""); err != nil {
				t.Fatal(err)
			}
			var a, b strings.Builder
			writeSummary(&a, &fresh)
			writeSummary(&b, &reused)
			if a.String() != b.String() {
				t.Errorf("got\n%swant\n%s", b.String(), a.String())
			}
		}
	}
}

func TestSummarizeHint(t *testing.T) {
	for _, c := range []struct {
		name, raw string
		hint      fhir.Release
		want      fhir.Release
	}{
		{"nothing tells", `{"resourceType":"Basic"}`, "", fhir.R4},
		{"the hint tells", `{"resourceType":"Basic"}`, fhir.STU3, fhir.STU3},
		{"the hint goes before the shape", `{"resourceType":"MedicationOrder"}`, fhir.R5, fhir.R5},
		{"the type tells", `{"resourceType":"MedicationOrder"}`, "", fhir.DSTU2},
		{"a profile goes before the hint", `{"resourceType":"Basic","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/Basic|5.0.0"]}}`, fhir.R4, fhir.R5},
		{"a guide goes before the shape", `{"resourceType":"Patient","animal":{},"meta":{"profile":["http://hl7.org/fhir/uv/ips/StructureDefinition/Patient-uv-ips"]}}`, "", fhir.R4},
		{"fhirVersion goes before all", `{"resourceType":"CapabilityStatement","fhirVersion":"3.0.1","meta":{"profile":["http://hl7.org/fhir/4.0/StructureDefinition/CapabilityStatement"]}}`, fhir.R5, fhir.STU3},
	} {
		t.Run(c.name, func(t *testing.T) {
			sum, err := fhir.Summarize([]byte(c.raw), c.hint)
			if err != nil || sum.Release != c.want || sum.Version != c.want.Version() {
				t.Errorf("got %q %q, %v", sum.Release, sum.Version, err)
			}
		})
	}
}

func TestParseVersion(t *testing.T) {
	for version, want := range map[string]fhir.Release{
		"1.0.2": fhir.DSTU2, "3.0.1": fhir.STU3, "4.0.1": fhir.R4, "4.0": fhir.R4, "4.3.0": fhir.R4B, "5.0.0": fhir.R5, "5.0.0-ballot": fhir.R5,
		"R4": fhir.R4, "dstu2": fhir.DSTU2, " 4.0.1 ": fhir.R4,
	} {
		if got, err := fhir.ParseVersion(version); err != nil || got != want {
			t.Errorf("%q: %q, %v", version, got, err)
		}
	}
	for _, version := range []string{"", "4", "0.0.82", "0.5.0", "6.0.0", "4.4.0", "R6", "latest"} {
		_, err := fhir.ParseVersion(version)
		var unsupported *fhir.UnsupportedVersionError
		if !errors.As(err, &unsupported) || unsupported.Version != version {
			t.Errorf("%q: %v", version, err)
		}
	}
}
