//go:build js && wasm

package dom_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"syscall/js"
	"testing"

	"github.com/keepwell-health/keepwell/web/dom"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// TestSpool writes files in pieces and reads back what the browser has.
func TestSpool(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, 1 << 20, 1<<20 + 1, 3_500_000} {
		want := make([]byte, size)
		for at := range want {
			want[at] = byte(random.Uint32())
		}
		spool := dom.NewSpool(t.Context(), "application/zip")
		for rest := want; len(rest) > 0; {
			piece := rest[:min(len(rest), 1+random.IntN(200_000))]
			if n, err := spool.Write(piece); n != len(piece) || err != nil {
				t.Fatal(n, err)
			}
			rest = rest[len(piece):]
		}
		file, err := spool.File()
		if err != nil || file.Size() != int64(size) {
			t.Fatalf("%d bytes: %v", size, err)
		}
		got, err := io.ReadAll(io.NewSectionReader(file, 0, file.Size()))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes come back as %d others, %v", size, len(got), err)
		}
	}
}

func TestSpoolEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	spool := dom.NewSpool(ctx, "application/zip")
	cancel()
	if _, err := spool.Write(make([]byte, 2<<20)); !errors.Is(err, context.Canceled) {
		t.Errorf("writing on: %v", err)
	}
}

// TestSpoolWithoutRoom: a Blob that the browser could not keep says so when it is
// read (W3C File API section 3, NotReadableError).
func TestSpoolWithoutRoom(t *testing.T) {
	prototype := js.Global().Get("Blob").Get("prototype")
	read := prototype.Get("arrayBuffer")
	refuse := js.FuncOf(func(js.Value, []js.Value) any {
		return js.Global().Get("Promise").Call("reject", js.Global().Get("DOMException").New("no room", "NotReadableError"))
	})
	defer refuse.Release()
	prototype.Set("arrayBuffer", refuse)
	defer prototype.Set("arrayBuffer", read)
	_, err := dom.NewSpool(t.Context(), "application/zip").Write(make([]byte, 2<<20))
	if !errors.Is(err, protocol.ErrNoRoom) {
		t.Errorf("without room: %v", err)
	}
}
