package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// vectors is store/seal/testdata/vectors.json, as far as it is read here.
type vectors struct {
	Keyring string
	Secrets struct{ Passphrase, RecoveryCode string }
	Values  []struct{ Place, Sealed, Plaintext string }
	Journal []struct{ Place, Entry, Plaintext string }
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestVectors opens the vectors by both secrets that a person knows.
func TestVectors(t *testing.T) {
	data, err := os.ReadFile("../../store/seal/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	ring, err := parseKeyring(unhex(t, v.Keyring))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ring.unlock(v.Secrets.Passphrase, ""); err != nil {
		t.Fatal(err)
	}
	keys, err := ring.unlock("", v.Secrets.RecoveryCode)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range v.Values {
		if plain, err := keys.open(one.Place, unhex(t, one.Sealed)); err != nil || !bytes.Equal(plain, unhex(t, one.Plaintext)) {
			t.Errorf("%s: %v", one.Place, err)
		}
	}
	for _, one := range v.Journal {
		if plain, err := keys.openEntry(one.Place, unhex(t, one.Entry)); err != nil || !bytes.Equal(plain, unhex(t, one.Plaintext)) {
			t.Errorf("%s: %v", one.Place, err)
		}
	}
	if len(v.Values) == 0 || len(v.Journal) == 0 {
		t.Error("there is nothing to open")
	}
}

// TestUUID is the example of docs/format.md, section 7, whose K is not a store's.
func TestUUID(t *testing.T) {
	if got := uuidOf([]byte("0123456789abcdef"), 1); got != "479f5602-997f-81f0-8c80-853ca678c4c2" {
		t.Error(got)
	}
}

// TestBadDumps are refused with a word.
func TestBadDumps(t *testing.T) {
	for _, dump := range []string{"", "[]", "{}", `{"keyring":"AAAA"}`, `{"keyring":"S1dLUgI="}`, `{"keyring":"S1dLUgEAAAA="}`} {
		var out strings.Builder
		if err := run(strings.NewReader(dump), &out, "x", ""); err == nil || out.Len() > 0 {
			t.Errorf("%s is read: %q", dump, &out)
		}
	}
}
