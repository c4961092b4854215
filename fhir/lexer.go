package fhir

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// The rules of RFC 8259 that an input may break. Those that leave the
// structure of the text readable are noted and passed over, so that one bad
// value costs one resource; see lexer.note and lexer.fail.
const (
	ruleEnd         = "the file is cut short: it ends inside a JSON value"
	ruleLineEnd     = "the line is cut short: it ends inside a JSON value"
	ruleControl     = "a string holds a control character that is not escaped (RFC 8259 section 7)"
	ruleEscape      = "a string holds an escape that JSON does not know (RFC 8259 section 7)"
	ruleSurrogate   = "a string holds half of a surrogate pair (RFC 8259 section 8.2)"
	ruleUTF8        = "a string is not valid UTF-8 (RFC 8259 section 8.1)"
	ruleNumber      = "a number is not written as JSON writes it (RFC 8259 section 6)"
	ruleWord        = "a word stands where a value is due; JSON knows only true, false and null (RFC 8259 section 3)"
	ruleValue       = "a JSON value is due here"
	ruleComma       = "a comma is missing between two values"
	ruleExtraComma  = "a comma stands before a closing bracket or another comma"
	ruleKey         = "a key in double quotes is due here (RFC 8259 section 4)"
	ruleColon       = "a colon is due after a key (RFC 8259 section 4)"
	ruleBracket     = "a closing bracket does not match its opening one"
	ruleDepth       = "values are nested deeper than 512 levels"
	ruleDepthBeyond = "values are nested too deep to find their end"
)

const (
	// maxDepth is how deep values of one resource may be nested. FHIR's own
	// resources stay below 40; a Questionnaire may go deeper.
	maxDepth = 512
	// maxSkipDepth is how deep the lexer follows a value that it rejects.
	maxSkipDepth = 1 << 20
	// maxScalar is the length in bytes of the longest number; FHIR asks for 18
	// significant digits.
	maxScalar = 1024
)

// fault is the first rule that the input was seen to break.
type fault struct {
	rule   string // "" when none
	offset int64
}

// lexer reads JSON text (RFC 8259) token by token and checks its grammar on
// the way. It builds nothing: values are spans of the window.
type lexer struct {
	window
	lines int64 // newlines passed

	// strict makes a fault of structure (a missing comma) or a newline inside a
	// string fail, instead of being noted: in NDJSON the next line is a better
	// place to go on.
	strict bool
	fault  fault
	failed bool // the fault leaves no way to go on

	nest []uint64 // one bit a level that skipRest is in: 1 for an object
	key  []byte   // the key that member returned
}

// note remembers a fault that leaves the structure readable.
func (l *lexer) note(index int, rule string) {
	if l.fault.rule == "" {
		l.fault = fault{rule: rule, offset: l.base + int64(index)}
	}
}

// noteStructure notes a fault of structure; it returns false when strict.
func (l *lexer) noteStructure(index int, rule string) bool {
	if l.strict {
		return l.fail(index, rule)
	}
	l.note(index, rule)
	return true
}

// fail records a fault that hides the structure of what follows. It returns
// false, for the caller to return. An earlier note gives way: it is the lesser
// fault of the two.
func (l *lexer) fail(index int, rule string) bool {
	if !l.failed {
		l.fault = fault{rule: rule, offset: l.base + int64(index)}
		l.failed = true
	}
	return false
}

// failEnd fails because the input ended.
func (l *lexer) failEnd() bool { return l.fail(l.pos, ruleEnd) }

// atEnd tells whether all of the input was looked at.
func (l *lexer) atEnd() bool { return l.pos == len(l.buf) && !l.more() }

// next passes white space and returns the byte after it without taking it, or 0
// at the end of the input.
func (l *lexer) next() byte {
	if i := l.pos; i < len(l.buf) {
		if c := l.buf[i]; c > ' ' {
			return c
		}
	}
	return l.passSpace()
}

// passSpace is next where white space may lie ahead.
func (l *lexer) passSpace() byte {
	for {
		buf, i := l.buf, l.pos
		for i < len(buf) {
			c := buf[i]
			if c > ' ' {
				l.pos = i
				return c
			}
			switch c {
			case '\n':
				l.lines++
			case ' ', '\t', '\r':
			default:
				l.pos = i
				return c
			}
			i++
		}
		l.pos = i
		if !l.more() {
			return 0
		}
	}
}

// member moves to the value of the object's next member and returns its key.
// first tells that no member was read yet. It returns false after the closing
// brace and when the lexer failed. The key is valid until the next call, and for
// as long as the input where that is in memory.
func (l *lexer) member(first bool) (key []byte, ok bool) {
	if i := l.pos; i < len(l.buf) && l.buf[i] == '}' {
		l.pos++
		return nil, false
	}
	if key, ok = l.plainMember(first); ok {
		return key, true
	}
	if !l.separator(first, '}') {
		return nil, false
	}
	if l.buf[l.pos] != '"' {
		return nil, l.fail(l.pos, ruleKey)
	}
	if key, ok = l.text(); !ok {
		return nil, false
	}
	if l.source != nil {
		// The search for the colon may move the window.
		l.key = append(l.key[:0], key...)
		key = l.key
	}
	return key, l.colon()
}

