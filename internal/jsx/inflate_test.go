//go:build js && wasm

package jsx_test

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/keepwell-health/keepwell/internal/jsx"
)

// deflated returns size bytes that compress a little, and them compressed.
func deflated(t *testing.T, size int) (plain, compressed []byte) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	plain = make([]byte, size)
	for i := range plain {
		plain[i] = byte(random.IntN(16))
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(plain)
	w.Close()
	return plain, out.Bytes()
}

func TestInflate(t *testing.T) {
	if !jsx.CanInflate() {
		t.Skip("this browser has no DecompressionStream")
	}
	for _, size := range []int{0, 1, 1000, 5 << 20} {
		plain, compressed := deflated(t, size)
		stream := jsx.Inflate(context.Background(), bytes.NewReader(compressed), crc32.ChecksumIEEE(plain), uint32(size))
		got, err := io.ReadAll(stream)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: got %d, %v", size, len(got), err)
		}
		if err := stream.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestInflateFails(t *testing.T) {
	plain, compressed := deflated(t, 1<<20)
	sum := crc32.ChecksumIEEE(plain)
	broken := errors.New("broken")
	for _, c := range []struct {
		name string
		src  io.Reader
		sum  uint32
		size uint32
		want error
	}{
		{"cut short", bytes.NewReader(compressed[:len(compressed)/2]), sum, 1 << 20, jsx.ErrInflate},
		{"not compressed", bytes.NewReader(bytes.Repeat([]byte{0xff}, 1000)), sum, 1 << 20, jsx.ErrInflate},
		{"another checksum", bytes.NewReader(compressed), sum + 1, 1 << 20, jsx.ErrInflate},
		{"another size", bytes.NewReader(compressed), sum, 1<<20 + 1, jsx.ErrInflate},
		{"a source that fails", io.MultiReader(bytes.NewReader(compressed[:1000]), failing{broken}), sum, 1 << 20, broken},
	} {
		stream := jsx.Inflate(context.Background(), c.src, c.sum, c.size)
		if _, err := io.ReadAll(stream); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
		stream.Close()
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestInflateCloseEarly(t *testing.T) {
	plain, compressed := deflated(t, 8<<20)
	stream := jsx.Inflate(context.Background(), bytes.NewReader(compressed), crc32.ChecksumIEEE(plain), uint32(len(plain)))
	if _, err := io.ReadFull(stream, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	stream.Close()
	if _, err := stream.Read(make([]byte, 1)); err == nil {
		t.Error("a closed stream can be read")
	}
}
