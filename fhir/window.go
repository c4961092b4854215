package fhir

import (
	"bytes"
	"io"
)

const (
	// readSize is how many bytes the window asks of its source at a time.
	readSize = 128 << 10
	// maxEmptyReads bounds how often a source may return neither bytes nor an
	// error, as io.ErrNoProgress describes.
	maxEmptyReads = 100
)

// window is the part of an input that is in memory. It drops what lies before
// the position, but keeps everything from the mark on while one is set.
type window struct {
	buf    []byte
	pos    int       // index in buf of the next byte to look at
	source io.Reader // nil when buf is the whole input
	err    error     // why source gives no more, io.EOF at its end
	base   int64     // offset of buf[0] in the input, in bytes

	mark  int    // index of the first byte to keep, or -1
	limit int    // the most bytes that a mark may keep; it is given up beyond
	pin   int    // index behind the last byte to keep, or -1 while all from mark on are
	saved []byte // the bytes from mark to pin, once they are no longer in buf
}

// offset returns the offset in the input of the next byte to look at.
func (w *window) offset() int64 { return w.base + int64(w.pos) }

// hold keeps all bytes from the position on, until release.
func (w *window) hold() { w.mark, w.pin, w.saved = w.pos, -1, w.saved[:0] }

// holdNoMore keeps the bytes held so far, until release, but not those to come.
func (w *window) holdNoMore() { w.pin = w.pos }

// held returns what holdNoMore has kept.
func (w *window) held() []byte {
	if w.mark >= 0 {
		return w.buf[w.mark:w.pin:w.pin]
	}
	return w.saved
}

// release lets the window drop what it holds.
func (w *window) release() { w.mark, w.pin = -1, -1 }

// more reads at least one further byte. Indexes into buf that the caller holds
// are void afterwards, but for pos and mark. It returns false at the end of the
// input and when the source fails; err tells which.
func (w *window) more() bool {
	if w.source == nil || w.err != nil {
		return false
	}
	w.slide()
	if len(w.buf) == cap(w.buf) {
		grown := make([]byte, len(w.buf), 2*cap(w.buf)+readSize)
		copy(grown, w.buf)
		w.buf = grown
	}
	for range maxEmptyReads {
		n, err := w.source.Read(w.buf[len(w.buf):cap(w.buf)])
		w.buf = w.buf[:len(w.buf)+n]
		w.err = err
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	w.err = io.ErrNoProgress
	return false
}

// ahead reads until count bytes from the position on are in the window, or the
// input ends. It returns an error of the source only when no byte came at all.
func (w *window) ahead(count int) error {
	for len(w.buf)-w.pos < count && w.more() {
	}
	if len(w.buf) == w.pos && w.err != io.EOF {
		return w.err
	}
	return nil
}

// rest returns a reader of all that is left of the input.
func (w *window) rest() io.Reader {
	if w.err != nil {
		return io.MultiReader(bytes.NewReader(w.buf[w.pos:]), failing{w.err})
	}
	return io.MultiReader(bytes.NewReader(w.buf[w.pos:]), w.source)
}

// failing is a reader that has nothing but its error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// slide moves the bytes to keep to the front of buf. It gives the mark up when
// it keeps more than limit.
func (w *window) slide() {
	keep := w.pos
	switch {
	case w.mark >= 0 && w.pin >= 0:
		w.saved = append(w.saved[:0], w.buf[w.mark:w.pin]...)
		w.release()
	case w.mark >= 0 && len(w.buf)-w.mark > w.limit:
		w.release()
		w.base += int64(keep)
		w.buf = append(make([]byte, 0, readSize), w.buf[keep:]...) // gives the large buffer back
		w.pos = 0
		return
	}
	if w.mark >= 0 {
		keep = w.mark
		w.mark = 0
	}
	if keep == 0 {
		return
	}
	n := copy(w.buf, w.buf[keep:])
	w.buf = w.buf[:n]
	w.pos -= keep
	w.base += int64(keep)
}
