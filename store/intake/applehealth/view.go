package applehealth

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/keepwell-health/keepwell/fhir/view"
	"github.com/keepwell-health/keepwell/store"
)

// technical is the label of the fields that only a program needs, as fhir/view
// has it.
const technical = "Technical details"

// View says what the bytes of an object of an export hold in plain words: of a
// workout, an electrocardiogram and all other types that are more than one
// number. Attributes that it has no words for stand under "Technical details",
// so that nothing is left out. Of bytes that it can't read it says nothing.
func View(id store.TypeID, raw []byte) view.View {
	switch id {
	case "electrocardiogram":
		return view.View{Fields: ecgFields(raw)}
	case "workoutRoute":
		return view.View{Fields: routeFields(raw)}
	case "cdaDocument":
		return view.View{}
	}
	root := readElement(raw)
	if root == nil {
		return view.View{}
	}
	fields := &fieldList{said: map[string]bool{}}
	if describe, ok := describers[root.name]; ok {
		describe(fields, root)
	}
	fields.metadata(root)
	fields.technical(root)
	return view.View{Fields: fields.list}
}

// describers say an element by its name. "Record" holds a heartbeat series.
var describers = map[string]func(*fieldList, *element){
	"Workout":            describeWorkout,
	"ActivitySummary":    describeActivity,
	"Audiogram":          describeAudiogram,
	"VisionPrescription": describePrescription,
	"Correlation":        describeCorrelation,
	"Record":             describeBeats,
}

// fieldList gathers fields and which attributes of the root they say.
type fieldList struct {
	list []view.Field
	said map[string]bool
}

func (f *fieldList) add(label, value string) {
	if value != "" {
		f.list = append(f.list, view.Field{Label: label, Value: value})
	}
}

func (f *fieldList) group(label string, fields []view.Field) {
	if len(fields) > 0 {
		f.list = append(f.list, view.Field{Label: label, Fields: fields})
	}
}

// take returns an attribute of the root, which is said by that.
func (f *fieldList) take(root *element, name string) string {
	f.said[name] = true
	return root.attr(name)
}

// measured says a number with the unit of another attribute.
func (f *fieldList) measured(root *element, label, name, unit string) {
	f.add(label, quantityText(f.take(root, name), f.take(root, unit)))
}

func describeWorkout(f *fieldList, root *element) {
	f.add("Activity", words(strings.TrimPrefix(f.take(root, "workoutActivityType"), "HKWorkoutActivityType")))
	f.add("Duration", quantityText(f.take(root, "duration"), durationUnit(f.take(root, "durationUnit"))))
	f.measured(root, "Distance", "totalDistance", "totalDistanceUnit")
	f.measured(root, "Active energy", "totalEnergyBurned", "totalEnergyBurnedUnit")
	f.measured(root, "Swimming strokes", "totalSwimmingStrokeCount", "totalSwimmingStrokeCountUnit")
	f.measured(root, "Flights climbed", "totalFlightsClimbed", "totalFlightsClimbedUnit")
	var statistics, events []view.Field
	for _, child := range root.named("WorkoutStatistics") {
		statistics = append(statistics, view.Field{Label: typeTitle(child.attr("type")), Value: statisticText(child)})
	}
	for _, child := range root.named("WorkoutEvent") {
		label := words(strings.TrimPrefix(child.attr("type"), "HKWorkoutEventType"))
		events = append(events, view.Field{Label: label, Value: joined(", ", clockTime(child.attr("date")), quantityText(child.attr("duration"), child.attr("durationUnit")))})
	}
	f.group("Statistics", statistics)
	f.group("Events", events)
}

// statisticText says the figures of one quantity over a workout.
func statisticText(e *element) string {
	unit := unitText(e.attr("type"), e.attr("unit"))
	var parts []string
	for _, part := range []struct{ name, before string }{
		{"sum", ""}, {"average", "on average "}, {"minimum", "lowest "}, {"maximum", "highest "},
	} {
		if text := quantityText(e.attr(part.name), unit); text != "" {
			parts = append(parts, part.before+text)
		}
	}
	return strings.Join(parts, ", ")
}

