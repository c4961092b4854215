package sample

import (
	"time"

	"github.com/keepwell-health/keepwell/fhir"
)

// course is a medication over a span of time.
type course struct {
	place     string
	drug      code
	start     day
	stop      day // "" while it is taken
	dose      int // units each time
	unit      string
	perDay    int // 0: as needed
	asNeeded  string
	reason    string
	statement bool // what the person says to take, without a prescription
}

var courses = []course{
	{place: siteA.name, drug: code{rxnorm, "310325", "ferrous sulfate 325 MG Oral Tablet", "Ferrous sulfate 325 mg"}, start: "2008-05-12", stop: "2009-06-02", dose: 1, unit: "tablet", perDay: 1, reason: "Iron deficiency"},
	{place: siteA.name, drug: code{rxnorm, "745679", "200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "Albuterol inhaler"}, start: "2009-01-27", stop: "2009-04-27", dose: 2, unit: "puff", asNeeded: "wheezing", reason: "Acute bronchitis"},
	{place: siteA.name, drug: code{rxnorm, "617312", "atorvastatin 10 MG Oral Tablet", "Atorvastatin 10 mg"}, start: "2012-04-17", stop: "2014-03-18", dose: 1, unit: "tablet", perDay: 1, reason: "High cholesterol"},
	{place: siteA.name, drug: code{rxnorm, "311372", "loratadine 10 MG Oral Tablet", "Loratadine 10 mg"}, start: "2006-04-11", stop: "2014-03-18", dose: 1, unit: "tablet", asNeeded: "hay fever", reason: "Hay fever", statement: true},
	{place: siteA.name, drug: code{rxnorm, "310965", "ibuprofen 200 MG Oral Tablet", "Ibuprofen 200 mg"}, start: "2006-04-11", stop: "2014-03-18", dose: 2, unit: "tablet", asNeeded: "pain", reason: "Headache", statement: true},
	{place: siteB.name, drug: code{rxnorm, "314076", "lisinopril 10 MG Oral Tablet", "Lisinopril 10 mg"}, start: "2014-03-18", stop: "2017-03-21", dose: 1, unit: "tablet", perDay: 1, reason: "High blood pressure"},
	{place: siteB.name, drug: code{rxnorm, "314077", "lisinopril 20 MG Oral Tablet", "Lisinopril 20 mg"}, start: "2017-03-21", dose: 1, unit: "tablet", perDay: 1, reason: "High blood pressure"},
	{place: siteB.name, drug: code{rxnorm, "617310", "atorvastatin 20 MG Oral Tablet", "Atorvastatin 20 mg"}, start: "2014-03-18", stop: "2017-03-21", dose: 1, unit: "tablet", perDay: 1, reason: "High cholesterol"},
	{place: siteB.name, drug: code{rxnorm, "617311", "atorvastatin 40 MG Oral Tablet", "Atorvastatin 40 mg"}, start: "2017-03-21", dose: 1, unit: "tablet", perDay: 1, reason: "High cholesterol"},
	{place: siteB.name, drug: code{rxnorm, "1648755", "nitrofurantoin, macrocrystals 25 MG / nitrofurantoin, monohydrate 75 MG Oral Capsule", "Nitrofurantoin 100 mg"}, start: "2016-05-10", stop: "2016-05-15", dose: 1, unit: "capsule", perDay: 2, reason: "Cystitis"},
	{place: siteB.name, drug: code{rxnorm, "861007", "metformin hydrochloride 500 MG Oral Tablet", "Metformin 500 mg"}, start: "2017-03-21", stop: "2021-03-05", dose: 1, unit: "tablet", perDay: 2, reason: "Type 2 diabetes"},
	{place: siteB.name, drug: code{rxnorm, "849574", "naproxen sodium 220 MG Oral Tablet", "Naproxen sodium 220 mg"}, start: "2023-07-25", dose: 1, unit: "tablet", asNeeded: "knee pain", reason: "Osteoarthritis of knee"},
	{place: siteB.name, drug: code{rxnorm, "311372", "loratadine 10 MG Oral Tablet", "Loratadine 10 mg"}, start: "2014-03-18", dose: 1, unit: "tablet", asNeeded: "hay fever", reason: "Hay fever", statement: true},
	{place: siteC.name, drug: code{rxnorm, "1870230", "NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector", "Epinephrine auto-injector"}, start: "2013-12-30", dose: 1, unit: "injection", asNeeded: "severe allergic reaction", reason: "Peanut allergy"},
	{place: siteC.name, drug: code{rxnorm, "861004", "metformin hydrochloride 1000 MG Oral Tablet", "Metformin 1,000 mg"}, start: "2021-03-05", dose: 1, unit: "tablet", perDay: 2, reason: "Type 2 diabetes"},
}

func (c *chart) medications() {
	for _, m := range courses {
		switch {
		case m.place != c.site.name || !c.past(m.start):
		case m.statement:
			c.add("MedicationStatement", m.drug.code+m.start.key(), func(o object) object { return c.fillStatement(o, m) })
		case c.release == fhir.DSTU2:
			c.add("MedicationOrder", m.drug.code+m.start.key(), func(o object) object { return c.fillOrder(o, m) })
		default:
			request := c.add("MedicationRequest", m.drug.code+m.start.key(), func(o object) object { return c.fillRequest(o, m) })
			c.dispenses(m, request)
		}
	}
}

// stopped reports whether a course has ended by now.
func (c *chart) stopped(m course) bool { return m.stop != "" && c.past(m.stop) }

func (c *chart) fillOrder(o object, m course) object {
	o = o.with("dateWritten", string(m.start)).with("status", pick(c.stopped(m), "completed", "active"))
	if c.stopped(m) {
		o = o.with("dateEnded", string(m.stop))
	}
	return o.
		with("patient", c.patient()).
		with("prescriber", c.doctor()).
		with("encounter", c.visitOf(m.start)).
		with("reasonCodeableConcept", object{{"text", m.reason}}).
		with("medicationCodeableConcept", m.drug.concept()).
		with("dosageInstruction", []object{c.dosage(m)})
}

func (c *chart) fillRequest(o object, m course) object {
	return o.
		with("status", pick(c.stopped(m), "completed", "active")).
		with("intent", "order").
		with("medicationCodeableConcept", m.drug.concept()).
		with("subject", c.patient()).
		with("encounter", c.visitOf(m.start)).
		with("authoredOn", string(m.start)).
		with("requester", c.doctor()).
		with("reasonCode", []object{{{"text", m.reason}}}).
		with("dosageInstruction", []object{c.dosage(m)}).
		with("dispenseRequest", object{{"numberOfRepeatsAllowed", 3}, {"expectedSupplyDuration", quantity("90", "days", "d")}})
}

func (c *chart) fillStatement(o object, m course) object {
	period := object{{"start", string(m.start)}}
	if c.stopped(m) {
		period = period.with("end", string(m.stop))
	}
	o = o.with("status", pick(c.stopped(m), "completed", "active"))
	if c.release == fhir.DSTU2 {
		return o.
			with("patient", c.patient()).
			with("dateAsserted", string(m.start)).
			with("effectivePeriod", period).
			with("medicationCodeableConcept", m.drug.concept()).
			with("dosage", []object{{{"text", m.instruction()}}})
	}
	return o.
		with("medicationCodeableConcept", m.drug.concept()).
		with("subject", c.patient()).
		with("effectivePeriod", period).
		with("dateAsserted", string(m.start)).
		with("dosage", []object{c.dosage(m)})
}

// dispenses writes what the pharmacy handed out over the last year of a course.
func (c *chart) dispenses(m course, request string) {
	const supply = 90 // days
	if m.perDay == 0 {
		return
	}
	end := c.until
	if c.stopped(m) {
		end = m.stop.time()
	}
	for when := m.start.at(17, 20); !when.After(end); when = when.AddDate(0, 0, supply) {
		if end.Sub(when) > 366*24*time.Hour {
			continue
		}
		c.add("MedicationDispense", m.drug.code+dayOf(when).key(), func(o object) object {
			return o.
				with("status", "completed").
				with("medicationCodeableConcept", m.drug.concept()).
				with("subject", c.patient()).
				with("authorizingPrescription", []object{reference(request, "")}).
				with("quantity", object{{"value", supply * m.perDay * m.dose}, {"unit", m.unit}}).
				with("daysSupply", quantity("90", "days", "d")).
				with("whenHandedOver", instant(when)).
				with("dosageInstruction", []object{c.dosage(m)})
		})
	}
}

func (c *chart) dosage(m course) object {
	oral := code{snomed, "26643006", "Oral route (qualifier value)", "By mouth"}
	o := object{{"text", m.instruction()}}
	if m.perDay > 0 {
		o = o.with("timing", object{{"repeat", object{{"frequency", m.perDay}, {"period", 1}, {pick(c.release == fhir.DSTU2, "periodUnits", "periodUnit"), "d"}}}})
	} else {
		o = o.with("asNeededBoolean", true)
	}
	if m.unit == "tablet" || m.unit == "capsule" {
		o = o.with("route", oral.concept())
	}
	dose := object{{"value", m.dose}, {"unit", m.unit}}
	if c.release == fhir.DSTU2 {
		return o.with("doseQuantity", dose)
	}
	return o.with("doseAndRate", []object{{{"doseQuantity", dose}}})
}

var numerals = [...]string{"", "one", "two", "three"}

// instruction returns the dosage in words: "Take one tablet twice a day".
func (m course) instruction() string {
	verb := map[string]string{"puff": "Inhale ", "injection": "Give "}[m.unit]
	if verb == "" {
		verb = "Take "
	}
	text := verb + numerals[m.dose] + " " + m.unit
	if m.dose > 1 {
		text += "s"
	}
	switch m.perDay {
	case 0:
		return text + " as needed for " + m.asNeeded
	case 1:
		return text + " once a day"
	}
	return text + " twice a day"
}
