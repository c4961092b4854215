package fhir

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

	nest  []uint64 // one bit a level that skipRest is in: 1 for an object
	outer int      // levels around those that count towards maxDepth
	key   []byte   // the key that member returned
	spot  spot     // where in the input that key stands
}

// spot is where a member of an object stands: its key, without the quotes, and
// the first byte of its value.
type spot struct{ key, keyEnd, value int64 }

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
	start := l.offset() + 1
	if key, ok = l.text(); !ok {
		return nil, false
	}
	l.spot = spot{key: start, keyEnd: l.offset() - 1}
	if l.source != nil {
		// The search for the colon may move the window.
		l.key = append(l.key[:0], key...)
		key = l.key
	}
	ok = l.colon()
	l.spot.value = l.offset()
	return key, ok
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
	l.spot = spot{key: l.base + int64(i+1), keyEnd: l.base + int64(end), value: l.base + int64(value)}
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

// stringValue reads the value at the position when it is a string; it passes
// any other value and returns false.
func (l *lexer) stringValue() ([]byte, bool) {
	if l.next() == '"' {
		return l.text()
	}
	l.skipValue()
	return nil, false
}

// eachMember calls visit at the value of each member of the object at the
// position. visit must pass the value. Any other value is passed.
func (l *lexer) eachMember(visit func(key []byte)) {
	if l.next() != '{' {
		l.skipValue()
		return
	}
	l.pos++
	for first := true; ; first = false {
		key, ok := l.member(first)
		if !ok {
			return
		}
		if visit(key); l.failed {
			return
		}
	}
}

// eachElement calls visit at each element of the array at the position; a value
// that is no array counts as its only element.
func (l *lexer) eachElement(visit func()) {
	if l.next() != '[' {
		visit()
		return
	}
	l.pos++
	for first := true; l.element(first); first = false {
		if visit(); l.failed {
			return
		}
	}
}
