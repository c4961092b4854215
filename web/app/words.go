package app

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/keepwell-health/keepwell/store"
)

// Zone tells the offset from UTC that the person's clock had at an instant, in
// ms since the Unix epoch.
type Zone func(ms int64) time.Duration

// Number writes a whole number for people: "1,577".
func Number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, groups...), ",")
}

// Count writes a number of things: "1 record", "1,577 records".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// Size writes a number of bytes in decimal units, as file managers do: "3.8 MB".
func Size(bytes int64) string {
	const unit = 1000
	if bytes < unit {
		return Count(int(bytes), "byte", "bytes")
	}
	value, names := float64(bytes)/unit, []string{"kB", "MB", "GB", "TB"}
	for len(names) > 1 && value >= 999.5 {
		value, names = value/unit, names[1:]
	}
	if value < 9.95 {
		return strconv.FormatFloat(value, 'f', 1, 64) + " " + names[0]
	}
	return Number(int(math.Round(value))) + " " + names[0]
}

// Quantity writes a measured value with its unit: "1,204 steps", "5.4 mmol/L".
// At most two decimals are kept: the record itself has them all.
func Quantity(value float64, unit string) string {
	rounded := math.Round(value*100) / 100
	whole, fraction := math.Modf(math.Abs(rounded))
	text := Number(int(whole))
	if decimals := strconv.FormatFloat(fraction, 'f', 2, 64); fraction > 0 {
		text += strings.TrimRight(decimals[1:], "0")
	}
	if rounded < 0 {
		text = "−" + text
	}
	return strings.TrimSpace(text + " " + unit)
}

// Day writes the day of an instant. text, when not empty, is the date as its
// record gives it and less precise than a second: it is then as precise as that
// and no more, and no time zone moves it.
func Day(ms int64, text string, zone Zone) string {
	if written, ok := written(text); ok {
		return written
	}
	return local(ms, zone).Format("2 Jan 2006")
}

// Moment writes an instant with its time of day, as far as text is not less
// precise.
func Moment(ms int64, text string, zone Zone) string {
	if written, ok := written(text); ok {
		return written
	}
	return local(ms, zone).Format("2 Jan 2006, 15:04")
}

// Span writes the time that a sample covers.
func Span(s store.Sample, zone Zone) string {
	start := Moment(s.StartDate, s.StartText, zone)
	if s.EndDate <= s.StartDate && s.EndText == "" {
		return start
	}
	end := Moment(s.EndDate, s.EndText, zone)
	switch {
	case start == end:
		return start
	case s.StartText == "" && s.EndText == "" && Day(s.StartDate, "", zone) == Day(s.EndDate, "", zone):
		return start + " – " + local(s.EndDate, zone).Format("15:04")
	}
	return start + " – " + end
}

// Hours writes the time of day that a sample covers, where its days are said
// elsewhere: "02:06 – 02:46". A sample over several days has its days here too.
func Hours(s store.Sample, zone Zone) string {
	if s.StartText != "" || s.EndText != "" || Day(s.StartDate, "", zone) != Day(s.EndDate, "", zone) {
		return Span(s, zone)
	}
	start, end := local(s.StartDate, zone).Format("15:04"), local(s.EndDate, zone).Format("15:04")
	if start == end {
		return start
	}
	return start + " – " + end
}

func local(ms int64, zone Zone) time.Time {
	return time.UnixMilli(ms).UTC().Add(zone(ms))
}

// written reads a FHIR date of less than a second's precision.
func written(text string) (string, bool) {
	for _, form := range []struct{ in, out string }{
		{"2006-01-02", "2 Jan 2006"}, {"2006-01", "Jan 2006"}, {"2006", "2006"},
	} {
		if at, err := time.Parse(form.in, text); err == nil {
			return at.Format(form.out), true
		}
	}
	return "", false
}

// Listed joins words as a sentence does: "a, b and c".
func Listed(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// Percent writes a fraction: "42 %".
func Percent(part, whole int64) string {
	if whole <= 0 {
		return "0 %"
	}
	return fmt.Sprintf("%d %%", min(100, part*100/whole))
}
