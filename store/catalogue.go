package store

import "strings"

// Headings that types are shown under, as Apple's Health app names them.
const (
	groupRecords      = "Health Records"
	groupActivity     = "Activity"
	groupBody         = "Body Measurements"
	groupHearing      = "Hearing"
	groupHeart        = "Heart"
	groupMental       = "Mental Wellbeing"
	groupMobility     = "Mobility"
	groupNutrition    = "Nutrition"
	groupReproductive = "Reproductive Health"
	groupRespiratory  = "Respiratory"
	groupSleep        = "Sleep"
	groupSymptoms     = "Symptoms"
	groupVitals       = "Vitals"
	groupOther        = "Other"
	groupMe           = "Me"
)

// catalogue holds every row: clinical types first, then the rest by kind.
var catalogue = concat(clinicalRows, characteristicRows, quantityRows, categoryRows, otherRows)

var (
	catalogueByID    = index(catalogue, func(t Type) string { return string(t.ID) })
	catalogueByApple = index(catalogue, func(t Type) string { return t.Apple })
)

// appleAliases maps identifiers that exports still carry to the current one.
var appleAliases = map[string]string{
	// Renamed in iOS 14; the stored identifier stayed (HKTypeIdentifiers.h, "Deprecated").
	"HKCategoryTypeIdentifierAudioExposureEvent": "HKCategoryTypeIdentifierEnvironmentalAudioExposureEvent",
}

// Catalogue returns every type that Keepwell knows, in the order in which
// pages list them. The rows are shared: don't change their maps and slices.
func Catalogue() []Type { return append([]Type(nil), catalogue...) }

// TypeByID returns the row of a type.
func TypeByID(id TypeID) (Type, bool) { return row(catalogueByID, string(id)) }

// TypeByApple returns the row of an identifier as Apple's export.xml writes it,
// such as "HKQuantityTypeIdentifierStepCount".
func TypeByApple(identifier string) (Type, bool) {
	if current, ok := appleAliases[identifier]; ok {
		identifier = current
	}
	return row(catalogueByApple, identifier)
}

func row(byName map[string]int, name string) (Type, bool) {
	at, ok := byName[name]
	if !ok {
		return Type{}, false
	}
	return catalogue[at], true
}

func index(rows []Type, name func(Type) string) map[string]int {
	byName := make(map[string]int, len(rows))
	for at, t := range rows {
		if key := name(t); key != "" {
			byName[key] = at
		}
	}
	return byName
}

func concat(groups ...[]Type) []Type {
	var rows []Type
	for _, group := range groups {
		rows = append(rows, group...)
	}
	return rows
}

// readOnly marks a type that apps can't write: HealthKit refuses to share it.
func (t Type) readOnly() Type {
	t.ReadOnly = true
	return t
}

// appleName returns the tail of HealthKit's constant for an id: its first
// letter is a capital, but that the two acronyms are capitals throughout.
func appleName(id TypeID) string {
	switch id {
	case "uvExposure":
		return "UVExposure"
	case "vo2Max":
		return "VO2Max"
	}
	return strings.ToUpper(string(id[:1])) + string(id[1:])
}
