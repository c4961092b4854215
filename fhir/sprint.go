package fhir

import (
	"encoding/binary"
	"math/bits"
)

// sprintDepth is how deep sprint follows containers: a word of bits.
const sprintDepth = 64

// sprint passes as many plain members and elements as it can and returns the
// place it came to, always before a member, an element or a closing bracket.
// Plain are ASCII strings without escapes, numbers, words and containers of
// these that lie wholly in the window; everything else, and every fault, is
// left to skipRest, which reads on from there.
//
// Nearly all bytes of a file pass through this function, and in WebAssembly a
// call costs as much as a short string. So it is one loop over local variables.
func (l *lexer) sprint(at place) place {
	buf, i := l.buf, l.pos
	end := len(buf) - 8 // behind it there is no whole word to look at
	depth, object, first := at.depth, at.object, at.first
	if depth >= sprintDepth {
		return at
	}
	var nest uint64
	if len(l.nest) > 0 {
		nest = l.nest[0]
	}
	lines := int64(0)
members:
	for i < end {
		j, newlines, comma := i, int64(0), false
		c := buf[j]
		for c <= ' ' || c == ',' && !comma {
			switch {
			case c == ',':
				comma = true
			case c == '\n':
				newlines++
			case !space[c]:
				break members
			}
			if j++; j >= end {
				break members
			}
			c = buf[j]
		}
		if (c == '}' && object || c == ']' && !object) && !comma && depth > 0 {
			depth--
			object, first = nest>>depth&1 != 0, false
			i = j + 1
			lines += newlines
			continue
		}
		if comma == first || object && c != '"' {
			break
		}

		// A key and its colon, and a value that is a string.
		key := object
		for c == '"' {
			j++
			for {
				if j >= end {
					break members
				}
				stop := stops(binary.LittleEndian.Uint64(buf[j:]))
				if stop != 0 {
					j += bits.TrailingZeros64(stop) >> 3
					break
				}
				j += 8
			}
			if buf[j] != '"' {
				break members
			}
			j++
			if !key {
				break
			}
			key = false
			if buf[j] != ':' || j+2 >= end {
				break members
			}
			j++
			if c = buf[j]; c == ' ' {
				j++
				c = buf[j]
			}
			if c != '"' {
				break
			}
		}

		switch {
		case c == '"':
		case c == '{' || c == '[':
			if depth == sprintDepth-1 {
				break members
			}
			nest &^= 1 << depth
			if object {
				nest |= 1 << depth
			}
			depth++
			object, first = c == '{', true
			i = j + 1
			lines += newlines
			continue
		default:
			// A number or word; a bracket is none and ends the sprint.
			start := j
			for j < end && scalarByte[buf[j]] {
				j++
			}
			if j == end || !isScalar(buf[start:j]) {
				break members
			}
		}
		i, first = j, false
		lines += newlines
	}
	if len(l.nest) > 0 {
		l.nest[0] = nest
	} else if depth > 0 {
		l.nest = append(l.nest, nest)
	}
	l.pos = i
	l.lines += lines
	return place{depth: depth, object: object, first: first}
}

// space tells the white space of RFC 8259 section 2.
var space = [256]bool{' ': true, '\t': true, '\n': true, '\r': true}
