package sample

import "github.com/keepwell-health/keepwell/fhir"

// person is who the records are about. Nobody of this name and birth date is
// meant; the address uses a fictional phone number and a reserved domain.
type person struct {
	seed          uint64
	given, family string
	gender        string
	birth         day
	reference     string // of the Patient in the chart being written
}

var maya = person{seed: 20060412, given: "Maya", family: "Lindström-Okafor", gender: "female", birth: "1971-03-14"}

func (p person) fullName() string { return p.given + " " + p.family }

// site is a place that keeps a chart.
type site struct {
	name            string
	release         fhir.Release
	doctor          string
	specialty       code
	reference       string // of the Organization
	doctorReference string // of the Practitioner
}

// The three sources, named as the model sample names its locations.
var (
	siteA = site{name: "Sample Location A", release: fhir.DSTU2, doctor: "Dr. Ines Calloway", specialty: familyMedicine}
	siteB = site{name: "Sample Location B", release: fhir.R4, doctor: "Dr. Tomasz Berg", specialty: generalPractice}
	siteC = site{name: "Sample Location C", release: fhir.R4, doctor: "Dr. Priya Raman", specialty: endocrinology}
)

var (
	familyMedicine  = code{snomed, "419772000", "Family practice", "Family medicine"}
	generalPractice = code{snomed, "394802001", "General medicine", ""}
	endocrinology   = code{snomed, "394583002", "Endocrinology", ""}
)

// administration writes the Patient, the Organization and the Practitioner that
// everything else of the chart refers to.
func (c *chart) administration() {
	c.site.reference = c.add("Organization", "self", func(o object) object {
		if c.release != fhir.DSTU2 {
			o = o.with("active", true)
		}
		return o.with("name", c.site.name).
			with("telecom", []object{{{"system", "phone"}, {"value", "555-0100"}, {"use", "work"}}})
	})
	c.site.doctorReference = c.add("Practitioner", "doctor", func(o object) object {
		name := object{{"text", c.site.doctor}, {"prefix", []string{"Dr."}}}
		o = o.with("active", true).with("name", c.listed(name))
		if c.release == fhir.DSTU2 {
			return o.with("practitionerRole", []object{{{"specialty", []object{c.site.specialty.concept()}}}})
		}
		return o.with("qualification", []object{{{"code", c.site.specialty.concept()}}})
	})
	c.person.reference = c.add("Patient", "self", c.fillPatient)
}

func (c *chart) fillPatient(o object) object {
	name := object{{"use", "official"}, {"text", c.person.fullName()}}
	if c.release == fhir.DSTU2 {
		name = name.with("family", []string{c.person.family})
	} else {
		name = name.with("family", c.person.family)
	}
	name = name.with("given", []string{c.person.given})
	return o.
		with("identifier", []object{{{"system", "https://sample.keepwell.example/person"}, {"value", c.person.given + "-" + string(c.person.birth)}}}).
		with("active", true).
		with("name", []object{name}).
		with("telecom", []object{
			{{"system", "phone"}, {"value", "555-0142"}, {"use", "home"}},
			{{"system", "email"}, {"value", "maya@keepwell.example"}},
		}).
		with("gender", c.person.gender).
		with("birthDate", string(c.person.birth)).
		with("address", []object{{{"use", "home"}, {"line", []string{"12 Harbor Lane"}}, {"city", "Millbrook"}, {"state", "MA"}, {"postalCode", "00000"}}}).
		with("managingOrganization", c.provider())
}
