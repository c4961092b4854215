package fhir

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
	case at.depth+l.outer == maxDepth:
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
