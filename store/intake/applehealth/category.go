package applehealth

import "bytes"

// categoryValues maps the names that export.xml writes for category values,
// without "HKCategoryValue", to their numbers in HealthKit's HKCategoryValues.h.
var categoryValues = map[string]float64{
	"NotApplicable": 0,

	"SleepAnalysisInBed": 0, "SleepAnalysisAsleep": 1, "SleepAnalysisAsleepUnspecified": 1, "SleepAnalysisAwake": 2,
	"SleepAnalysisAsleepCore": 3, "SleepAnalysisAsleepDeep": 4, "SleepAnalysisAsleepREM": 5,

	"AppleStandHourStood": 0, "AppleStandHourIdle": 1,

	"SeverityUnspecified": 0, "SeverityNotPresent": 1, "SeverityMild": 2, "SeverityModerate": 3, "SeveritySevere": 4,
	"PresencePresent": 0, "PresenceNotPresent": 1,
	"AppetiteChangesUnspecified": 0, "AppetiteChangesNoChange": 1, "AppetiteChangesDecreased": 2, "AppetiteChangesIncreased": 3,

	"CervicalMucusQualityDry": 1, "CervicalMucusQualitySticky": 2, "CervicalMucusQualityCreamy": 3,
	"CervicalMucusQualityWatery": 4, "CervicalMucusQualityEggWhite": 5,

	"MenstrualFlowUnspecified": 1, "MenstrualFlowLight": 2, "MenstrualFlowMedium": 3, "MenstrualFlowHeavy": 4, "MenstrualFlowNone": 5,
	"VaginalBleedingUnspecified": 1, "VaginalBleedingLight": 2, "VaginalBleedingMedium": 3, "VaginalBleedingHeavy": 4, "VaginalBleedingNone": 5,

	"OvulationTestResultNegative": 1, "OvulationTestResultPositive": 2, "OvulationTestResultLuteinizingHormoneSurge": 2,
	"OvulationTestResultIndeterminate": 3, "OvulationTestResultEstrogenSurge": 4,
	"PregnancyTestResultNegative": 1, "PregnancyTestResultPositive": 2, "PregnancyTestResultIndeterminate": 3,
	"ProgesteroneTestResultNegative": 1, "ProgesteroneTestResultPositive": 2, "ProgesteroneTestResultIndeterminate": 3,

	"ContraceptiveUnspecified": 1, "ContraceptiveImplant": 2, "ContraceptiveInjection": 3, "ContraceptiveIntrauterineDevice": 4,
	"ContraceptiveIntravaginalRing": 5, "ContraceptiveOral": 6, "ContraceptivePatch": 7,

	"AudioExposureEventLoudEnvironment": 1, "EnvironmentalAudioExposureEventMomentaryLimit": 1,
	"HeadphoneAudioExposureEventSevenDayLimit": 1, "LowCardioFitnessEventLowFitness": 1,

	"AppleWalkingSteadinessEventInitialLow": 1, "AppleWalkingSteadinessEventInitialVeryLow": 2,
	"AppleWalkingSteadinessEventRepeatLow": 3, "AppleWalkingSteadinessEventRepeatVeryLow": 4,
}

// categoryValue reads a category's value: a name, or a number as older exports
// write it.
func categoryValue(raw []byte) (float64, bool) {
	if name, ok := bytes.CutPrefix(raw, []byte("HKCategoryValue")); ok {
		value, known := categoryValues[string(name)]
		return value, known
	}
	if len(raw) == 1 && raw[0] >= '0' && raw[0] <= '9' {
		return float64(raw[0] - '0'), true
	}
	return 0, false
}
