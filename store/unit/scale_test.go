package unit_test

import (
	"math"
	"testing"

	"github.com/keepwell-health/keepwell/store/unit"
)

// A scale converts as Convert does, but for the rounding.
func TestBetween(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"count", "count"}, {"mi", "km"}, {"[lb_av]", "kg"}, {"Cel", "[degF]"}, {"degF", "Cel"}, {"Hz", "/min"},
		{"mmol<180.15588>/L", "mg/dL"}, {"no unit", "no unit"}, {"kg", "m"}, {"no unit", "kg"}, {"kg", "no unit"},
	} {
		scale, ok := unit.Between(c.from, c.to)
		for _, value := range []float64{0, 1, -40, 37, 98.6} {
			want, fits := unit.Convert(value, c.from, c.to)
			if ok != fits {
				t.Errorf("%s to %s: fits is %v", c.from, c.to, ok)
			}
			if got := unit.Round(scale.Apply(value)); ok && math.Abs(got-want) > 1e-9 {
				t.Errorf("%v %s is %v %s, want %v", value, c.from, got, c.to, want)
			}
		}
	}
}
