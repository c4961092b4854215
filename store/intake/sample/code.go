package sample

import "github.com/keepwell-health/keepwell/fhir"

// Code systems.
const (
	loinc  = "http://loinc.org"
	snomed = "http://snomed.info/sct"
	rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
	cvx    = "http://hl7.org/fhir/sid/cvx"
	ucum   = "http://unitsofmeasure.org"
	hl7    = "http://terminology.hl7.org/CodeSystem/"
	hl7Old = "http://hl7.org/fhir/" // where DSTU2 kept the same code lists
)

// code is a coding with the text that a person reads, where the display does not
// serve for that.
type code struct{ system, code, display, text string }

func (c code) name() string {
	if c.text != "" {
		return c.text
	}
	return c.display
}

func (c code) coding() object {
	return object{}.with("system", c.system).with("code", c.code).with("display", c.display)
}

func (c code) concept() object {
	return object{{"coding", []object{c.coding()}}}.with("text", c.text)
}

// status returns a CodeableConcept of a status in R4 and the bare code in DSTU2.
func (c *chart) status(list, value string) any {
	if c.release == fhir.DSTU2 {
		return value
	}
	return object{{"coding", []object{{{"system", hl7 + list}, {"code", value}}}}}
}

// listed returns what is one in DSTU2 and a list from R4 on.
func (c *chart) listed(one object) any {
	if c.release == fhir.DSTU2 {
		return one
	}
	return []object{one}
}

// category returns the concept of a category in the code list of the release.
func (c *chart) category(list, value, display string) object {
	system := hl7 + list
	if c.release == fhir.DSTU2 {
		system = hl7Old + list
	}
	return object{{"coding", []object{code{system: system, code: value, display: display}.coding()}}, {"text", display}}
}

// patientKey names the reference to the person: "patient" in DSTU2 where R4 has
// "subject", for the types that were renamed.
func (c *chart) patientKey() string {
	if c.release == fhir.DSTU2 {
		return "patient"
	}
	return "subject"
}
