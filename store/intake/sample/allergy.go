package sample

import "github.com/keepwell-health/keepwell/fhir"

type allergy struct {
	place     string
	substance code
	category  string // food, medication, environment
	severe    bool
	onset     string
	noted     day
	reactions []code
	inactive  bool
}

var (
	rash        = code{snomed, "271807003", "Eruption of skin (disorder)", "Skin rash"}
	hives       = code{snomed, "247472004", "Wheal (finding)", "Hives"}
	anaphylaxis = code{snomed, "39579001", "Anaphylaxis (disorder)", "Anaphylaxis"}
	sneezing    = code{snomed, "76067001", "Sneezing", ""}
	redEyes     = code{snomed, "878820003", "Rhinoconjunctivitis (disorder)", "Runny nose and itching eyes"}
	itching     = code{snomed, "418363000", "Itching of skin (finding)", "Itching"}
)

var allergyList = []allergy{
	{siteA.name, code{snomed, "764146007", "Penicillin (substance)", "Penicillin"}, "medication", true, "1990", "2006-04-11", []code{rash, hives}, false},
	{siteA.name, code{snomed, "256277009", "Grass pollen (substance)", "Grass pollen"}, "environment", false, "1989-05", "2006-04-11", []code{sneezing, redEyes}, false},
	{siteA.name, code{snomed, "260147004", "House dust mite (organism)", "House dust mite"}, "environment", false, "1978", "2006-04-11", []code{sneezing}, true},
	{siteB.name, code{snomed, "764146007", "Penicillin (substance)", "Penicillin"}, "medication", true, "1990", "2014-03-18", []code{hives}, false},
	{siteB.name, code{snomed, "111088007", "Latex (substance)", "Latex"}, "environment", false, "2016", "2016-05-10", []code{itching}, false},
	{siteC.name, code{snomed, "762952008", "Peanut (substance)", "Peanut"}, "food", true, "2013-12-30", "2013-12-30", []code{anaphylaxis, hives}, false},
}

func (c *chart) allergies() {
	for _, a := range allergyList {
		if a.place == c.site.name && c.past(a.noted) {
			c.add("AllergyIntolerance", a.substance.code, func(o object) object { return c.fillAllergy(o, a) })
		}
	}
}

func (c *chart) fillAllergy(o object, a allergy) object {
	clinical := "active"
	if a.inactive {
		clinical = "inactive"
	}
	if c.release == fhir.DSTU2 {
		return o.
			with("onset", a.onset).
			with("recordedDate", string(a.noted)).
			with("recorder", c.doctor()).
			with("patient", c.patient()).
			with("substance", a.substance.concept()).
			with("status", clinical).
			with("criticality", pick(a.severe, "CRITH", "CRITL")).
			with("type", "allergy").
			with("category", a.category).
			with("reaction", reactions(a))
	}
	return o.
		with("clinicalStatus", c.status("allergyintolerance-clinical", clinical)).
		with("verificationStatus", c.status("allergyintolerance-verification", "confirmed")).
		with("type", "allergy").
		with("category", []string{a.category}).
		with("criticality", pick(a.severe, "high", "low")).
		with("code", a.substance.concept()).
		with("patient", c.patient()).
		with("onsetDateTime", a.onset).
		with("recordedDate", string(a.noted)).
		with("recorder", c.doctor()).
		with("reaction", reactions(a))
}

func reactions(a allergy) []object {
	var manifestations []object
	for _, r := range a.reactions {
		manifestations = append(manifestations, r.concept())
	}
	return []object{{{"manifestation", manifestations}, {"severity", pick(a.severe, "severe", "mild")}}}
}

func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}
