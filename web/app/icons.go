package app

import (
	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/web/dom"
)

// Icons of clinical types, by type.
var recordIcons = map[store.TypeID]dom.Drawing{
	store.AllergyRecord: { // a flower
		"M9.5 12a2.500 2.500 0 1 0 5 0a2.500 2.500 0 1 0-5 0",
		"M12 9.500C9 7.500 9.500 4 12 3.500C14.500 4 15 7.500 12 9.500",
		"M14.500 12C16.500 9 20 9.500 20.500 12C20 14.500 16.500 15 14.500 12",
		"M12 14.500C15 16.500 14.500 20 12 20.500C9.500 20 9 16.500 12 14.500",
		"M9.500 12C7.500 15 4 14.500 3.500 12C4 9.500 7.500 9 9.500 12",
	},
	store.ClinicalNoteRecord: { // a page
		"M6 3.500h8l4.500 4.500v12.500H6z", "M14 3.500v5h4.500", "M9 13h6", "M9 16.500h6",
	},
	store.ConditionRecord: { // a heart with a cross
		"M12 20C5 15.500 3 12 3 8.800A4.800 4.800 0 0 1 12 6.500A4.800 4.800 0 0 1 21 8.800C21 12 19 15.500 12 20z",
		"M12 9.500v5", "M9.500 12h5",
	},
	store.CoverageRecord: { // a shield
		"M12 3.500l7.500 2.800v5.200c0 4.600-3.100 7.700-7.500 9c-4.400-1.300-7.500-4.400-7.500-9V6.300z", "M8.800 12l2.300 2.300l4.200-4.500",
	},
	store.ImmunizationRecord: { // a syringe
		"M9 3h6", "M12 3v4", "M8.500 7h7v9a1.500 1.500 0 0 1-1.500 1.500h-4A1.500 1.500 0 0 1 8.500 16z",
		"M12 17.500V21", "M8.500 10.500h3", "M8.500 13.500h3",
	},
	store.LabResultRecord: { // a flask
		"M9.500 3.500h5", "M10.500 3.500v6l-5 8.500A1.700 1.700 0 0 0 7 20.500h10a1.700 1.700 0 0 0 1.500-2.500l-5-8.500v-6", "M8 15h8",
	},
	store.MedicationRecord: { // a capsule
		"M6.200 17.800a4.300 4.300 0 0 1 0-6.100l5.500-5.500a4.300 4.300 0 0 1 6.100 6.100l-5.500 5.500a4.300 4.300 0 0 1-6.100 0z", "M9 9l6 6",
	},
	store.ProcedureRecord: { // a cross
		"M9.500 4h5v5.500H20v5h-5.500V20h-5v-5.500H4v-5h5.500z",
	},
	store.VitalSignRecord: { // a pulse
		"M3 12.500h4l2.500-7l4.500 13l2.500-6H21",
	},
}

// Icons of all other types, by the heading that the catalogue shows them under.
var groupIcons = map[string]dom.Drawing{
	"Activity":            {"M12 3.500a8.500 8.500 0 1 1-8.500 8.500", "M12 8a4 4 0 1 1-4 4"},
	"Body Measurements":   personIcon,
	"Hearing":             {"M7 9.500a5 5 0 0 1 10 0c0 3.500-3.500 4.500-3.500 8a3 3 0 0 1-5.500 1.500", "M10 10a2 2 0 0 1 4 0c0 1.500-1.500 2-1.500 3.500"},
	"Heart":               {"M12 20C5 15.500 3 12 3 8.800A4.800 4.800 0 0 1 12 6.500A4.800 4.800 0 0 1 21 8.800C21 12 19 15.500 12 20z"},
	"Me":                  personIcon,
	"Mental Wellbeing":    {"M3.500 12a8.500 8.500 0 1 0 17 0a8.500 8.500 0 1 0-17 0", "M8.500 14.500c2 2.500 5 2.500 7 0", "M9 9.500v.5", "M15 9.500v.5"},
	"Mobility":            {"M4 19l5-7l4 3.500L20 5", "M15 5h5v5"},
	"Nutrition":           {"M12 8c-2-1.500-7-1.500-7 4.500c0 4 2.500 8 5 8c1 0 1.300-.5 2-.5s1 .5 2 .5c2.500 0 5-4 5-8c0-6-5-6-7-4.500z", "M12 8c0-2 1-4 3-4.500"},
	"Other":               folderIcon,
	"Reproductive Health": {"M12 3.500c4 5 5.500 7.500 5.500 11a5.500 5.500 0 0 1-11 0c0-3.500 1.500-6 5.500-11z"},
	"Respiratory":         {"M3.500 9h10A2.500 2.500 0 1 0 11 6.500", "M3.500 13h14a2.500 2.500 0 1 1-2.500 2.500"},
	"Sleep":               {"M19.500 14.500A8 8 0 1 1 10 4.500a6.500 6.500 0 0 0 9.500 10z"},
	"Symptoms":            {"M14 14.500V5.500a2 2 0 0 0-4 0v9a4 4 0 1 0 4 0z", "M12 10v7"},
	"Vitals":              {"M3 12.500h4l2.500-7l4.500 13l2.500-6H21"},
}

var (
	personIcon = dom.Drawing{"M9 7.500a3 3 0 1 0 6 0a3 3 0 1 0-6 0", "M5.500 20.500c0-4 2.800-6.500 6.500-6.500s6.500 2.500 6.500 6.500"}
	folderIcon = dom.Drawing{"M3.500 6.500A1.500 1.500 0 0 1 5 5h4.500l2 2.500H19a1.500 1.500 0 0 1 1.500 1.500v8.500A1.500 1.500 0 0 1 19 19H5a1.500 1.500 0 0 1-1.500-1.500z"}
)

// iconOf is the icon of a type.
func iconOf(t store.Type) dom.Drawing {
	if icon, ok := recordIcons[t.ID]; ok {
		return icon
	}
	if icon, ok := groupIcons[t.Group]; ok {
		return icon
	}
	return folderIcon
}
