package sheet

import "time"

// History is how far back an app may read: the records of so many months before
// the choice, and those that come after it. 0 is all of them.
type History struct{ Months int }

// Histories are the choices, the widest first.
var Histories = []History{{0}, {60}, {12}, {3}, {1}}

// Title says the choice for people.
func (h History) Title() string {
	switch h.Months {
	case 0:
		return "All of them"
	case 1:
		return "From the last month on"
	case 12:
		return "From the last year on"
	case 60:
		return "From the last five years on"
	}
	return "From the last three months on"
}

// Since is where the history begins, at midnight of the clock's zone: ms since
// the Unix epoch, or 0 for all of it.
func (h History) Since(now time.Time) int64 {
	if h.Months == 0 {
		return 0
	}
	year, month, day := now.AddDate(0, -h.Months, 0).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, now.Location()).UnixMilli()
}
