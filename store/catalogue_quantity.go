package store

const (
	cumulative = AggregationCumulative
	discrete   = AggregationDiscrete
)

// quantity makes the row of an HKQuantityTypeIdentifier. unit and display are
// the same unit, written for machines (UCUM) and for people, so that a stored
// value can be shown as it is.
func quantity(id TypeID, title, group, unit, display string, aggregation Aggregation) Type {
	return Type{
		ID: id, Title: title, Kind: KindQuantity, Group: group,
		Unit: unit, Display: display, Aggregation: aggregation,
		Apple: "HKQuantityTypeIdentifier" + appleName(id),
	}
}

// averaged sets how a discrete type is averaged.
func (t Type) averaged(averaging Averaging) Type {
	t.Averaging = averaging
	return t
}

// quantityRows lists every HKQuantityTypeIdentifier of HealthKit's
// HKTypeIdentifiers.h, in its order, with the aggregation that it states:
// "Cumulative" there is cumulative here; "Discrete" of every style is discrete,
// averaged as the style says (arithmetic unless a row tells otherwise).
//
// A percentage counts from 0 to 100 here, as UCUM's % does; HKUnit.percent
// counts from 0 to 1, so what comes from HealthKit is multiplied by 100.
var quantityRows = []Type{
	// Body Measurements
	quantity("appleSleepingWristTemperature", "Wrist Temperature", groupBody, "Cel", "°C", discrete).readOnly(),
	quantity("bodyFatPercentage", "Body Fat Percentage", groupBody, "%", "%", discrete),
	quantity("bodyMass", "Weight", groupBody, "kg", "kg", discrete),
	quantity("bodyMassIndex", "Body Mass Index", groupBody, "kg/m2", "kg/m²", discrete),
	quantity("electrodermalActivity", "Electrodermal Activity", groupBody, "uS", "µS", discrete),
	quantity("height", "Height", groupBody, "cm", "cm", discrete),
	quantity("leanBodyMass", "Lean Body Mass", groupBody, "kg", "kg", discrete),
	quantity("waistCircumference", "Waist Circumference", groupBody, "cm", "cm", discrete),

	// Fitness
	quantity("activeEnergyBurned", "Active Energy", groupActivity, "kcal", "kcal", cumulative),
	quantity("appleExerciseTime", "Exercise Minutes", groupActivity, "min", "min", cumulative).readOnly(),
	quantity("appleMoveTime", "Move Minutes", groupActivity, "min", "min", cumulative).readOnly(),
	quantity("appleStandTime", "Stand Minutes", groupActivity, "min", "min", cumulative).readOnly(),
	quantity("basalEnergyBurned", "Resting Energy", groupActivity, "kcal", "kcal", cumulative),
	quantity("crossCountrySkiingSpeed", "Cross-Country Skiing Speed", groupActivity, "km/h", "km/h", discrete),
	quantity("cyclingCadence", "Cycling Cadence", groupActivity, "/min", "rpm", discrete),
	quantity("cyclingFunctionalThresholdPower", "Cycling Functional Threshold Power", groupActivity, "W", "W", discrete),
	quantity("cyclingPower", "Cycling Power", groupActivity, "W", "W", discrete),
	quantity("cyclingSpeed", "Cycling Speed", groupActivity, "km/h", "km/h", discrete),
	quantity("distanceCrossCountrySkiing", "Cross-Country Skiing Distance", groupActivity, "km", "km", cumulative),
	quantity("distanceCycling", "Cycling Distance", groupActivity, "km", "km", cumulative),
	quantity("distanceDownhillSnowSports", "Downhill Snow Sports Distance", groupActivity, "km", "km", cumulative),
	quantity("distancePaddleSports", "Paddle Sports Distance", groupActivity, "km", "km", cumulative),
	quantity("distanceRowing", "Rowing Distance", groupActivity, "km", "km", cumulative),
	quantity("distanceSkatingSports", "Skating Sports Distance", groupActivity, "km", "km", cumulative),
	quantity("distanceSwimming", "Swimming Distance", groupActivity, "m", "m", cumulative),
	quantity("distanceWalkingRunning", "Walking + Running Distance", groupActivity, "km", "km", cumulative),
	quantity("distanceWheelchair", "Wheelchair Distance", groupActivity, "km", "km", cumulative),
	quantity("estimatedWorkoutEffortScore", "Estimated Workout Effort", groupActivity, "{score}", "of 10", discrete),
	quantity("flightsClimbed", "Flights Climbed", groupActivity, "count", "floors", cumulative),
	quantity("nikeFuel", "NikeFuel", groupActivity, "count", "NikeFuel", cumulative).readOnly(),
	quantity("paddleSportsSpeed", "Paddle Sports Speed", groupActivity, "km/h", "km/h", discrete),
	quantity("physicalEffort", "Physical Effort", groupActivity, "kcal/kg/h", "kcal/hr·kg", discrete),
	quantity("pushCount", "Pushes", groupActivity, "count", "pushes", cumulative),
	quantity("rowingSpeed", "Rowing Speed", groupActivity, "km/h", "km/h", discrete),
	quantity("runningPower", "Running Power", groupActivity, "W", "W", discrete),
	quantity("runningSpeed", "Running Speed", groupActivity, "km/h", "km/h", discrete),
	quantity("stepCount", "Steps", groupActivity, "count", "steps", cumulative),
	quantity("swimmingStrokeCount", "Swimming Strokes", groupActivity, "count", "strokes", cumulative),
	quantity("underwaterDepth", "Underwater Depth", groupActivity, "m", "m", discrete),
	quantity("workoutEffortScore", "Workout Effort", groupActivity, "{score}", "of 10", discrete),

	// Hearing Health
	quantity("environmentalAudioExposure", "Environmental Sound Levels", groupHearing, "dB[SPL]", "dB", discrete).averaged(AveragingContinuousLevel),
	quantity("environmentalSoundReduction", "Environmental Sound Reduction", groupHearing, "dB[SPL]", "dB", discrete).averaged(AveragingContinuousLevel),
	quantity("headphoneAudioExposure", "Headphone Audio Levels", groupHearing, "dB[SPL]", "dB", discrete).averaged(AveragingContinuousLevel),

	// Heart
	quantity("atrialFibrillationBurden", "AFib History", groupHeart, "%", "%", discrete).averaged(AveragingTemporal).readOnly(),
	quantity("heartRate", "Heart Rate", groupHeart, "/min", "bpm", discrete).averaged(AveragingTemporal),
	quantity("heartRateRecoveryOneMinute", "Cardio Recovery", groupHeart, "/min", "bpm", discrete),
	quantity("heartRateVariabilitySDNN", "Heart Rate Variability", groupHeart, "ms", "ms", discrete),
	quantity("peripheralPerfusionIndex", "Peripheral Perfusion Index", groupHeart, "%", "%", discrete),
	quantity("restingHeartRate", "Resting Heart Rate", groupHeart, "/min", "bpm", discrete),
	quantity("vo2Max", "Cardio Fitness", groupHeart, "mL/kg/min", "VO₂ max", discrete),
	quantity("walkingHeartRateAverage", "Walking Heart Rate Average", groupHeart, "/min", "bpm", discrete).readOnly(),

	// Mobility
	quantity("appleWalkingSteadiness", "Walking Steadiness", groupMobility, "%", "%", discrete).readOnly(),
	quantity("runningGroundContactTime", "Ground Contact Time", groupMobility, "ms", "ms", discrete),
	quantity("runningStrideLength", "Running Stride Length", groupMobility, "m", "m", discrete),
	quantity("runningVerticalOscillation", "Vertical Oscillation", groupMobility, "cm", "cm", discrete),
	quantity("sixMinuteWalkTestDistance", "Six-Minute Walk", groupMobility, "m", "m", discrete),
	quantity("stairAscentSpeed", "Stair Speed: Up", groupMobility, "m/s", "m/s", discrete),
	quantity("stairDescentSpeed", "Stair Speed: Down", groupMobility, "m/s", "m/s", discrete),
	quantity("walkingAsymmetryPercentage", "Walking Asymmetry", groupMobility, "%", "%", discrete),
	quantity("walkingDoubleSupportPercentage", "Double Support Time", groupMobility, "%", "%", discrete),
	quantity("walkingSpeed", "Walking Speed", groupMobility, "km/h", "km/h", discrete),
	quantity("walkingStepLength", "Walking Step Length", groupMobility, "cm", "cm", discrete),

	// Nutrition
	quantity("dietaryBiotin", "Biotin", groupNutrition, "ug", "mcg", cumulative),
	quantity("dietaryCaffeine", "Caffeine", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryCalcium", "Calcium", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryCarbohydrates", "Carbohydrates", groupNutrition, "g", "g", cumulative),
	quantity("dietaryChloride", "Chloride", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryCholesterol", "Dietary Cholesterol", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryChromium", "Chromium", groupNutrition, "ug", "mcg", cumulative),
	quantity("dietaryCopper", "Copper", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryEnergyConsumed", "Dietary Energy", groupNutrition, "kcal", "kcal", cumulative),
	quantity("dietaryFatMonounsaturated", "Monounsaturated Fat", groupNutrition, "g", "g", cumulative),
	quantity("dietaryFatPolyunsaturated", "Polyunsaturated Fat", groupNutrition, "g", "g", cumulative),
	quantity("dietaryFatSaturated", "Saturated Fat", groupNutrition, "g", "g", cumulative),
	quantity("dietaryFatTotal", "Total Fat", groupNutrition, "g", "g", cumulative),
	quantity("dietaryFiber", "Fiber", groupNutrition, "g", "g", cumulative),
	quantity("dietaryFolate", "Folate", groupNutrition, "ug", "mcg", cumulative),
	quantity("dietaryIodine", "Iodine", groupNutrition, "ug", "mcg", cumulative),
	quantity("dietaryIron", "Iron", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryMagnesium", "Magnesium", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryManganese", "Manganese", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryMolybdenum", "Molybdenum", groupNutrition, "ug", "mcg", cumulative),
	quantity("dietaryNiacin", "Niacin", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryPantothenicAcid", "Pantothenic Acid", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryPhosphorus", "Phosphorus", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryPotassium", "Potassium", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryProtein", "Protein", groupNutrition, "g", "g", cumulative),
	quantity("dietaryRiboflavin", "Riboflavin", groupNutrition, "mg", "mg", cumulative),
	quantity("dietarySelenium", "Selenium", groupNutrition, "ug", "mcg", cumulative),
	quantity("dietarySodium", "Sodium", groupNutrition, "mg", "mg", cumulative),
	quantity("dietarySugar", "Dietary Sugar", groupNutrition, "g", "g", cumulative),
	quantity("dietaryThiamin", "Thiamin", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryVitaminA", "Vitamin A", groupNutrition, "ug", "mcg", cumulative),
	quantity("dietaryVitaminB12", "Vitamin B12", groupNutrition, "ug", "mcg", cumulative),
	quantity("dietaryVitaminB6", "Vitamin B6", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryVitaminC", "Vitamin C", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryVitaminD", "Vitamin D", groupNutrition, "ug", "mcg", cumulative),
	quantity("dietaryVitaminE", "Vitamin E", groupNutrition, "mg", "mg", cumulative),
	quantity("dietaryVitaminK", "Vitamin K", groupNutrition, "ug", "mcg", cumulative),
	quantity("dietaryWater", "Water", groupNutrition, "mL", "mL", cumulative),
	quantity("dietaryZinc", "Zinc", groupNutrition, "mg", "mg", cumulative),

	// Other
	quantity("bloodAlcoholContent", "Blood Alcohol Content", groupOther, "%", "%", discrete),
	quantity("bloodPressureDiastolic", "Diastolic Blood Pressure", groupVitals, "mm[Hg]", "mmHg", discrete),
	quantity("bloodPressureSystolic", "Systolic Blood Pressure", groupVitals, "mm[Hg]", "mmHg", discrete),
	quantity("insulinDelivery", "Insulin Delivery", groupOther, "[IU]", "IU", cumulative),
	quantity("numberOfAlcoholicBeverages", "Alcohol Consumption", groupOther, "count", "drinks", cumulative),
	quantity("numberOfTimesFallen", "Number of Times Fallen", groupOther, "count", "falls", cumulative),
	quantity("timeInDaylight", "Time In Daylight", groupOther, "min", "min", cumulative),
	quantity("uvExposure", "UV Index", groupOther, "count", "UV index", discrete),
	quantity("waterTemperature", "Water Temperature", groupOther, "Cel", "°C", discrete),

	// Reproductive Health
	quantity("basalBodyTemperature", "Basal Body Temperature", groupReproductive, "Cel", "°C", discrete),

	// Respiratory
	quantity("appleSleepingBreathingDisturbances", "Breathing Disturbances", groupRespiratory, "count", "disturbances", discrete).readOnly(),
	quantity("forcedExpiratoryVolume1", "Forced Expiratory Volume, 1 sec", groupRespiratory, "L", "L", discrete),
	quantity("forcedVitalCapacity", "Forced Vital Capacity", groupRespiratory, "L", "L", discrete),
	quantity("inhalerUsage", "Inhaler Usage", groupRespiratory, "count", "puffs", cumulative),
	quantity("oxygenSaturation", "Blood Oxygen", groupRespiratory, "%", "%", discrete),
	quantity("peakExpiratoryFlowRate", "Peak Expiratory Flow Rate", groupRespiratory, "L/min", "L/min", discrete),
	quantity("respiratoryRate", "Respiratory Rate", groupRespiratory, "/min", "breaths/min", discrete),

	// Vital Signs
	quantity("bloodGlucose", "Blood Glucose", groupVitals, "mg/dL", "mg/dL", discrete),
	quantity("bodyTemperature", "Body Temperature", groupVitals, "Cel", "°C", discrete),
}
