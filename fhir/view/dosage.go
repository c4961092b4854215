package view

import "strings"

// dosage says a Dosage (FHIR R4 section 2.37) as a label on a box does: "1
// tablet twice a day, oral, as needed". Its text goes before its parts.
func (t *teller) dosage(n *node) string {
	if words := t.words(n.get("text")); words != "" {
		return words
	}
	return list(phrase(t.dose(n), t.words(n.get("timing"))), t.rate(n), lower(t.words(n.get("route"))), t.asNeeded(n))
}

// dose says how much is taken at a time. R4 has it in doseAndRate, STU3 and
// DSTU2 beside the timing; a DSTU2 statement calls it quantity.
func (t *teller) dose(n *node) string {
	for _, part := range n.each("doseAndRate") {
		if words := t.words(part.choice("dose")); words != "" {
			return words
		}
	}
	if words := t.words(n.choice("dose")); words != "" {
		return words
	}
	return t.words(n.choice("quantity"))
}

// rate says how fast it runs in.
func (t *teller) rate(n *node) string {
	for _, part := range n.each("doseAndRate") {
		if words := t.words(part.choice("rate")); words != "" {
			return "at " + words
		}
	}
	return prefix("at", t.words(n.choice("rate")))
}

// asNeeded says whether it is taken only when needed, and for what.
func (t *teller) asNeeded(n *node) string {
	needed := n.choice("asNeeded")
	switch {
	case needed == nil, needed.text == "false": // which stands below, as "No"
		return ""
	case needed.text == "true": // a string in loose DSTU2
		return needed.tell("as needed")
	}
	return prefix("as needed for", t.words(needed))
}

// timing says a Timing (FHIR R4 section 2.24.0.13): the code's abbreviation,
// the rule of repetition, else the moments.
func (t *teller) timing(n *node) string {
	words := t.repeat(n.get("repeat"))
	if code := n.get("code"); code != nil && words == "" {
		words = t.timingCode(code)
	}
	return phrase(words, prefix("at", t.join(n.each("event"))))
}

// timingCodes are the abbreviations of prescriptions (FHIR R4 section
// 4.4.1.319, TimingAbbreviation).
var timingCodes = map[string]string{
	"QD": "once a day", "BID": "twice a day", "TID": "3 times a day", "QID": "4 times a day", "AM": "in the morning",
	"PM": "in the afternoon", "QOD": "every other day", "Q1H": "every hour", "Q2H": "every 2 hours", "Q3H": "every 3 hours", "Q4H": "every 4 hours",
	"Q6H": "every 6 hours", "Q8H": "every 8 hours", "BED": "at bedtime", "WK": "once a week", "MO": "once a month",
}

// timingCode says the code of a Timing.
func (t *teller) timingCode(code *node) string {
	for _, coding := range code.each("coding") {
		if words := timingCodes[coding.string("code")]; words != "" {
			coding.get("code").tell(words)
			if text := code.get("text"); text != nil {
				text.tell(words)
			}
			return words
		}
	}
	words := t.words(code)
	if known := timingCodes[words]; known != "" {
		return known
	}
	return words
}

// repeat says the rule of a Timing: "twice a day", "every 4 to 6 hours for 10
// days", "once a day before breakfast".
func (t *teller) repeat(n *node) string {
	if n == nil || n.kind != object {
		return ""
	}
	often := phrase(frequency(n), t.when(n), prefix("on", t.days(n)), prefix("at", t.join(n.each("timeOfDay"))))
	return list(phrase(often, t.length(n)), t.dates(n), t.count(n))
}

