package sample

import (
	"math"
	"strconv"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
)

const (
	vitalSigns = "vital-signs"
	laboratory = "laboratory"
)

var categoryNames = map[string]string{vitalSigns: "Vital Signs", laboratory: "Laboratory", "social-history": "Social History"}

// observation begins an Observation of a category, up to its value.
func (c *chart) observation(o object, category string, what code, when time.Time) object {
	return o.
		with("status", "final").
		with("category", c.listed(c.category("observation-category", category, categoryNames[category]))).
		with("code", what.concept()).
		with("subject", c.patient()).
		with("encounter", c.visitOf(dayOf(when))).
		with("effectiveDateTime", instant(when)).
		with("issued", instant(when.Add(95*time.Minute)))
}

func quantity(value number, unit, ucumCode string) object {
	return object{{"value", value}, {"unit", unit}, {"system", ucum}, {"code", ucumCode}}
}

// measured writes one measured value and returns the reference to it.
func (c *chart) measured(category string, m measure, value float64, when time.Time) string {
	return c.add("Observation", m.code.code+dayOf(when).key(), func(o object) object {
		o = c.observation(o, category, m.code, when)
		o = o.with("valueQuantity", quantity(m.format(value), m.unit, m.ucum))
		if judged := m.judge(value); judged.code != "" {
			judged.system = hl7 + "v3-ObservationInterpretation"
			if c.release == fhir.DSTU2 {
				judged.system = hl7Old + "v2/0078"
			}
			o = o.with("interpretation", c.listed(judged.concept()))
		}
		return o.with("referenceRange", m.referenceRange())
	})
}

// judge returns the interpretation of a value as it is written, rounded.
func (m measure) judge(value float64) code {
	scale := math.Pow10(m.digits)
	value = math.Round(value*scale) / scale
	switch {
	case m.low == 0 && m.high == 0:
		return code{}
	case m.high != 0 && value > m.high:
		return code{code: "H", display: "High"}
	case value < m.low:
		return code{code: "L", display: "Low"}
	}
	return code{code: "N", display: "Normal"}
}

func (m measure) referenceRange() []object {
	if m.low == 0 && m.high == 0 {
		return nil
	}
	var r object
	if m.low != 0 {
		r = r.with("low", quantity(m.format(m.low), m.unit, m.ucum))
	}
	if m.high != 0 {
		r = r.with("high", quantity(m.format(m.high), m.unit, m.ucum))
	}
	return []object{r}
}

// bloodPressure writes systolic and diastolic as the two components of one
// Observation (FHIR's vital signs profile "bp").
func (c *chart) bloodPressure(when time.Time) {
	panel := code{loinc, "85354-9", "Blood pressure panel with all children optional", "Blood pressure"}
	if c.release == fhir.DSTU2 {
		panel = code{loinc, "55284-4", "Blood pressure systolic and diastolic", "Blood pressure"}
	}
	c.add("Observation", panel.code+dayOf(when).key(), func(o object) object {
		var parts []object
		for _, m := range []measure{systolic, diastolic} {
			value := m.format(m.read(c.person.seed, when))
			parts = append(parts, object{{"code", m.code.concept()}, {"valueQuantity", quantity(value, m.unit, m.ucum)}})
		}
		return c.observation(o, vitalSigns, panel, when).with("component", parts)
	})
}

// coded writes an observation whose value is a concept.
func (c *chart) coded(category string, what, value code, when time.Time) string {
	return c.add("Observation", what.code+dayOf(when).key(), func(o object) object {
		return c.observation(o, category, what, when).with("valueCodeableConcept", value.concept())
	})
}

// vitals writes the readings of a visit; the full set at a yearly check.
func (c *chart) vitals(when time.Time, full bool) {
	seed := c.person.seed
	c.bloodPressure(when)
	c.measured(vitalSigns, pulse, pulse.read(seed, when), when)
	kilograms := weight.read(seed, when)
	c.measured(vitalSigns, weight, kilograms, when)
	if !full {
		return
	}
	centimeters := height.read(seed, when)
	c.measured(vitalSigns, height, centimeters, when)
	c.measured(vitalSigns, bodyMass, massIndex(kilograms, centimeters), when)
	c.measured(vitalSigns, warmth, warmth.read(seed, when), when)
	c.measured(vitalSigns, breathing, breathing.read(seed, when), when)
	c.measured(vitalSigns, oxygen, oxygen.read(seed, when), when)
}

// panel is a set of laboratory tests that is ordered as one. Only a panel with a
// code has a report of its own.
type panel struct {
	code     code
	measures []measure
}

var (
	lipids    = panel{code{loinc, "24331-1", "Lipid 1996 panel - Serum or Plasma", "Lipid panel"}, []measure{cholesterol, triglycerides, hdl, ldl}}
	metabolic = panel{code{loinc, "24321-2", "Basic metabolic 2000 panel - Serum or Plasma", "Basic metabolic panel"}, []measure{glucose, urea, creatinine, filtration, sodium, potassium, chloride, calcium}}
	counts    = panel{code{loinc, "58410-2", "CBC panel - Blood by Automated count", "Complete blood count"}, []measure{leukocytes, hemoglobin, hematocrit, platelets}}
	sugar     = panel{measures: []measure{glycated}}
	kidney    = panel{measures: []measure{albuminuria}}
	iron      = panel{measures: []measure{ferritin}}
	liver     = panel{measures: []measure{alanine}}
	thyroid   = panel{measures: []measure{thyrotropin}}
)

// value returns what a test shows: most are read, some follow from others.
func (c *chart) value(m measure, when time.Time) float64 {
	seed := c.person.seed
	switch m.code.code {
	case cholesterol.code.code:
		return totalCholesterol(ldl.read(seed, when), hdl.read(seed, when), triglycerides.read(seed, when))
	case filtration.code.code:
		age := yearOf(when) - yearOf(c.person.birth.time())
		return filtrationRate(creatinine.read(seed, when), age)
	}
	return m.read(seed, when)
}

// tests writes the results of panels, each with its report.
func (c *chart) tests(when time.Time, panels ...panel) {
	for _, p := range panels {
		var results []object
		for _, m := range p.measures {
			if when.Year() < m.since() {
				continue
			}
			results = append(results, reference(c.measured(laboratory, m, c.value(m, when), when), m.code.name()))
		}
		if p.code.code != "" {
			c.report(p.code, when, results)
		}
	}
}

func (c *chart) report(what code, when time.Time, results []object) {
	c.add("DiagnosticReport", what.code+dayOf(when).key(), func(o object) object {
		section := code{hl7 + "v2-0074", "LAB", "Laboratory", ""}
		if c.release == fhir.DSTU2 {
			section.system = hl7Old + "v2/0074"
		}
		return o.
			with("status", "final").
			with("category", c.listed(section.concept())).
			with("code", what.concept()).
			with("subject", c.patient()).
			with("encounter", c.visitOf(dayOf(when))).
			with("effectiveDateTime", instant(when)).
			with("issued", instant(when.Add(26*time.Hour))).
			with("performer", c.listed(c.provider())).
			with("result", results).
			with("conclusion", what.name()+" of "+strconv.Itoa(len(results))+" tests.")
	})
}
