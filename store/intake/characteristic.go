package intake

import (
	"encoding/json"
	"strings"

	"github.com/keepwell-health/keepwell/fhir"
	"github.com/keepwell-health/keepwell/store"
)

// characteristic is one fact of a person that a resource tells: HealthKit keeps
// them as types of their own, which are asked for and granted apart.
type characteristic struct {
	id    store.TypeID
	text  string // as a person reads it
	value int    // by the catalogue's meanings; 0 where it has none
}

// characteristics keeps what a resource tells of the person beside the resource.
// They are drawn from a record that is counted, so they are not counted again.
func (st *stage) characteristics(source store.Source, raw []byte) error {
	for _, c := range characteristicsOf(&st.sum, raw) {
		row, _ := store.TypeByID(c.id)
		sample := store.Sample{
			Type: c.id, Source: source, DisplayName: row.Title, Subtitle: c.text, Undated: true,
			SyncIdentifier: st.sum.ResourceType + "/" + st.sum.ID,
		}
		if c.value != 0 {
			value := float64(c.value)
			sample.Value = &value
		}
		if _, err := st.im.AddDocument(st.ctx, sample, []byte(c.text)); err != nil {
			return st.fail(err)
		}
		st.changed[c.id] = true
	}
	return nil
}

func characteristicsOf(sum *fhir.Summary, raw []byte) []characteristic {
	switch sum.ResourceType {
	case "Patient":
		return patientCharacteristics(raw)
	case "Observation":
		return bloodType(sum)
	}
	return nil
}

// birthSex is the extension of US Core for the sex assigned at birth, which
// says what HealthKit means better than Patient.gender does.
const birthSex = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"

func patientCharacteristics(raw []byte) []characteristic {
	var patient struct {
		BirthDate string
		Gender    string
		Extension []struct{ URL, ValueCode string }
	}
	if json.Unmarshal(raw, &patient) != nil {
		return nil // a shape that no release has; the record itself is kept
	}
	sex := patient.Gender
	for _, extension := range patient.Extension {
		if extension.URL == birthSex {
			sex = extension.ValueCode
		}
	}
	var list []characteristic
	if isBirthDate(patient.BirthDate) {
		list = append(list, characteristic{id: "dateOfBirth", text: patient.BirthDate})
	}
	switch strings.ToLower(sex) {
	case "female", "f":
		list = append(list, characteristic{"biologicalSex", "Female", 1})
	case "male", "m":
		list = append(list, characteristic{"biologicalSex", "Male", 2})
	case "other":
		list = append(list, characteristic{"biologicalSex", "Other", 3})
	}
	return list
}

// isBirthDate accepts a FHIR date: a year, a month or a day (R4 section 2.24.0.1).
func isBirthDate(text string) bool {
	const form = "0000-00-00"
	if len(text) != 4 && len(text) != 7 && len(text) != 10 {
		return false
	}
	for at := range text {
		if digit := text[at] >= '0' && text[at] <= '9'; digit != (form[at] == '0') || !digit && text[at] != '-' {
			return false
		}
	}
	return true
}

// bloodGroups lists the groups in the order of HKBloodType, from 1.
var bloodGroups = [...]string{"A+", "A−", "B+", "B−", "AB+", "AB−", "O+", "O−"}

// bloodType reads the group from LOINC 882-1, "ABO and Rh group [Type] in Blood",
// whose value is a text or a code's display: "A Rh(D) positive", "O NEG", "AB+".
func bloodType(sum *fhir.Summary) []characteristic {
	for _, code := range sum.Codes {
		if code.Code != "882-1" || !strings.HasSuffix(code.System, "loinc.org") {
			continue
		}
		if at := bloodGroup(sum.Value.Text); at > 0 {
			return []characteristic{{"bloodType", bloodGroups[at-1], at}}
		}
	}
	return nil
}

// bloodGroup returns the number of the group that a text names, or 0.
func bloodGroup(text string) int {
	text = strings.ToUpper(text)
	text = strings.NewReplacer("BLOOD GROUP", " ", "BLOOD TYPE", " ", "RH(D)", " ", "RHD", " ", "RH", " ",
		"POSITIVE", "+", "NEGATIVE", "-", "POS", "+", "NEG", "-", "−", "-", "(FINDING)", " ", "GROUP", " ", "TYPE", " ").Replace(text)
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,()", r) }), "")
	text = strings.ReplaceAll(strings.Replace(text, "0", "O", 1), "-", "−")
	for at, group := range bloodGroups {
		if text == group {
			return at + 1
		}
	}
	return 0
}
