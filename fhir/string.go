package fhir

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// text reads the string whose opening quote is at the position and returns what
// it stands for; nothing for one that is longer than the window may hold. The
// bytes are valid until the lexer moves.
func (l *lexer) text() ([]byte, bool) {
	if end := plainEnd(l.buf, l.pos+1); end >= 0 {
		text := l.buf[l.pos+1 : end]
		l.pos = end + 1
		return text, true
	}
	if l.mark >= 0 || l.source == nil {
		return l.heldText()
	}
	l.mark = l.pos
	text, ok := l.heldText()
	l.mark = -1
	return text, ok
}

// heldText is text while the window keeps the string.
func (l *lexer) heldText() ([]byte, bool) {
	start := l.offset()
	if !l.passString() {
		return nil, false
	}
	if start < l.base {
		return nil, true
	}
	return unescape(l.buf[start-l.base+1 : l.pos-1]), true
}

// The SWAR constants: one and the high bit in each byte of a word.
const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// stops sets the high bit of the bytes in word that end the plain part of a
// string: quote, backslash, control characters and all that is not ASCII. Only
// the lowest bit set is exact, which is the one that counts (Hacker's Delight,
// section 6-1).
func stops(word uint64) uint64 {
	quote := word ^ lowBits*'"'
	slash := word ^ lowBits*'\\'
	return ((quote-lowBits)&^quote | (slash-lowBits)&^slash | (word-lowBits*' ')&^word | word) & highBits
}

// plainEnd returns the index of the quote that ends the string whose content
// begins at i, or -1 where that is not plain ASCII up to its end, or too close to
// the end of buf to tell.
func plainEnd(buf []byte, i int) int {
	for i+8 <= len(buf) {
		if stop := stops(binary.LittleEndian.Uint64(buf[i:])); stop != 0 {
			i += bits.TrailingZeros64(stop) >> 3
			if buf[i] == '"' {
				return i
			}
			break
		}
		i += 8
	}
	return -1
}

// passString moves past the string whose opening quote is at the position.
func (l *lexer) passString() bool {
	buf, i := l.buf, l.pos+1
	for {
		for i+8 <= len(buf) {
			stop := stops(binary.LittleEndian.Uint64(buf[i:]))
			if stop != 0 {
				i += bits.TrailingZeros64(stop) >> 3
				break
			}
			i += 8
		}
		if i < len(buf) && buf[i] == '"' {
			l.pos = i + 1
			return true
		}
		var ok bool
		if i, ok = l.passUnusual(i); !ok {
			return false
		}
		buf = l.buf
	}
}

// passUnusual moves from i past what is not plain ASCII text in a string, or
// reads more of the input. It returns the index to go on from.
func (l *lexer) passUnusual(i int) (int, bool) {
	if i == len(l.buf) {
		l.pos = i
		if !l.more() {
			return i, l.failEnd()
		}
		return l.pos, true
	}
	switch c := l.buf[i]; {
	case c == '\\':
		return l.passEscape(i)
	case c >= utf8.RuneSelf:
		return l.passRunes(i)
	case c == '\n':
		if !l.noteStructure(i, ruleControl) {
			return i, false
		}
		l.lines++
	case c < ' ':
		l.note(i, ruleControl)
	}
	return i + 1, true
}

// passRunes moves from i past characters that are not ASCII.
func (l *lexer) passRunes(i int) (int, bool) {
	for i < len(l.buf) && l.buf[i] >= utf8.RuneSelf {
		r, size := utf8.DecodeRune(l.buf[i:])
		if r == utf8.RuneError && size == 1 {
			if !utf8.FullRune(l.buf[i:]) {
				l.pos = i
				if l.more() {
					i = l.pos
					continue
				}
				i = l.pos
			}
			l.note(i, ruleUTF8)
		}
		i += size
	}
	return i, true
}

// need makes sure that count bytes from index i on are in the window.
func (l *lexer) need(i, count int) (int, bool) {
	for i+count > len(l.buf) {
		l.pos = i
		if !l.more() {
			l.pos = len(l.buf)
			return i, l.failEnd()
		}
		i = l.pos
	}
	return i, true
}

// passEscape moves past the escape whose backslash is at index i.
func (l *lexer) passEscape(i int) (int, bool) {
	i, ok := l.need(i, 2)
	if !ok {
		return i, false
	}
	switch l.buf[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2, true
	case 'u':
	default:
		l.note(i, ruleEscape)
		return i + 1, true
	}
	if i, ok = l.need(i, 6); !ok {
		return i, false
	}
	unit, ok := hex4(l.buf[i+2:])
	if !ok {
		l.note(i, ruleEscape)
		return i + 2, true
	}
	if unit&0xF800 != 0xD800 {
		return i + 6, true
	}
	return l.passSurrogates(i, unit)
}

// passSurrogates moves past the escape at index i of the surrogate unit and
// past the one that completes it.
func (l *lexer) passSurrogates(i int, unit rune) (int, bool) {
	i, ok := l.need(i, 7) // at least the string's closing quote follows
	if !ok {
		return i, false
	}
	if unit < 0xDC00 && l.buf[i+6] == '\\' {
		if i, ok = l.need(i, 12); !ok {
			return i, false
		}
		low, ok := hex4(l.buf[i+8:])
		if ok && l.buf[i+7] == 'u' && low&0xFC00 == 0xDC00 {
			return i + 12, true
		}
	}
	l.note(i, ruleSurrogate)
	return i + 6, true
}