// frequency says how often: R4 has the unit of the period in periodUnit, DSTU2
// in periodUnits.
func frequency(n *node) string {
	times, period := span(n, "frequency"), span(n, "period")
	unit := unitsOfTime[n.string("periodUnit")]
	if unit == "" {
		unit = unitsOfTime[n.string("periodUnits")]
	}
	if unit == "" || times == "" && period == "" {
		return ""
	}
	words := ""
	switch {
	case period == "1" || period == "":
		words = phrase(timesWords(times), "a", unit)
	case times == "1" || times == "":
		words = "every " + period + " " + unit + "s"
	default:
		words = timesWords(times) + " every " + period + " " + unit + "s"
	}
	for _, name := range []string{"frequency", "frequencyMax", "period", "periodMax", "periodUnit", "periodUnits"} {
		if member := n.get(name); member != nil && member.isPrimitive() {
			member.tell(words)
		}
	}
	return strings.Replace(words, "a hour", "an hour", 1)
}

// span is a number, or two with "to" between: frequency and frequencyMax.
func span(n *node, name string) string {
	low, high := n.string(name), n.string(name+"Max")
	low = strings.TrimSuffix(low, ".0") // a decimal: 1.0 day is a day
	if high == "" {
		return low
	}
	return low + " to " + strings.TrimSuffix(high, ".0")
}

// timesWords says how many times.
func timesWords(times string) string {
	switch times {
	case "", "1":
		return "once"
	case "2":
		return "twice"
	}
	return times + " times"
}

// unitsOfTime are the UCUM codes of the units of time (FHIR R4 section
// 4.4.1.342).
var unitsOfTime = map[string]string{
	"s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year",
}

// when says the events of the day that it goes with.
func (t *teller) when(n *node) string {
	var parts []string
	for _, item := range n.each("when") {
		if item.isPrimitive() {
			parts = append(parts, item.tell(orElse(eventTimings[item.text], item.text)))
		}
	}
	return strings.Join(parts, " and ")
}

// eventTimings are the codes of EventTiming (FHIR R4 section 4.4.1.128).
var eventTimings = map[string]string{
	"MORN": "in the morning", "MORN.early": "early in the morning", "MORN.late": "late in the morning", "NOON": "at noon",
	"AFT": "in the afternoon", "AFT.early": "early in the afternoon", "AFT.late": "late in the afternoon",
	"EVE": "in the evening", "EVE.early": "early in the evening", "EVE.late": "late in the evening", "NIGHT": "at night",
	"PHS": "after sleep", "HS": "at bedtime", "WAKE": "on waking", "C": "with a meal", "CM": "with breakfast",
	"CD": "with lunch", "CV": "with dinner", "AC": "before a meal", "ACM": "before breakfast", "ACD": "before lunch",
	"ACV": "before dinner", "PC": "after a meal", "PCM": "after breakfast", "PCD": "after lunch", "PCV": "after dinner",
}

// days says the days of the week.
func (t *teller) days(n *node) string {
	var parts []string
	for _, item := range n.each("dayOfWeek") {
		if item.isPrimitive() {
			parts = append(parts, item.tell(orElse(daysOfWeek[item.text], item.text)))
		}
	}
	return list(parts...)
}

var daysOfWeek = map[string]string{
	"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday",
}

// dates says from when to when.
func (t *teller) dates(n *node) string {
	if bounds := n.choice("bounds"); bounds != nil && typeOf(bounds) == "Period" {
		return t.words(bounds)
	}
	return ""
}

// length says for how long: "for 10 days".
func (t *teller) length(n *node) string {
	bounds := n.choice("bounds")
	if bounds == nil || typeOf(bounds) == "Period" {
		return ""
	}
	words := t.words(bounds)
	if unit := unitsOfTime[bounds.string("code")]; unit != "" && bounds.string("value") != "" {
		if bounds.string("value") != "1" {
			unit += "s"
		}
		if raw := bounds.get("unit"); raw != nil && raw.isPrimitive() {
			raw.tell(unit)
		}
		bounds.get("code").tell(unit)
		words = bounds.string("value") + " " + unit
	}
	return prefix("for", words)
}

// count says how many times in all.
func (t *teller) count(n *node) string {
	count := n.get("count")
	if count == nil || !count.isPrimitive() {
		return ""
	}
	return count.tell(timesWords(count.text) + " in all")
}

// orElse is words, or other when there are none.
func orElse(words, other string) string {
	if words == "" {
		return other
	}
	return words
}
