package app

import (
	"strings"

	"github.com/keepwell-health/keepwell/store"
)

// search keeps the samples whose line holds every word, in their order.
func search(samples []store.Sample, t store.Type, words string, zone Zone) []store.Sample {
	wanted := strings.Fields(strings.ToLower(words))
	found := []store.Sample{}
	for _, s := range samples {
		if holdsAll(lineOf(s, t, zone), wanted) {
			found = append(found, s)
		}
	}
	return found
}

func holdsAll(l line, words []string) bool {
	text := strings.ToLower(strings.Join([]string{l.Title, l.Subtitle, l.Day, l.Source}, "\n"))
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}
