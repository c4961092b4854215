package store

// category makes the row of an HKCategoryTypeIdentifier.
func category(id TypeID, title, group string, values map[int]string) Type {
	return Type{
		ID: id, Title: title, Kind: KindCategory, Group: group, Values: values,
		Apple: "HKCategoryTypeIdentifier" + appleName(id),
	}
}

// symptom makes the row of a symptom that is rated by HKCategoryValueSeverity.
func symptom(id TypeID, title string) Type {
	return category(id, title, groupSymptoms, severity)
}

// The meanings of category values, by the numbers of HealthKit's HKCategoryValues.h.
var (
	// HKCategoryValue: the sample itself is all there is to say.
	recorded = map[int]string{0: "Recorded"}
	// HKCategoryValueSeverity
	severity = map[int]string{0: "Present", 1: "Not Present", 2: "Mild", 3: "Moderate", 4: "Severe"}
	// HKCategoryValuePresence
	presence = map[int]string{0: "Present", 1: "Not Present"}
	// HKCategoryValueAppetiteChanges
	appetite = map[int]string{0: "Present", 1: "No Change", 2: "Decreased", 3: "Increased"}
	// HKCategoryValueAppleStandHour
	standHour = map[int]string{0: "Stood", 1: "Idle"}
	// HKCategoryValueAppleWalkingSteadinessEvent
	steadiness = map[int]string{1: "Low", 2: "Very Low", 3: "Low Again", 4: "Very Low Again"}
	// HKCategoryValueCervicalMucusQuality
	mucus = map[int]string{1: "Dry", 2: "Sticky", 3: "Creamy", 4: "Watery", 5: "Egg White"}
	// HKCategoryValueContraceptive
	contraceptive = map[int]string{1: "Unspecified", 2: "Implant", 3: "Injection", 4: "Intrauterine Device",
		5: "Vaginal Ring", 6: "Oral", 7: "Patch"}
	// HKCategoryValueEnvironmentalAudioExposureEvent
	loudSurroundings = map[int]string{1: "Momentary Limit"}
	// HKCategoryValueHeadphoneAudioExposureEvent
	loudHeadphones = map[int]string{1: "Seven-Day Limit"}
	// HKCategoryValueLowCardioFitnessEvent
	cardioFitness = map[int]string{1: "Low Fitness"}
	// HKCategoryValueOvulationTestResult
	ovulation = map[int]string{1: "Negative", 2: "Luteinizing Hormone Surge", 3: "Indeterminate", 4: "Estrogen Surge"}
	// HKCategoryValuePregnancyTestResult, HKCategoryValueProgesteroneTestResult
	testResult = map[int]string{1: "Negative", 2: "Positive", 3: "Indeterminate"}
	// HKCategoryValueSleepAnalysis
	sleep = map[int]string{0: "In Bed", 1: "Asleep", 2: "Awake", 3: "Core", 4: "Deep", 5: "REM"}
	// HKCategoryValueVaginalBleeding, which replaced HKCategoryValueMenstrualFlow number by number
	bleeding = map[int]string{1: "Unspecified", 2: "Light", 3: "Medium", 4: "Heavy", 5: "None"}
)

