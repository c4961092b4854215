package applehealth

import (
	"math"
	"strconv"
	"testing"
)

// FuzzNumber holds that number reads what strconv does, to the bit, and finite
// numbers only.
func FuzzNumber(f *testing.F) {
	for _, text := range []string{"", "-", ".", "-.", "5.", ".5", "-.5", "0", "-0", "00012.50", "1e5", "1e999", "Inf", "NaN", "0x1p-2", "1_000",
		"123456789012345", "1234567890123456", "0.1234567890123", "12345678.1234567", "-99.99", "1.2.3", "+5", " 5", "५"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := strconv.ParseFloat(text, 64)
		wanted := err == nil && !math.IsInf(want, 0) && !math.IsNaN(want)
		got, ok := number([]byte(text))
		if ok != wanted || ok && math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%q: got %v, %v; want %v, %v", text, got, ok, want, wanted)
		}
	})
}
