package opaque

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

func namer(t testing.TB, key string) *Namer {
	t.Helper()
	n, err := New([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestRoundTrip checks numbers and tags at and between their bounds, and that
// each name has the form of RFC 9562 section 5.8.
func TestRoundTrip(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	n := namer(t, "0123456789abcdef")
	random := rand.New(rand.NewPCG(1, 2))
	numbers := []uint64{0, 1, 7, 8, 1 << 61, 1<<64 - 1}
	tags := []uint64{0, 1, 1<<58 - 1}
	for range 1000 {
		numbers = append(numbers, random.Uint64()>>random.IntN(64))
	}
	seen := map[string]bool{}
	for _, number := range numbers {
		for _, tag := range tags {
			name := n.Name(number, tag)
			if !form.MatchString(name) {
				t.Fatalf("Name(%d, %d) = %q", number, tag, name)
			}
			gotNumber, gotTag, ok := n.Number(name)
			if !ok || gotNumber != number || gotTag != tag {
				t.Fatalf("Number(Name(%d, %d)) = %d, %d, %v", number, tag, gotNumber, gotTag, ok)
			}
			seen[name] = true
		}
	}
	if len(seen) < 3*900 {
		t.Fatalf("only %d different names", len(seen))
	}
}

// TestVector holds the format fast: a change would orphan every stored name.
func TestVector(t *testing.T) {
	if got, want := namer(t, "0123456789abcdef").Name(1, 0), "479f5602-997f-81f0-8c80-853ca678c4c2"; got != want {
		t.Errorf("Name(1, 0) = %q, want %q", got, want)
	}
}

func TestForeignNames(t *testing.T) {
	ours, theirs := namer(t, "0123456789abcdef"), namer(t, "fedcba9876543210")
	if _, tag, ok := ours.Number(theirs.Name(1, 0)); !ok || tag == 0 {
		t.Errorf("a name of another key shows tag %d, %v", tag, ok)
	}
	name := ours.Name(1, 0)
	for at := range len(name) {
		if strings.IndexByte("-", name[at]) >= 0 || at == 14 || at == 19 {
			continue
		}
		digit := byte('0')
		if name[at] == digit {
			digit = '1'
		}
		forged := name[:at] + string(digit) + name[at+1:]
		if _, tag, ok := ours.Number(forged); !ok || tag == 0 {
			t.Errorf("digit %d changed: tag %d, %v", at, tag, ok)
		}
	}
}

func TestNotNames(t *testing.T) {
	n := namer(t, "0123456789abcdef")
	name := n.Name(1, 0)
	for _, bad := range []string{
		"", "x", name[:35], name + "0", strings.ReplaceAll(name, "-", "0"),
		"g" + name[1:], name[:14] + "4" + name[15:], name[:19] + "0" + name[20:],
	} {
		if _, _, ok := n.Number(bad); ok {
			t.Errorf("Number(%q) accepted", bad)
		}
	}
}

func TestKeyLength(t *testing.T) {
	if _, err := New([]byte("short")); err == nil {
		t.Error("a key of 5 bytes was accepted")
	}
}

// FuzzNumber checks that any text is read without a panic and that whatever is
// read is written the same.
func FuzzNumber(f *testing.F) {
	f.Add("01234567-89ab-8def-8123-456789abcdef")
	f.Add("")
	n := namer(f, "0123456789abcdef")
	f.Fuzz(func(t *testing.T, name string) {
		number, tag, ok := n.Number(name)
		if ok && n.Name(number, tag) != strings.ToLower(name) {
			t.Errorf("%q reads as %d, %d, which is %q", name, number, tag, n.Name(number, tag))
		}
	})
}
