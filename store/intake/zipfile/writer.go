package zipfile

import (
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"time"
)

// Writer writes an archive forward, one member after another, without going back:
// sizes and checksums stand behind each member and in the directory.
type Writer struct {
	to     *counted
	packer *flate.Writer
	files  []written
	open   *memberWriter
	when   time.Time
	failed error
}

// written is a member as the directory lists it.
type written struct {
	File
	name []byte
}

// NewWriter returns a Writer of an archive whose members all have one time.
func NewWriter(to io.Writer, when time.Time) *Writer {
	return &Writer{to: &counted{to: to}, when: when.UTC()}
}

// Create begins a member and ends the one before it. The name is UTF-8 with
// slashes and must not repeat.
func (w *Writer) Create(name string) (io.Writer, error) {
	if err := w.end(); err != nil {
		return nil, err
	}
	member := written{name: []byte(name)}
	member.Method, member.header = Deflated, w.to.n
	if err := w.write(w.localHeader(&member)); err != nil {
		return nil, err
	}
	if w.packer == nil {
		w.packer, _ = flate.NewWriter(w.to, flate.BestSpeed) // the level is one that there is
	} else {
		w.packer.Reset(w.to)
	}
	w.open = &memberWriter{archive: w, file: member, start: w.to.n}
	return w.open, nil
}

// Close ends the last member and writes the directory. It does not close what is
// written to.
func (w *Writer) Close() error {
	if err := w.end(); err != nil {
		return err
	}
	start := w.to.n
	for i := range w.files {
		if err := w.write(w.directoryEntry(&w.files[i])); err != nil {
			return err
		}
	}
	err := w.write(directoryEnd(int64(len(w.files)), w.to.n-start, start))
	w.failed = errors.Join(w.failed, errClosed)
	return err
}

var errClosed = errors.New("zipfile: the archive is closed")

// end finishes the open member.
func (w *Writer) end() error {
	if w.failed != nil || w.open == nil {
		return w.failed
	}
	if err := w.packer.Close(); err != nil {
		return w.fail(err)
	}
	file := w.open.file
	file.PackedSize = w.to.n - w.open.start
	w.open = nil
	w.files = append(w.files, file)
	return w.write(descriptor(&file.File))
}

func (w *Writer) write(b []byte) error {
	if w.failed != nil {
		return w.failed
	}
	_, err := w.to.Write(b)
	return w.fail(err)
}

func (w *Writer) fail(err error) error {
	if w.failed == nil {
		w.failed = err
	}
	return err
}

// memberWriter takes a member's bytes.
type memberWriter struct {
	archive *Writer
	file    written
	start   int64
}

func (m *memberWriter) Write(p []byte) (int, error) {
	w := m.archive
	if w.failed != nil {
		return 0, w.failed
	}
	if w.open != m {
		return 0, errClosed
	}
	m.file.CRC32 = crc32.Update(m.file.CRC32, crc32.IEEETable, p)
	m.file.Size += int64(len(p))
	n, err := w.packer.Write(p)
	return n, w.fail(err)
}

// Flags and versions of what is written (APPNOTE 4.4.3, 4.4.4).
const (
	flagDescriptor = 1 << 3
	flagUTF8       = 1 << 11
	versionDeflate = 20
	version64      = 45
	limit16        = 1<<16 - 1
	limit32        = 1<<32 - 1
	lengthExtra64  = 4 + 3*8
)

// localHeader is APPNOTE 4.3.7, without sizes.
func (w *Writer) localHeader(file *written) []byte {
	day, clock := dosTime(w.when)
	b := binary.LittleEndian.AppendUint32(nil, signatureLocal)
	b = append16(b, versionDeflate, flagDescriptor|flagUTF8, file.Method, clock, day)
	b = append(b, make([]byte, 12)...)
	b = append16(b, uint16(len(file.name)), 0)
	return append(b, file.name...)
}

// descriptor is APPNOTE 4.3.9, with its signature.
func descriptor(file *File) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0x08074b50)
	b = binary.LittleEndian.AppendUint32(b, file.CRC32)
	if max(file.PackedSize, file.Size) >= limit32 {
		b = binary.LittleEndian.AppendUint64(b, uint64(file.PackedSize))
		return binary.LittleEndian.AppendUint64(b, uint64(file.Size))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(file.PackedSize))
	return binary.LittleEndian.AppendUint32(b, uint32(file.Size))
}

// directoryEntry is APPNOTE 4.3.12, with a zip64 field (4.5.3) where one of the
// numbers needs it.
func (w *Writer) directoryEntry(file *written) []byte {
	day, clock := dosTime(w.when)
	version, extra := uint16(versionDeflate), []byte(nil)
	packed, size, header := file.PackedSize, file.Size, file.header
	if max(packed, size, header) >= limit32 {
		version = version64
		extra = append16(nil, 1, lengthExtra64-4)
		for _, number := range []int64{size, packed, header} {
			extra = binary.LittleEndian.AppendUint64(extra, uint64(number))
		}
		packed, size, header = limit32, limit32, limit32
	}
	b := binary.LittleEndian.AppendUint32(nil, signatureDirectory)
	b = append16(b, version, version, flagDescriptor|flagUTF8, file.Method, clock, day)
	b = append32(b, uint64(file.CRC32), uint64(packed), uint64(size))
	b = append16(b, uint16(len(file.name)), uint16(len(extra)), 0, 0, 0)
	b = append32(b, 0, uint64(header))
	return append(append(b, file.name...), extra...)
}

// directoryEnd is APPNOTE 4.3.16, after the records of 4.3.14 and 4.3.15 where one
// of the numbers needs them.
func directoryEnd(count, size, start int64) []byte {
	var b []byte
	if count >= limit16 || size >= limit32 || start >= limit32 {
		b = binary.LittleEndian.AppendUint32(b, signatureEnd64)
		b = binary.LittleEndian.AppendUint64(b, lengthEnd64-12)
		b = append16(b, version64, version64)
		b = append32(b, 0, 0)
		for _, number := range []int64{count, count, size, start} {
			b = binary.LittleEndian.AppendUint64(b, uint64(number))
		}
		b = append32(b, signatureLocator64, 0)
		b = binary.LittleEndian.AppendUint64(b, uint64(start+size))
		b = append32(b, 1)
		count, size, start = min(count, limit16), min(size, limit32), min(start, limit32)
	}
	b = append32(b, signatureEnd)
	b = append16(b, 0, 0, uint16(count), uint16(count))
	b = append32(b, uint64(size), uint64(start))
	return append16(b, 0)
}

func append16(b []byte, numbers ...uint16) []byte {
	for _, number := range numbers {
		b = binary.LittleEndian.AppendUint16(b, number)
	}
	return b
}

func append32(b []byte, numbers ...uint64) []byte {
	for _, number := range numbers {
		b = binary.LittleEndian.AppendUint32(b, uint32(number))
	}
	return b
}

// dosTime returns a time as archives have it, to two seconds (APPNOTE 4.4.6).
func dosTime(t time.Time) (day, clock uint16) {
	year := min(max(t.Year(), 1980), 2107)
	day = uint16(t.Day() | int(t.Month())<<5 | (year-1980)<<9)
	clock = uint16(t.Second()/2 | t.Minute()<<5 | t.Hour()<<11)
	return day, clock
}

// counted counts what is written.
type counted struct {
	to io.Writer
	n  int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}
