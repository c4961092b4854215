package intake_test

import (
	"fmt"
	"testing"

	"github.com/keepwell-health/keepwell/store"
)

// exportUnits are the units of the catalogue as exports write them, with others
// that exports of other regions have, each with what 1 of it is kept as.
var exportUnits = map[string][]string{
	"/min": {"count/min"}, "count": {"count"}, "{score}": {"appleEffortScore", "count"}, "kg/m2": {"count"}, "%": {"%"},
	"km": {"km", "mi", "m", "ft"}, "m": {"m", "ft", "yd"}, "cm": {"cm", "in", "ft"}, "km/h": {"km/hr", "mi/hr", "m/s"}, "m/s": {"m/s", "ft/s"},
	"kg": {"kg", "lb", "st", "g"}, "g": {"g", "oz"}, "mg": {"mg", "g"}, "ug": {"mcg", "mg"},
	"kcal": {"kcal", "Cal", "kJ"}, "kcal/kg/h": {"kcal/hr·kg"}, "W": {"W"}, "mL/kg/min": {"mL/min·kg"},
	"min": {"min", "hr", "s"}, "ms": {"ms"}, "Cel": {"degC", "degF"}, "mm[Hg]": {"mmHg"}, "mg/dL": {"mg/dL", "mmol<180.15588000005408>/L"},
	"L": {"L"}, "mL": {"mL", "fl_oz_us", "L"}, "L/min": {"L/min"}, "dB[SPL]": {"dBASPL"}, "uS": {"mcS"}, "[IU]": {"IU"},
}

func elementOf(row store.Type, unit, value string) string {
	if unit != "" {
		unit = ` unit="` + unit + `"`
	}
	return `<Record type="` + row.Apple + `" sourceName="W"` + unit + ` startDate="2024-01-01 08:00:00 +0530" endDate="2024-01-01 08:10:00 +0530" value="` + value + `"/>`
}

// TestAppleEveryType brings one record of every quantity type in every unit that
// exports have for it, and of every category type with each of its values.
func TestAppleEveryType(t *testing.T) {
	for _, row := range store.Catalogue() {
		var elements []string
		switch row.Kind {
		case store.KindQuantity:
			units := exportUnits[row.Unit]
			if len(units) == 0 {
				t.Errorf("%s: no export writes %s", row.ID, row.Unit)
			}
			for at, unit := range units {
				elements = append(elements, elementOf(row, unit, fmt.Sprintf("0.%d", at+1)))
			}
		case store.KindCategory:
			for value := range row.Values {
				elements = append(elements, elementOf(row, "", fmt.Sprint(value)))
			}
		default:
			continue
		}
		s := openStore(t)
		report := mustImport(t, s, fileOf("export.xml", healthData(elements...)))
		if report.Added != len(elements) || report.SkippedCount > 0 {
			t.Errorf("%s: %d of %d added: %+v", row.ID, report.Added, len(elements), report.Skipped)
		}
		for _, sample := range person(t, s, row.ID) {
			if sample.Value == nil || sample.Metadata["UTCOffset"] != "+0530" || sample.Subtitle == "" {
				t.Errorf("%s: got %+v", row.ID, sample)
			}
		}
	}
}

// TestAppleCategoryNames holds that the names of values which exports write are
// those of HKCategoryValues.h.
func TestAppleCategoryNames(t *testing.T) {
	for id, names := range map[store.TypeID]map[string]int{
		"sleepAnalysis": {"SleepAnalysisInBed": 0, "SleepAnalysisAsleepUnspecified": 1, "SleepAnalysisAwake": 2,
			"SleepAnalysisAsleepCore": 3, "SleepAnalysisAsleepDeep": 4, "SleepAnalysisAsleepREM": 5},
		"appleStandHour":              {"AppleStandHourStood": 0, "AppleStandHourIdle": 1},
		"mindfulSession":              {"NotApplicable": 0},
		"headache":                    {"SeverityUnspecified": 0, "SeverityNotPresent": 1, "SeverityMild": 2, "SeverityModerate": 3, "SeveritySevere": 4},
		"appetiteChanges":             {"AppetiteChangesUnspecified": 0, "AppetiteChangesNoChange": 1, "AppetiteChangesDecreased": 2, "AppetiteChangesIncreased": 3},
		"cervicalMucusQuality":        {"CervicalMucusQualityDry": 1, "CervicalMucusQualitySticky": 2, "CervicalMucusQualityCreamy": 3, "CervicalMucusQualityWatery": 4, "CervicalMucusQualityEggWhite": 5},
		"menstrualFlow":               {"MenstrualFlowUnspecified": 1, "MenstrualFlowLight": 2, "MenstrualFlowMedium": 3, "MenstrualFlowHeavy": 4, "MenstrualFlowNone": 5},
		"ovulationTestResult":         {"OvulationTestResultNegative": 1, "OvulationTestResultLuteinizingHormoneSurge": 2, "OvulationTestResultIndeterminate": 3, "OvulationTestResultEstrogenSurge": 4},
		"contraceptive":               {"ContraceptiveUnspecified": 1, "ContraceptiveImplant": 2, "ContraceptiveInjection": 3, "ContraceptiveIntrauterineDevice": 4, "ContraceptiveIntravaginalRing": 5, "ContraceptiveOral": 6, "ContraceptivePatch": 7},
		"appleWalkingSteadinessEvent": {"AppleWalkingSteadinessEventInitialLow": 1, "AppleWalkingSteadinessEventInitialVeryLow": 2, "AppleWalkingSteadinessEventRepeatLow": 3, "AppleWalkingSteadinessEventRepeatVeryLow": 4},
	} {
		row, _ := store.TypeByID(id)
		for name, value := range names {
			s := openStore(t)
			mustImport(t, s, fileOf("export.xml", healthData(elementOf(row, "", "HKCategoryValue"+name))))
			samples := person(t, s, id)
			if len(samples) != 1 || *samples[0].Value != float64(value) || samples[0].Subtitle != row.Values[value] {
				t.Errorf("%s: %s gave %+v", id, name, samples)
			}
		}
	}
}

// TestAppleFood holds that a meal keeps the records of which it consists.
func TestAppleFood(t *testing.T) {
	s := openStore(t)
	food := `<Correlation type="HKCorrelationTypeIdentifierFood" sourceName="Diary" startDate="2024-01-01 08:00:00 +0100" endDate="2024-01-01 08:00:00 +0100"><MetadataEntry key="HKFoodType" value="Porridge"/>` +
		`<Record type="HKQuantityTypeIdentifierDietaryEnergyConsumed" unit="kcal" value="320"/><Record type="HKQuantityTypeIdentifierDietaryProtein" unit="g" value="11"/></Correlation>`
	mustImport(t, s, fileOf("export.xml", healthData(food)))
	meal := person(t, s, "food")[0]
	if meal.Subtitle != "Dietary Energy 320 kcal · Protein 11 g" || meal.Metadata["HKFoodType"] != "Porridge" {
		t.Errorf("got %+v", meal)
	}
	if raw, err := s.Person().Resource(t.Context(), meal.UUID); err != nil || string(raw) != food {
		t.Errorf("its bytes: %q, %v", raw, err)
	}
}
