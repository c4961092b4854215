package healthexport

import (
	"math/rand/v2"
	"time"
)

// day is one day of the person.
type day struct {
	number   int   // from 0
	midnight int64 // s since the Unix epoch
	text     string
	version  int   // of the devices' software: a new one every season
	shift    int64 // when the offset from UTC changes, in s since the Unix epoch
	before   int   // s east of UTC
	after    int
	away     bool // the phone was left at home
	late     bool // the watch was put on after the morning
}

func newDay(number int, zone *time.Location) day {
	start := time.Date(2016, time.January, 1+number, 0, 0, 0, 0, zone)
	end := start.AddDate(0, 0, 1)
	d := day{number: number, midnight: start.Unix(), text: start.Format(time.DateOnly), version: number / 91}
	_, d.before = start.Zone()
	_, d.after = end.Zone()
	d.shift = end.Unix()
	if _, changed := start.ZoneBounds(); !changed.IsZero() && changed.Before(end) {
		d.shift = changed.Unix()
	}
	luck := d.luck(0)
	d.away, d.late = luck.Float64() < 0.05, luck.Float64() < 0.07
	return d
}

// luck returns the random numbers of a stream on this day, always the same.
func (d *day) luck(stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(0x6b656570*(stream+1), uint64(d.number)))
}

// offset returns the offset from UTC at a time, in s.
func (d *day) offset(at int64) int {
	if at < d.shift {
		return d.before
	}
	return d.after
}

// clock writes a time, given in s since midnight, as an export does.
func (d *day) clock(second int) string {
	return string(d.appendTime(nil, d.midnight+int64(second)))
}

// appendTime appends "2016-01-01 07:00:00 +0100". The time lies in this day.
func (d *day) appendTime(b []byte, at int64) []byte {
	offset := d.offset(at)
	second := int(at-d.midnight) + offset - d.before // on the clock
	b = append(b, d.text...)
	b = append(b, ' ')
	b = appendTwo(b, second/3600)
	b = append(b, ':')
	b = appendTwo(b, second/60%60)
	b = append(b, ':')
	b = appendTwo(b, second%60)
	b = append(b, " +"...)
	b = appendTwo(b, offset/3600)
	return append(b, "00"...)
}

func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10%10), byte('0'+n%10)) }
