package zipfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

var someTime = time.Date(2024, 2, 29, 13, 37, 42, 0, time.UTC)

// TestWriter reads what was written by this package and by the standard library.
func TestWriter(t *testing.T) {
	contents := map[string]string{
		"empty":            "",
		"a/text.ndjson":    strings.Repeat("{\"a\":1}\n", 10_000),
		"Gesundheit/ä.txt": "x",
	}
	names := []string{"empty", "a/text.ndjson", "Gesundheit/ä.txt"}
	var b bytes.Buffer
	w := NewWriter(&b, someTime)
	for _, name := range names {
		member, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for chunk := range slices.Chunk([]byte(contents[name]), 777) {
			if _, err := member.Write(chunk); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 2000 {
		t.Errorf("%d bytes: nothing was packed", b.Len())
	}
	ours, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for at, name := range names {
		mine, err := ours[at].Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(mine); ours[at].Name != name || err != nil || string(got) != contents[name] {
			t.Errorf("%s: %d bytes of %s, %v", name, len(got), ours[at].Name, err)
		}
		file := theirs.File[at]
		other, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(other); file.Name != name || err != nil || string(got) != contents[name] || !file.Modified.Equal(someTime) {
			t.Errorf("the standard library reads %d bytes of %s, %v, of %v", len(got), file.Name, err, file.Modified)
		}
	}
}

// TestWriterOfMany writes more members than 16 bits count.
func TestWriterOfMany(t *testing.T) {
	const count = 70_000
	var b bytes.Buffer
	w := NewWriter(&b, someTime)
	for n := range count {
		if _, err := w.Create(fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	ours, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(ours) != count || ours[count-1].Name != fmt.Sprint(count-1) {
		t.Errorf("%d members, %v", len(ours), err)
	}
	theirs, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(theirs.File) != count {
		t.Errorf("the standard library reads %v", err)
	}
}

// TestDirectoryBeyond32Bits checks the records of a member that is too large to
// write in a test.
func TestDirectoryBeyond32Bits(t *testing.T) {
	w := NewWriter(io.Discard, someTime)
	want := written{name: []byte("large")}
	want.Size, want.PackedSize, want.header, want.Method = 9<<32, 5<<32, 3<<32, Deflated
	got, rest, err := readEntry(w.directoryEntry(&want))
	if err != nil || len(rest) != 0 || got.Size != want.Size || got.PackedSize != want.PackedSize || got.header != want.header {
		t.Errorf("%+v, %v", got, err)
	}
	if length := len(descriptor(&want.File)); length != 24 {
		t.Errorf("a descriptor of %d bytes", length)
	}
}

// failing takes so many bytes and no more.
type failing struct{ left int }

var errFull = errors.New("full")

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestWriterFails shows that no failure of what is written to goes unnoticed.
func TestWriterFails(t *testing.T) {
	write := func(to io.Writer) error {
		w := NewWriter(to, someTime)
		for _, name := range []string{"one", "two"} {
			member, err := w.Create(name)
			if err != nil {
				return err
			}
			if _, err := member.Write([]byte("some bytes")); err != nil {
				return err
			}
		}
		return w.Close()
	}
	var whole counted
	whole.to = io.Discard
	if err := write(&whole); err != nil {
		t.Fatal(err)
	}
	for left := range int(whole.n) {
		if err := write(&failing{left}); !errors.Is(err, errFull) {
			t.Fatalf("with room for %d of %d bytes: %v", left, whole.n, err)
		}
	}
}
