package app

import (
	"strings"
	"testing"
	"time"

	"github.com/keepwell-health/keepwell/web/protocol"
)

func TestProtectionInWords(t *testing.T) {
	for names, want := range map[string]string{
		"device":                      "disk can read the records",
		"passphrase":                  "only your passphrase opens them",
		"passphrase+recovery":         "only your passphrase or your recovery code opens them",
		"passphrase+passkey+recovery": "only your passphrase, your passkey or your recovery code opens them",
		"":                            "not known",
		"tattoo":                      "not known",
		"passphrase+tattoo":           "not known",
	} {
		if got := protection(names); !strings.Contains(got, want) {
			t.Errorf("protection(%q) = %q, want %q in it", names, got, want)
		}
	}
}

func TestIdleChoice(t *testing.T) {
	for kept, want := range map[string]time.Duration{
		"": 15 * time.Minute, "1": time.Minute, "60": time.Hour, "0": 0,
		"never": 15 * time.Minute, "-1": 15 * time.Minute, "100000": 15 * time.Minute,
	} {
		if got := idleOf(kept); got != want {
			t.Errorf("idleOf(%q) = %v, want %v", kept, got, want)
		}
	}
	if got := idleWords(1); got != "After 1 minute" {
		t.Errorf("idleWords(1) = %q", got)
	}
	for _, minutes := range idleChoices {
		if idleOf(idleText(minutes)) != time.Duration(minutes)*time.Minute {
			t.Errorf("the choice of %d minutes is not kept", minutes)
		}
	}
}

func TestGroupTypedBack(t *testing.T) {
	const code = "G2B4-WSDB-JM10-DT0F-D59C-2VBN-RX7K"
	for _, test := range []struct {
		number int
		typed  string
		want   bool
	}{
		{1, "G2B4", true}, {1, " g2b4 ", true}, {3, "jmlo", true}, {3, "JMI0", true}, {7, "rx7k", true},
		{1, "WSDB", false}, {2, "", false}, {2, "WSD", false},
	} {
		if got := sameGroup(test.typed, groupOf(code, test.number)); got != test.want {
			t.Errorf("group %d typed as %q: %v", test.number, test.typed, got)
		}
	}
	if groupOf(code, 0) != "" || groupOf(code, 8) != "" {
		t.Error("a code has more groups than it has")
	}
}

func TestStrengthInWords(t *testing.T) {
	for score := -1; score <= 5; score++ {
		for _, warning := range []string{"", "topTen", "dates", "keyPattern", "wordByItself", "of a later version"} {
			if words := strengthWords(score, warning); !strings.HasSuffix(words, ".") {
				t.Errorf("strengthWords(%d, %q) = %q", score, warning, words)
			}
		}
	}
}

func TestMethodNote(t *testing.T) {
	utc := func(int64) time.Duration { return 0 }
	note := methodNote(protocol.UnlockMethod{Created: 0, MemoryKiB: 65536, Passes: 3}, utc)
	if want := "Set 1 Jan 1970. Each guess costs 64 MiB of memory and 3 passes over it (Argon2id)"; note != want {
		t.Errorf("note = %q, want %q", note, want)
	}
}

func TestPassphraseCost(t *testing.T) {
	for memory, want := range map[float64][2]uint32{0: {65536, 3}, 0.5: {19456, 2}, 0.25: {19456, 2}, 1: {65536, 3}, 8: {65536, 3}} {
		if kib, passes := passphraseCost(memory); kib != want[0] || passes != want[1] {
			t.Errorf("with %v GiB: %d KiB, %d passes", memory, kib, passes)
		}
	}
}

func TestCheaper(t *testing.T) {
	for _, test := range []struct {
		kib, passes uint32
		memory      float64
		want        bool
	}{
		{19456, 2, 8, true},
		{65536, 2, 8, true},
		{65536, 3, 8, false},
		{131072, 4, 8, false},
		{131072, 1, 8, false}, // neither costs less than the other: it is left alone
		{19456, 2, 0.5, false},
		{65536, 3, 0.5, false}, // never lowered
	} {
		if got := cheaper(protocol.UnlockMethod{MemoryKiB: test.kib, Passes: test.passes}, test.memory); got != test.want {
			t.Errorf("%d KiB, %d passes with %v GiB: %v", test.kib, test.passes, test.memory, got)
		}
	}
}

func TestMethodsByKind(t *testing.T) {
	methods := []protocol.UnlockMethod{{ID: "1", Kind: protocol.KindPasskey}, {ID: "2", Kind: protocol.KindRecovery}, {ID: "3", Kind: protocol.KindPasskey}}
	if got := ofKind(methods, protocol.KindPasskey); len(got) != 2 || got[1].ID != "3" {
		t.Errorf("passkeys are %v", got)
	}
	for _, kind := range []string{protocol.KindDevice, protocol.KindPassphrase, protocol.KindPasskey, protocol.KindRecovery} {
		if methodTitle(kind) == methodTitle("tattoo") {
			t.Errorf("%s has no title", kind)
		}
	}
}

func TestMethodTitles(t *testing.T) {
	for kind, want := range map[string]string{
		protocol.KindPassphrase: "Passphrase", protocol.KindRecovery: "Recovery code", protocol.KindPasskey: "Passkey",
		protocol.KindDevice: "This browser", "retina": "A way of another version",
	} {
		if got := methodTitle(kind); got != want {
			t.Errorf("%s: got %q, want %q", kind, got, want)
		}
	}
}

func TestOfKind(t *testing.T) {
	methods := []protocol.UnlockMethod{{Kind: protocol.KindPasskey, Created: 1}, {Kind: protocol.KindRecovery}, {Kind: protocol.KindPasskey, Created: 2}}
	if got := ofKind(methods, protocol.KindPasskey); len(got) != 2 || got[0].Created != 1 || got[1].Created != 2 {
		t.Errorf("got %+v", got)
	}
	if got := ofKind(methods, protocol.KindPassphrase); got != nil {
		t.Errorf("got %+v", got)
	}
}

func TestIdleWords(t *testing.T) {
	for minutes, want := range map[int]string{0: "Never, as long as the tab is open", 1: "After 1 minute", 15: "After 15 minutes"} {
		if got := idleWords(minutes); got != want {
			t.Errorf("%d: got %q, want %q", minutes, got, want)
		}
	}
}
