package healthexport

import (
	"bufio"
	"fmt"
	"math"
)

// How often the person does what is more than one number, in days.
const (
	workoutEvery  = 2
	routeEvery    = 8 // a multiple of workoutEvery
	pressureEvery = 7
	clinicalEvery = 14
	cardioEvery   = 90
)

// objects counts what writeObjects and beside write, by the store's type. The
// two records of a blood pressure stand in the file twice, and once in the store.
func (e *Export) objects() map[string]int {
	every := func(days int) int { return (len(e.days) + days - 1) / days }
	return map[string]int{
		"workout":                every(workoutEvery),
		"workoutRoute":           every(routeEvery),
		"bloodPressure":          every(pressureEvery),
		"bloodPressureSystolic":  every(pressureEvery),
		"bloodPressureDiastolic": every(pressureEvery),
		"activitySummary":        len(e.days),
		"labResultRecord":        every(clinicalEvery),
		"electrocardiogram":      every(cardioEvery),
		"cdaDocument":            1,
		"dateOfBirth":            1, "biologicalSex": 1, "bloodType": 1,
	}
}

// writeObjects writes the elements of a day that are no plain records.
func (d *day) writeObjects(out *bufio.Writer) {
	if d.number%pressureEvery == 0 {
		d.writePressure(out)
	}
	if d.number%workoutEvery == 0 {
		d.writeWorkout(out)
	}
	fmt.Fprintf(out, " <ActivitySummary dateComponents=\"%s\" activeEnergyBurned=\"%d.25\" activeEnergyBurnedGoal=\"500\" activeEnergyBurnedUnit=\"kcal\" appleMoveTime=\"0\" appleMoveTimeGoal=\"0\" appleExerciseTime=\"%d\" appleExerciseTimeGoal=\"30\" appleStandHours=\"%d\" appleStandHoursGoal=\"12\"/>\n",
		d.text, 400+d.number%300, 20+d.number%40, 8+d.number%6)
	if d.number%clinicalEvery == 0 {
		fmt.Fprintf(out, " <ClinicalRecord type=\"Observation\" identifier=\"%s\" sourceName=\"General Hospital\" sourceURL=\"https://fhir.hospital.example/r4/Observation/%s\" fhirVersion=\"4.0.1\" receivedDate=\"%s\" resourceFilePath=\"/%s\"/>\n",
			d.labID(), d.labID(), d.clock(18*3600), d.labPath())
	}
}

func (d *day) writePressure(out *bufio.Writer) {
	luck := d.luck(1)
	when := d.clock(7*3600 + luck.IntN(1800))
	record := func(name string, value int) string {
		return fmt.Sprintf("<Record type=\"HKQuantityTypeIdentifier%s\" sourceName=\"Health\" sourceVersion=\"%s\" unit=\"mmHg\" creationDate=\"%s\" startDate=\"%s\" endDate=\"%s\" value=\"%d\"/>\n",
			name, health.version(*d), when, when, when, value)
	}
	systolic := record("BloodPressureSystolic", 112+luck.IntN(20))
	diastolic := record("BloodPressureDiastolic", 68+luck.IntN(15))
	fmt.Fprintf(out, " %s %s <Correlation type=\"HKCorrelationTypeIdentifierBloodPressure\" sourceName=\"Health\" sourceVersion=\"%s\" creationDate=\"%s\" startDate=\"%s\" endDate=\"%s\">\n  %s  %s </Correlation>\n",
		systolic, diastolic, health.version(*d), when, when, when, systolic, diastolic)
}

func (d *day) writeWorkout(out *bufio.Writer) {
	luck := d.luck(2)
	start := 18*3600 + luck.IntN(1800)
	minutes := 25 + luck.IntN(30)
	from, to := d.clock(start), d.clock(start+minutes*60)
	fmt.Fprintf(out, " <Workout workoutActivityType=\"HKWorkoutActivityTypeRunning\" duration=\"%d\" durationUnit=\"min\" sourceName=\"%s\" sourceVersion=\"%s\" device=\"%s\" creationDate=\"%s\" startDate=\"%s\" endDate=\"%s\">\n",
		minutes, watch.name, watch.version(*d), watch.device(*d, luck), to, from, to)
	out.WriteString("  <MetadataEntry key=\"HKIndoorWorkout\" value=\"0\"/>\n  <MetadataEntry key=\"HKTimeZone\" value=\"Europe/Berlin\"/>\n")
	for at := range 4 {
		fmt.Fprintf(out, "  <WorkoutEvent type=\"HKWorkoutEventTypeSegment\" date=\"%s\" duration=\"%d\" durationUnit=\"min\"/>\n",
			d.clock(start+at*minutes*15), minutes/4)
	}
	fmt.Fprintf(out, "  <WorkoutStatistics type=\"HKQuantityTypeIdentifierActiveEnergyBurned\" startDate=\"%s\" endDate=\"%s\" sum=\"%d\" unit=\"kcal\"/>\n", from, to, minutes*9)
	fmt.Fprintf(out, "  <WorkoutStatistics type=\"HKQuantityTypeIdentifierDistanceWalkingRunning\" startDate=\"%s\" endDate=\"%s\" sum=\"%.3f\" unit=\"km\"/>\n", from, to, float64(minutes)/6)
	if d.number%routeEvery == 0 {
		fmt.Fprintf(out, "  <WorkoutRoute sourceName=\"%s\" sourceVersion=\"%s\" creationDate=\"%s\" startDate=\"%s\" endDate=\"%s\">\n   <FileReference path=\"/%s\"/>\n  </WorkoutRoute>\n",
			watch.name, watch.version(*d), to, from, to, d.routePath())
	}
	out.WriteString(" </Workout>\n")
}

