package xmlscan

import "slices"

// capture collects the exact bytes of an element while its tokens are scanned.
type capture struct {
	on    bool
	limit int    // bytes
	over  bool   // the element is larger than limit
	start int    // index in the window of the first byte not yet collected
	bytes []byte // collected before the window last moved
}

// Capture starts to collect the exact bytes of the element that token opens, at
// most limit of them. token must be the Start that Next has just returned.
func (s *Scanner) Capture(token Token, limit int) {
	s.capture = capture{on: true, limit: limit, start: int(token.Offset - s.base), bytes: s.capture.bytes[:0]}
}

// Captured ends the collecting and returns the bytes from the opening tag to
// what Next has returned last; ok is false when they are more than the limit.
// They are valid until the next call of Capture.
func (s *Scanner) Captured() (raw []byte, ok bool) {
	s.collect()
	c := &s.capture
	c.on = false
	return c.bytes, !c.over
}

// collect takes what has been scanned since it was last called.
func (s *Scanner) collect() {
	c := &s.capture
	if !c.on {
		return
	}
	size := len(c.bytes) + s.pos - c.start
	if size > c.limit {
		c.over = true
	}
	if !c.over {
		if size > cap(c.bytes) {
			c.bytes = slices.Grow(c.bytes, max(size, 2*cap(c.bytes))-len(c.bytes))
		}
		c.bytes = append(c.bytes, s.buf[c.start:s.pos]...)
	}
	c.start = s.pos
}
