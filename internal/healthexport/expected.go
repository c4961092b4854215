package healthexport

// Expected is what an importer must make of an export.
type Expected struct {
	Days    int            `json:"days"`
	Zone    string         `json:"zone"`    // in which days are counted
	Records int            `json:"records"` // Record elements
	ByType  map[string]int `json:"byType"`  // of samples and objects, by the store's type
	// Sums are the daily sums of steps (count) and distance (km), by date: what
	// the watch measured counts, and of the phone what it measured meanwhile not,
	// second by second.
	Sums map[string]map[string]float64 `json:"sums"`
}

// summed are the types that the phone and the watch both measure.
var summed = map[string]string{"StepCount": "stepCount", "DistanceWalkingRunning": "distanceWalkingRunning"}

// Expected computes what an importer must make of this export, by other means
// than a store would: every second of a day has an entry.
func (e *Export) Expected() Expected {
	expected := Expected{Days: len(e.days), Zone: zone, ByType: map[string]int{}, Sums: map[string]map[string]float64{}}
	for at := range streams {
		s := &streams[at]
		for _, d := range e.days {
			n := len(s.day(d))
			expected.Records += n
			expected.ByType[storeName(s.name)] += n
		}
	}
	for name, id := range summed {
		byDay := map[string]float64{}
		for _, d := range e.days {
			byDay[d.text] = sumOf(name, d)
		}
		expected.Sums[id] = byDay
	}
	for id, n := range e.objects() {
		expected.ByType[id] += n
	}
	return expected
}

// storeName is a type's name in the store: HealthKit's without its prefix.
func storeName(name string) string { return string(name[0]|0x20) + name[1:] }

// sumOf adds up a type on a day.
func sumOf(name string, d day) float64 {
	var worn [25 * 3600]bool // seconds in which the watch measured
	sum := 0.0
	for _, m := range measuresOf(name, &watch, d) {
		sum += m.value
		for at := m.start; at < m.end; at++ {
			worn[at-d.midnight] = true
		}
	}
	for _, m := range measuresOf(name, &phone, d) {
		alone := 0
		for at := m.start; at < m.end; at++ {
			if !worn[at-d.midnight] {
				alone++
			}
		}
		sum += m.value * float64(alone) / float64(m.end-m.start)
	}
	return sum
}

func measuresOf(name string, from *source, d day) []measure {
	for at := range streams {
		if streams[at].name == name && streams[at].from == from {
			return streams[at].day(d)
		}
	}
	return nil
}
