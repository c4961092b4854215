// Package zipfile reads zip archives (PKWARE APPNOTE 6.3.10) at random: the
// directory at the end, then any member, without holding either's content.
// It reads zip64, data descriptors, and the methods stored and deflated.
//
// The standard library's reader would do, but that it links a compressor into
// the module and can't hand inflating to the browser.
package zipfile

import (
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf8"
)

// Errors of Open and File.Open. They hold nothing of the archive.
var (
	// ErrFormat says that the archive's directory, or a member's header, is cut
	// short or contradicts itself.
	ErrFormat = errors.New("zipfile: not a zip archive, or a damaged one")
	// ErrTooLarge says that the directory is beyond the bounds below.
	ErrTooLarge = errors.New("zipfile: the directory lists too much")
	// ErrChecksum says that a member's bytes are not those that were packed.
	ErrChecksum = errors.New("zipfile: a member's checksum or size is wrong")
	// ErrMethod says that a member is packed in a way that isn't read.
	ErrMethod = errors.New("zipfile: a member is neither stored nor deflated")
)

// Bounds of an archive's directory.
const (
	MaxFiles     = 1 << 20
	maxDirectory = 256 << 20 // bytes
)

// Compression methods (APPNOTE 4.4.5).
const (
	Stored   = 0
	Deflated = 8
)

// File is one member, as the directory lists it.
type File struct {
	Name       string // as written; not UTF-8 when the archive's author wrote another encoding
	Method     uint16
	Encrypted  bool
	PackedSize int64  // bytes in the archive
	Size       int64  // bytes when unpacked, as declared; an archive may lie
	CRC32      uint32 // of the unpacked bytes

	archive io.ReaderAt
	header  int64 // offset of its local header
}

// Signatures and lengths of the records (APPNOTE 4.3).
const (
	signatureLocal     = 0x04034b50
	signatureDirectory = 0x02014b50
	signatureEnd       = 0x06054b50
	signatureEnd64     = 0x06064b50
	signatureLocator64 = 0x07064b50

	lengthLocal     = 30
	lengthDirectory = 46
	lengthEnd       = 22
	lengthEnd64     = 56
	lengthLocator64 = 20

	maxComment = 1<<16 - 1
)

// directory says where the list of members is.
type directory struct {
	offset, size, count int64
	shift               int64 // bytes before the archive, such as a self-extractor's
}

// Open reads the directory of the archive that src holds in its first size
// bytes. It returns ErrFormat, ErrTooLarge or src's error.
func Open(src io.ReaderAt, size int64) ([]*File, error) {
	d, err := findDirectory(src, size)
	if err != nil {
		return nil, err
	}
	if d.count > MaxFiles || d.size > maxDirectory {
		return nil, ErrTooLarge
	}
	raw := make([]byte, d.size)
	if err := readFull(src, raw, d.offset+d.shift); err != nil {
		return nil, err
	}
	var files []*File
	for len(raw) > 0 {
		file, rest, err := readEntry(raw)
		if err != nil {
			return nil, err
		}
		raw = rest
		file.archive = src
		file.header += d.shift
		files = append(files, file)
	}
	if int64(len(files)) != d.count {
		return nil, ErrFormat
	}
	return files, nil
}

// findDirectory looks for the end record, behind which only a comment stands.
func findDirectory(src io.ReaderAt, size int64) (directory, error) {
	tail := make([]byte, min(size, lengthEnd+maxComment))
	if err := readFull(src, tail, size-int64(len(tail))); err != nil {
		return directory{}, err
	}
	for at := len(tail) - lengthEnd; at >= 0; at-- {
		if binary.LittleEndian.Uint32(tail[at:]) != signatureEnd {
			continue
		}
		comment := int(binary.LittleEndian.Uint16(tail[at+20:]))
		if at+lengthEnd+comment <= len(tail) {
			return readEnd(src, tail[at:], size-int64(len(tail))+int64(at))
		}
	}
	return directory{}, ErrFormat
}

// readEnd reads the end record, or the zip64 one that it stands for.
func readEnd(src io.ReaderAt, end []byte, at int64) (directory, error) {
	d := directory{
		count:  int64(binary.LittleEndian.Uint16(end[10:])),
		size:   int64(binary.LittleEndian.Uint32(end[12:])),
		offset: int64(binary.LittleEndian.Uint32(end[16:])),
	}
	if d.count == 0xffff || d.size == 0xffffffff || d.offset == 0xffffffff {
		larger, found, err := readEnd64(src, at)
		if err != nil {
			return directory{}, err
		}
		if found {
			d, at = larger.directory, larger.at
		}
	}
	d.shift = at - d.size - d.offset
	if d.size < 0 || d.offset < 0 || d.count < 0 || d.shift < 0 || d.size > at {
		return directory{}, ErrFormat
	}
	return d, nil
}

