package sample

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// day is a date as people write it: "2014-03-05".
type day string

func (d day) time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		panic("sample: " + string(d) + " is not a date")
	}
	return t
}

// at returns a moment of the day where the person lives.
func (d day) at(hour, minute int) time.Time {
	t := d.time()
	return time.Date(t.Year(), t.Month(), t.Day(), hour, minute, 0, 0, zoneOf(t))
}

func dayOf(t time.Time) day { return day(t.Format(time.DateOnly)) }

// zoneOf is the offset at the person's home: five hours behind UTC, four from
// April to October. Daylight saving by whole months is near enough for a story.
func zoneOf(t time.Time) *time.Location {
	if t.Month() >= time.April && t.Month() <= time.October {
		return time.FixedZone("", -4*3600)
	}
	return time.FixedZone("", -5*3600)
}

func instant(t time.Time) string { return t.Format(time.RFC3339) }

// yearOf returns the year with its fraction: 2014.17 for early March of 2014.
func yearOf(t time.Time) float64 { return float64(t.Year()) + float64(t.YearDay()-1)/365.25 }

// chance returns a source of random numbers that depends on the seed and the
// key only, so that a record stays the same when others come before it.
func chance(seed uint64, key string) *rand.Rand {
	hash := fnv.New64a()
	hash.Write([]byte(key))
	return rand.New(rand.NewPCG(seed, hash.Sum64()))
}
