package xmlscan

// MaxCapture bounds the bytes of one captured element.
const MaxCapture = 64 << 20

// capture collects the exact bytes of an element while its tokens are scanned.
type capture struct {
	on    bool
	over  bool   // the element is larger than MaxCapture
	start int    // index in the window of the first byte not yet collected
	bytes []byte // collected before the window last moved
}

// Capture starts to collect the exact bytes of the element that token opens.
// token must be the Start that Next has just returned.
func (s *Scanner) Capture(token Token) {
	s.capture = capture{on: true, start: int(token.Offset - s.base), bytes: s.capture.bytes[:0]}
}

// Captured ends the collecting and returns the bytes from the opening tag to
// what Next has returned last; ok is false when they are more than MaxCapture.
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
	if len(c.bytes)+s.pos-c.start > MaxCapture {
		c.over = true
	}
	if !c.over {
		c.bytes = append(c.bytes, s.buf[c.start:s.pos]...)
	}
	c.start = s.pos
}
