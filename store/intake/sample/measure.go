package sample

import (
	"math"
	"strconv"
	"time"
)

// measure is something that is measured again and again.
type measure struct {
	code       code
	unit, ucum string
	digits     int     // after the decimal point
	low, high  float64 // reference range; 0 means open at that end, both 0 none
	spread     float64 // standard deviation of one reading around the trend
	trend      []point
}

// point says where a measure stood; between points it moves evenly.
type point struct{ year, value float64 }

// Vital signs (LOINC, as FHIR's vital signs profile names them).
var (
	systolic  = measure{code{loinc, "8480-6", "Systolic blood pressure", ""}, "mmHg", "mm[Hg]", 0, 0, 0, 3, []point{{2006, 116}, {2010, 122}, {2014.1, 146}, {2014.8, 131}, {2017, 135}, {2019.5, 126}, {2030, 123}}}
	diastolic = measure{code{loinc, "8462-4", "Diastolic blood pressure", ""}, "mmHg", "mm[Hg]", 0, 0, 0, 2, []point{{2006, 74}, {2010, 77}, {2014.1, 93}, {2014.8, 83}, {2017, 86}, {2019.5, 78}, {2030, 76}}}
	pulse     = measure{code{loinc, "8867-4", "Heart rate", ""}, "beats/minute", "/min", 0, 0, 0, 4, []point{{2006, 68}, {2017, 76}, {2020, 69}, {2030, 66}}}
	breathing = measure{code{loinc, "9279-1", "Respiratory rate", ""}, "breaths/minute", "/min", 0, 0, 0, 1, []point{{2006, 14}}}
	warmth    = measure{code{loinc, "8310-5", "Body temperature", ""}, "°C", "Cel", 1, 0, 0, 0.15, []point{{2006, 36.7}}}
	oxygen    = measure{code{loinc, "2708-6", "Oxygen saturation in Arterial blood", "Oxygen saturation"}, "%", "%", 0, 0, 0, 0.6, []point{{2006, 98}}}
	weight    = measure{code{loinc, "29463-7", "Body weight", ""}, "kg", "kg", 1, 0, 0, 0.5, []point{{2006, 66}, {2007.4, 66.8}, {2008.2, 79}, {2008.8, 71}, {2013, 77}, {2017, 84.5}, {2019.5, 76.2}, {2021.2, 79}, {2024, 74.6}, {2030, 73}}}
	height    = measure{code{loinc, "8302-2", "Body height", ""}, "cm", "cm", 0, 0, 0, 0, []point{{2006, 168}}}
	bodyMass  = measure{code{loinc, "39156-5", "Body mass index (BMI) [Ratio]", "Body mass index"}, "kg/m2", "kg/m2", 1, 0, 0, 0, nil}
)

