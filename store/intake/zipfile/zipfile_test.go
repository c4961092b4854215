package zipfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/store/intake/intaketest"
)

// packed writes an archive with the standard library: a stored and a deflated
// member with data descriptors, and a comment.
func packed(t testing.TB, comment string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, m := range []struct {
		name   string
		method uint16
	}{{"a.txt", zip.Store}, {"folder/ü.xml", zip.Deflate}, {"empty", zip.Store}} {
		member, err := w.CreateHeader(&zip.FileHeader{Name: m.name, Method: m.method})
		if err != nil {
			t.Fatal(err)
		}
		if m.name != "empty" {
			io.WriteString(member, strings.Repeat(m.name, 1000))
		}
	}
	w.SetComment(comment)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func contents(archive []byte) (map[string]string, error) {
	files, err := Open(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, file := range files {
		stream, err := file.Open(nil)
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(io.LimitReader(stream, 1<<20))
		if err != nil {
			return nil, err
		}
		all[file.Name] = string(content)
	}
	return all, nil
}

func TestOpen(t *testing.T) {
	for name, archive := range map[string][]byte{
		"plain":            packed(t, ""),
		"comment":          packed(t, strings.Repeat("c", 60_000)),
		"bytes before":     append(bytes.Repeat([]byte("#!"), 500), packed(t, "")...),
		"zip64":            asZip64(packed(t, "")),
		"signature inside": packed(t, "PK\x05\x06 and some text behind it"),
	} {
		got, err := contents(archive)
		if err != nil || len(got) != 3 || got["a.txt"] != strings.Repeat("a.txt", 1000) ||
			got["folder/ü.xml"] != strings.Repeat("folder/ü.xml", 1000) || got["empty"] != "" {
			t.Errorf("%s: got %d members, %v", name, len(got), err)
		}
	}
}

// asZip64 replaces the end record's counts by a zip64 record and its locator.
func asZip64(archive []byte) []byte {
	at := len(archive) - lengthEnd
	end := slices.Clone(archive[at:])
	record := make([]byte, lengthEnd64)
	binary.LittleEndian.PutUint32(record, signatureEnd64)
	binary.LittleEndian.PutUint64(record[4:], lengthEnd64-12)
	binary.LittleEndian.PutUint64(record[32:], uint64(binary.LittleEndian.Uint16(end[10:])))
	binary.LittleEndian.PutUint64(record[40:], uint64(binary.LittleEndian.Uint32(end[12:])))
	binary.LittleEndian.PutUint64(record[48:], uint64(binary.LittleEndian.Uint32(end[16:])))
	locator := make([]byte, lengthLocator64)
	binary.LittleEndian.PutUint32(locator, signatureLocator64)
	binary.LittleEndian.PutUint64(locator[8:], uint64(at))
	copy(end[10:], "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
	return slices.Concat(archive[:at], record, locator, end)
}

func TestZip64Entry(t *testing.T) {
	entry := make([]byte, lengthDirectory)
	binary.LittleEndian.PutUint32(entry, signatureDirectory)
	copy(entry[20:], "\xff\xff\xff\xff\xff\xff\xff\xff")
	binary.LittleEndian.PutUint16(entry[30:], 24)
	binary.LittleEndian.PutUint32(entry[42:], 77)
	entry = append(entry, "\x99\x00\x00\x00\x01\x00\x10\x00"...)
	entry = binary.LittleEndian.AppendUint64(entry, 5<<32)
	entry = binary.LittleEndian.AppendUint64(entry, 3<<32)
	file, _, err := readEntry(entry)
	if err != nil || file.Size != 5<<32 || file.PackedSize != 3<<32 || file.header != 77 {
		t.Errorf("got %+v, %v", file, err)
	}
}

func TestDamage(t *testing.T) {
	whole := packed(t, "")
	flip := func(at int) []byte {
		broken := slices.Clone(whole)
		broken[at] ^= 0x41
		return broken
	}
	directory := bytes.Index(whole, []byte("PK\x01\x02"))
	for _, c := range []struct {
		name    string
		archive []byte
		want    error
	}{
		{"empty", nil, ErrFormat},
		{"text", []byte("hello, this is no archive at all"), ErrFormat},
		{"cut short", whole[:len(whole)-30], ErrFormat},
		{"content changed", flip(lengthLocal + 10), ErrChecksum},
		{"signature changed", flip(directory), ErrFormat},
		{"count changed", flip(len(whole) - lengthEnd + 10), ErrFormat},
		{"offset changed", flip(directory + 42), ErrFormat},
	} {
		if _, err := contents(c.archive); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

// A member that unpacks to more than it declares is stopped there.
func TestLyingSize(t *testing.T) {
	archive := packed(t, "")
	at := bytes.Index(archive, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(archive[at+24:], 10)
	if _, err := contents(archive); !errors.Is(err, ErrChecksum) {
		t.Errorf("got %v", err)
	}
}

func TestInflateIsUsed(t *testing.T) {
	archive := packed(t, "")
	files, err := Open(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	used := false
	_, err = files[1].Open(func(r io.Reader) io.ReadCloser { used = true; return io.NopCloser(r) })
	if err != nil || !used {
		t.Errorf("used %v, %v", used, err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(packed(f, ""))
	f.Add(asZip64(packed(f, "")))
	f.Fuzz(func(t *testing.T, archive []byte) {
		intaketest.Modest(t, len(archive), func() {
			files, err := Open(bytes.NewReader(archive), int64(len(archive)))
			if err != nil {
				return
			}
			for _, file := range files[:min(len(files), 10)] { // each makes an inflater
				if stream, err := file.Open(nil); err == nil {
					io.CopyN(io.Discard, stream, 1<<20)
				}
			}
		})
	})
}