func describeActivity(f *fieldList, root *element) {
	f.add("Day", dayText(f.take(root, "dateComponents")))
	unit := f.take(root, "activeEnergyBurnedUnit")
	f.goal("Move", f.take(root, "activeEnergyBurned"), f.take(root, "activeEnergyBurnedGoal"), unit)
	f.goal("Move time", f.take(root, "appleMoveTime"), f.take(root, "appleMoveTimeGoal"), "min")
	f.goal("Exercise", f.take(root, "appleExerciseTime"), f.take(root, "appleExerciseTimeGoal"), "min")
	f.goal("Stand", f.take(root, "appleStandHours"), f.take(root, "appleStandHoursGoal"), "hours")
}

func (f *fieldList) goal(label, value, goal, unit string) {
	said := quantityText(value, unit)
	if target := quantityText(goal, unit); said != "" && target != "" && target != quantityText("0", unit) {
		said += " of a goal of " + target
	}
	f.add(label, said)
}

func describeAudiogram(f *fieldList, root *element) {
	var points []view.Field
	for _, point := range root.named("SensitivityPoint") {
		frequency := quantityText(point.attr("frequencyValue"), point.attr("frequencyUnit"))
		left := quantityText(point.attr("leftEarValue"), point.attr("leftEarUnit"))
		right := quantityText(point.attr("rightEarValue"), point.attr("rightEarUnit"))
		points = append(points, view.Field{Label: frequency, Value: joined(", ", prefixed("left ear ", left), prefixed("right ear ", right))})
	}
	f.group("Softest sound heard", points)
}

func describePrescription(f *fieldList, root *element) {
	f.add("Kind", sentenceCase(f.take(root, "type")))
	f.add("Issued", dayText(f.take(root, "dateIssued")))
	f.add("Expires", dayText(f.take(root, "expirationDate")))
	f.add("Brand", f.take(root, "brand"))
	for _, eye := range []struct{ name, label string }{{"RightEye", "Right eye"}, {"LeftEye", "Left eye"}} {
		for _, child := range root.named(eye.name) {
			var fields []view.Field
			for _, a := range child.attrs {
				if unit := child.attr(a.name + "Unit"); !strings.HasSuffix(a.name, "Unit") && a.value != "" {
					fields = append(fields, view.Field{Label: sentenceCase(words(a.name)), Value: joined(" ", a.value, unit)})
				}
			}
			f.group(eye.label, fields)
		}
	}
}

func describeCorrelation(f *fieldList, root *element) {
	f.said["type"] = true
	for _, record := range root.named("Record") {
		f.add(typeTitle(record.attr("type")), quantityText(record.attr("value"), unitText(record.attr("type"), record.attr("unit"))))
	}
}

// describeBeats says the beats under a heart rate variability record.
func describeBeats(f *fieldList, root *element) {
	f.said["type"] = true
	f.add("Heart rate variability", quantityText(f.take(root, "value"), f.take(root, "unit")))
	beats := root.within("InstantaneousBeatsPerMinute")
	if len(beats) == 0 {
		return
	}
	f.add("Beats", strconv.Itoa(len(beats)))
	var each []view.Field
	for _, beat := range beats {
		each = append(each, view.Field{Label: beat.attr("time"), Value: quantityText(beat.attr("bpm"), "bpm")})
	}
	f.group("Rate at each beat", each)
}

