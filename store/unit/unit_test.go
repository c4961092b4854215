package unit_test

import (
	"math"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/unit"
)

func TestConvert(t *testing.T) {
	for _, c := range []struct {
		value    float64
		from, to string
		want     float64
	}{
		{1, "kg", "g", 1000},
		{150, "lb", "kg", 68.0388555},
		{11, "st", "lb", 154},
		{1, "mi", "km", 1.609344},
		{6, "ft", "cm", 182.88},
		{98.6, "degF", "Cel", 37},
		{37, "degC", "[degF]", 98.6},
		{0, "K", "degC", -273.15},
		{1, "Cal", "kJ", 4.184},
		{1, "kcal", "Cal", 1},
		{120, "mmHg", "kPa", 15.9986864898},
		{72, "count/min", "/min", 72},
		{72, "count/min", "{beats}/min", 72},
		{1.2, "count/s", "count/min", 72},
		{100, "mg/dL", "mmol<180.15588000005408>/L", 5.55074860725},
		{5.5, "mmol<180.15588000005408>/L", "mg/dL", 99.0857340000},
		{40, "mL/min·kg", "mL/(kg.min)", 40},
		{3.5, "kcal/hr·kg", "kcal/kg·hr", 3.5},
		{36, "km/hr", "m/s", 10},
		{10, "mi/hr", "km/h", 16.09344},
		{250, "mcg", "mg", 0.25},
		{1, "cup_us", "mL", 236.5882365},
		{50, "%", "count", 0.5},
		{45, "ms", "s", 0.045},
		{1, "hr", "min", 60},
		{1, "mcS", "uS", 1},
		{300, "mcV", "mV", 0.3},
		{24, "kg/m2", "kg/m^2", 24},
		{7, "", "", 7},
	} {
		got, ok := unit.Convert(c.value, c.from, c.to)
		if !ok || math.Abs(got-c.want) > 1e-9*math.Abs(c.want) {
			t.Errorf("%v %s = %v %s, %v; want %v", c.value, c.from, got, c.to, ok, c.want)
		}
	}
}

func TestConvertRefuses(t *testing.T) {
	for _, c := range [][2]string{
		{"kg", "m"}, {"mmol/L", "mg/dL"}, {"count", "IU"}, {"dBASPL", "dBHL"}, {"min", "count"},
		{"nonsense", "kg"}, {"kg", ""}, {"/", "1"}, {"kg//m", "kg/m"}, {"degC/min", "K/min"},
		{"m9", "m9 "}, {"g<18>", "g"}, {"mol<0>", "g"}, {"mol<x>", "g"}, {strings.Repeat("m.", 100), "m"},
	} {
		if got, ok := unit.Convert(1, c[0], c[1]); ok {
			t.Errorf("1 %q gave %v %q", c[0], got, c[1])
		}
	}
}

// Every unit of the catalogue must be one that is known here, or values in
// other units could not be taken in.
func TestCatalogueUnits(t *testing.T) {
	for _, row := range store.Catalogue() {
		if row.Unit != "" && !unit.Known(row.Unit) {
			t.Errorf("%s: the unit %q is not known", row.ID, row.Unit)
		}
	}
}

func FuzzConvert(f *testing.F) {
	f.Add(1.0, "mmol<180>/L", "mg/dL")
	f.Add(1.0, "mL/min·kg", "kg.m2/s-2")
	f.Fuzz(func(t *testing.T, value float64, from, to string) {
		there, ok := unit.Convert(value, from, to)
		if !ok || value == 0 || math.IsInf(there, 0) || there == 0 {
			return
		}
		back, ok := unit.Convert(there, to, from)
		if !ok {
			t.Fatalf("%q converts to %q but not back", from, to)
		}
		_ = back
	})
}
