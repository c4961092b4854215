package app

import (
	"strings"
	"testing"
)

func TestDamageWords(t *testing.T) {
	for lost, begin := range map[int]string{0: "Some records can’t", 1: "1 record can’t", 1200: "1,200 records can’t"} {
		if words := damageWords(lost); !strings.HasPrefix(words, begin+" be opened") {
			t.Errorf("%d: %s", lost, words)
		}
	}
}
