package app

import (
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/store"
)

func TestAccessesInWords(t *testing.T) {
	const origin = "https://portal.example"
	utc := func(int64) time.Duration { return 0 }
	log := []store.Access{
		{When: 60_000, Origin: origin, Operation: store.AccessRead, Type: store.AllergyRecord, Count: 1, Allowed: true},
		{Origin: "https://other.example", Operation: store.AccessRead, Type: store.AllergyRecord, Allowed: true},
		{Origin: origin, Operation: store.AccessRead, Type: store.ConditionRecord},
		{Origin: origin, Operation: store.AccessOpen},
		{Origin: origin, Operation: store.AccessSave, Type: "stepCount", Count: 1200, Allowed: true},
	}
	got := accessLines(log, origin, utc)
	want := []string{
		"1 Jan 1970, 00:01: read 1 record of Allergies",
		"1 Jan 1970, 00:00: asked for Conditions and got nothing",
		"1 Jan 1970, 00:00: asked for an object that it may not see and got nothing",
		"1 Jan 1970, 00:00: added 1,200 records to Steps",
	}
	if len(got) != len(want) {
		t.Fatalf("lines are %q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("line %d is %q, want %q", i, got[i], want[i])
		}
	}
}
