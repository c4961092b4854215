package sample

import "github.com/keepwell-health/keepwell/fhir"

// illness is a condition with its course.
type illness struct {
	place  string
	code   code
	onset  string // a FHIR date: "1978", "2007-02-04"
	abated string // "" while it lasts
	noted  day
}

var illnesses = []illness{
	{siteA.name, code{snomed, "233678006", "Childhood asthma", ""}, "1978", "1989", "2006-04-11"},
	{siteA.name, code{snomed, "367498001", "Seasonal allergic rhinitis", "Hay fever"}, "1989-05", "", "2006-04-11"},
	{siteA.name, code{snomed, "195662009", "Acute viral pharyngitis (disorder)", "Viral sore throat"}, "2007-02-03", "2007-02-11", "2007-02-06"},
	{siteA.name, code{snomed, "72892002", "Normal pregnancy", "Pregnancy"}, "2007-10", "2008-07-21", "2007-11-19"},
	{siteA.name, code{snomed, "11687002", "Gestational diabetes mellitus", "Gestational diabetes"}, "2008-05-12", "2008-09", "2008-05-12"},
	{siteA.name, code{snomed, "87522002", "Iron deficiency anemia", ""}, "2008-05-12", "2009-06-02", "2008-05-12"},
	{siteA.name, code{snomed, "10509002", "Acute bronchitis (disorder)", "Acute bronchitis"}, "2009-01-12", "2009-02-05", "2009-01-27"},
	{siteA.name, code{snomed, "444814009", "Viral sinusitis (disorder)", "Viral sinusitis"}, "2011-09-30", "2011-10-14", "2011-10-04"},
	{siteA.name, code{snomed, "55822004", "Hyperlipidemia", ""}, "2012-04-17", "", "2012-04-17"},
	{siteA.name, code{snomed, "15777000", "Prediabetes", ""}, "2013-04-18", "2017-03-21", "2013-04-18"},
	{siteB.name, code{snomed, "55822004", "Hyperlipidemia", ""}, "2012", "", "2014-03-18"},
	{siteB.name, code{snomed, "59621000", "Essential hypertension", "High blood pressure"}, "2014-03-18", "", "2014-03-18"},
	{siteB.name, code{snomed, "38822007", "Cystitis", ""}, "2016-05-08", "2016-05-16", "2016-05-10"},
	{siteB.name, code{snomed, "44054006", "Diabetes mellitus type 2", "Type 2 diabetes"}, "2017-03-21", "", "2017-03-21"},
	{siteB.name, code{snomed, "840539006", "COVID-19", ""}, "2020-12-06", "2020-12-28", "2020-12-08"},
	{siteB.name, code{snomed, "239873007", "Osteoarthritis of knee", ""}, "2023-06", "", "2023-07-25"},
	{siteC.name, code{snomed, "74400008", "Appendicitis", ""}, "2010-03-17", "2010-03-19", "2010-03-18"},
	{siteC.name, code{snomed, "44054006", "Diabetes mellitus type 2", "Type 2 diabetes"}, "2017-03", "", "2017-11-04"},
}

func (c *chart) conditions() {
	for _, ill := range illnesses {
		if ill.place == c.site.name && c.past(ill.noted) {
			c.add("Condition", ill.code.code+ill.noted.key(), func(o object) object { return c.fillCondition(o, ill) })
		}
	}
}

func (c *chart) fillCondition(o object, ill illness) object {
	abated := ill.abated
	if abated != "" && !c.past(firstDayOf(abated)) {
		abated = ""
	}
	clinical := "active"
	if abated != "" {
		clinical = "resolved"
	}
	if c.release == fhir.DSTU2 {
		return o.
			with("patient", c.patient()).
			with("encounter", c.visitOf(ill.noted)).
			with("asserter", c.doctor()).
			with("dateRecorded", string(ill.noted)).
			with("code", ill.code.concept()).
			with("category", c.category("condition-category", "diagnosis", "Diagnosis")).
			with("clinicalStatus", clinical).
			with("verificationStatus", "confirmed").
			with("onsetDateTime", ill.onset).
			with("abatementDateTime", abated)
	}
	return o.
		with("clinicalStatus", c.status("condition-clinical", clinical)).
		with("verificationStatus", c.status("condition-ver-status", "confirmed")).
		with("category", []object{c.category("condition-category", "problem-list-item", "Problem List Item")}).
		with("code", ill.code.concept()).
		with("subject", c.patient()).
		with("encounter", c.visitOf(ill.noted)).
		with("onsetDateTime", ill.onset).
		with("abatementDateTime", abated).
		with("recordedDate", string(ill.noted)).
		with("recorder", c.doctor())
}

// firstDayOf completes a FHIR date: "2008-09" becomes "2008-09-01".
func firstDayOf(date string) day { return day(date + "-01-01"[:len("2006-01-02")-len(date)]) }
