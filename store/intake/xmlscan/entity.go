package xmlscan

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// maxEntity bounds the length of an entity reference: "&#x0010FFFF;".
const maxEntity = 12

// Expand returns raw with its entity and character references expanded (XML 1.0
// sections 4.1 and 4.6), or raw itself when there is none. A reference to an
// entity that XML does not predefine is kept as written.
func Expand(raw []byte) []byte {
	at := bytes.IndexByte(raw, '&')
	if at < 0 {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for at >= 0 {
		out = append(out, raw[:at]...)
		length := 0
		out, length = appendEntity(out, raw[at:])
		raw = raw[at+length:]
		at = bytes.IndexByte(raw, '&')
	}
	return append(out, raw...)
}

// appendEntity appends what the reference at the start of raw stands for and
// returns the reference's length.
func appendEntity(out, raw []byte) ([]byte, int) {
	end := bytes.IndexByte(raw[:min(len(raw), maxEntity)], ';')
	if end < 0 || bytes.IndexByte(raw[1:end], '&') >= 0 {
		return append(out, '&'), 1 // a bare "&", perhaps before a reference
	}
	switch name := string(raw[1:end]); name {
	case "lt":
		out = append(out, '<')
	case "gt":
		out = append(out, '>')
	case "amp":
		out = append(out, '&')
	case "quot":
		out = append(out, '"')
	case "apos":
		out = append(out, '\'')
	default:
		r, ok := character(name)
		if !ok {
			return append(out, raw[:end+1]...), end + 1
		}
		out = utf8.AppendRune(out, r)
	}
	return out, end + 1
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
