package zipfile

import (
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// Inflate unpacks a raw DEFLATE stream (RFC 1951).
type Inflate func(packed io.Reader) io.ReadCloser

// Open starts reading a member from its first byte; inflate may be nil, then Go
// inflates. The last Read returns ErrChecksum instead of io.EOF when what was
// read is not what was packed.
func (f *File) Open(inflate Inflate) (io.ReadCloser, error) {
	packed, err := f.Packed()
	if err != nil {
		return nil, err
	}
	switch {
	case f.Method == Stored:
		return &checked{ReadCloser: io.NopCloser(packed), file: f}, nil
	case f.Method == Deflated && inflate != nil:
		return &checked{ReadCloser: inflate(packed), file: f}, nil
	case f.Method == Deflated:
		return &checked{ReadCloser: flate.NewReader(packed), file: f}, nil
	}
	return nil, ErrMethod
}

// Packed returns the member's bytes as they are in the archive.
func (f *File) Packed() (*io.SectionReader, error) {
	start, err := f.start()
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(f.archive, start, f.PackedSize), nil
}

// start returns the offset of the member's packed bytes: behind its local
// header, whose name and extra field may differ in length from the directory's
// (APPNOTE 4.3.7). The sizes are the directory's, so that a data descriptor
// need not be read.
func (f *File) start() (int64, error) {
	header := make([]byte, lengthLocal)
	if err := readFull(f.archive, header, f.header); err != nil {
		return 0, err
	}
	if binary.LittleEndian.Uint32(header) != signatureLocal {
		return 0, ErrFormat
	}
	name, extra := binary.LittleEndian.Uint16(header[26:]), binary.LittleEndian.Uint16(header[28:])
	return f.header + lengthLocal + int64(name) + int64(extra), nil
}

// checked compares what is read with what the directory declares.
type checked struct {
	io.ReadCloser
	file *File
	sum  uint32
	read int64
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.sum = crc32.Update(c.sum, crc32.IEEETable, p[:n])
	c.read += int64(n)
	if c.read > c.file.Size {
		return n, ErrChecksum
	}
	if err == io.EOF && (c.read != c.file.Size || c.sum != c.file.CRC32) {
		return n, ErrChecksum
	}
	return n, err
}
