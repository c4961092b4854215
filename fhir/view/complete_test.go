package view

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/keepwell-health/keepwell/fhir"
)

// sharedFolders are the folders of sample records that hold FHIR JSON, with the
// release where a whole folder has one.
var sharedFolders = map[string]fhir.Release{
	"fhir-r4-examples": fhir.R4, "fhir-stu3-examples": fhir.STU3, "fhir-dstu2-examples": fhir.DSTU2,
	"fhir-r5-examples": fhir.R5, "fhir-r4b-examples": fhir.R4B, "fhir-edge-cases": "", "synthea-r4": fhir.R4,
	"synthea-stu3": fhir.STU3, "synthea-dstu2": fhir.DSTU2, "smart-sample-patients": "", "bulk": fhir.R4, "payer": "",
	"us-core": fhir.R4, "ips": fhir.R4, "smart-health-cards": fhir.R4,
}

// eachShared calls use with every resource of the shared sample records; the
// test is skipped when these are not there.
func eachShared(t *testing.T, use func(t *testing.T, path string, raw []byte, release fhir.Release)) {
	shared := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(shared); err != nil {
		t.Skip("the shared sample records are not here")
	}
	for folder, release := range sharedFolders {
		err := filepath.WalkDir(filepath.Join(shared, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.Contains(filepath.Base(path), "json") {
				return err
			}
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			eachResource(t, file, func(raw []byte) { use(t, path, raw, release) })
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// eachResource reads the resources of a file; what the reader refuses is for
// its own tests.
func eachResource(t *testing.T, file io.Reader, use func(raw []byte)) {
	reader := fhir.NewReader(file, fhir.ReaderOptions{})
	for {
		resource, err := reader.Next()
		var refused *fhir.Error
		switch {
		case err == nil:
			use(resource.Raw)
		case errors.As(err, &refused) && !refused.Fatal:
		default:
			return
		}
	}
}

// TestNothingDropped shows over all shared sample records that each primitive
// value of a record stands in its View. The values are collected by a reader of
// the test's own.
func TestNothingDropped(t *testing.T) {
	records, typed, values, seen := 0, 0, 0, map[string]bool{}
	eachShared(t, func(t *testing.T, path string, raw []byte, release fhir.Release) {
		if seen[string(raw)] {
			return
		}
		seen[string(raw)] = true
		sum, err := fhir.Summarize(raw, release)
		if err != nil {
			sum = fhir.Summary{Release: release}
		}
		view := Of(raw, sum)
		records++
		if view.Typed {
			typed++
		} else if len(view.Notes) == 0 {
			t.Errorf("%s: not carried whole, and no note says so", path)
		}
		shown := newShown(view)
		for _, leaf := range leavesOf(raw) {
			values++
			if !shown.has(leaf) {
				t.Errorf("%s: %s is not in the view: %q", path, leaf.pointer, leaf.text)
			}
		}
	})
	t.Logf("%d records, %d carried whole by a typed model, %d values", records, typed, values)
	if records < 1000 && !t.Failed() {
		t.Errorf("only %d records were read", records)
	}
}

// TestEveryValueIsSaid shows the same from inside: no value is left unmarked.
func TestEveryValueIsSaid(t *testing.T) {
	eachShared(t, func(t *testing.T, path string, raw []byte, release fhir.Release) {
		root, whole := parse(raw)
		tell(root, whole, fhir.Summary{Release: release})
		if left := unsaidIn(root); left != "" {
			t.Errorf("%s: %s was not said", path, left)
		}
	})
}

// unsaidIn names a value that was not said, or "".
func unsaidIn(n *node) string {
	if n.isPrimitive() && n.progress != said {
		return n.name
	}
	for _, item := range n.items {
		if left := unsaidIn(item); left != "" {
			return n.name + "/" + left
		}
	}
	return ""
}

// shown is all the text of a View.
type shown struct{ exact, plain string }

func newShown(view View) shown {
	var b strings.Builder
	var add func([]Field)
	add = func(fields []Field) {
		for _, field := range fields {
			b.WriteString(field.Label + "\n" + field.Value + "\n")
			add(field.Fields)
		}
	}
	add(view.Fields)
	return shown{b.String(), " " + plain(b.String()) + " "}
}

// has tells whether a value stands in the view: a text whatever its case and
// punctuation, a number and anything without letters exactly, a boolean as yes
// or no, a date in words, a long text by its beginning.
func (s shown) has(l leaf) bool {
	text := l.text
	if len(text) > maxText {
		text = text[:maxText-4]
	}
	switch {
	case l.isBoolean:
		return strings.Contains(s.exact, map[string]string{"true": "Yes", "false": "No"}[text]) || strings.Contains(s.exact, text)
	case l.isNumber || !strings.ContainsFunc(text, unicode.IsLetter) && !datePattern.MatchString(text):
		return strings.Contains(s.exact, text)
	case datePattern.MatchString(text) && strings.Contains(s.exact, spoken(text)):
		return true
	}
	return strings.Contains(s.plain, " "+plain(text)) || strings.Contains(s.exact, text)
}

var datePattern = regexp.MustCompile(`^(\d{4})-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?)?$`)

// spoken says a date the way that dateWords should, by other means.
func spoken(date string) string {
	parts := datePattern.FindStringSubmatch(date)
	months := strings.Fields("January February March April May June July August September October November December")
	month, _ := strconv.Atoi(parts[2])
	if month < 1 || month > 12 {
		return date
	}
	words := months[month-1] + " " + parts[1]
	if parts[3] != "" {
		words = strings.TrimPrefix(parts[3], "0") + " " + words
	}
	if parts[4] != "" {
		words += ", " + parts[4]
	}
	if parts[5] != "" {
		words += " UTC" + strings.TrimPrefix(parts[5], "Z")
	}
	return words
}

// leaf is a primitive value of a record.
type leaf struct {
	pointer, text       string
	isNumber, isBoolean bool
}

// leavesOf lists the primitive values of a record but for narratives and base64
// data.
func leavesOf(raw []byte) []leaf {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var document any
	if decoder.Decode(&document) != nil {
		return nil
	}
	var leaves []leaf
	var walk func(value any, pointer string)
	walk = func(value any, pointer string) {
		switch value := value.(type) {
		case map[string]any:
			for name, member := range value {
				_, isText := member.(string)
				encoded := isText && (name == "data" && value["origin"] == nil || name == "valueBase64Binary" || name == "blob" ||
					name == "content" && value["resourceType"] == "Binary")
				if name != "div" && !encoded {
					walk(member, pointer+"/"+name)
				}
			}
		case []any:
			for i, item := range value {
				walk(item, pointer+"/"+strconv.Itoa(i))
			}
		case string:
			if !isEncoded(&node{kind: text, text: value}) {
				leaves = append(leaves, leaf{pointer: pointer, text: value})
			}
		case json.Number:
			leaves = append(leaves, leaf{pointer: pointer, text: value.String(), isNumber: true})
		case bool:
			leaves = append(leaves, leaf{pointer: pointer, text: strconv.FormatBool(value), isBoolean: true})
		}
	}
	walk(document, "")
	return leaves
}
