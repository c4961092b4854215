package intake

import (
	"io"

	"github.com/keepwell-health/keepwell/store/intake/zipfile"
)

// Inflater is a File that inflates in its own way: a browser does so several
// times as fast as Go in wasm.
type Inflater interface {
	// Inflate returns a raw DEFLATE stream (RFC 1951) inflated, or nil where it
	// can't. In the place of io.EOF a read fails unless what was read has this size
	// in bytes, modulo 2^32, and this CRC-32. It may read packed until the result is
	// closed.
	Inflate(packed io.Reader, sum, size uint32) io.ReadCloser
}

// minInflater is how large a packed member must be for a file's own way to be
// taken: to start it costs as much as to inflate so many bytes in Go.
const minInflater = 256 << 10

// openMember starts reading a member of file from its first byte.
func openMember(file File, member *zipfile.File) (io.ReadCloser, error) {
	own, ok := file.(Inflater)
	if !ok || member.Method != zipfile.Deflated || member.PackedSize < minInflater {
		return member.Open(nil)
	}
	packed, err := member.Packed()
	if err != nil {
		return nil, err
	}
	if stream := own.Inflate(packed, member.CRC32, uint32(member.Size)); stream != nil {
		return &inflating{ReadCloser: stream, member: member}, nil
	}
	return member.Open(nil)
}

// inflating reads a member that another than Go inflates. Browsers drop what they
// have inflated when they meet damage: Go then inflates anew and goes on, so that
// everything before the damage is read.
type inflating struct {
	io.ReadCloser
	member *zipfile.File
	read   int64 // bytes
	again  bool  // Go inflates
}

func (in *inflating) Read(p []byte) (int, error) {
	n, err := in.ReadCloser.Read(p)
	in.read += int64(n)
	if err != nil && err != io.EOF && !in.again {
		if err = in.startAgain(); n == 0 && err == nil {
			return in.Read(p)
		}
	}
	return n, err
}

func (in *inflating) startAgain() error {
	in.again = true
	if err := in.Close(); err != nil {
		return err
	}
	stream, err := in.member.Open(nil)
	if err != nil {
		return err
	}
	in.ReadCloser = stream
	_, err = io.CopyN(io.Discard, stream, in.read)
	return err
}
