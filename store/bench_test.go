package store_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/mem"
)

// synthetic is a lab result of about 860 bytes, the mean of the 50,000 resources
// (43 MB) that the budgets speak of.
func synthetic(random *rand.Rand, n int) (raw []byte, sum fhir.Summary) {
	names := [...]string{"Hemoglobin A1c", "Glucose", "Cholesterol in LDL", "Creatinine", "Potassium", "Sodium"}
	name := names[n%len(names)]
	when := time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 3 * time.Hour)
	id := fmt.Sprintf("%08x-%04x-%04x-%012x", random.Uint32(), random.Uint32()&0xffff, random.Uint32()&0xffff, random.Uint64()&0xffffffffffff)
	value := fmt.Sprintf("%d.%03d", random.IntN(300), random.IntN(1000))
	raw = fmt.Appendf(nil, `{"resourceType":"Observation","id":"%s","meta":{"versionId":"1","lastUpdated":"%s","profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab"]},"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory","display":"Laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"%d-%d","display":"%s"}],"text":"%s"},"subject":{"reference":"urn:uuid:7a1c2f9e-0d9b-4a53-9f57-3d0b4c1f2a11"},"encounter":{"reference":"urn:uuid:%08x-77aa-4c55-8a11-%012x"},"effectiveDateTime":"%s","issued":"%s","valueQuantity":{"value":%s,"unit":"mg/dL","system":"http://unitsofmeasure.org","code":"mg/dL"}}`,
		id, when.Format(time.RFC3339), 1000+n%97, n%10, name, name, random.Uint32(), random.Uint64()&0xffffffffffff,
		when.Format(time.RFC3339), when.Format(time.RFC3339), value)
	sum = fhir.Summary{
		ResourceType: "Observation", ID: id, Release: fhir.R4, Version: "4.0.1", Status: "final", Display: name,
		Start:      fhir.DateTime{Time: when, Precision: fhir.PrecisionSecond, HasZone: true},
		Categories: []fhir.Coding{{Code: "laboratory"}},
		Value:      fhir.Value{Kind: fhir.ValueQuantity, Number: value, Unit: "mg/dL"},
	}
	return raw, sum
}

type rawRecord struct {
	raw []byte
	sum fhir.Summary
}

func syntheticRecords(count int) []rawRecord {
	random := rand.New(rand.NewPCG(1, 2))
	records := make([]rawRecord, count)
	for n := range records {
		records[n].raw, records[n].sum = synthetic(random, n)
	}
	return records
}

func importSynthetic(b *testing.B, s *store.Store, records []rawRecord) {
	b.Helper()
	im := begin(b, s)
	for n := range records {
		if _, err := im.AddResource(background, clinicA, fhir.Resource{Raw: records[n].raw}, &records[n].sum); err != nil {
			b.Fatal(err)
		}
	}
	commit(b, im)
}

func openFull(b *testing.B, backend store.Backend) *store.Store {
	b.Helper()
	return open(b, backend, func(o *store.Options) { o.SegmentSize = 0 })
}

func BenchmarkImport50k(b *testing.B) {
	records := syntheticRecords(50_000)
	size := 0
	for _, r := range records {
		size += len(r.raw)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		s := openFull(b, mem.New())
		importSynthetic(b, s, records)
		b.ReportMetric(float64(s.Status().Bytes)/float64(size), "stored/raw")
	}
}

func BenchmarkImport50kAgain(b *testing.B) {
	records := syntheticRecords(50_000)
	s := openFull(b, mem.New())
	importSynthetic(b, s, records)
	for b.Loop() {
		importSynthetic(b, s, records)
	}
}

func BenchmarkOpen100k(b *testing.B) {
	backend := mem.New()
	importSynthetic(b, openFull(b, backend), syntheticRecords(100_000))
	for b.Loop() {
		s := openFull(b, backend)
		query(b, s.Person(), store.Query{Type: store.LabResultRecord, Limit: 100})
	}
}

func BenchmarkLatest100(b *testing.B) {
	s := openFull(b, mem.New())
	importSynthetic(b, s, syntheticRecords(50_000))
	for b.Loop() {
		query(b, s.Person(), store.Query{Type: store.LabResultRecord, Limit: 100})
	}
}

// BenchmarkSamples imports a million heart rates of about four a minute.
func BenchmarkSamples(b *testing.B) {
	const count = 1_000_000
	for b.Loop() {
		s := openFull(b, mem.New())
		im := begin(b, s)
		random := rand.New(rand.NewPCG(1, 2))
		sample := store.Sample{Type: "heartRate", Source: watch, Unit: "/min", StartDate: 1_500_000_000_000}
		for range count {
			value := float64(55 + random.IntN(60))
			sample.StartDate += int64(5+random.IntN(20)) * 1000
			sample.EndDate, sample.Value = sample.StartDate, &value
			if _, err := im.AddSample(background, sample); err != nil {
				b.Fatal(err)
			}
		}
		commit(b, im)
		b.ReportMetric(float64(s.Status().Bytes)/count, "bytes/sample")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/count, "ns/sample")
}
