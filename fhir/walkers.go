package fhir

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
