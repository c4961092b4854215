package sample

import (
	"fmt"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
)

// firstYear is when the records begin.
const firstYear = 2006

// visit is one encounter with what was measured at it.
type visit struct {
	day    day
	kind   code
	reason string
	full   bool // the full set of vital signs
	panels []panel
	note   string // what the clinician wrote, besides the readings
}

var (
	yearlyCheck = code{snomed, "162673000", "General examination of patient (procedure)", "Yearly check-up"}
	followUp    = code{snomed, "390906007", "Follow-up encounter", "Follow-up"}
	forSymptom  = code{snomed, "185345009", "Encounter for symptom", "Visit for a symptom"}
	emergency   = code{snomed, "50849002", "Emergency room admission (procedure)", "Emergency visit"}
	antenatal   = code{snomed, "424441002", "Prenatal initial visit (regime/therapy)", "Prenatal visit"}
)

// acuteVisits are the visits that no calendar foresees, by place.
var acuteVisits = map[string][]visit{
	siteA.name: {
		{day: "2007-02-06", kind: forSymptom, reason: "Sore throat and fever for three days", note: "Pharynx red without exudate; rapid strep test negative. Viral; fluids and rest."},
		{day: "2007-11-19", kind: antenatal, reason: "First prenatal visit", panels: []panel{counts}, note: "Eight weeks. Prenatal vitamins started."},
		{day: "2008-05-12", kind: followUp, reason: "Prenatal visit", panels: []panel{counts, iron}, note: "Glucose tolerance test above the limit: gestational diabetes, diet agreed. Hemoglobin low; iron started."},
		{day: "2009-01-27", kind: forSymptom, reason: "Cough for two weeks", note: "Wheeze on both sides, no fever. Acute bronchitis; inhaler as needed."},
		{day: "2009-06-02", kind: followUp, reason: "Iron deficiency after pregnancy", panels: []panel{counts, iron}, note: "Hemoglobin and ferritin are back in range. Iron stopped."},
		{day: "2011-10-04", kind: forSymptom, reason: "Facial pressure and blocked nose", note: "Viral sinusitis. Saline rinses; come back if worse after a week."},
		{day: "2012-08-21", kind: followUp, reason: "Cholesterol after three months of treatment", panels: []panel{lipids, liver}, note: "LDL has come down by a third; treatment goes on."},
	},
	siteB.name: {
		{day: "2014-09-16", kind: followUp, reason: "Blood pressure after starting lisinopril", panels: []panel{metabolic}, note: "Home readings around 128/82. No cough. Goes on."},
		{day: "2016-05-10", kind: forSymptom, reason: "Burning on passing water", note: "Cystitis; nitrofurantoin for five days because of the penicillin allergy and local resistance."},
		{day: "2020-12-08", kind: forSymptom, reason: "Fever, cough and loss of smell", note: "COVID-19 confirmed by PCR. Oxygen saturation 97 % at rest; home isolation, daily calls."},
		{day: "2023-07-25", kind: forSymptom, reason: "Right knee pain on stairs", note: "Crepitus, no effusion. Osteoarthritis of the knee; physiotherapy, naproxen as needed."},
	},
	siteC.name: {
		{day: "2008-07-21", kind: emergency, reason: "Labor at term", panels: []panel{counts}, note: "Cesarean section for a breech presentation; a healthy girl of 3,410 g. Mother well."},
		{day: "2010-03-18", kind: emergency, reason: "Pain in the right lower abdomen", panels: []panel{counts}, note: "Appendicitis; laparoscopic appendectomy the same day, without complication."},
		{day: "2013-12-30", kind: emergency, reason: "Hives and swelling after a meal", note: "Peanut the likely cause. Settled with treatment; auto-injector prescribed and its use practised."},
	},
}

