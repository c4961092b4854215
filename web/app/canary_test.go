package app

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store"
)

const storedCanary = `{"store":"000102030405060708090a0b0c0d0e0f","counter":7,"head":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}`

func TestKeptCanary(t *testing.T) {
	if canary, ok := canaryOf(storedCanary); !ok || canary.Counter != 7 || !strings.HasPrefix(canary.Store, "000102") {
		t.Errorf("a canary is read as %+v, %v", canary, ok)
	}
	for name, kept := range map[string]string{
		"nothing":          "",
		"not JSON":         "canary",
		"no object":        "7",
		"empty":            "{}",
		"no counter":       strings.Replace(storedCanary, `"counter":7,`, "", 1),
		"a counter of 0":   strings.Replace(storedCanary, ":7", ":0", 1),
		"below 0":          strings.Replace(storedCanary, ":7", ":-7", 1),
		"beyond 64 bits":   strings.Replace(storedCanary, ":7", ":18446744073709551616", 1),
		"a short store":    strings.Replace(storedCanary, "000102", "0102", 1),
		"no hexadecimal":   strings.Replace(storedCanary, "000102", "00010x", 1),
		"a long head":      strings.Replace(storedCanary, "1e1f", "1e1f20", 1),
		"cut short":        storedCanary[:len(storedCanary)-4],
		"two":              storedCanary + storedCanary,
		"of another shape": `{"store":1,"counter":"7","head":[]}`,
	} {
		if canary, ok := canaryOf(kept); ok || canary != (store.Canary{}) {
			t.Errorf("%s: read as %+v", name, canary)
		}
	}
}

func FuzzKeptCanary(f *testing.F) {
	f.Add(storedCanary)
	f.Add(`{"counter":1}`)
	f.Fuzz(func(t *testing.T, kept string) {
		canary, ok := canaryOf(kept)
		if !ok {
			return
		}
		again, err := json.Marshal(canary)
		if err != nil {
			t.Fatal(err)
		}
		if same, ok := canaryOf(string(again)); !ok || same != canary {
			t.Errorf("%+v is read again as %+v, %v", canary, same, ok)
		}
	})
}

func TestSetBackInWords(t *testing.T) {
	for integrity, want := range map[store.Integrity]string{
		store.IntegrityOK: "", "": "", store.IntegrityReset: "gone", store.IntegrityRolledBack: "earlier time",
	} {
		title, words := setBack(integrity)
		if (title == "") != (want == "") || !strings.Contains(title, want) || (words == "") != (title == "") {
			t.Errorf("%q: %q, %q", integrity, title, words)
		}
	}
}

func TestSavesThatWaitInWords(t *testing.T) {
	for saves, want := range map[int]string{1: "1 save from sites waits here", 12: "12 saves from sites wait here"} {
		if got := waitingWords(saves); !strings.HasPrefix(got, want) {
			t.Errorf("%d: %q", saves, got)
		}
		if got := untakenWords(saves); !strings.Contains(got, "could not be taken in") {
			t.Errorf("%d: %q", saves, got)
		}
	}
}
