package xmlscan

import (
	"bytes"
	"io"
)

// need makes sure that at least n unscanned bytes are in the window, or returns
// io.EOF or the source's error.
func (s *Scanner) need(n int) error {
	for len(s.buf)-s.pos < n {
		if s.eof {
			return io.EOF
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
	return nil
}

// fill drops what was scanned and reads on behind the rest.
func (s *Scanner) fill() error {
	first := s.buf == nil
	s.collect()
	s.capture.start = 0
	rest := copy(s.buf, s.buf[s.pos:])
	s.base += int64(s.pos)
	s.pos = 0
	s.buf = s.buf[:rest]
	if cap(s.buf)-rest < window/2 {
		grown := make([]byte, rest, max(window, 2*cap(s.buf)))
		copy(grown, s.buf)
		s.buf = grown
	}
	if s.broken != nil {
		return s.broken
	}
	n, err := s.read(s.buf[rest:cap(s.buf)])
	s.buf = s.buf[:rest+n]
	switch {
	case err == io.EOF:
		s.eof = true
		err = nil
	case n > 0: // what came before the failure is scanned first
		s.broken = err
		err = nil
	}
	if first && err == nil {
		return s.checkEncoding()
	}
	return err
}

// read reads at least one byte or returns an error. A source that keeps
// returning nothing is at fault (io.Reader's contract).
func (s *Scanner) read(space []byte) (int, error) {
	for range 100 {
		if n, err := s.src.Read(space); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// checkEncoding takes off a UTF-8 byte order mark and refuses UTF-16
// (XML 1.0 appendix F).
func (s *Scanner) checkEncoding() error {
	for len(s.buf) < 4 && !s.eof {
		if err := s.fill(); err != nil {
			return err
		}
	}
	head := s.buf
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		s.pos = 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")),
		bytes.HasPrefix(head, []byte("<\x00")), bytes.HasPrefix(head, []byte("\x00<")):
		return s.fatal("the file is UTF-16, not UTF-8")
	}
	return nil
}

// at reports whether the unscanned bytes start with text.
func (s *Scanner) at(text string) bool {
	return s.need(len(text)) == nil && string(s.buf[s.pos:s.pos+len(text)]) == text
}

// find returns the distance from pos to text, searching from pos+from, and
// keeps all of it in the window, up to MaxTag bytes.
func (s *Scanner) find(from int, text string) (int, error) {
	for {
		if len(s.buf)-s.pos > from {
			if i := bytes.Index(s.buf[s.pos+from:], []byte(text)); i >= 0 {
				return from + i, nil
			}
		}
		if len(s.buf)-s.pos > MaxTag {
			return 0, s.skipTag("a tag is longer than 1 MiB")
		}
		from = max(from, len(s.buf)-s.pos-len(text)+1)
		if err := s.need(len(s.buf) - s.pos + 1); err != nil {
			return 0, s.cut(err)
		}
	}
}

// passOver moves behind the next text without keeping what is before it.
func (s *Scanner) passOver(text, rule string) error {
	for {
		if i := bytes.Index(s.buf[s.pos:], []byte(text)); i >= 0 {
			s.pos += i + len(text)
			return nil
		}
		s.pos = max(s.pos, len(s.buf)-len(text)+1)
		if err := s.need(len(s.buf) - s.pos + 1); err != nil {
			if err == io.EOF {
				return s.fatal(rule)
			}
			return err
		}
	}
}
