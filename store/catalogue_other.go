package store

// characteristic makes the row of an HKCharacteristicTypeIdentifier. Apps read
// characteristics and never write them.
func characteristic(id TypeID, title string, values map[int]string) Type {
	return Type{
		ID: id, Title: title, Kind: KindCharacteristic, Group: groupMe, Values: values,
		Apple: "HKCharacteristicTypeIdentifier" + appleName(id), ReadOnly: true,
	}
}

// The meanings of characteristic values, by the numbers of HKDefines.h.
var (
	biologicalSex = map[int]string{0: "Not Set", 1: "Female", 2: "Male", 3: "Other"}
	bloodType     = map[int]string{0: "Not Set", 1: "A+", 2: "A−", 3: "B+", 4: "B−", 5: "AB+", 6: "AB−", 7: "O+", 8: "O−"}
	skinType      = map[int]string{0: "Not Set", 1: "Type I", 2: "Type II", 3: "Type III", 4: "Type IV", 5: "Type V", 6: "Type VI"}
	wheelchair    = map[int]string{0: "Not Set", 1: "No", 2: "Yes"}
	moveMode      = map[int]string{1: "Active Energy", 2: "Move Minutes"}
)

// characteristicRows lists every HKCharacteristicTypeIdentifier.
var characteristicRows = []Type{
	characteristic("dateOfBirth", "Date of Birth", nil),
	characteristic("biologicalSex", "Sex", biologicalSex),
	characteristic("bloodType", "Blood Type", bloodType),
	characteristic("fitzpatrickSkinType", "Fitzpatrick Skin Type", skinType),
	characteristic("wheelchairUse", "Wheelchair", wheelchair),
	characteristic("activityMoveMode", "Move Mode", moveMode),
}

// otherRows lists the object types that are neither one number nor one code.
var otherRows = []Type{
	{ID: "bloodPressure", Title: "Blood Pressure", Kind: KindCorrelation, Group: groupVitals,
		Apple: "HKCorrelationTypeIdentifierBloodPressure"},
	{ID: "food", Title: "Food", Kind: KindCorrelation, Group: groupNutrition,
		Apple: "HKCorrelationTypeIdentifierFood"},

	{ID: "workout", Title: "Workouts", Kind: KindWorkout, Group: groupActivity,
		Apple: "HKWorkoutTypeIdentifier"},
	{ID: "activitySummary", Title: "Activity", Kind: KindSummary, Group: groupActivity,
		Apple: "HKActivitySummaryTypeIdentifier", ReadOnly: true},

	{ID: "workoutRoute", Title: "Workout Routes", Kind: KindSeries, Group: groupActivity,
		Apple: "HKWorkoutRouteTypeIdentifier"},
	{ID: "heartbeatSeries", Title: "Beat-to-Beat Measurements", Kind: KindSeries, Group: groupHeart,
		Apple: "HKDataTypeIdentifierHeartbeatSeries"},
	{ID: "electrocardiogram", Title: "Electrocardiograms (ECG)", Kind: KindSeries, Group: groupHeart,
		Apple: "HKDataTypeIdentifierElectrocardiogram", ReadOnly: true},
	{ID: "audiogram", Title: "Audiogram", Kind: KindSeries, Group: groupHearing,
		Apple: "HKDataTypeIdentifierAudiogram"},

	{ID: "stateOfMind", Title: "State of Mind", Kind: KindAssessment, Group: groupMental,
		Apple: "HKDataTypeIdentifierStateOfMind"},
	{ID: "GAD7", Title: "Anxiety Risk", Kind: KindAssessment, Group: groupMental,
		Apple: "HKScoredAssessmentTypeIdentifierGAD7"},
	{ID: "PHQ9", Title: "Depression Risk", Kind: KindAssessment, Group: groupMental,
		Apple: "HKScoredAssessmentTypeIdentifierPHQ9"},

	{ID: "cdaDocument", Title: "Clinical Documents", Kind: KindDocument, Group: groupRecords,
		Apple: "HKDocumentTypeIdentifierCDA", PerObject: true},
	{ID: "verifiableClinicalRecord", Title: "Verifiable Health Records", Kind: KindDocument, Group: groupRecords,
		Apple: "HKVerifiableClinicalRecordTypeIdentifier", PerObject: true, ReadOnly: true},
	{ID: "visionPrescription", Title: "Vision Prescriptions", Kind: KindDocument, Group: groupBody,
		Apple: "HKVisionPrescriptionTypeIdentifier", PerObject: true},
}
