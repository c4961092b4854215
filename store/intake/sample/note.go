package sample

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
)

var (
	progressNote  = code{loinc, "11506-3", "Progress note", ""}
	historyNote   = code{loinc, "34117-2", "History and physical note", ""}
	emergencyNote = code{loinc, "34111-5", "Emergency department Note", "Emergency department note"}
)

// note writes what the clinician wrote at a visit as a document with its text.
func (c *chart) note(v visit, when time.Time) {
	kind := progressNote
	switch v.kind {
	case yearlyCheck:
		kind = historyNote
	case emergency:
		kind = emergencyNote
	}
	text := c.noteText(kind, v, when)
	c.add("DocumentReference", string(v.day), func(o object) object {
		o = o.with("status", "current")
		if c.release != fhir.DSTU2 {
			o = o.with("docStatus", "final")
		}
		o = o.with("type", kind.concept())
		if c.release == fhir.DSTU2 {
			o = o.with("subject", c.patient()).
				with("created", instant(when)).
				with("indexed", instant(when.Add(time.Minute)))
		} else {
			clinical := code{"http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category", "clinical-note", "Clinical Note", ""}
			o = o.with("category", []object{clinical.concept()}).
				with("subject", c.patient()).
				with("date", instant(when.Add(time.Minute)))
		}
		return o.
			with("author", []object{c.doctor()}).
			with("description", v.reason).
			with("content", []object{{{"attachment", attachment("text/plain; charset=utf-8", kind.name()+", "+string(v.day), text, when)}}}).
			with("context", object{{"encounter", c.listed(c.visitOf(v.day))}})
	})
}

func attachment(contentType, title, text string, when time.Time) object {
	return object{
		{"contentType", contentType},
		{"language", "en-US"},
		{"data", base64.StdEncoding.EncodeToString([]byte(text))},
		{"title", title},
		{"creation", instant(when)},
	}
}

func (c *chart) noteText(kind code, v visit, when time.Time) string {
	seed := c.person.seed
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s, %s\nPatient: %s, born %s\n\n", kind.name(), c.site.name, v.day, c.person.fullName(), c.person.birth)
	fmt.Fprintf(&b, "Reason: %s.\n\n", v.reason)
	fmt.Fprintf(&b, "Findings: blood pressure %s/%s mmHg, heart rate %s/min, weight %s kg.\n",
		systolic.format(systolic.read(seed, when)), diastolic.format(diastolic.read(seed, when)),
		pulse.format(pulse.read(seed, when)), weight.format(weight.read(seed, when)))
	fmt.Fprintf(&b, "\nAssessment and plan: %s\n\n%s\n", v.note, c.site.doctor)
	return b.String()
}

// imagingReport writes a report of radiology: a DiagnosticReport that is a note.
func (c *chart) imagingReport(what code, on day, text string) {
	when := on.at(11, 15)
	c.add("DiagnosticReport", what.code+on.key(), func(o object) object {
		section := code{hl7 + "v2-0074", "RAD", "Radiology", ""}
		if c.release == fhir.DSTU2 {
			section.system = hl7Old + "v2/0074"
		}
		return o.
			with("status", "final").
			with("category", c.listed(section.concept())).
			with("code", what.concept()).
			with("subject", c.patient()).
			with("effectiveDateTime", instant(when)).
			with("issued", instant(when.Add(5*time.Hour))).
			with("performer", c.listed(c.provider())).
			with("conclusion", text).
			with("presentedForm", []object{attachment("text/plain; charset=utf-8", what.name(), what.name()+"\n\n"+text+"\n", when)})
	})
}
