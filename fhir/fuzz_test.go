package fhir_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/keepwell-health/keepwell/fhir"
)

// FuzzReader holds what a Reader promises of any input: every resource is valid
// JSON and stands in the file where it says, and how the bytes arrive changes
// nothing.
func FuzzReader(f *testing.F) {
	for _, cases := range [][]readerCase{formatCases, badCases} {
		for _, c := range cases {
			if len(c.file) < 4096 {
				f.Add([]byte(c.file))
				f.Add([]byte(packed(c.file)))
			}
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		plain := !bytes.HasPrefix(file, []byte("\x1F\x8B"))
		reader := fhir.NewReader(bytes.NewReader(file), fhir.ReaderOptions{MaxTotal: 1 << 20})
		for {
			got, err := reader.Next()
			var broken *fhir.Error
			if errors.As(err, &broken) && !broken.Fatal {
				checkError(t, broken, file, plain)
				continue
			}
			if err != nil {
				break
			}
			if !json.Valid(got.Raw) || !utf8.Valid(got.Raw) {
				t.Fatalf("yielded %q", got.Raw)
			}
			if plain && !bytes.HasPrefix(file[got.Offset:], got.Raw) {
				t.Fatalf("%q does not stand at %d", got.Raw, got.Offset)
			}
			if _, err := fhir.Summarize(got.Raw, got.Release); errors.As(err, &broken) {
				t.Fatalf("yielded %q, but %v", got.Raw, err)
			}
			var read, alone fhir.Summary
			passed, want := got.SummarizeInto(&read), fhir.SummarizeInto(&alone, got.Raw, got.Release)
			if fmt.Sprint(read, passed) != fmt.Sprint(alone, want) {
				t.Fatalf("read %+v, %v; alone %+v, %v", read, passed, alone, want)
			}
		}
		options := fhir.ReaderOptions{MaxResource: 200, MaxTotal: 1 << 20}
		whole := describe(bytes.NewReader(file), options)
		slow := describe(iotest.OneByteReader(bytes.NewReader(file)), options)
		if len(whole) != len(slow) {
			t.Fatalf("whole\n%q\nbyte by byte\n%q", whole, slow)
		}
		for i := range whole {
			if whole[i] != slow[i] {
				t.Fatalf("whole\n%s\nbyte by byte\n%s", whole[i], slow[i])
			}
		}
	})
}

func checkError(t *testing.T, broken *fhir.Error, file []byte, plain bool) {
	if broken.Rule == "" || broken.Offset < 0 || plain && broken.Offset > int64(len(file)) {
		t.Fatalf("%+v", broken)
	}
}

// FuzzSummarize checks that a summary neither fails on a valid resource nor
// takes an invalid one.
func FuzzSummarize(f *testing.F) {
	inputs, _ := filepath.Glob("testdata/*.ndjson")
	for _, input := range inputs {
		content, err := os.ReadFile(input)
		if err != nil {
			f.Fatal(err)
		}
		for line := range bytes.Lines(content) {
			f.Add(line, "")
		}
	}
	f.Add([]byte(`{"resourceType":"Patient","name":[{"given":["\ud800"]}]}`), "R5")
	f.Fuzz(func(t *testing.T, raw []byte, hint string) {
		sum, err := fhir.Summarize(raw, fhir.Release(hint))
		if fhir.Title(&sum) == "" {
			t.Error("a title is empty")
		}
		fhir.Subtitle(&sum)
		if when, ok := fhir.IntervalOf(raw, ""); ok && err == nil && when.Start != sum.Start && when.End != sum.End {
			t.Errorf("%+v, summary %v to %v", when, sum.Start, sum.End)
		}
		var broken *fhir.Error
		if errors.As(err, &broken) {
			if broken.Offset < 0 || broken.Offset > int64(len(raw)) {
				t.Errorf("offset %d of %d", broken.Offset, len(raw))
			}
			return
		}
		if !json.Valid(raw) || !utf8.Valid(raw) {
			t.Errorf("took %q", raw)
		}
		if sum.ResourceType == "" && err == nil && !bytes.Contains(raw, []byte(`""`)) {
			t.Error("no type")
		}
	})
}

// FuzzLexer compares what the reader takes for JSON with what encoding/json
// does, on values inside a resource.
func FuzzLexer(f *testing.F) {
	for _, value := range []string{
		`1`, `-0.5e+10`, `01`, `1.`, `.5`, `1e`, `-`, `true`, `tru`, `"a"`, `"\u00e9"`, `"\ud83d\ude00"`, `"\x"`, `[]`, `[1,2]`, `[1 2]`, `[1,]`, `[,]`,
		`{"a":1}`, `{"a" : 1 , "b":[]}`, `{"a":1,}`, `{a:1}`, `{"a"}`, `[[[[]]]]`, `{"long key with spaces":"a long value, longer than a word of eight bytes"}`,
		"\"\t\"", "[ 1\n,\r\n2\t]", `"` + "\xff" + `"`, `null`, `[{"a":{"b":[{"c":"d"}]}}]`,
	} {
		f.Add([]byte(value))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		resource := append(append([]byte(`{"resourceType":"Goal","a":`), value...), '}')
		want := json.Valid(resource) && utf8.Valid(resource) && !loneSurrogate(resource)
		for _, src := range []io.Reader{bytes.NewReader(resource), iotest.OneByteReader(bytes.NewReader(resource))} {
			got := describe(src, fhir.ReaderOptions{})
			if taken := len(got) == 1 && got[0] == "Goal"; taken != want {
				t.Errorf("%q: %q, encoding/json takes it: %v", value, got, want)
			}
		}
	})
}

// loneSurrogate tells whether decoding valid JSON gives a replacement character
// that is not written in it.
func loneSurrogate(raw []byte) bool {
	written := bytes.Count(raw, []byte("\uFFFD")) + bytes.Count(bytes.ToLower(raw), []byte(`\ufffd`))
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return false
	}
	decoded, _ := json.Marshal(value)
	return bytes.Count(decoded, []byte("\uFFFD"))+bytes.Count(decoded, []byte(`\ufffd`)) > written
}