type end64 struct {
	directory
	at int64 // of the zip64 end record
}

// readEnd64 reads the zip64 end record (APPNOTE 4.3.14) by its locator, which
// stands before the end record at the offset at.
func readEnd64(src io.ReaderAt, at int64) (end64, bool, error) {
	if at < lengthLocator64 {
		return end64{}, false, nil
	}
	locator := make([]byte, lengthLocator64)
	if err := readFull(src, locator, at-lengthLocator64); err != nil {
		return end64{}, false, err
	}
	if binary.LittleEndian.Uint32(locator) != signatureLocator64 {
		return end64{}, false, nil
	}
	where := int64(binary.LittleEndian.Uint64(locator[8:]))
	if where < 0 || where > at-lengthLocator64-lengthEnd64 {
		return end64{}, false, ErrFormat
	}
	end := make([]byte, lengthEnd64)
	if err := readFull(src, end, where); err != nil {
		return end64{}, false, err
	}
	if binary.LittleEndian.Uint32(end) != signatureEnd64 {
		return end64{}, false, ErrFormat
	}
	return end64{directory{
		count:  int64(binary.LittleEndian.Uint64(end[32:])),
		size:   int64(binary.LittleEndian.Uint64(end[40:])),
		offset: int64(binary.LittleEndian.Uint64(end[48:])),
	}, where}, true, nil
}

// readEntry reads one member of the directory (APPNOTE 4.3.12).
func readEntry(raw []byte) (*File, []byte, error) {
	if len(raw) < lengthDirectory || binary.LittleEndian.Uint32(raw) != signatureDirectory {
		return nil, nil, ErrFormat
	}
	name := lengthDirectory + int(binary.LittleEndian.Uint16(raw[28:]))
	extra := name + int(binary.LittleEndian.Uint16(raw[30:]))
	next := extra + int(binary.LittleEndian.Uint16(raw[32:]))
	if next > len(raw) {
		return nil, nil, ErrFormat
	}
	file := &File{
		Name:       text(raw[lengthDirectory:name]),
		Encrypted:  raw[8]&1 != 0, // APPNOTE 4.4.4, bit 0
		Method:     binary.LittleEndian.Uint16(raw[10:]),
		CRC32:      binary.LittleEndian.Uint32(raw[16:]),
		PackedSize: int64(binary.LittleEndian.Uint32(raw[20:])),
		Size:       int64(binary.LittleEndian.Uint32(raw[24:])),
		header:     int64(binary.LittleEndian.Uint32(raw[42:])),
	}
	file.extend(raw[name:extra])
	if file.PackedSize < 0 || file.Size < 0 || file.header < 0 {
		return nil, nil, ErrFormat
	}
	return file, raw[next:], nil
}

// extend takes the sizes that 32 bits don't hold from the zip64 extra field
// (APPNOTE 4.5.3), in which only those stand.
func (f *File) extend(extra []byte) {
	for len(extra) >= 4 {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; size > len(extra) {
			return
		}
		if id == 1 {
			field := extra[:size]
			for _, value := range []*int64{&f.Size, &f.PackedSize, &f.header} {
				if *value == 0xffffffff && len(field) >= 8 {
					*value = int64(binary.LittleEndian.Uint64(field))
					field = field[8:]
				}
			}
		}
		extra = extra[size:]
	}
}

// text returns a name. Archives of macOS hold UTF-8 without saying so, so the
// flag is not asked.
func text(raw []byte) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	runes := make([]rune, len(raw)) // Latin-1 stands for every single-byte encoding
	for i, b := range raw {
		runes[i] = rune(b)
	}
	return string(runes)
}

// readFull fills p from offset; an archive that ends before is damaged.
func readFull(src io.ReaderAt, p []byte, offset int64) error {
	if offset < 0 {
		return ErrFormat
	}
	n, err := src.ReadAt(p, offset)
	if n == len(p) {
		return nil
	}
	if err == nil || err == io.EOF || err == io.ErrUnexpectedEOF {
		return ErrFormat
	}
	return err
}
