package view

import (
	"strings"
	"time"
)

// dateForms are the forms of date, dateTime and instant (FHIR R4 section
// 2.24.0.1), and how each is said. Seconds may have a fraction, which
// time.Parse accepts where the layout has none.
var dateForms = []struct{ layout, words string }{
	{"2006", "2006"},
	{"2006-01", "January 2006"},
	{"2006-01-02", "2 January 2006"},
	{"2006-01-02T15:04", "2 January 2006, 15:04"}, // without seconds: seen in DSTU2
	{"2006-01-02T15:04:05", "2 January 2006, 15:04:05"},
}

// dateWords says a date in the precision and the time zone that it was written
// in: "5 March 2019, 10:20:30 UTC+01:00". It is false for what is no date.
func dateWords(date string) (string, bool) {
	moment, zone := splitZone(date)
	for _, form := range dateForms {
		t, err := time.Parse(form.layout, moment)
		if err != nil {
			continue
		}
		words := t.Format(form.words)
		if _, fraction, has := strings.Cut(moment, "."); has {
			words += "." + fraction
		}
		return words + zone, true
	}
	return "", false
}

// splitZone takes the time zone off a dateTime and says it.
func splitZone(date string) (moment, words string) {
	clock := strings.IndexByte(date, 'T')
	if clock < 0 {
		return date, ""
	}
	if moment, isUTC := strings.CutSuffix(date, "Z"); isUTC {
		return moment, " UTC"
	}
	if sign := strings.LastIndexAny(date[clock:], "+-"); sign >= 0 {
		offset := date[clock+sign:]
		if _, err := time.Parse("-07:00", offset); err == nil {
			return date[:clock+sign], " UTC" + offset
		}
	}
	return date, ""
}

// isDate tells whether the text of a member is to be said as a date. Only a
// whole day is sure by its form: "2019-03" may be a lot number.
func isDate(n *node) bool {
	if n.kind != text || len(n.text) < len("2006-01-02") && !namesDate(n.name) {
		return false
	}
	_, ok := dateWords(n.text)
	return ok
}

// namesDate tells whether a member's name says that it is a date.
func namesDate(name string) bool {
	switch baseName(name) {
	case "start", "end", "onset", "abatement", "effective", "issued", "authoredOn", "dateWritten", "occurrence",
		"performed", "created", "recorded", "sent", "received", "given", "deceased", "asserted", "lastOccurrence", "lastOccurence":
		return true
	}
	return strings.HasSuffix(name, "Date") || strings.HasSuffix(name, "DateTime") || name == "date"
}
