package intake

import (
	"compress/flate"
	"io"
)

// Inflater is a File that inflates in its own way: a browser does so several
// times as fast as Go in wasm, in a thread of its own.
type Inflater interface {
	// Inflate returns a raw DEFLATE stream (RFC 1951) inflated, or nil where it
	// can't. It may read packed until the result is closed.
	Inflate(packed io.Reader) io.ReadCloser
}

// minInflater is how large a packed member must be for a file's own way to be
// taken: to start it costs as much as to inflate so many bytes in Go.
const minInflater = 256 << 10

// inflate inflates a member of file.
func inflate(file File, packed *io.SectionReader) io.ReadCloser {
	if own, ok := file.(Inflater); ok && packed.Size() >= minInflater {
		if stream := own.Inflate(packed); stream != nil {
			return &inflating{stream: stream, packed: packed}
		}
	}
	return flate.NewReader(packed)
}

// inflating reads a stream that another than Go inflates. Browsers drop what they
// have inflated when they meet damage: Go then inflates anew and goes on, so that
// everything before the damage is read.
type inflating struct {
	stream io.ReadCloser
	packed *io.SectionReader
	read   int64 // bytes
	again  bool  // Go inflates
}

func (in *inflating) Read(p []byte) (int, error) {
	n, err := in.stream.Read(p)
	if err != nil && err != io.EOF && !in.again {
		err = in.startAgain()
		if n == 0 && err == nil {
			n, err = in.stream.Read(p)
		}
	}
	in.read += int64(n)
	return n, err
}

func (in *inflating) startAgain() error {
	in.again = true
	if err := in.stream.Close(); err != nil {
		return err
	}
	in.stream = flate.NewReader(io.NewSectionReader(in.packed, 0, in.packed.Size()))
	_, err := io.CopyN(io.Discard, in.stream, in.read)
	return err
}

func (in *inflating) Close() error { return in.stream.Close() }