func (d *day) labID() string     { return fmt.Sprintf("lab-%05d", d.number) }
func (d *day) labPath() string   { return "clinical-records/Observation-" + d.labID() + ".json" }
func (d *day) routePath() string { return "workout-routes/route_" + d.text + "_6.30pm.gpx" }

// member is a file beside export.xml.
type member struct {
	name  string
	write func(*bufio.Writer)
}

// beside lists the files beside export.xml.
func (e *Export) beside() []member {
	list := []member{{"export_cda.xml", func(out *bufio.Writer) {
		out.WriteString("<?xml version=\"1.0\"?>\n<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>\n")
	}}}
	for at := range e.days {
		d := &e.days[at]
		if d.number%routeEvery == 0 {
			list = append(list, member{d.routePath(), d.writeRoute})
		}
		if d.number%clinicalEvery == 0 {
			list = append(list, member{d.labPath(), d.writeLab})
		}
		if d.number%cardioEvery == 0 {
			list = append(list, member{"electrocardiograms/ecg_" + d.text + ".csv", d.writeCardiogram})
		}
	}
	return list
}

func (d *day) writeRoute(out *bufio.Writer) {
	fmt.Fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" creator=\"Apple Health Export\" xmlns=\"http://www.topografix.com/GPX/1/1\">\n  <metadata>\n    <time>%sT18:00:00Z</time>\n  </metadata>\n  <trk>\n    <name>Route %s 6:30pm</name>\n    <trkseg>\n", d.text, d.text)
	luck := d.luck(3)
	for at := range 400 {
		angle := 2 * math.Pi * float64(at) / 400
		fmt.Fprintf(out, "      <trkpt lon=\"%.6f\" lat=\"%.6f\"><ele>%.6f</ele><time>%sT17:%02d:%02dZ</time><extensions><speed>%.6f</speed><course>%.6f</course><hAcc>2.4</hAcc><vAcc>1.6</vAcc></extensions></trkpt>\n",
			13.36+0.01*math.Cos(angle), 52.51+0.006*math.Sin(angle), 34+3*luck.Float64(), d.text, at/60, at%60, 2.4+luck.Float64(), angle*180/math.Pi)
	}
	out.WriteString("    </trkseg>\n  </trk>\n</gpx>\n")
}

func (d *day) writeLab(out *bufio.Writer) {
	fmt.Fprintf(out, `{"resourceType":"Observation","id":"%s","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"2345-7","display":"Glucose"}],"text":"Glucose"},"subject":{"reference":"Patient/robin"},"effectiveDateTime":"%sT08:00:00+01:00","valueQuantity":{"value":%d,"unit":"mg/dL","system":"http://unitsofmeasure.org","code":"mg/dL"}}`,
		d.labID(), d.text, 80+d.number%30)
}

// writeCardiogram writes 30 seconds at 512 Hz.
func (d *day) writeCardiogram(out *bufio.Writer) {
	fmt.Fprintf(out, "Name,Robin\nDate of Birth,\"Mar 3, 1985\"\nRecorded Date,%s\nClassification,Sinus Rhythm\nSymptoms,\nSoftware Version,1.90\nDevice,\"%s\"\nSample Rate,512 hertz\n\n\nLead,Lead I\nUnit,µV\n\n",
		d.clock(20*3600), watch.hardware)
	luck := d.luck(4)
	for at := range 30 * 512 {
		beat := math.Exp(-math.Pow(float64(at%420)-200, 2) / 60)
		fmt.Fprintf(out, "%.3f\n", 900*beat+20*luck.Float64())
	}
}
