package jsx

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// A zone rebuilt from its offsets says the same as the zone itself, around
// every change and in between.
func TestLocation(t *testing.T) {
	from := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	to := time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	for name, atLeast := range map[string]int{
		"UTC": 1, "Europe/Vienna": 110, "America/New_York": 120, "Asia/Kolkata": 1,
		"Australia/Lord_Howe": 90, "Africa/Casablanca": 80, "Africa/Cairo": 60, "Pacific/Apia": 15, "America/St_Johns": 120,
	} {
		want, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		offset := func(at int64) int {
			_, offset := time.Unix(at, 0).In(want).Zone()
			return offset
		}
		transitions := findTransitions(offset, from, to)
		got, err := location(name, transitions)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(transitions) < atLeast || got.String() != name {
			t.Errorf("%s: %d transitions, named %s", name, len(transitions), got)
		}
		check := func(at int64) {
			if _, o := time.Unix(at, 0).In(got).Zone(); o != offset(at) {
				t.Fatalf("%s at %d: offset %d, want %d", name, at, o, offset(at))
			}
		}
		for _, change := range transitions[1:] {
			check(change.at - 1)
			check(change.at)
		}
		for at := from; at < to; at += 86_399 {
			check(at)
		}
	}
}
