//go:build js && wasm

package jsx

import (
	"context"
	"io"
	"sync"
	"syscall/js"
)

// A blob is read in chunks of blobChunk bytes, blobAhead of them on their way
// while one is used. In Chromium two ahead read about twice as fast as one; all
// are held outside the Go heap.
const (
	blobChunk = 4 << 20
	blobAhead = 2
)

// Blob reads a Blob or File (W3C File API section 3) as an io.ReaderAt. Reading
// forward is fast: the next chunks are on their way while one is used. It is safe
// for use by several goroutines, one at a time.
type Blob struct {
	ctx   context.Context
	value js.Value
	size  int64

	mu     sync.Mutex
	chunks map[int64]*chunk // by index; the current one and those after it
	last   int64            // index of the chunk used last
}

// chunk is a part of the blob that is read or being read.
type chunk struct {
	ready chan struct{} // closed when array or err is set
	array js.Value      // Uint8Array
	err   error
}

// NewBlob returns a reader that fails once ctx ends.
func NewBlob(ctx context.Context, value js.Value) *Blob {
	return &Blob{ctx: ctx, value: value, size: int64(value.Get("size").Float()), chunks: map[int64]*chunk{}, last: -1}
}

// Value returns the Blob itself.
func (b *Blob) Value() js.Value { return b.value }

// Size returns the blob's length in bytes.
func (b *Blob) Size() int64 { return b.size }

// Name returns the file's path below the folder that was picked, else its name,
// else "".
func (b *Blob) Name() string {
	for _, property := range []string{"webkitRelativePath", "name"} {
		if name := b.value.Get(property); name.Type() == js.TypeString && name.String() != "" {
			return name.String()
		}
	}
	return ""
}

// Inflate is Inflate with the blob's context, nil where the browser can't.
func (b *Blob) Inflate(packed io.Reader, sum, size uint32) io.ReadCloser {
	if !CanInflate() {
		return nil
	}
	return Inflate(b.ctx, packed, sum, size)
}

// ReadAt implements io.ReaderAt. Its errors are ctx's, an *Error (the file has
// changed or is gone: NotReadableError) or io.EOF.
func (b *Blob) ReadAt(p []byte, offset int64) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	read := 0
	for read < len(p) && offset < b.size {
		index := offset / blobChunk
		array, err := b.load(index)
		if err != nil {
			return read, err
		}
		n := js.CopyBytesToGo(p[read:], array.Call("subarray", offset-index*blobChunk))
		if n == 0 {
			return read, io.ErrUnexpectedEOF // the browser gave less than it promised
		}
		read += n
		offset += int64(n)
	}
	if read < len(p) {
		return read, io.EOF
	}
	return read, nil
}

// load returns a chunk and, when the reader moves forward, starts the next ones.
func (b *Blob) load(index int64) (js.Value, error) {
	current := b.start(index)
	if index == b.last || index == b.last+1 {
		for next := index + 1; next <= index+blobAhead && next*blobChunk < b.size; next++ {
			b.start(next)
		}
	}
	b.last = index
	for held := range b.chunks {
		if held < index || held > index+blobAhead {
			delete(b.chunks, held)
		}
	}
	<-current.ready
	if current.err != nil {
		delete(b.chunks, index)
	}
	return current.array, current.err
}

func (b *Blob) start(index int64) *chunk {
	if c, ok := b.chunks[index]; ok {
		return c
	}
	c := &chunk{ready: make(chan struct{})}
	b.chunks[index] = c
	from := index * blobChunk
	part := b.value.Call("slice", from, min(from+blobChunk, b.size))
	go func() {
		defer close(c.ready)
		buffer, err := Await(b.ctx, part.Call("arrayBuffer"))
		if err != nil {
			c.err = err
			return
		}
		c.array = uint8Array.New(buffer)
	}()
	return c
}
