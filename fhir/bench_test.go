package fhir_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"testing"

	"github.com/keepwell-health/keepwell/fhir"
)

// benchmarkRecord is a whole record of one person, as a Bundle.
func benchmarkRecord(b *testing.B) []byte {
	content, err := os.ReadFile(dataRoot + "/synthea-r4/Jamison785_Denesik803_1e08cb3f-9e6a-b083-b6ee-0bb38f70ba50.json")
	if err != nil {
		b.Skip("the sample records in ../shared/data are not there")
	}
	return content
}

// minified is the record as NDJSON without white space.
func minified(b *testing.B) []byte {
	var lines bytes.Buffer
	for _, r := range benchmarkResources(b) {
		lines.Write(r)
		lines.WriteByte('\n')
	}
	return lines.Bytes()
}

func BenchmarkReader(b *testing.B) {
	for name, content := range map[string][]byte{"bundle": benchmarkRecord(b), "ndjson": minified(b)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				reader := fhir.NewReader(bytes.NewReader(content), fhir.ReaderOptions{})
				for {
					if _, err := reader.Next(); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func BenchmarkSummarize(b *testing.B) {
	resources := benchmarkResources(b)
	size := 0
	for _, r := range resources {
		size += len(r)
	}
	for name, hint := range map[string]fhir.Release{"hint": fhir.R4, "shape": ""} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			var sum fhir.Summary
			for b.Loop() {
				for _, r := range resources {
					if err := fhir.SummarizeInto(&sum, r, hint); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(len(resources)), "resources/op")
		})
	}
}

// benchmarkResources are the resources of the record, without white space.
func benchmarkResources(b *testing.B) [][]byte {
	resources, _, err := readAll(b, bytes.NewReader(benchmarkRecord(b)))
	if err != nil {
		b.Fatal(err)
	}
	var compact [][]byte
	for _, r := range resources {
		var line bytes.Buffer
		if err := json.Compact(&line, r.Raw); err != nil {
			b.Fatal(err)
		}
		compact = append(compact, line.Bytes())
	}
	return compact
}