// categoryRows lists every HKCategoryTypeIdentifier of HealthKit's
// HKTypeIdentifiers.h through iOS 26.2.
var categoryRows = []Type{
	category("appleStandHour", "Stand Hours", groupActivity, standHour).readOnly(),

	category("environmentalAudioExposureEvent", "Noise Notifications", groupHearing, loudSurroundings),
	category("headphoneAudioExposureEvent", "Headphone Notifications", groupHearing, loudHeadphones).readOnly(),

	category("highHeartRateEvent", "High Heart Rate Notifications", groupHeart, recorded).readOnly(),
	category("hypertensionEvent", "Hypertension Notifications", groupHeart, recorded).readOnly(), // iOS 26.2
	category("irregularHeartRhythmEvent", "Irregular Rhythm Notifications", groupHeart, recorded).readOnly(),
	category("lowCardioFitnessEvent", "Low Cardio Fitness Notifications", groupHeart, cardioFitness).readOnly(),
	category("lowHeartRateEvent", "Low Heart Rate Notifications", groupHeart, recorded).readOnly(),

	category("mindfulSession", "Mindful Minutes", groupMental, recorded),

	category("appleWalkingSteadinessEvent", "Walking Steadiness Notifications", groupMobility, steadiness).readOnly(),

	category("handwashingEvent", "Handwashing", groupOther, recorded),
	category("toothbrushingEvent", "Toothbrushing", groupOther, recorded),

	category("bleedingAfterPregnancy", "Bleeding After Pregnancy", groupReproductive, bleeding),
	category("bleedingDuringPregnancy", "Bleeding During Pregnancy", groupReproductive, bleeding),
	category("cervicalMucusQuality", "Cervical Mucus Quality", groupReproductive, mucus),
	category("contraceptive", "Contraceptives", groupReproductive, contraceptive),
	category("infrequentMenstrualCycles", "Infrequent Periods", groupReproductive, recorded),
	category("intermenstrualBleeding", "Spotting", groupReproductive, recorded),
	category("irregularMenstrualCycles", "Irregular Cycles", groupReproductive, recorded),
	category("lactation", "Lactation", groupReproductive, recorded),
	category("menstrualFlow", "Period", groupReproductive, bleeding),
	category("ovulationTestResult", "Ovulation Test Result", groupReproductive, ovulation),
	category("persistentIntermenstrualBleeding", "Persistent Spotting", groupReproductive, recorded),
	category("pregnancy", "Pregnancy", groupReproductive, recorded),
	category("pregnancyTestResult", "Pregnancy Test Result", groupReproductive, testResult),
	category("progesteroneTestResult", "Progesterone Test Result", groupReproductive, testResult),
	category("prolongedMenstrualPeriods", "Prolonged Periods", groupReproductive, recorded),
	category("sexualActivity", "Sexual Activity", groupReproductive, recorded),

	category("sleepApneaEvent", "Sleep Apnea Notifications", groupRespiratory, recorded).readOnly(),
	category("sleepAnalysis", "Sleep", groupSleep, sleep),

	symptom("abdominalCramps", "Abdominal Cramps"),
	symptom("acne", "Acne"),
	category("appetiteChanges", "Appetite Changes", groupSymptoms, appetite),
	symptom("bladderIncontinence", "Bladder Incontinence"),
	symptom("bloating", "Bloating"),
	symptom("breastPain", "Breast Pain"),
	symptom("chestTightnessOrPain", "Chest Tightness or Pain"),
	symptom("chills", "Chills"),
	symptom("constipation", "Constipation"),
	symptom("coughing", "Coughing"),
	symptom("diarrhea", "Diarrhea"),
	symptom("dizziness", "Dizziness"),
	symptom("drySkin", "Dry Skin"),
	symptom("fainting", "Fainting"),
	symptom("fatigue", "Fatigue"),
	symptom("fever", "Fever"),
	symptom("generalizedBodyAche", "Body and Muscle Ache"),
	symptom("hairLoss", "Hair Loss"),
	symptom("headache", "Headache"),
	symptom("heartburn", "Heartburn"),
	symptom("hotFlashes", "Hot Flashes"),
	symptom("lossOfSmell", "Loss of Smell"),
	symptom("lossOfTaste", "Loss of Taste"),
	symptom("lowerBackPain", "Lower Back Pain"),
	symptom("memoryLapse", "Memory Lapse"),
	category("moodChanges", "Mood Changes", groupSymptoms, presence),
	symptom("nausea", "Nausea"),
	symptom("nightSweats", "Night Sweats"),
	symptom("pelvicPain", "Pelvic Pain"),
	symptom("rapidPoundingOrFlutteringHeartbeat", "Rapid, Pounding, or Fluttering Heartbeat"),
	symptom("runnyNose", "Runny Nose"),
	symptom("shortnessOfBreath", "Shortness of Breath"),
	symptom("sinusCongestion", "Sinus Congestion"),
	symptom("skippedHeartbeat", "Skipped Heartbeat"),
	category("sleepChanges", "Sleep Changes", groupSymptoms, presence),
	symptom("soreThroat", "Sore Throat"),
	symptom("vaginalDryness", "Vaginal Dryness"),
	symptom("vomiting", "Vomiting"),
	symptom("wheezing", "Wheezing"),
}
