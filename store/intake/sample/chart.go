package sample

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/keepwell-health/keepwell/fhir"
)

// chart is what one place has on record of the person.
type chart struct {
	site    site
	release fhir.Release
	person  person
	until   time.Time // nothing later is on record

	entries    []entry
	used       map[string]int // how often each key has named an entry
	encounters map[day]string // reference of the visit of a day
}

// entry is one resource of a chart.
type entry struct {
	id   string
	body object
}

func newChart(place site, who person, until time.Time) *chart {
	c := &chart{site: place, release: place.release, person: who, until: until,
		used: map[string]int{}, encounters: map[day]string{}}
	c.administration()
	c.visits()
	c.conditions()
	c.allergies()
	c.medications()
	c.immunizations()
	c.procedures()
	c.coverage()
	c.plans()
	return c
}

// past reports whether a day is on record: not later than until. An empty day
// stands for the future.
func (c *chart) past(d day) bool { return d != "" && !d.time().After(c.until) }

// add puts a resource on record and returns the reference to it. key tells it
// from the others of its type and stays the same from run to run.
func (c *chart) add(resourceType, key string, fill func(object) object) string {
	id := c.identifier(resourceType + "|" + key)
	body := object{{"resourceType", resourceType}, {"id", id}}
	if c.release != fhir.DSTU2 && profiles[resourceType] != "" {
		body = body.with("meta", object{{"profile", []string{usCore + profiles[resourceType]}}})
	}
	c.entries = append(c.entries, entry{id, fill(body)})
	return "urn:uuid:" + id
}

const usCore = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"

// profiles are the US Core profiles that the R4 charts name.
var profiles = map[string]string{
	"AllergyIntolerance": "allergyintolerance", "Condition": "condition", "DocumentReference": "documentreference",
	"Encounter": "encounter", "Immunization": "immunization", "MedicationRequest": "medicationrequest",
	"Patient": "patient", "Procedure": "procedure",
}

// identifier returns a UUID of version 8 (RFC 9562 section 5.8) made from the
// person, the place and the key.
func (c *chart) identifier(key string) string {
	c.used[key]++
	if n := c.used[key]; n > 1 {
		key += "|" + strconv.Itoa(n)
	}
	sum := sha256.Sum256([]byte(strconv.FormatUint(c.person.seed, 16) + "|" + c.site.name + "|" + key))
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	text := hex.EncodeToString(sum[:16])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

func reference(to, display string) object {
	return object{}.with("reference", to).with("display", display)
}

func (c *chart) patient() object  { return reference(c.person.reference, c.person.fullName()) }
func (c *chart) provider() object { return reference(c.site.reference, c.site.name) }
func (c *chart) doctor() object   { return reference(c.site.doctorReference, c.site.doctor) }

// visitOf returns the reference to the visit of a day, or an empty object.
func (c *chart) visitOf(d day) object { return reference(c.encounters[d], "") }