// plainMember is member for the form that most members have: a key without
// escapes and no white space around it but one space behind the colon. It
// returns false, and has not moved, where the member looks otherwise.
func (l *lexer) plainMember(first bool) (key []byte, ok bool) {
	buf, i := l.buf, l.pos
	if !first && i < len(buf) && buf[i] == ',' {
		i++
	} else if !first {
		return nil, false
	}
	if i >= len(buf) || buf[i] != '"' {
		return nil, false
	}
	end := plainEnd(buf, i+1)
	if end < 0 || end+3 >= len(buf) || buf[end+1] != ':' {
		return nil, false
	}
	value := end + 2
	if buf[value] == ' ' {
		value++
	}
	if buf[value] <= ' ' {
		return nil, false
	}
	l.pos = value
	return buf[i+1 : end], true
}

// colon moves past the colon after a key, to the first byte of its value.
func (l *lexer) colon() bool {
	if l.next() != ':' {
		if l.atEnd() {
			return l.failEnd()
		}
		return l.fail(l.pos, ruleColon)
	}
	l.pos++
	if l.next() == 0 && l.atEnd() {
		return l.failEnd()
	}
	return true
}

// element moves to the array's next element. first tells that none was read
// yet. It returns false after the closing bracket and when the lexer failed.
func (l *lexer) element(first bool) bool {
	if i := l.pos; i < len(l.buf) && l.buf[i] == ']' {
		l.pos++
		return false
	}
	return l.separator(first, ']')
}

// separator moves over the comma to the next member or element. It returns
// false after closing, which it takes, and when the lexer failed.
func (l *lexer) separator(first bool, closing byte) bool {
	if l.failed {
		return false
	}
	commas := 0
	for {
		switch l.next() {
		case closing:
			if commas > 0 && !l.noteStructure(l.pos, ruleExtraComma) {
				return false
			}
			l.pos++
			return false
		case ',':
			commas++
			if (first || commas > 1) && !l.noteStructure(l.pos, ruleExtraComma) {
				return false
			}
			l.pos++
			continue
		case ']', '}':
			return l.fail(l.pos, ruleBracket)
		case 0:
			if l.atEnd() {
				return l.failEnd()
			}
		}
		if !first && commas == 0 {
			return l.noteStructure(l.pos, ruleComma)
		}
		return true
	}
}

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

// passScalar moves past the number or word at the position.
func (l *lexer) passScalar() bool {
	length := 0
	for {
		for l.pos+length < len(l.buf) && scalarByte[l.buf[l.pos+length]] {
			length++
		}
		if l.pos+length < len(l.buf) || length > maxScalar || !l.more() {
			break
		}
	}
	token := l.buf[l.pos : l.pos+length]
	switch {
	case length == 0 && l.atEnd():
		return l.failEnd()
	case length == 0:
		return l.fail(l.pos, ruleValue)
	case token[0] == '-' || token[0]-'0' < 10:
		if length > maxScalar || !isNumber(token) {
			l.note(l.pos, ruleNumber)
		}
	case string(token) != "true" && string(token) != "false" && string(token) != "null":
		l.note(l.pos, ruleWord)
	}
	l.pos += length
	return true
}

// skipValue moves past the value whose first byte is at the position.
func (l *lexer) skipValue() bool {
	switch l.next() {
	case '{':
		l.pos++
		return l.skipRest(true, true)
	case '[':
		l.pos++
		return l.skipRest(false, true)
	case '"':
		if end := plainEnd(l.buf, l.pos+1); end >= 0 {
			l.pos = end + 1
			return true
		}
		return l.passString()
	}
	return l.passScalar()
}

// skipRest moves past the closing bracket of the object or array that the lexer
// is in. first tells that nothing in it was read yet. It keeps no call stack, so
// that depth costs one bit a level.
func (l *lexer) skipRest(object, first bool) bool {
	l.nest = l.nest[:0]
	at := place{object: object, first: first}
	for {
		at = l.sprint(at)
		closing := byte(']')
		if at.object {
			closing = '}'
		}
		if !l.separator(at.first, closing) {
			if l.failed {
				return false
			}
			if at.depth == 0 {
				return true
			}
			at = l.leave(at)
			continue
		}
		if at.object && !l.skipKey() {
			return false
		}
		at.first = false
		switch c := l.buf[l.pos]; c {
		case '"':
			if !l.passString() {
				return false
			}
		case '{', '[':
			if !l.enter(at) {
				return false
			}
			at = place{depth: at.depth + 1, object: c == '{', first: true}
			l.pos++
		default:
			if !l.passScalar() {
				return false
			}
		}
	}
}

// place is where skipRest is: how many containers deep, in an object or an
// array, and whether at its beginning.
type place struct {
	depth         int
	object, first bool
}

// enter remembers the place, for an inner container is entered.
func (l *lexer) enter(at place) bool {
	switch {
	case at.depth == maxDepth:
		l.note(l.pos, ruleDepth)
	case at.depth >= maxSkipDepth:
		return l.fail(l.pos, ruleDepthBeyond)
	}
	if at.depth>>6 == len(l.nest) {
		l.nest = append(l.nest, 0)
	}
	bit := uint64(1) << (at.depth & 63)
	l.nest[at.depth>>6] &^= bit
	if at.object {
		l.nest[at.depth>>6] |= bit
	}
	return true
}

// leave returns the place behind the container that is left.
func (l *lexer) leave(at place) place {
	depth := at.depth - 1
	return place{depth: depth, object: l.nest[depth>>6]>>(depth&63)&1 != 0}
}

// skipKey moves past a key and its colon, to the first byte of the value.
func (l *lexer) skipKey() bool {
	if l.buf[l.pos] != '"' {
		return l.fail(l.pos, ruleKey)
	}
	return l.passString() && l.colon()
}
