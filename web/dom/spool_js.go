//go:build js && wasm

package dom

import (
	"context"
	"syscall/js"

	"github.com/keepwell-health/keepwell/internal/jsx"
	"github.com/keepwell-health/keepwell/web/protocol"
)

// spoolPart is how many bytes leave this program's memory at once.
const spoolPart = 1 << 20

// Spool takes the bytes of a file out of this program's memory as they are
// written, into Blobs, which the browser keeps, on the disk when they are large.
type Spool struct {
	ctx       context.Context
	mediaType string
	part      []byte
	parts     []any // Blobs
}

// NewSpool starts a file of a media type. Writing fails once ctx ends.
func NewSpool(ctx context.Context, mediaType string) *Spool {
	return &Spool{ctx: ctx, mediaType: mediaType, part: make([]byte, 0, spoolPart)}
}

// Write implements io.Writer.
func (s *Spool) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		n := copy(s.part[len(s.part):cap(s.part)], p[written:])
		s.part = s.part[:len(s.part)+n]
		written += n
		if len(s.part) == cap(s.part) {
			if err := s.flush(); err != nil {
				return written, err
			}
		}
	}
	return written, nil
}

// flush hands a part over, and waits until the browser has it: a Blob that found
// no room says so when it is read, and not before.
func (s *Spool) flush() error {
	blob, err := jsx.Try(func() js.Value { return js.Global().Get("Blob").New([]any{jsx.Uint8Array(s.part)}) })
	if err == nil {
		_, err = jsx.Await(s.ctx, blob.Call("slice", 0, 1).Call("arrayBuffer"))
	}
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	if err != nil {
		return protocol.ErrNoRoom
	}
	s.parts = append(s.parts, blob)
	s.part = s.part[:0]
	return nil
}

// File ends the file and returns it, a Blob.
func (s *Spool) File() (protocol.File, error) {
	if err := s.flush(); err != nil {
		return nil, err
	}
	blob := js.Global().Get("Blob").New(s.parts, map[string]any{"type": s.mediaType})
	return File(context.Background(), blob), nil
}
