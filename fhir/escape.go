package fhir

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// hex4 reads the four hexadecimal digits that text begins with.
func hex4(text []byte) (rune, bool) {
	var unit rune
	for _, c := range text[:4] {
		digit := c - '0'
		if digit > 9 {
			digit = (c | 0x20) - 'a' + 10
			if c|0x20 < 'a' || c|0x20 > 'f' {
				return 0, false
			}
		}
		unit = unit<<4 | rune(digit)
	}
	return unit, true
}

// unescape returns what the content of a JSON string stands for: the same bytes
// when it has no escape. Escapes must be sound; those that are not stay as they
// are, but for half a surrogate pair, which becomes U+FFFD.
func unescape(content []byte) []byte {
	slash := bytes.IndexByte(content, '\\')
	if slash < 0 {
		return content
	}
	plain := make([]byte, 0, len(content))
	for slash >= 0 {
		plain = append(plain, content[:slash]...)
		content = content[slash:]
		size := 0
		plain, size = appendEscape(plain, content)
		content = content[size:]
		slash = bytes.IndexByte(content, '\\')
	}
	return append(plain, content...)
}

// shortEscapes maps the letter of an escape to the byte that it stands for.
var shortEscapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// appendEscape appends what the escape that text begins with stands for and
// returns the length of the escape.
func appendEscape(plain, text []byte) (_ []byte, size int) {
	if len(text) < 2 {
		return append(plain, text...), len(text)
	}
	if c := shortEscapes[text[1]]; c != 0 {
		return append(plain, c), 2
	}
	if text[1] != 'u' || len(text) < 6 {
		return append(plain, text[0]), 1
	}
	unit, ok := hex4(text[2:])
	if !ok {
		return append(plain, text[0]), 1
	}
	size = 6
	if utf16.IsSurrogate(unit) {
		low := rune(utf8.RuneError)
		if len(text) >= 12 && text[6] == '\\' && text[7] == 'u' {
			low, _ = hex4(text[8:])
		}
		if unit = utf16.DecodeRune(unit, low); unit != utf8.RuneError {
			size = 12
		}
	}
	return utf8.AppendRune(plain, unit), size
}
