//go:build js && wasm

package jsx

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"syscall/js"
)

// ErrInflate says that the bytes are not a DEFLATE stream, break off, or hold
// something else than they should.
var ErrInflate = errors.New("jsx: the compressed data is damaged")

// inflateBlock is how many compressed bytes are handed over at once.
const inflateBlock = 256 << 10

// CanInflate reports whether the browser inflates (Chromium 80, Firefox 113,
// Safari 16.4).
var CanInflate = sync.OnceValue(func() bool {
	constructor := js.Global().Get("DecompressionStream")
	if constructor.IsUndefined() {
		return false
	}
	_, err := Try(func() js.Value { return constructor.New("gzip") })
	return err == nil
})

// inflateAhead is how many chunks, of 64 KiB in Chromium, are asked for at once.
const inflateAhead = 8

// inflater reads through a DecompressionStream (WHATWG Compression section 5).
type inflater struct {
	ctx    context.Context
	cancel context.CancelFunc
	reader js.Value
	arrive js.Func       // takes what read resolves with, or its reason
	fail   js.Func       // takes the reason of a read
	chunks chan js.Value // arrived: {value, done}, or undefined for a failure; holds all asked for
	asked  int           // reads whose outcome was not taken from chunks
	chunk  js.Value      // Uint8Array; undefined before the first
	at     int           // bytes of chunk that were read
	length int
	fed    chan struct{} // closed when src is no longer read
	source error         // what reading src failed with
	failed error
}

// Inflate returns the DEFLATE stream src (RFC 1951) inflated by the browser,
// several times as fast as Go does it in wasm. sum is the CRC-32 of what it holds
// and size its length in bytes, modulo 2^32: the browser compares them. src is read
// ahead, by another goroutine, until Close returns.
//
// A read fails with ErrInflate, with src's error or with ctx's.
func Inflate(ctx context.Context, src io.Reader, sum, size uint32) io.ReadCloser {
	stream := js.Global().Get("DecompressionStream").New("gzip")
	ctx, cancel := context.WithCancel(ctx)
	in := &inflater{
		ctx: ctx, cancel: cancel, reader: stream.Get("readable").Call("getReader"),
		chunks: make(chan js.Value, inflateAhead), fed: make(chan struct{}),
	}
	in.arrive = js.FuncOf(func(_ js.Value, args []js.Value) any {
		in.chunks <- args[0]
		return nil
	})
	in.fail = js.FuncOf(func(js.Value, []js.Value) any {
		in.chunks <- js.Undefined()
		return nil
	})
	go in.feed(gzipped(src, sum, size), stream.Get("writable").Call("getWriter"))
	return in
}

// gzipped puts a DEFLATE stream between the header and the trailer that make it a
// gzip member (RFC 1952 section 2.3).
func gzipped(src io.Reader, sum, size uint32) io.Reader {
	header := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255} // deflate, no name, no time, unknown system
	trailer := binary.LittleEndian.AppendUint32(nil, sum)
	trailer = binary.LittleEndian.AppendUint32(trailer, size)
	return io.MultiReader(bytes.NewReader(header), src, bytes.NewReader(trailer))
}

// feed hands src to the stream, as fast as the stream takes it.
func (in *inflater) feed(src io.Reader, writer js.Value) {
	defer close(in.fed)
	block := make([]byte, inflateBlock)
	for {
		n, err := io.ReadFull(src, block)
		if n > 0 {
			if _, failed := Await(in.ctx, writer.Call("write", Uint8Array(block[:n]))); failed != nil {
				in.abandon(writer)
				return // the reader meets the same failure
			}
		}
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			ignore(writer.Call("close"))
			return
		case err != nil:
			in.source = err
			in.abandon(writer)
			return
		}
	}
}

func (in *inflater) abandon(writer js.Value) { ignore(writer.Call("abort")) }

// ignore takes a promise whose rejection means nothing, so that the browser does
// not report it as unhandled.
func ignore(promise js.Value) { promise.Call("catch", js.Global().Get("Function").Get("prototype")) }

// Read implements io.Reader.
func (in *inflater) Read(p []byte) (int, error) {
	for in.at == in.length {
		if in.failed == nil {
			in.failed = in.next()
		}
		if in.failed != nil {
			return 0, in.failed
		}
	}
	chunk := in.chunk
	if in.at > 0 {
		chunk = chunk.Call("subarray", in.at)
	}
	n := js.CopyBytesToGo(p, chunk)
	in.at += n
	return n, nil
}

// next waits for the next chunk.
func (in *inflater) next() error {
	for ; in.asked < inflateAhead; in.asked++ {
		in.reader.Call("read").Call("then", in.arrive, in.fail)
	}
	select {
	case result := <-in.chunks:
		in.asked--
		return in.take(result)
	case <-in.ctx.Done():
		return in.ctx.Err()
	}
}

func (in *inflater) take(result js.Value) error {
	if result.IsUndefined() {
		if err := in.ctx.Err(); err != nil {
			return err
		}
		<-in.fed
		if in.source != nil {
			return in.source
		}
		return ErrInflate
	}
	if result.Get("done").Bool() {
		return io.EOF
	}
	in.chunk = result.Get("value")
	in.at, in.length = 0, in.chunk.Length()
	return nil
}

// Close ends the stream; src is not read after it returns.
func (in *inflater) Close() error {
	if in.failed == io.ErrClosedPipe {
		return nil
	}
	in.cancel()
	ignore(in.reader.Call("cancel"))
	<-in.fed
	for ; in.asked > 0; in.asked-- {
		<-in.chunks // cancel settles every read (WHATWG Streams section 4.2.4)
	}
	in.arrive.Release()
	in.fail.Release()
	in.failed = io.ErrClosedPipe
	in.at, in.length = 0, 0
	return nil
}
