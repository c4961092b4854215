package applehealth

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	for day := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() <= lastYear; day = day.AddDate(0, 0, 1) {
		when := day.Add(13*time.Hour + 47*time.Minute + 5*time.Second).In(time.FixedZone("", -(9*60+30)*60))
		got, ok := parseDate([]byte(when.Format("2006-01-02 15:04:05 -0700")))
		if inside := when.Year() >= firstYear; ok != inside || ok && got != when.UnixMilli() {
			t.Fatalf("%v: got %v, %v", when, got, ok)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	for _, text := range []string{
		"", "2024-01-01", "2024-01-01T01:01:42+0200", "2024-13-01 01:01:42 +0200", "2024-02-30 01:01:42 +0200",
		"2023-02-29 00:00:00 +0000", "2024-01-01 24:00:00 +0000", "0000-01-01 00:00:00 +0000", "9999-12-31 00:00:00 +0000",
		"2024-01-01 01:01:42  0200", "2024-01-01 01:01:4x +0200", "2024-01-01 01:01:42 +0200 ", "२०२४-०१-०१ ००:००:०० +००००",
	} {
		if got, ok := parseDate([]byte(text)); ok {
			t.Errorf("%q gave %d", text, got)
		}
	}
}
