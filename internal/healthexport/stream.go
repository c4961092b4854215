package healthexport

import (
	"math"
	"math/rand/v2"
)

// source is what records come from.
type source struct {
	name     string
	hardware string // "" when records name no device
	model    string
	major    int // of its first version
}

var (
	watch  = source{"Robin’s Apple\u00a0Watch", "Watch6,2", "Watch", 3}
	phone  = source{"Robin’s iPhone", "iPhone13,2", "iPhone", 10}
	scale  = source{"Scale &amp; Co.", "", "", 2}
	health = source{"Health", "", "", 10}
)

// stream is the records of one type from one source.
type stream struct {
	kind     string // "Quantity" or "Category"
	name     string // of the type, after its prefix
	unit     string
	from     *source
	count    int // records a day
	hours    [2]int
	point    bool // records have no duration
	device   bool // records name their device
	value    func(*rand.Rand) float64
	decimals int
	names    []string // of a category's values
	metadata func(*rand.Rand) string
}

// measure is one record: s since the Unix epoch, and a value.
type measure struct {
	start, end, created int64
	value               float64
}

var (
	waking   = [2]int{7, 22}
	allDay   = [2]int{0, 22}
	sleeping = [2]int{0, 7}
)

func between(low, high float64) func(*rand.Rand) float64 {
	return func(luck *rand.Rand) float64 { return low + (high-low)*luck.Float64() }
}

// skewed is mostly small, as what is counted in short stretches.
func skewed(high float64) func(*rand.Rand) float64 {
	return func(luck *rand.Rand) float64 { return 1 + (high-1)*math.Pow(luck.Float64(), 3) }
}

func motion(luck *rand.Rand) string {
	return "HKMetadataKeyHeartRateMotionContext\" value=\"" + string(rune('0'+luck.IntN(3)))
}

func berlin(*rand.Rand) string { return "HKTimeZone\" value=\"Europe/Berlin" }

func manual(*rand.Rand) string { return "HKWasUserEntered\" value=\"1" }

// streams are written one after another, each by time, as an iPhone writes them.
var streams = []stream{
	{kind: "Quantity", name: "BodyMass", unit: "kg", from: &scale, count: 1, hours: [2]int{7, 8}, point: true, value: between(66, 70), decimals: 2},
	{kind: "Quantity", name: "BodyMassIndex", unit: "count", from: &scale, count: 1, hours: [2]int{7, 8}, point: true, value: between(22, 24), decimals: 4},
	{kind: "Quantity", name: "HeartRate", unit: "count/min", from: &watch, count: 330, hours: allDay, point: true, device: true, value: between(52, 128), metadata: motion},
	{kind: "Quantity", name: "OxygenSaturation", unit: "%", from: &watch, count: 12, hours: allDay, point: true, value: between(0.93, 1), decimals: 2},
	{kind: "Quantity", name: "RespiratoryRate", unit: "count/min", from: &watch, count: 30, hours: sleeping, point: true, value: between(12, 18), decimals: 1},
	{kind: "Quantity", name: "StepCount", unit: "count", from: &phone, count: 70, hours: waking, value: skewed(620)},
	{kind: "Quantity", name: "StepCount", unit: "count", from: &watch, count: 120, hours: waking, value: skewed(420)},
	{kind: "Quantity", name: "DistanceWalkingRunning", unit: "km", from: &phone, count: 70, hours: waking, value: between(0.002, 0.4), decimals: 5},
	{kind: "Quantity", name: "DistanceWalkingRunning", unit: "km", from: &watch, count: 120, hours: waking, value: between(0.002, 0.3), decimals: 7},
	{kind: "Quantity", name: "BasalEnergyBurned", unit: "kcal", from: &watch, count: 96, hours: allDay, value: between(0.4, 18), decimals: 3},
	{kind: "Quantity", name: "ActiveEnergyBurned", unit: "kcal", from: &watch, count: 280, hours: waking, value: between(0.02, 4), decimals: 3},
	{kind: "Quantity", name: "FlightsClimbed", unit: "count", from: &phone, count: 6, hours: waking, value: between(1, 3)},
	{kind: "Quantity", name: "AppleExerciseTime", unit: "min", from: &watch, count: 30, hours: waking, value: between(1, 1)},
	{kind: "Quantity", name: "AppleStandTime", unit: "min", from: &watch, count: 60, hours: waking, value: between(1, 5)},
	{kind: "Quantity", name: "RestingHeartRate", unit: "count/min", from: &watch, count: 1, hours: allDay, value: between(52, 60)},
	{kind: "Quantity", name: "WalkingSpeed", unit: "km/hr", from: &phone, count: 14, hours: waking, value: between(3, 6), decimals: 3},
	{kind: "Quantity", name: "WalkingStepLength", unit: "cm", from: &phone, count: 14, hours: waking, value: between(55, 80), decimals: 0},
	{kind: "Quantity", name: "WalkingDoubleSupportPercentage", unit: "%", from: &phone, count: 12, hours: waking, value: between(0.25, 0.33), decimals: 3},
	{kind: "Quantity", name: "EnvironmentalAudioExposure", unit: "dBASPL", from: &watch, count: 30, hours: waking, value: between(40, 85), decimals: 4},
	{kind: "Quantity", name: "HeadphoneAudioExposure", unit: "dBASPL", from: &phone, count: 8, hours: waking, value: between(50, 80), decimals: 4},
	{kind: "Quantity", name: "DietaryWater", unit: "mL", from: &health, count: 5, hours: waking, point: true, value: between(100, 400), metadata: manual},
	{kind: "Category", name: "SleepAnalysis", from: &watch, count: 24, hours: sleeping, metadata: berlin, names: []string{
		"HKCategoryValueSleepAnalysisAsleepCore", "HKCategoryValueSleepAnalysisAsleepDeep",
		"HKCategoryValueSleepAnalysisAsleepREM", "HKCategoryValueSleepAnalysisAwake"}},
	{kind: "Category", name: "AppleStandHour", from: &watch, count: 16, hours: waking, names: []string{
		"HKCategoryValueAppleStandHourStood", "HKCategoryValueAppleStandHourIdle"}},
	{kind: "Category", name: "Headache", from: &health, count: 1, hours: waking, names: []string{"HKCategoryValueSeverityMild", "HKCategoryValueSeverityModerate"}},
}

// day returns the records of a day by time. Those of one source never overlap.
func (s *stream) day(d day) []measure {
	luck := d.luck(s.seed())
	from, to := s.hours[0]*3600, s.hours[1]*3600
	slot := (to - from) / s.count // s
	measures := make([]measure, 0, s.count)
	for at := range s.count {
		start := from + at*slot + luck.IntN(slot/3+1)
		length := 1 + luck.IntN(min(slot/2, 900)+1)
		value := s.draw(luck)
		if s.from == &phone && d.away || s.from == &watch && d.late && start < 12*3600 {
			continue
		}
		m := measure{start: d.midnight + int64(start), value: value}
		m.end = m.start
		if !s.point {
			m.end += int64(length)
		}
		m.created = m.end + int64(luck.IntN(300))
		measures = append(measures, m)
	}
	return measures
}

// draw returns a value with the decimals that are written.
func (s *stream) draw(luck *rand.Rand) float64 {
	if s.names != nil {
		return float64(luck.IntN(len(s.names)))
	}
	scale := math.Pow10(s.decimals)
	return math.Round(s.value(luck)*scale) / scale
}

// seed tells streams apart.
func (s *stream) seed() uint64 {
	seed := uint64(17)
	for _, c := range []byte(s.name + s.from.name) {
		seed = seed*131 + uint64(c)
	}
	return seed
}
