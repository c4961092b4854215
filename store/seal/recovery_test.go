package seal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
)

func freshCode(t *testing.T) string {
	t.Helper()
	code, err := NewRecoveryCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestRecoveryCode(t *testing.T) {
	code := freshCode(t)
	if groups := strings.Split(code, "-"); len(groups) != 7 || len(groups[0]) != 4 {
		t.Fatalf("the code has the shape %v", groups)
	}
	symbols, err := parseRecovery(code)
	if err != nil {
		t.Fatal(err)
	}
	for name, typed := range map[string]string{
		"lower case": strings.ToLower(code),
		"no groups":  strings.ReplaceAll(code, "-", ""),
		"spaces":     " " + strings.ReplaceAll(code, "-", "  ") + "\n",
		"dashes":     strings.ReplaceAll(code, "-", "–"),
		"confusable": strings.NewReplacer("0", "o", "1", "l").Replace(code),
		"capital i":  strings.NewReplacer("0", "O", "1", "I").Replace(code),
	} {
		if got, err := parseRecovery(typed); err != nil || !bytes.Equal(got, symbols) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every wrong symbol, every two, and every exchange of two are told.
func TestRecoveryTypos(t *testing.T) {
	symbols, err := parseRecovery(freshCode(t))
	if err != nil {
		t.Fatal(err)
	}
	for i := range symbols {
		for change := byte(1); change < 32; change++ {
			one := bytes.Clone(symbols)
			one[i] ^= change
			wantTypo(t, one)
			for j := range i {
				for further := byte(1); further < 32; further += 5 {
					two := bytes.Clone(one)
					two[j] ^= further
					wantTypo(t, two)
				}
			}
		}
		for j := range i {
			if symbols[i] != symbols[j] {
				swapped := bytes.Clone(symbols)
				swapped[i], swapped[j] = swapped[j], swapped[i]
				wantTypo(t, swapped)
			}
		}
	}
}

func wantTypo(t *testing.T, symbols []byte) {
	t.Helper()
	if _, err := RecoveryCode(formatRecovery(symbols)); !errors.Is(err, ErrRecoveryTypo) {
		t.Fatalf("RecoveryCode = %v, want ErrRecoveryTypo", err)
	}
}

func TestBadRecoveryCodes(t *testing.T) {
	code := freshCode(t)
	for name, typed := range map[string]string{
		"empty": "", "short": code[1:], "long": code + "0", "two codes": code + code,
		"U": "U" + code[1:], "not ASCII": "é" + code[1:], "separators": "- - -",
	} {
		if _, err := RecoveryCode(typed); !errors.Is(err, ErrRecoveryTypo) {
			t.Errorf("%s: %v, want ErrRecoveryTypo", name, err)
		}
	}
}

func FuzzRecoveryCode(f *testing.F) {
	f.Add("0000-0000-0000-0000-0000-0000-0000")
	f.Add("4k7q 0zvx")
	f.Fuzz(func(t *testing.T, typed string) {
		symbols, err := parseRecovery(typed)
		if err != nil {
			return
		}
		again, err := parseRecovery(formatRecovery(symbols))
		if err != nil || !bytes.Equal(again, symbols) {
			t.Errorf("a code does not survive being written: %v", err)
		}
	})
}
