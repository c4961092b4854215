package storetest

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/keepwell-health/keepwell/store"
)

// TestSealer checks everything that store.Sealer promises. open returns two
// sealers of one store and one of another.
func TestSealer(t *testing.T, open func(t *testing.T) (sealer, same, other store.Sealer)) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, sealer, same, other store.Sealer)
	}{
		{"round trip", testRoundTrip},
		{"hides", testHides},
		{"place", testPlace},
		{"other store", testOtherStore},
		{"every bit", testEveryBit},
		{"cut short", testCutShort},
		{"identify", testIdentify},
		{"concurrent seals", testConcurrentSeals},
		{"ended context", testSealerContext},
	} {
		t.Run(test.name, func(t *testing.T) {
			sealer, same, other := open(t)
			test.run(t, sealer, same, other)
		})
	}
}

func testRoundTrip(t *testing.T, sealer, same, _ store.Sealer) {
	for _, size := range []int{0, 1, 15, 16, 17, 1000, 256 << 10, 5 << 20} {
		plaintext := pattern(size)
		sealed := seal(t, sealer, "place", plaintext)
		if !bytes.Equal(plaintext, pattern(size)) {
			t.Fatalf("Seal changed its plaintext of %d bytes", size)
		}
		opened, err := same.Open(t.Context(), "place", sealed)
		if err != nil || !bytes.Equal(opened, plaintext) {
			t.Errorf("%d bytes sealed and opened: %d bytes, %v", size, len(opened), err)
		}
	}
}

func testHides(t *testing.T, sealer, _, _ store.Sealer) {
	mark := []byte("a mark that is easy to find")
	plaintext := bytes.Repeat(mark, 3)
	first, second := seal(t, sealer, "place of secrets", plaintext), seal(t, sealer, "place of secrets", plaintext)
	if bytes.Contains(first, mark) || bytes.Contains(first, []byte("secrets")) {
		t.Error("the sealed value shows its plaintext or its place")
	}
	if bytes.Equal(first, second) {
		t.Error("the same plaintext seals to the same bytes")
	}
}

func testPlace(t *testing.T, sealer, same, _ store.Sealer) {
	sealed := seal(t, sealer, "s/1", []byte("value"))
	for _, place := range []string{"", "s/2", "s/", "s/11", "S/1", "\x00s/1"} {
		wantSealError(t, same, place, sealed, "moved to "+place)
	}
}

func testOtherStore(t *testing.T, sealer, _, other store.Sealer) {
	wantSealError(t, other, "place", seal(t, sealer, "place", []byte("value")), "moved to another store")
}

func testEveryBit(t *testing.T, sealer, same, _ store.Sealer) {
	sealed := seal(t, sealer, "place", []byte("every bit counts"))
	for i := range len(sealed) * 8 {
		altered := bytes.Clone(sealed)
		altered[i/8] ^= 1 << (i % 8)
		wantSealError(t, same, "place", altered, "with a flipped bit")
	}
}

func testCutShort(t *testing.T, sealer, same, _ store.Sealer) {
	sealed := seal(t, sealer, "place", []byte("nothing may go missing"))
	for length := range sealed {
		wantSealError(t, same, "place", sealed[:length], "cut short")
	}
	wantSealError(t, same, "place", append(bytes.Clone(sealed), 0), "with a byte too many")
	wantSealError(t, same, "place", nil, "of nothing")
}

func testIdentify(t *testing.T, sealer, same, other store.Sealer) {
	identify := func(s store.Sealer, label string) []byte {
		identity, err := s.Identify(t.Context(), label)
		if err != nil || len(identity) != 16 {
			t.Fatalf("Identify: %d bytes, %v; want 16", len(identity), err)
		}
		return identity
	}
	first := identify(sealer, "label")
	if !bytes.Equal(first, identify(same, "label")) || !bytes.Equal(first, identify(sealer, "label")) {
		t.Error("an identity changes within its store")
	}
	if bytes.Equal(first, identify(sealer, "labels")) || bytes.Equal(first, identify(sealer, "")) {
		t.Error("two labels have one identity")
	}
	if bytes.Equal(first, identify(other, "label")) {
		t.Error("two stores have one identity")
	}
}

func testConcurrentSeals(t *testing.T, sealer, same, _ store.Sealer) {
	var workers sync.WaitGroup
	for i := range 8 {
		workers.Go(func() {
			plaintext := pattern(10_000 + i)
			sealed, err := sealer.Seal(context.Background(), "place", plaintext)
			if err != nil {
				t.Errorf("Seal: %v", err)
				return
			}
			if opened, err := same.Open(context.Background(), "place", sealed); err != nil || !bytes.Equal(opened, plaintext) {
				t.Errorf("Open: %d bytes, %v", len(opened), err)
			}
		})
	}
	workers.Wait()
}

func testSealerContext(t *testing.T, sealer, _, _ store.Sealer) {
	sealed := seal(t, sealer, "place", []byte("value"))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sealer.Seal(ended, "place", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Seal with an ended context: %v", err)
	}
	if _, err := sealer.Open(ended, "place", sealed); !errors.Is(err, context.Canceled) {
		t.Errorf("Open with an ended context: %v", err)
	}
}

func seal(t *testing.T, s store.Sealer, place string, plaintext []byte) []byte {
	t.Helper()
	sealed, err := s.Seal(t.Context(), place, plaintext)
	if err != nil {
		t.Fatalf("Seal: %v", err)
	}
	return sealed
}

func wantSealError(t *testing.T, s store.Sealer, place string, sealed []byte, what string) {
	t.Helper()
	if opened, err := s.Open(t.Context(), place, sealed); !errors.Is(err, store.ErrSeal) || opened != nil {
		t.Errorf("Open of a value %s: %d bytes, %v; want ErrSeal", what, len(opened), err)
	}
}