func ecgFields(raw []byte) []view.Field {
	ecg, err := ReadECG(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	fields := &fieldList{}
	fields.add("Classification", ecg.Classification)
	fields.add("Symptoms", ecg.Symptoms)
	if ecg.SampleRate > 0 {
		fields.add("Length", quantityText(strconv.FormatFloat(float64(len(ecg.Voltages))/ecg.SampleRate, 'f', 2, 64), "s"))
	}
	low, high := ecg.Bounds()
	fields.add("Voltages", fmt.Sprintf("%d, from %s to %s", len(ecg.Voltages),
		quantityText(strconv.FormatFloat(low, 'f', 1, 64), ecg.Unit), quantityText(strconv.FormatFloat(high, 'f', 1, 64), ecg.Unit)))
	fields.add("Device", ecg.Device)
	var lines []view.Field
	for _, line := range ecg.Fields {
		if line[1] != "" {
			lines = append(lines, view.Field{Label: line[0], Value: line[1]})
		}
	}
	fields.group(technical, lines)
	return fields.list
}

func routeFields(raw []byte) []view.Field {
	route, err := ReadRoute(bytes.NewReader(raw))
	if err != nil || len(route.Points) == 0 {
		return nil
	}
	fields := &fieldList{}
	fields.add("Distance", quantityText(strconv.FormatFloat(route.Distance/1000, 'f', 3, 64), "km"))
	climb, low, high := route.Climb()
	fields.add("Climb", quantityText(strconv.FormatFloat(climb, 'f', 0, 64), "m"))
	fields.add("Elevation", fmt.Sprintf("from %.0f to %.0f m", low, high))
	first, last := route.Points[0].Time, route.Points[len(route.Points)-1].Time
	if first > 0 && last > first {
		fields.add("Duration", quantityText(strconv.FormatFloat(float64(last-first)/60_000, 'f', 1, 64), "min"))
	}
	fields.add("Points", strconv.Itoa(len(route.Points)))
	return fields.list
}

// metadata says the MetadataEntry elements.
func (f *fieldList) metadata(root *element) {
	var fields []view.Field
	for _, entry := range root.named("MetadataEntry") {
		key := strings.TrimPrefix(entry.attr("key"), "HK")
		fields = append(fields, view.Field{Label: sentenceCase(words(key)), Value: metadataText(key, entry.attr("value"))})
	}
	f.group("Details", fields)
}

// yesOrNo are the metadata keys of HKMetadata.h that hold a boolean, without HK.
var yesOrNo = map[string]bool{
	"IndoorWorkout": true, "WasUserEntered": true, "WasTakenInLab": true, "CoachedWorkout": true, "GroupFitness": true,
	"SexualActivityProtectionUsed": true, "MenstrualCycleStart": true, "QuantityClampedToLowerBound": true,
	"QuantityClampedToUpperBound": true, "AppleDeviceCalibrated": true,
}

func metadataText(key, value string) string {
	switch {
	case yesOrNo[key] && value == "1":
		return "Yes"
	case yesOrNo[key] && value == "0":
		return "No"
	}
	return value
}

// dayText writes the day of a date of an export; what is no date stays as it is.
func dayText(text string) string {
	day, _, _ := strings.Cut(text, " ")
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return text
	}
	return at.Format("2 Jan 2006")
}

// clockTime writes a date of an export with the time that the clock showed and
// its offset from UTC: which clock the person looks at now the view can't know.
func clockTime(text string) string {
	at, err := time.Parse(exportDate, text)
	if err != nil {
		return text
	}
	return at.Format("2 Jan 2006, 15:04:05 (UTC-07:00)")
}

// exportDate is how an export writes dates.
const exportDate = "2006-01-02 15:04:05 -0700"

// technical keeps the attributes that nothing else says. When and from whom the
// sample is the page says itself.
func (f *fieldList) technical(root *element) {
	var fields []view.Field
	for _, a := range root.attrs {
		if !f.said[a.name] && a.value != "" {
			fields = append(fields, view.Field{Label: a.name, Value: a.value})
		}
	}
	f.group(technical, fields)
}

// typeTitle names a type by its identifier in an export.
func typeTitle(apple string) string {
	if row, known := store.TypeByApple(apple); known {
		return row.Title
	}
	return words(strings.TrimPrefix(apple, "HKQuantityTypeIdentifier"))
}

// unitText is a unit as people read it, where it is the type's by another name.
func unitText(apple, of string) string {
	row, _ := store.TypeByApple(apple)
	if _, own := row.Fits(of); own {
		return row.Display
	}
	return of
}

// quantityText says a number as written, rounded as in a list, zero included; a
// value that is no number is said as it is.
func quantityText(value, unit string) string {
	number := rounded(value)
	if number == "" {
		number = value
	}
	if number == "" {
		return ""
	}
	return strings.TrimSpace(number + " " + unit)
}

func sentenceCase(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.ToLower(text[1:])
}

func joined(separator string, parts ...string) string {
	var some []string
	for _, part := range parts {
		if part != "" {
			some = append(some, part)
		}
	}
	return strings.Join(some, separator)
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}
