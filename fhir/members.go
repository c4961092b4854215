package fhir

// member is a member of a resource's object: its key, and where its value
// begins in the resource.
type member struct {
	tag   uint32 // tagOf(key)
	key   []byte
	value int // index of the value's first byte
}

// members are those of one object in their order. Where a key stands twice the
// first one is found.
type members []member

// tagOf returns a fingerprint of a key: looking for one compares a word a
// member, and the bytes only where that agrees.
func tagOf[T string | []byte](key T) uint32 {
	n := len(key)
	if n == 0 {
		return 0
	}
	return uint32(n)<<24 | uint32(key[0])<<16 | uint32(key[n/2])<<8 | uint32(key[n-1])
}

// find returns where the value of a key begins.
func (m members) find(tag uint32, key string) (value int, ok bool) {
	for i := range m {
		if m[i].tag == tag && string(m[i].key) == key {
			return m[i].value, true
		}
	}
	return 0, false
}

// get is find for a key without a known tag.
func (m members) get(key string) (value int, ok bool) { return m.find(tagOf(key), key) }

// path names an element below a resource: "context.period".
type path struct {
	tag  uint32 // of name
	name string
	rest *path // below it, or nil
}

// parsePath reads a path of keys joined by dots.
func parsePath(text string) *path {
	for i := range len(text) {
		if text[i] == '.' {
			return &path{tag: tagOf(text[:i]), name: text[:i], rest: parsePath(text[i+1:])}
		}
	}
	return &path{tag: tagOf(text), name: text}
}

// seek moves the lexer to the value of an element of the resource; where an
// array lies on the way, into its first element. It returns false when the
// resource has no such element.
func (s *summarizer) seek(p *path) bool {
	value, ok := s.top.find(p.tag, p.name)
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

// descend moves from the object at the position, or from the first object of
// the array there, to the value of its member of that name.
func (l *lexer) descend(name string) bool {
	if l.next() == '[' {
		l.pos++
		if !l.element(true) {
			return false
		}
	}
	if l.next() != '{' {
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
