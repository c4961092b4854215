package fhir

import "strings"

// member is a member of a resource's object: its key, and where its value
// begins in the resource.
type member struct {
	tag   uint32 // tagOf(key)
	key   []byte
	value int // index of the value's first byte
}

// members are those of one object in their order. Where a key stands twice the
// first one is found.
type members struct {
	list []member
	bits uint64 // bitOf of all tags: most keys that are not there are told by it
}

// add appends a member.
func (m *members) add(key []byte, value int) {
	tag := tagOf(key)
	m.list = append(m.list, member{tag: tag, key: key, value: value})
	m.bits |= bitOf(tag)
}

// reset forgets the members but keeps the memory.
func (m *members) reset() {
	clear(m.list)
	m.list, m.bits = m.list[:0], 0
}

// tagOf returns a fingerprint of a key: looking for one compares a word a
// member, and the bytes only where that agrees.
func tagOf[T string | []byte](key T) uint32 {
	n := len(key)
	if n == 0 {
		return 0
	}
	return uint32(n)<<24 | uint32(key[0])<<16 | uint32(key[n/2])<<8 | uint32(key[n-1])
}

// bitOf spreads tags over the bits of a word (Knuth, The Art of Computer
// Programming, section 6.4: multiplicative hashing).
func bitOf(tag uint32) uint64 { return 1 << (tag * 0x9E3779B1 >> 26) }

// find returns where the value of a key begins.
func (m *members) find(p *path) (value int, ok bool) {
	if m.bits&p.bit == 0 {
		return 0, false
	}
	for i := range m.list {
		if m.list[i].tag == p.tag && string(m.list[i].key) == p.name {
			return m.list[i].value, true
		}
	}
	return 0, false
}

// path names an element below a resource: "context.period".
type path struct {
	tag  uint32 // tagOf(name)
	bit  uint64 // bitOf(tag)
	name string
	rest *path // below it, or nil
}

// parsePath reads a path of keys joined by dots.
func parsePath(text string) *path {
	name, below, found := strings.Cut(text, ".")
	p := &path{tag: tagOf(name), bit: bitOf(tagOf(name)), name: name}
	if found {
		p.rest = parsePath(below)
	}
	return p
}

// seek moves the lexer to the value of an element of the resource; where an
// array lies on the way, into its first element that goes on. It returns false
// when the resource has no such element.
func (s *summarizer) seek(p *path) bool {
	value, ok := s.top.find(p)
	if !ok {
		return false
	}
	s.lex.pos = value
	for p = p.rest; p != nil; p = p.rest {
		if !s.lex.descend(p.name) {
			return false
		}
	}
	return true
}

// descend moves from the object at the position, or from the array there, to
// the value of the first member of that name.
func (l *lexer) descend(name string) bool {
	if l.next() != '[' {
		return l.descendObject(name)
	}
	l.pos++
	for first := true; l.element(first); first = false {
		if l.descendObject(name) {
			return true
		}
	}
	return false
}

// descendObject moves from the object at the position to the value of its
// member of that name, or past the value at the position and returns false.
func (l *lexer) descendObject(name string) bool {
	if l.next() != '{' {
		l.skipValue()
		return false
	}
	l.pos++
	for first := true; ; first = false {
		key, ok := l.member(first)
		if !ok {
			return false
		}
		if string(key) == name {
			return true
		}
		if !l.skipValue() {
			return false
		}
	}
}
