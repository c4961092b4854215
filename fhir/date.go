package fhir

import "time"

// ParseDateTime reads a FHIR date, dateTime or instant (FHIR R4 section 2.24.0.1)
// and keeps its text. It takes what systems write besides: a space or a small
// letter between date and time, and times without seconds. What is no date
// comes back with PrecisionNone and its text.
func ParseDateTime(text string) DateTime {
	none := DateTime{Text: text}
	p := dateParser{text: text}
	d := DateTime{Text: text, Precision: PrecisionYear}
	year, month, day := p.number(4), 1, 1
	if p.take("-") {
		month, d.Precision = p.number(2), PrecisionMonth
		if p.take("-") {
			day, d.Precision = p.number(2), PrecisionDay
		}
	}
	hour, minute, second, nanosecond := 0, 0, 0, 0
	var offset time.Duration
	if d.Precision == PrecisionDay && p.take("Tt ") {
		hour, minute, d.Precision = p.number(2), p.minute(), PrecisionMinute
		if p.take(":") {
			second, d.Precision = p.number(2), PrecisionSecond
			nanosecond = p.fraction()
		}
		offset, d.HasZone = p.zone()
	}
	if p.failed || p.text != "" || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || !isClock(hour, minute, second) {
		return none
	}
	d.Time = time.Date(year, time.Month(month), day, hour, minute, second, nanosecond, time.UTC).Add(-offset)
	return d
}

// isClock tells whether a time of day exists: up to the leap second and to the
// midnight that ends a day (ISO 8601 section 4.2.3).
func isClock(hour, minute, second int) bool {
	return hour < 24 && minute < 60 && second <= 60 || hour == 24 && minute == 0 && second == 0
}

// daysIn returns the number of days of a month.
func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// dateParser takes a date apart from its front.
type dateParser struct {
	text   string
	failed bool
}

// number takes count digits.
func (p *dateParser) number(count int) int {
	if len(p.text) < count {
		p.failed = true
		return 0
	}
	n := 0
	for i := range count {
		digit := p.text[i] - '0'
		if digit > 9 {
			p.failed = true
			return 0
		}
		n = n*10 + int(digit)
	}
	p.text = p.text[count:]
	return n
}

// take takes the next byte when it is one of set.
func (p *dateParser) take(set string) bool {
	if p.text == "" {
		return false
	}
	for i := range len(set) {
		if p.text[0] == set[i] {
			p.text = p.text[1:]
			return true
		}
	}
	return false
}

// minute takes a colon and two digits.
func (p *dateParser) minute() int {
	if !p.take(":") {
		p.failed = true
	}
	return p.number(2)
}

// fraction takes the fraction of a second, as nanoseconds; digits beyond them
// are dropped.
func (p *dateParser) fraction() int {
	if !p.take(".,") {
		return 0
	}
	n, unit, count := 0, int(time.Second), 0
	for p.text != "" && p.text[0]-'0' < 10 {
		unit /= 10
		n += int(p.text[0]-'0') * unit
		p.text = p.text[1:]
		count++
	}
	p.failed = p.failed || count == 0
	return n
}

// zone takes a time zone: Z or an offset with or without a colon.
func (p *dateParser) zone() (offset time.Duration, found bool) {
	if p.take("Zz") {
		return 0, true
	}
	sign := time.Duration(1)
	if p.text != "" && p.text[0] == '-' {
		sign = -1
	}
	if !p.take("+-") {
		return 0, false
	}
	hours := p.number(2)
	p.take(":")
	minutes := p.number(2)
	p.failed = p.failed || hours > 14 || minutes > 59 // FHIR R4 section 2.24.0.1
	return sign * (time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute), true
}
