package applehealth

// The years that a sample may have. What lies outside was never measured.
const (
	firstYear = 1800
	lastYear  = 2200
)

// parseDate reads "2024-01-01 01:01:42 +0200", as every date of an export is
// written, to ms since the Unix epoch. ok is false for anything else and for
// years outside 1800 to 2200.
//
// time.Parse takes a microsecond in wasm; an export has fifteen million dates.
func parseDate(text []byte) (ms int64, ok bool) {
	if len(text) != 25 || text[4] != '-' || text[7] != '-' || text[10] != ' ' ||
		text[13] != ':' || text[16] != ':' || text[19] != ' ' {
		return 0, false
	}
	d := digits{ok: true}
	year, month, day := d.two(text[0:])*100+d.two(text[2:]), d.two(text[5:]), d.two(text[8:])
	hour, minute, second := d.two(text[11:]), d.two(text[14:]), d.two(text[17:])
	offset := d.two(text[21:])*60 + d.two(text[23:])
	switch text[20] {
	case '+':
		offset = -offset
	case '-':
	default:
		return 0, false
	}
	if !d.ok || year < firstYear || year > lastYear || month < 1 || month > 12 ||
		day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 60 {
		return 0, false
	}
	days := daysSinceEpoch(year, month, day)
	return (int64(days)*1440+int64(hour*60+minute+offset))*60_000 + int64(second)*1000, true
}

// digits reads pairs of digits and remembers whether all were.
type digits struct{ ok bool }

func (d *digits) two(text []byte) int {
	tens, ones := text[0]-'0', text[1]-'0'
	if tens > 9 || ones > 9 {
		d.ok = false
	}
	return int(tens)*10 + int(ones)
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSinceEpoch counts the days from 1970-01-01 in the Gregorian calendar. A
// year starts in March here, so that the leap day is its last.
func daysSinceEpoch(year, month, day int) int {
	if month <= 2 {
		year--
		month += 12
	}
	leaps := year/4 - year/100 + year/400
	return 365*year + leaps + (153*(month-3)+2)/5 + day - 1 - 719468
}
