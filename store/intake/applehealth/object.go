package applehealth

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/keepwell-health/keepwell/store"
	"github.com/keepwell-health/keepwell/store/intake/xmlscan"
)

// maxObject bounds an element that is kept as its bytes.
const maxObject = 64 << 20

// object reads an element that is more than one number or code. Its bytes are
// kept as they are, with a summary to list it by; View reads them again.
func (e *export) object(token xmlscan.Token) error {
	e.scan.Capture(token, maxObject)
	offset := token.Offset
	summary := newSummary(e, token)
	if err := e.rest(token, summary.child); err != nil {
		return err
	}
	raw, fits := e.scan.Captured()
	switch {
	case !fits:
		e.skip(offset, "the element is larger than 64 MiB")
		return nil
	case summary.reason != "":
		e.skip(offset, summary.reason)
		return nil
	}
	sample, identifier := summary.finish()
	return e.sink.Object(e.input, sample, identifier, raw)
}

// summary gathers what an object is listed by.
type summary struct {
	export     *export
	element    string
	attrs      map[string]string
	sample     store.Sample
	reason     string   // why the object is left out
	statistics []string // of a workout: "5.19 km"
	parts      []part   // of a correlation
}

// part is one sample of a correlation.
type part struct {
	typ         store.TypeID
	title       string
	value, unit string
}

func newSummary(e *export, token xmlscan.Token) *summary {
	s := &summary{export: e, element: string(token.Name), attrs: attributeMap(token)}
	attrs := e.attributes(token)
	s.sample.Type, s.reason = s.typeOf()
	if s.reason == "" {
		s.reason = s.dates(&attrs)
	}
	if s.reason == "" {
		s.sample.Source = e.source(&attrs)
	}
	return s
}

func attributeMap(token xmlscan.Token) map[string]string {
	attrs := make(map[string]string, len(token.Attrs))
	for i := range token.Attrs {
		attrs[string(token.Attrs[i].Name)] = string(token.Attrs[i].Value())
	}
	return attrs
}

// typeOf tells the type of the object by its element.
func (s *summary) typeOf() (id store.TypeID, reason string) {
	switch s.element {
	case "Workout":
		return "workout", ""
	case "ActivitySummary":
		return "activitySummary", ""
	case "Audiogram":
		return "audiogram", ""
	case "VisionPrescription":
		return "visionPrescription", ""
	}
	row, known := store.TypeByApple(s.attrs["type"])
	if !known || row.Kind != store.KindCorrelation {
		return "", "the type of this correlation is not known"
	}
	return row.ID, ""
}

// dates reads when the object was. An activity summary has a day, a vision
// prescription the date it was issued; the others start and end.
func (s *summary) dates(attrs *attributes) (reason string) {
	switch s.element {
	case "ActivitySummary":
		return s.day(s.attrs["dateComponents"])
	case "VisionPrescription":
		if day, _, _ := strings.Cut(s.attrs["dateIssued"], " "); day != "" {
			return s.day(day)
		}
	}
	return s.export.dates(attrs, &s.sample)
}

// day sets a date without a time, kept as it was written.
func (s *summary) day(text string) (reason string) {
	ms, ok := parseDate([]byte(text + " 00:00:00 +0000"))
	if !ok {
		return "the date is not a day between the years 1800 and 2200"
	}
	s.sample.StartDate, s.sample.EndDate = ms, ms
	s.sample.StartText, s.sample.EndText = text, text
	return ""
}

// child takes in an element inside the object.
func (s *summary) child(token xmlscan.Token) {
	switch string(token.Name) {
	case "MetadataEntry":
		if s.reason == "" && token.Depth == 3 {
			s.export.addMetadata(&s.sample, token)
		}
	case "WorkoutStatistics":
		s.statistic(string(token.Attr("type")), string(token.Attr("sum")), string(token.Attr("unit")))
	case "Record":
		row, known := store.TypeByApple(string(token.Attr("type")))
		if known && len(s.parts) < 200 {
			s.parts = append(s.parts, part{row.ID, row.Title, string(token.Attr("value")), string(token.Attr("unit"))})
		}
	}
}

