package fhir

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
	case isScalar(token):
	case token[0] == '-' || token[0]-'0' < 10:
		l.note(l.pos, ruleNumber)
	default:
		l.note(l.pos, ruleWord)
	}
	l.pos += length
	return true
}

// isScalar tells whether a token is a number or one of the three words of JSON.
func isScalar(token []byte) bool {
	if len(token) == 0 || len(token) > maxScalar {
		return false
	}
	if token[0]-'0' < 10 || token[0] == '-' {
		return isNumber(token)
	}
	return string(token) == "true" || string(token) == "false" || string(token) == "null"
}

// scalarByte tells the bytes that numbers and words are made of.
var scalarByte = func() (set [256]bool) {
	for _, c := range []byte("+-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
		set[c] = true
	}
	return set
}()

// isNumber tells whether token is a number as RFC 8259 section 6 writes it.
func isNumber(token []byte) bool {
	if len(token) > 0 && token[0] == '-' {
		token = token[1:]
	}
	whole := digits(token)
	if whole == 0 || whole > 1 && token[0] == '0' {
		return false
	}
	token = token[whole:]
	if len(token) > 0 && token[0] == '.' {
		fraction := digits(token[1:])
		if fraction == 0 {
			return false
		}
		token = token[1+fraction:]
	}
	if len(token) > 0 && token[0]|0x20 == 'e' {
		token = token[1:]
		if len(token) > 0 && (token[0] == '+' || token[0] == '-') {
			token = token[1:]
		}
		exponent := digits(token)
		return exponent > 0 && exponent == len(token)
	}
	return len(token) == 0
}

// digits counts the decimal digits that text begins with.
func digits(text []byte) int {
	n := 0
	for n < len(text) && text[n]-'0' < 10 {
		n++
	}
	return n
}
