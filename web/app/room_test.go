package app

import (
	"strings"
	"testing"
)

func TestShortOfRoom(t *testing.T) {
	for _, test := range []struct {
		name         string
		usage, quota int64
		want         bool
	}{
		{"a browser that says nothing", 0, 0, false},
		{"plenty", 1 << 30, 100 << 30, false},
		{"the last megabytes", 950 << 20, 1000 << 20, true},
		{"little beside the whole", 97 << 30, 100 << 30, true},
		{"over it", 2 << 30, 1 << 30, true},
	} {
		if got := short(test.usage, test.quota); got != test.want {
			t.Errorf("%s: short = %v", test.name, got)
		}
	}
	if words := shortWords(-5); !strings.Contains(words, "0 bytes") {
		t.Errorf("words = %q", words)
	}
}