// Laboratory tests.
var (
	ldl           = measure{code{loinc, "13457-7", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation", "LDL cholesterol"}, "mg/dL", "mg/dL", 0, 0, 100, 5, []point{{2006, 112}, {2012.2, 166}, {2013, 114}, {2017, 124}, {2018, 84}, {2030, 74}}}
	hdl           = measure{code{loinc, "2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma", "HDL cholesterol"}, "mg/dL", "mg/dL", 0, 50, 0, 2, []point{{2006, 58}, {2017, 44}, {2020, 53}, {2030, 55}}}
	triglycerides = measure{code{loinc, "2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", "Triglycerides"}, "mg/dL", "mg/dL", 0, 0, 150, 12, []point{{2006, 104}, {2017, 198}, {2019, 138}, {2030, 122}}}
	cholesterol   = measure{code{loinc, "2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "Total cholesterol"}, "mg/dL", "mg/dL", 0, 0, 200, 0, nil}
	glycated      = measure{code{loinc, "4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "Hemoglobin A1c"}, "%", "%", 1, 4, 5.6, 0.1, []point{{2006, 5.2}, {2012, 5.6}, {2013, 5.9}, {2016.5, 6.2}, {2017.2, 7.5}, {2018, 6.6}, {2020, 6.4}, {2021.2, 7.0}, {2023, 6.5}, {2030, 6.3}}}
	glucose       = measure{code{loinc, "2345-7", "Glucose [Mass/volume] in Serum or Plasma", "Glucose"}, "mg/dL", "mg/dL", 0, 70, 99, 5, []point{{2006, 86}, {2012, 99}, {2013, 106}, {2016.5, 117}, {2017.2, 152}, {2018, 121}, {2021.2, 134}, {2023, 116}, {2030, 111}}}
	urea          = measure{code{loinc, "3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma", "Urea nitrogen"}, "mg/dL", "mg/dL", 0, 7, 20, 1.5, []point{{2006, 12}, {2030, 17}}}
	creatinine    = measure{code{loinc, "2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "Creatinine"}, "mg/dL", "mg/dL", 2, 0.51, 0.95, 0.03, []point{{2006, 0.72}, {2017, 0.81}, {2026, 0.91}, {2030, 0.95}}}
	filtration    = measure{code{loinc, "98979-8", "Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum, Plasma or Blood by Creatinine-based formula (CKD-EPI 2021)", "eGFR"}, "mL/min/{1.73_m2}", "mL/min/{1.73_m2}", 0, 60, 0, 0, nil}
	sodium        = measure{code{loinc, "2951-2", "Sodium [Moles/volume] in Serum or Plasma", "Sodium"}, "mmol/L", "mmol/L", 0, 136, 145, 1.2, []point{{2006, 140}}}
	potassium     = measure{code{loinc, "2823-3", "Potassium [Moles/volume] in Serum or Plasma", "Potassium"}, "mmol/L", "mmol/L", 1, 3.5, 5.1, 0.2, []point{{2006, 4.1}, {2015, 4.3}}}
	chloride      = measure{code{loinc, "2075-0", "Chloride [Moles/volume] in Serum or Plasma", "Chloride"}, "mmol/L", "mmol/L", 0, 98, 107, 1.2, []point{{2006, 103}}}
	calcium       = measure{code{loinc, "17861-6", "Calcium [Mass/volume] in Serum or Plasma", "Calcium"}, "mg/dL", "mg/dL", 1, 8.6, 10.2, 0.2, []point{{2006, 9.4}}}
	leukocytes    = measure{code{loinc, "6690-2", "Leukocytes [#/volume] in Blood by Automated count", "White blood cells"}, "10*3/uL", "10*3/uL", 1, 4, 11, 0.8, []point{{2006, 6.4}}}
	hemoglobin    = measure{code{loinc, "718-7", "Hemoglobin [Mass/volume] in Blood", "Hemoglobin"}, "g/dL", "g/dL", 1, 12, 15.5, 0.3, []point{{2006, 13.1}, {2008.5, 9.8}, {2009.4, 12.6}, {2012, 13.2}, {2030, 13.6}}}
	hematocrit    = measure{code{loinc, "4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count", "Hematocrit"}, "%", "%", 1, 36, 46, 0.8, []point{{2006, 39.2}, {2008.5, 30.1}, {2009.4, 37.8}, {2012, 39.5}}}
	platelets     = measure{code{loinc, "777-3", "Platelets [#/volume] in Blood by Automated count", "Platelets"}, "10*3/uL", "10*3/uL", 0, 150, 400, 18, []point{{2006, 248}}}
	ferritin      = measure{code{loinc, "2276-4", "Ferritin [Mass/volume] in Serum or Plasma", "Ferritin"}, "ng/mL", "ng/mL", 0, 15, 150, 3, []point{{2006, 40}, {2008.5, 7}, {2009.4, 34}, {2030, 60}}}
	thyrotropin   = measure{code{loinc, "3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "TSH"}, "m[IU]/L", "m[IU]/L", 2, 0.4, 4.5, 0.3, []point{{2006, 1.9}, {2030, 2.4}}}
	alanine       = measure{code{loinc, "1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "ALT"}, "U/L", "U/L", 0, 0, 35, 3, []point{{2006, 19}, {2017, 41}, {2020, 27}, {2030, 24}}}
	albuminuria   = measure{code{loinc, "9318-7", "Albumin/Creatinine [Mass Ratio] in Urine", "Urine albumin/creatinine"}, "mg/g", "mg/g", 0, 0, 30, 2, []point{{2017, 14}, {2026, 22}, {2030, 25}}}
)

// since returns the first year in which laboratories report the measure.
func (m measure) since() int {
	if m.code.code == filtration.code.code {
		return 2022 // the year after the equation was published
	}
	return 0
}

// trendAt returns where the measure stands at a time.
func (m measure) trendAt(t time.Time) float64 {
	year := yearOf(t)
	before := m.trend[0]
	for _, p := range m.trend {
		if p.year > year {
			if p.year == before.year || year <= before.year {
				return before.value
			}
			return before.value + (p.value-before.value)*(year-before.year)/(p.year-before.year)
		}
		before = p
	}
	return before.value
}

// read returns one reading: the trend and this day's chance.
func (m measure) read(seed uint64, t time.Time) float64 {
	return m.trendAt(t) + m.spread*chance(seed, m.code.code+dayOf(t).key()).NormFloat64()
}

func (d day) key() string { return "@" + string(d) }

func (m measure) format(value float64) number {
	return number(strconv.FormatFloat(value, 'f', m.digits, 64))
}

// body mass index, kg/m².
func massIndex(kilograms, centimeters float64) float64 {
	return kilograms / (centimeters * centimeters / 10000)
}

// total cholesterol by the Friedewald equation, mg/dL.
func totalCholesterol(ldl, hdl, triglycerides float64) float64 {
	return ldl + hdl + triglycerides/5
}

// filtrationRate is CKD-EPI 2021 for women (NEJM 2021;385:1737), mL/min/1.73 m².
func filtrationRate(creatinine, age float64) float64 {
	ratio := creatinine / 0.7
	return 142 * math.Pow(min(ratio, 1), -0.241) * math.Pow(max(ratio, 1), -1.200) * math.Pow(0.9938, age) * 1.012
}
