package sample

import (
	"fmt"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
)

// operation is a procedure with the time it took.
type operation struct {
	place   string
	code    code
	day     day
	minutes int
	reason  string
}

var (
	cesarean      = code{snomed, "11466000", "Cesarean section (procedure)", "Cesarean section"}
	appendectomy  = code{snomed, "80146002", "Appendectomy", ""}
	colonoscopy   = code{snomed, "73761001", "Colonoscopy", ""}
	electrocardio = code{snomed, "29303009", "Electrocardiographic procedure", "Electrocardiogram"}
	spirometry    = code{snomed, "23426006", "Measurement of respiratory function (procedure)", "Lung function test"}
	chestXRay     = code{snomed, "399208008", "Plain chest X-ray (procedure)", "Chest X-ray"}
	mammography   = code{snomed, "24623002", "Screening mammography (procedure)", "Mammogram"}
	retinaScreen  = code{snomed, "134395001", "Diabetic retinal screening (procedure)", "Diabetic eye screening"}
	kneeXRay      = code{snomed, "74016001", "Knee X-ray", ""}
	breastImaging = code{loinc, "24606-6", "MG Breast Screening", "Mammogram report"}
	chestImaging  = code{loinc, "36643-5", "XR Chest 2 Views", "Chest X-ray report"}
	kneeImaging   = code{loinc, "37742-4", "XR Knee 4 Views", "Knee X-ray report"}
)

var operations = []operation{
	{siteA.name, spirometry, "2009-01-27", 20, "Cough and wheezing"},
	{siteA.name, chestXRay, "2009-01-27", 10, "Cough and wheezing"},
	{siteA.name, electrocardio, "2012-04-17", 10, "Before treatment for cholesterol"},
	{siteC.name, cesarean, "2008-07-21", 55, "Breech presentation"},
	{siteC.name, appendectomy, "2010-03-18", 70, "Appendicitis"},
	{siteC.name, colonoscopy, "2016-11-08", 30, "Screening from 45"},
	{siteC.name, colonoscopy, "2026-06-09", 30, "Screening after ten years"},
	{siteB.name, electrocardio, "2014-03-18", 10, "High blood pressure"},
	{siteB.name, kneeXRay, "2023-07-25", 15, "Knee pain"},
}

func (c *chart) procedures() {
	list := append([]operation(nil), operations...)
	for year := firstYear; year <= c.until.Year(); year++ {
		list = append(list, screenings(year)...)
	}
	for _, op := range list {
		if op.place == c.site.name && c.past(op.day) {
			c.add("Procedure", op.code.code+op.day.key(), func(o object) object { return c.fillProcedure(o, op) })
			c.imaging(op)
		}
	}
}

// screenings returns what a year calls for: a mammogram every other year from
// 40, the eyes every year with diabetes.
func screenings(year int) []operation {
	var list []operation
	if year >= 2011 && year%2 == 1 {
		list = append(list, operation{siteC.name, mammography, day(fmt.Sprintf("%04d-05-%02d", year, 3+year%25)), 15, "Screening"})
	}
	if year >= 2017 {
		list = append(list, operation{siteC.name, retinaScreen, day(fmt.Sprintf("%04d-11-%02d", year, 3+year%18)), 20, "Type 2 diabetes"})
	}
	return list
}

// imaging writes the report of a procedure that makes pictures.
func (c *chart) imaging(op operation) {
	switch op.code {
	case mammography:
		c.imagingReport(breastImaging, op.day, "Scattered fibroglandular tissue. No mass, no suspicious calcification. BI-RADS 1, negative. Screening again in two years.")
	case kneeXRay:
		c.imagingReport(kneeImaging, op.day, "Mild narrowing of the medial joint space of the right knee with small osteophytes. No fracture, no effusion.")
	case chestXRay:
		c.imagingReport(chestImaging, op.day, "Lungs clear. Heart of normal size. No effusion.")
	}
}

func (c *chart) fillProcedure(o object, op operation) object {
	start := op.day.at(9, 0)
	o = o.
		with("status", "completed").
		with("code", op.code.concept()).
		with("subject", c.patient()).
		with("encounter", c.visitOf(op.day)).
		with("performedPeriod", object{{"start", instant(start)}, {"end", instant(start.Add(time.Duration(op.minutes) * time.Minute))}}).
		with("performer", []object{{{"actor", c.doctor()}}})
	if c.release == fhir.DSTU2 {
		return o.with("reasonCodeableConcept", object{{"text", op.reason}})
	}
	return o.with("reasonCode", []object{{{"text", op.reason}}})
}