// yearlyVisits returns the visits that a calendar foresees for one year.
func (c *chart) yearlyVisits(year int) []visit {
	on := func(month time.Month, date int) day { return day(fmt.Sprintf("%04d-%02d-%02d", year, month, date)) }
	switch {
	case c.site.name == siteA.name && year < 2014:
		panels := []panel{lipids}
		if year%2 == 0 || year >= 2012 {
			panels = append(panels, sugar, metabolic)
		}
		return []visit{{day: on(time.April, 5+year%20), kind: yearlyCheck, reason: "Yearly check-up", full: true, panels: panels, note: checkNotes[year]}}
	case c.site.name == siteB.name && year >= 2014:
		panels := []panel{lipids, sugar, metabolic}
		if year%3 == 2 {
			panels = append(panels, counts, thyroid)
		}
		visits := []visit{{day: on(time.March, 4+year%20), kind: yearlyCheck, reason: "Yearly check-up", full: true, panels: panels, note: checkNotes[year]}}
		if year >= 2017 {
			visits = append(visits, visit{day: on(time.September, 3+year%24), kind: followUp, reason: "Diabetes and blood pressure follow-up", panels: []panel{sugar}})
		}
		return visits
	case c.site.name == siteC.name && year >= 2017:
		return []visit{{day: on(time.November, 3+year%18), kind: followUp, reason: "Diabetes clinic", panels: []panel{sugar, kidney, lipids}, note: "Feet without findings, sensation intact. Targets reviewed."}}
	}
	return nil
}

// checkNotes are what the yearly checks of some years had to say.
var checkNotes = map[int]string{
	2006: "New to the practice. Hay fever in spring, asthma as a child, grown out of. Penicillin gave a rash at 19.",
	2008: "Seen during pregnancy; see the prenatal notes.",
	2012: "LDL well above target with a family history of early heart disease: atorvastatin started after talking it over.",
	2013: "Fasting glucose and A1c are between normal and diabetes. Prediabetes; diet and walking, again in a year.",
	2014: "Blood pressure high at three visits: essential hypertension, lisinopril 10 mg started.",
	2017: "A1c and fasting glucose are above the limits for diabetes, both repeated: type 2 diabetes. Metformin started; referred to the diabetes clinic.",
	2019: "Eight kilograms lost since the diagnosis by walking every day. A1c and blood pressure at target.",
	2021: "Weight and A1c went up over the winter after COVID-19. Walking again; metformin raised.",
	2024: "All targets met. Knee is better with physiotherapy.",
}

// visits writes the encounters of the chart with their readings and notes.
func (c *chart) visits() {
	for year := firstYear; year <= c.until.Year(); year++ {
		for _, v := range append(c.yearlyVisits(year), acuteOf(c.site.name, year)...) {
			if c.past(v.day) {
				c.visit(v)
			}
		}
	}
}

func acuteOf(place string, year int) []visit {
	var visits []visit
	for _, v := range acuteVisits[place] {
		if v.day.time().Year() == year {
			visits = append(visits, v)
		}
	}
	return visits
}

func (c *chart) visit(v visit) {
	start := v.day.at(8+int(chance(c.person.seed, string(v.day)).UintN(8)), 30)
	c.encounters[v.day] = c.add("Encounter", string(v.day), func(o object) object { return c.fillEncounter(o, v, start) })
	c.vitals(start.Add(10*time.Minute), v.full)
	c.tests(start.Add(35*time.Minute), v.panels...)
	if v.note != "" {
		c.note(v, start.Add(50*time.Minute))
	}
}

func (c *chart) fillEncounter(o object, v visit, start time.Time) object {
	class := code{hl7 + "v3-ActCode", "AMB", "ambulatory", ""}
	if v.kind == emergency {
		class = code{hl7 + "v3-ActCode", "EMER", "emergency", ""}
	}
	o = o.with("status", "finished")
	if c.release == fhir.DSTU2 {
		o = o.with("class", "ambulatory")
	} else {
		o = o.with("class", class.coding())
	}
	return o.
		with("type", []object{v.kind.concept()}).
		with(c.patientKey(), c.patient()).
		with("participant", []object{{{"individual", c.doctor()}}}).
		with("period", object{{"start", instant(start)}, {"end", instant(start.Add(time.Hour))}}).
		with(c.reasonKey(), []object{{{"text", v.reason}}}).
		with("serviceProvider", c.provider())
}

func (c *chart) reasonKey() string {
	if c.release == fhir.DSTU2 {
		return "reason"
	}
	return "reasonCode"
}