// statistic keeps the sums that a workout is known by.
func (s *summary) statistic(apple, sum, unit string) {
	row, _ := store.TypeByApple(apple)
	if strings.HasPrefix(string(row.ID), "distance") || row.ID == "activeEnergyBurned" {
		if text := amount(sum, unit); text != "" && len(s.statistics) < 4 {
			s.statistics = append(s.statistics, text)
		}
	}
}

// finish names the object and tells it apart from others of its type and source.
func (s *summary) finish() (sample store.Sample, identifier string) {
	s.sample.DisplayName, s.sample.Subtitle = s.words()
	identifier = strings.Join([]string{
		strconv.FormatInt(s.sample.StartDate, 36), strconv.FormatInt(s.sample.EndDate, 36), s.attrs["workoutActivityType"],
	}, "/")
	return s.sample, identifier
}

func (s *summary) words() (title, subtitle string) {
	switch s.sample.Type {
	case "workout":
		return s.workoutWords()
	case "activitySummary":
		return "Activity", amounts(
			amount(s.attrs["activeEnergyBurned"], cmp.Or(s.attrs["activeEnergyBurnedUnit"], "active")),
			amount(s.attrs["appleExerciseTime"], "min exercise"),
			amount(s.attrs["appleStandHours"], "stand hours"))
	case "bloodPressure":
		return "Blood Pressure", s.bloodPressure()
	}
	row, _ := store.TypeByID(s.sample.Type)
	var parts []string
	for _, p := range s.parts {
		parts = append(parts, p.title+" "+amount(p.value, p.unit))
	}
	return row.Title, amounts(parts...)
}

// workoutWords names a workout by its activity. Before iOS 16 its totals are
// attributes, since then WorkoutStatistics.
func (s *summary) workoutWords() (title, subtitle string) {
	title = words(strings.TrimPrefix(s.attrs["workoutActivityType"], "HKWorkoutActivityType"))
	parts := []string{amount(s.attrs["duration"], durationUnit(s.attrs["durationUnit"]))}
	if len(s.statistics) > 0 {
		parts = append(parts, s.statistics...)
	} else {
		parts = append(parts,
			amount(s.attrs["totalDistance"], s.attrs["totalDistanceUnit"]),
			amount(s.attrs["totalEnergyBurned"], s.attrs["totalEnergyBurnedUnit"]))
	}
	return title, amounts(parts...)
}

// durationUnit is the unit of a duration; older exports leave it out.
func durationUnit(unit string) string { return cmp.Or(unit, "min") }

// bloodPressure says "120/80 mmHg".
func (s *summary) bloodPressure() string {
	var systolic, diastolic, unit string
	for _, p := range s.parts {
		switch p.typ {
		case "bloodPressureSystolic":
			systolic, unit = rounded(p.value), p.unit
		case "bloodPressureDiastolic":
			diastolic = rounded(p.value)
		}
	}
	if systolic == "" || diastolic == "" {
		return ""
	}
	return systolic + "/" + diastolic + " " + unit
}

// amount says a number with its unit, rounded for a list; "" without a number.
func amount(value, unit string) string {
	number := rounded(value)
	if number == "" || number == "0" {
		return ""
	}
	return strings.TrimSpace(number + " " + unit)
}

func amounts(parts ...string) string {
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, " · ")
}

// rounded rounds a number to what fits a list: two decimals below ten, one
// below a hundred, none above.
func rounded(value string) string {
	number, err := strconv.ParseFloat(value, 64)
	if err != nil || number-number != 0 {
		return ""
	}
	decimals := 0
	switch size := max(number, -number); {
	case size < 10:
		decimals = 2
	case size < 100:
		decimals = 1
	}
	text := strconv.FormatFloat(number, 'f', decimals, 64)
	if decimals > 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// words splits "TraditionalStrengthTraining" into words.
func words(name string) string {
	var out strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	if out.Len() == 0 {
		return "Workout"
	}
	return out.String()
}

// heartbeats keeps the beats under a heart rate variability record, whose
// element is raw, as a series of its own.
func (e *export) heartbeats(record store.Sample, raw []byte) error {
	series := record
	series.Type, series.Value, series.Unit = "heartbeatSeries", nil, ""
	series.DisplayName, series.Subtitle = "Beat-to-Beat Measurements", ""
	return e.sink.Object(e.input, series, strconv.FormatInt(series.StartDate, 36), raw)
}
