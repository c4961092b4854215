package protocol

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
)

// fill sets every field of a struct to something, so that a field that is added
// to store.Sample and forgotten in AppendSample is missed here.
func fill(t *testing.T, v reflect.Value, seed int) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString(string(rune('a'+seed%26)) + "\"\\\n<é\u2028")
	case reflect.Int64, reflect.Int:
		v.SetInt(int64(1_700_000_000_000 + seed))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(98.6 + float64(seed))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), seed+1)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), seed+i)
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"b": "2", "a": "1", "": "0"}))
	default:
		t.Fatalf("AppendSample meets a %s, which nothing here fills", v.Type())
	}
}

func TestAppendSampleWritesEveryField(t *testing.T) {
	var full store.Sample
	fill(t, reflect.ValueOf(&full).Elem(), 0)
	for _, sample := range []store.Sample{full, {}, {Metadata: map[string]string{}}} {
		var back store.Sample
		written := AppendSample(nil, &sample)
		if err := json.Unmarshal(written, &back); err != nil {
			t.Fatalf("%v in %s", err, written)
		}
		if len(sample.Metadata) == 0 {
			sample.Metadata = nil
		}
		if !reflect.DeepEqual(back, sample) {
			t.Errorf("read back\n%+v, want\n%+v", back, sample)
		}
		if want, _ := json.Marshal(sample); !sameJSON(t, written, want) {
			t.Errorf("AppendSample wrote\n%s, json.Marshal\n%s", written, want)
		}
	}
}

func TestAppendQueryResult(t *testing.T) {
	for _, result := range []QueryResult{
		{},
		{Samples: []store.Sample{{UUID: "1"}}},
		{Samples: []store.Sample{{UUID: "1", FHIR: &store.FHIRResource{Release: fhir.R4}}, {UUID: "2"}}},
	} {
		var back QueryResult
		if err := json.Unmarshal(result.AppendJSON(nil), &back); err != nil {
			t.Fatal(err)
		}
		if len(back.Samples) != len(result.Samples) {
			t.Errorf("%d samples came back of %d", len(back.Samples), len(result.Samples))
		}
		if back.Samples == nil {
			t.Error("no samples must be [], not null")
		}
	}
}

func TestAppendNumber(t *testing.T) {
	for _, value := range []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 98.6, 1e20, 1e21, 1.5e300, 1e-6, 9.9e-7, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		var back float64
		written := appendNumber(nil, value)
		if err := json.Unmarshal(written, &back); err != nil || back != value {
			t.Errorf("%v is written as %s", value, written)
		}
	}
	for _, value := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := string(appendNumber(nil, value)); got != "null" {
			t.Errorf("%v is written as %s", value, got)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{"", "plain", "\"\\/\b\f\n\r\t", "\x00\x1f\x7f", "é€😀", "\xff\xfe\xed\xa0\x80", "</script>\u2028\u2029"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		written := appendString(nil, s)
		marshalled, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if !sameJSON(t, written, marshalled) {
			t.Errorf("%q is written as %s, by json.Marshal as %s", s, written, marshalled)
		}
	})
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var left, right any
	if err := json.Unmarshal(a, &left); err != nil {
		t.Fatalf("%v in %s", err, a)
	}
	if err := json.Unmarshal(b, &right); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	return reflect.DeepEqual(left, right)
}

func BenchmarkAppendSample(b *testing.B) {
	value := 5.4
	sample := store.Sample{
		UUID: "0190e3a4-1c7d-8f00-9b2e-2f6f3a1b4c5d", Type: "labResultRecord",
		StartDate: 1_700_000_000_000, EndDate: 1_700_000_000_000, DateAdded: 1_700_000_000_000,
		Source: store.Source{ID: "import:sample-location-a", Name: "Sample Location A"}, DisplayName: "Hemoglobin A1c",
		Subtitle: "5.4 % (Normal)", Status: "final", Value: &value, Unit: "%",
		FHIR: &store.FHIRResource{ResourceType: "Observation", Identifier: "a1c-17", Release: fhir.R4, Version: "4.0.1"},
	}
	var dst []byte
	for b.Loop() {
		dst = AppendSample(dst[:0], &sample)
	}
	b.SetBytes(int64(len(dst)))
}
