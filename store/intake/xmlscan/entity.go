package xmlscan

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// maxEntity bounds the length of an entity reference: "&#x0010FFFF;".
const maxEntity = 12

// expand returns raw with its entity and character references expanded (XML 1.0
// sections 4.1 and 4.6). It returns raw itself when there is none. A reference
// to any other entity is kept as written.
func (s *Scanner) expand(raw []byte) []byte {
	at := bytes.IndexByte(raw, '&')
	if at < 0 {
		return raw
	}
	start := len(s.scratch)
	for at >= 0 {
		s.scratch = append(s.scratch, raw[:at]...)
		raw = raw[at:]
		length := s.appendEntity(raw)
		raw = raw[length:]
		at = bytes.IndexByte(raw, '&')
	}
	s.scratch = append(s.scratch, raw...)
	return s.scratch[start:len(s.scratch):len(s.scratch)]
}

// appendEntity appends what the reference at the start of raw stands for and
// returns the reference's length.
func (s *Scanner) appendEntity(raw []byte) int {
	end := bytes.IndexByte(raw[:min(len(raw), maxEntity)], ';')
	if end < 0 {
		s.defects++
		s.scratch = append(s.scratch, '&')
		return 1
	}
	switch name := string(raw[1:end]); name {
	case "lt":
		s.scratch = append(s.scratch, '<')
	case "gt":
		s.scratch = append(s.scratch, '>')
	case "amp":
		s.scratch = append(s.scratch, '&')
	case "quot":
		s.scratch = append(s.scratch, '"')
	case "apos":
		s.scratch = append(s.scratch, '\'')
	default:
		if r, ok := character(name); ok {
			s.scratch = utf8.AppendRune(s.scratch, r)
		} else {
			s.defects++
			s.scratch = append(s.scratch, raw[:end+1]...)
		}
	}
	return end + 1
}

// character reads a character reference without its "&" and ";".
func character(name string) (rune, bool) {
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n == 0 || n > utf8.MaxRune || (n >= 0xD800 && n < 0xE000) {
		return 0, false
	}
	return rune(n), true
}
