package sample

import (
	"fmt"

	"github.com/keepwell-health/keepwell/fhir"
)

// shot is one vaccine that was given.
type shot struct {
	place   string
	vaccine code
	day     day
}

// Vaccines (CDC's CVX code set).
var (
	hepatitisB      = code{cvx, "43", "Hep B, adult", "Hepatitis B"}
	hepatitisA      = code{cvx, "52", "Hep A, adult", "Hepatitis A"}
	typhoid         = code{cvx, "101", "typhoid, ViCPs", "Typhoid"}
	tdap            = code{cvx, "115", "Tdap", "Tetanus, diphtheria, pertussis (Tdap)"}
	fluTrivalent    = code{cvx, "141", "Influenza, seasonal, injectable", "Influenza"}
	fluQuadrivalent = code{cvx, "150", "Influenza, injectable, quadrivalent, preservative free", "Influenza"}
	fluFree         = code{cvx, "140", "Influenza, seasonal, injectable, preservative free", "Influenza"}
	pneumococcal23  = code{cvx, "33", "pneumococcal polysaccharide PPV23", "Pneumococcal (PPSV23)"}
	pneumococcal20  = code{cvx, "216", "Pneumococcal conjugate PCV20, polysaccharide CRM197 conjugate, adjuvant, PF", "Pneumococcal (PCV20)"}
	zoster          = code{cvx, "187", "zoster recombinant", "Shingles"}
	covid           = code{cvx, "208", "COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose", "COVID-19"}
	covidBivalent   = code{cvx, "300", "COVID-19, mRNA, LNP-S, bivalent, PF, 30 mcg/0.3 mL dose", "COVID-19, bivalent"}
	covidSeasonal   = code{cvx, "309", "COVID-19, mRNA, LNP-S, PF, tris-sucrose, 30 mcg/0.3 mL", "COVID-19"}
)

var shots = []shot{
	{siteA.name, hepatitisB, "2006-04-11"},
	{siteA.name, hepatitisB, "2006-05-16"},
	{siteA.name, hepatitisB, "2006-10-17"},
	{siteC.name, tdap, "2008-07-22"}, // after the birth, to protect the newborn
	{siteA.name, hepatitisA, "2009-08-11"},
	{siteA.name, typhoid, "2009-08-11"},
	{siteA.name, hepatitisA, "2010-04-15"},
	{siteB.name, pneumococcal23, "2017-09-04"}, // recommended with diabetes
	{siteB.name, tdap, "2018-03-22"},
	{siteC.name, covid, "2021-04-06"},
	{siteC.name, covid, "2021-04-27"},
	{siteB.name, zoster, "2021-06-15"}, // recommended from 50
	{siteB.name, zoster, "2021-09-14"},
	{siteC.name, covid, "2021-11-16"},
	{siteC.name, covidBivalent, "2022-10-11"},
	{siteB.name, pneumococcal20, "2022-11-08"},
}

// seasonalShots returns the shots of one autumn: influenza every year, and
// COVID-19 since its vaccine follows the season.
func seasonalShots(year int) []shot {
	october := day(fmt.Sprintf("%04d-10-%02d", year, 2+year%25))
	place, flu := siteA.name, fluTrivalent
	switch {
	case year >= 2024: // the fourth strain had died out
		place, flu = siteB.name, fluFree
	case year >= 2014:
		place, flu = siteB.name, fluQuadrivalent
	}
	list := []shot{{place, flu, october}}
	if year >= 2023 {
		list = append(list, shot{siteC.name, covidSeasonal, october})
	}
	return list
}

func (c *chart) immunizations() {
	list := append([]shot(nil), shots...)
	for year := firstYear; year <= c.until.Year(); year++ {
		list = append(list, seasonalShots(year)...)
	}
	for _, s := range list {
		if s.place == c.site.name && c.past(s.day) {
			c.add("Immunization", s.vaccine.code+s.day.key(), func(o object) object { return c.fillShot(o, s) })
		}
	}
}

func (c *chart) fillShot(o object, s shot) object {
	when := instant(s.day.at(10, 5))
	lot := fmt.Sprintf("S%s%04d", s.vaccine.code, chance(c.person.seed, s.vaccine.code+s.day.key()).UintN(10000))
	arm := object{{"coding", []object{{{"system", hl7 + "v3-ActSite"}, {"code", "LA"}, {"display", "left arm"}}}}, {"text", "Left arm"}}
	if c.release == fhir.DSTU2 {
		return o.
			with("status", "completed").
			with("date", when).
			with("vaccineCode", s.vaccine.concept()).
			with("patient", c.patient()).
			with("wasNotGiven", false).
			with("reported", false).
			with("performer", c.doctor()).
			with("lotNumber", lot).
			with("site", arm).
			with("doseQuantity", quantity("0.5", "mL", "mL"))
	}
	return o.
		with("status", "completed").
		with("vaccineCode", s.vaccine.concept()).
		with("patient", c.patient()).
		with("occurrenceDateTime", when).
		with("primarySource", true).
		with("lotNumber", lot).
		with("site", arm).
		with("doseQuantity", quantity("0.5", "mL", "mL")).
		with("performer", []object{{{"actor", c.provider()}}})
}
