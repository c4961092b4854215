package applehealth

import (
	"fmt"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/fhir/view"
	"github.com/keepwell-health/keepwell/store"
)

// flat writes fields as lines, those below others indented.
func flat(fields []view.Field, indent string) string {
	var text strings.Builder
	for _, field := range fields {
		fmt.Fprintf(&text, "%s%s: %s\n%s", indent, field.Label, field.Value, flat(field.Fields, indent+"  "))
	}
	return text.String()
}

func TestView(t *testing.T) {
	for _, c := range []struct {
		id        store.TypeID
		raw, want string
	}{
		{"workout", `<Workout workoutActivityType="HKWorkoutActivityTypeTraditionalStrengthTraining" duration="42.25" durationUnit="min" sourceName="Watch">
<MetadataEntry key="HKIndoorWorkout" value="1"/><MetadataEntry key="HKElevationAscended" value="1"/>
<WorkoutEvent type="HKWorkoutEventTypePause" date="2024-03-01 07:15:30 +0100"/>
<WorkoutStatistics type="HKQuantityTypeIdentifierActiveEnergyBurned" sum="301.26" unit="kcal"/>
<WorkoutStatistics type="HKQuantityTypeIdentifierHeartRate" average="120.4" minimum="80" maximum="151" unit="count/min"/></Workout>`,
			`Activity: Traditional Strength Training
Duration: 42.2 min
Statistics: 
  Active Energy: 301 kcal
  Heart Rate: on average 120 bpm, lowest 80 bpm, highest 151 bpm
Events: 
  Pause: 1 Mar 2024, 07:15:30 (UTC+01:00)
Details: 
  Indoor workout: Yes
  Elevation ascended: 1
Technical details: 
  sourceName: Watch
`},
		{"activitySummary", `<ActivitySummary dateComponents="2024-03-01" activeEnergyBurned="312.5" activeEnergyBurnedGoal="400" activeEnergyBurnedUnit="kcal" appleMoveTime="0" appleMoveTimeGoal="0" appleExerciseTime="31" appleExerciseTimeGoal="30" appleStandHours="9" appleStandHoursGoal="12"/>`,
			`Day: 1 Mar 2024
Move: 312 kcal of a goal of 400 kcal
Move time: 0 min
Exercise: 31 min of a goal of 30 min
Stand: 9 hours of a goal of 12 hours
`},
		{"audiogram", `<Audiogram type="HKDataTypeIdentifierAudiogram"><SensitivityPoint frequencyValue="250" frequencyUnit="Hz" leftEarValue="10" leftEarUnit="dBHL" rightEarValue="15" rightEarUnit="dBHL"/><SensitivityPoint frequencyValue="500" frequencyUnit="Hz" leftEarValue="12" leftEarUnit="dBHL"/></Audiogram>`,
			`Softest sound heard: 
  250 Hz: left ear 10 dBHL, right ear 15 dBHL
  500 Hz: left ear 12 dBHL
Technical details: 
  type: HKDataTypeIdentifierAudiogram
`},
		{"visionPrescription", `<VisionPrescription type="glasses" dateIssued="2024-03-01 00:00:00 +0100" expirationDate="never"><RightEye sphere="-1.25" sphereUnit="D" axis="90" axisUnit="deg"/></VisionPrescription>`,
			"Kind: Glasses\nIssued: 1 Mar 2024\nExpires: never\nRight eye: \n  Sphere: -1.25 D\n  Axis: 90 deg\n"},
		{"bloodPressure", `<Correlation type="HKCorrelationTypeIdentifierBloodPressure"><Record type="HKQuantityTypeIdentifierBloodPressureSystolic" unit="mmHg" value="120"/><Record type="HKQuantityTypeIdentifierBloodPressureDiastolic" unit="mmHg" value="80"/></Correlation>`,
			"Systolic Blood Pressure: 120 mmHg\nDiastolic Blood Pressure: 80 mmHg\n"},
		{"heartbeatSeries", `<Record type="x" unit="ms" value="41.5"><HeartRateVariabilityMetadataList><InstantaneousBeatsPerMinute bpm="62" time="7:01:02.12 AM"/></HeartRateVariabilityMetadataList></Record>`,
			"Heart rate variability: 41.5 ms\nBeats: 1\nRate at each beat: \n  7:01:02.12 AM: 62 bpm\n"},
		{"workout", "", ""},
		{"workout", "not XML <", ""},
		{"electrocardiogram", "nothing", ""},
		{"workoutRoute", "<gpx/>", ""},
	} {
		if got := flat(View(c.id, []byte(c.raw)).Fields, ""); got != c.want {
			t.Errorf("%s is\n%s\nwant\n%s", c.id, got, c.want)
		}
	}
}

func TestViewOfFiles(t *testing.T) {
	ecg := flat(View("electrocardiogram", []byte(ecgFile)).Fields, "")
	for _, want := range []string{"Classification: Sinus Rhythm\n", "Symptoms: Skipped Heartbeat, Fatigue\n", "Voltages: 3, from -12.5 µV to 14.2 µV\n", "  Software Version: 2.0\n"} {
		if !strings.Contains(ecg, want) {
			t.Errorf("the ECG lacks %q:\n%s", want, ecg)
		}
	}
	route := flat(View("workoutRoute", []byte(gpxFile)).Fields, "")
	for _, want := range []string{"Distance: 111 km\n", "Elevation: from 0 to 11 m\n", "Points: 3\n"} {
		if !strings.Contains(route, want) {
			t.Errorf("the route lacks %q:\n%s", want, route)
		}
	}
}

func FuzzView(f *testing.F) {
	f.Add("workout", `<Workout a="1"><b/></Workout>`)
	f.Add("electrocardiogram", ecgFile)
	f.Add("workoutRoute", gpxFile)
	f.Fuzz(func(t *testing.T, id, raw string) { View(store.TypeID(id), []byte(raw)) })
}
