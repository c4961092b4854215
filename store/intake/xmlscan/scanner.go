// Package xmlscan reads large XML files in one pass and in bounded memory. It
// knows as much of XML 1.0 (Fifth Edition) as health exports use: elements,
// attributes, text, CDATA, comments, processing instructions, the five
// predefined entities and character references. It expands no other entity and
// fetches nothing: a document type declaration is passed over, so neither an
// external subset nor an entity bomb has any effect.
//
// It forgives what real exports get wrong: an unescaped quote, "<" or newline
// inside an attribute value. It reports each such place.
package xmlscan

import (
	"bytes"
	"fmt"
	"io"
)

// Kind tells what a Token is.
type Kind uint8

const (
	Start Kind = iota + 1 // an opening tag, or an empty-element tag, which an End follows
	End                   // a closing tag
	Text                  // character data or a CDATA section; long text comes in several tokens
)

// Token is one piece of the document. Its slices are valid until the next call
// of Next.
type Token struct {
	Kind   Kind
	Name   []byte // of Start and End, as written, prefix included
	Attrs  []Attr // of Start, in document order
	Text   []byte // of Text, entities expanded
	Offset int64  // of the token's first byte in the file
	Depth  int    // of the element: 1 for the root; for Text, of the element that holds it
}

// Attr is one attribute. Raw is its value as written, so that a reader of
// millions of equal values need not expand each; Value expands it.
type Attr struct{ Name, Raw []byte }

// Value returns the value with its entities expanded and its line breaks kept.
func (a *Attr) Value() []byte { return Expand(a.Raw) }

// Attr returns the value of the named attribute, or nil.
func (t *Token) Attr(name string) []byte {
	for i := range t.Attrs {
		if string(t.Attrs[i].Name) == name {
			return t.Attrs[i].Value()
		}
	}
	return nil
}

// Error says where the document breaks a rule; it never holds a value.
type Error struct {
	Offset int64
	Rule   string
	Fatal  bool // the scanner can't go on; otherwise Next may be called again
}

func (e *Error) Error() string { return fmt.Sprintf("%s (at byte %d)", e.Rule, e.Offset) }

// Bounds of one document.
const (
	MaxTag   = 1 << 20 // bytes of one tag; a longer one is passed over and reported
	MaxDepth = 256     // open elements; deeper nesting ends the scan
	MaxAttrs = 256     // attributes of one tag

	window = 256 << 10 // bytes read at once
)

// Scanner reads tokens from a stream.
type Scanner struct {
	src  io.Reader
	buf  []byte // window on the stream; buf[pos:] is not yet scanned
	pos  int
	base int64 // offset in the stream of buf[0]
	eof  bool
	// broken is what the source failed with after it had given its last bytes.
	broken error

	depth   int
	rooted  bool   // the root element has been opened
	pending []byte // name of an empty-element tag whose End comes next
	attrs   []Attr
	defects int // places forgiven so far
	capture capture
	failed  error
}

// New returns a Scanner over src, which must be UTF-8, with or without a byte
// order mark.
func New(src io.Reader) *Scanner { return &Scanner{src: src} }

// Offset returns how many bytes have been scanned.
func (s *Scanner) Offset() int64 { return s.base + int64(s.pos) }

// Window returns what is in memory of the bytes behind the last token, for a
// reader that can tell by them what comes: it may take whole elements from their
// start and Pass over them instead of calling Next. The bytes are valid until the
// next call of Next. There are none outside of the root element.
func (s *Scanner) Window() []byte {
	if s.pending != nil || s.failed != nil || s.depth == 0 {
		return nil
	}
	return s.buf[s.pos:]
}

// Pass passes over the first n bytes of Window.
func (s *Scanner) Pass(n int) { s.pos += n }

// Defects returns at how many places the scanner forgave malformed XML.
func (s *Scanner) Defects() int { return s.defects }

// Next returns the next token. It returns io.EOF after the root element's end,
// and an *Error for everything else, after which it may be called again unless
// Fatal is set.
func (s *Scanner) Next() (Token, error) {
	if s.failed != nil {
		return Token{}, s.failed
	}
	token, err := s.next()
	if fault, ok := err.(*Error); err != nil && (!ok || fault.Fatal) {
		s.failed = err
	}
	return token, err
}

func (s *Scanner) next() (Token, error) {
	if s.pending != nil {
		token := Token{Kind: End, Name: s.pending, Offset: s.Offset(), Depth: s.depth}
		s.pending = nil
		s.depth--
		return token, nil
	}
	for {
		if err := s.need(1); err != nil {
			return Token{}, s.atEnd(err)
		}
		if s.buf[s.pos] != '<' {
			if token, ok, err := s.text(); ok || err != nil {
				return token, err
			}
			continue
		}
		if token, ok, err := s.markup(); ok || err != nil {
			return token, err
		}
	}
}

// atEnd decides what the end of the stream means here.
func (s *Scanner) atEnd(err error) error {
	switch {
	case err != io.EOF:
		return err
	case !s.rooted:
		return s.fatal("the file holds no XML element")
	case s.depth > 0:
		return s.fatal("the file ends inside an element: it was cut short")
	}
	return io.EOF
}

func (s *Scanner) fatal(rule string) *Error {
	return &Error{Offset: s.Offset(), Rule: rule, Fatal: true}
}

// markup scans what starts at "<". ok is false when it yields no token.
func (s *Scanner) markup() (token Token, ok bool, err error) {
	if err := s.need(2); err != nil {
		return Token{}, false, s.cut(err)
	}
	switch s.buf[s.pos+1] {
	case '?':
		return Token{}, false, s.passOver("?>", "the file ends inside a processing instruction")
	case '!':
		return s.declaration()
	case '/':
		return s.closing()
	}
	return s.opening()
}

// cut turns the end of the stream inside a construct into an error.
func (s *Scanner) cut(err error) error {
	if err == io.EOF {
		return s.fatal("the file ends inside a tag: it was cut short")
	}
	return err
}

// declaration scans "<!...": a comment, a CDATA section or a DOCTYPE.
func (s *Scanner) declaration() (Token, bool, error) {
	switch {
	case s.at("<!--"):
		return Token{}, false, s.passOver("-->", "the file ends inside a comment")
	case s.at("<![CDATA["):
		return s.cdata()
	case s.at("<!DOCTYPE"):
		return Token{}, false, s.doctype()
	}
	return Token{}, false, s.passOver(">", "the file ends inside a declaration")
}

// cdata yields the section's text; a section longer than the window is passed
// over and reported.
func (s *Scanner) cdata() (Token, bool, error) {
	start := s.Offset()
	const open, shut = "<![CDATA[", "]]>"
	end, err := s.find(len(open), shut)
	if err != nil {
		return Token{}, false, err
	}
	text := s.buf[s.pos+len(open) : s.pos+end]
	s.pos += end + len(shut)
	return Token{Kind: Text, Text: text, Offset: start, Depth: s.depth}, true, nil
}

// doctype passes over a document type declaration with its internal subset
// (XML 1.0 section 2.8). Nothing in it is obeyed.
func (s *Scanner) doctype() error {
	nesting, quote := 0, byte(0)
	for {
		if err := s.need(1); err != nil {
			return s.cut(err)
		}
		c := s.buf[s.pos]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '<' && s.at("<!--"):
			if err := s.passOver("-->", "the file ends inside a comment"); err != nil {
				return err
			}
			continue
		case c == '"' || c == '\'':
			quote = c
		case c == '<' || c == '[':
			nesting++
		case c == ']':
			nesting--
		case c == '>':
			if nesting--; nesting <= 0 {
				s.pos++
				return nil
			}
		}
		s.pos++
	}
}

// closing scans "</name>".
func (s *Scanner) closing() (Token, bool, error) {
	start := s.Offset()
	end, err := s.find(2, ">")
	if err != nil {
		return Token{}, false, err
	}
	name := bytes.TrimRight(s.buf[s.pos+2:s.pos+end], " \t\r\n")
	s.pos += end + 1
	if s.depth == 0 {
		return Token{}, false, &Error{Offset: start, Rule: "a closing tag without its opening tag"}
	}
	token := Token{Kind: End, Name: name, Offset: start, Depth: s.depth}
	s.depth--
	return token, true, nil
}

// text scans character data up to the next "<". Text outside the root element
// yields nothing.
func (s *Scanner) text() (Token, bool, error) {
	start := s.Offset()
	end := bytes.IndexByte(s.buf[s.pos:], '<')
	if end < 0 {
		if end = len(s.buf) - s.pos; !s.eof {
			end = s.beforeEntity(end)
		}
		if end == 0 { // an entity may go on behind the window
			if err := s.need(len(s.buf) - s.pos + 1); err != nil && err != io.EOF {
				return Token{}, false, err
			}
			return Token{}, false, nil
		}
	}
	raw := s.buf[s.pos : s.pos+end]
	s.pos += end
	if s.depth == 0 {
		return Token{}, false, nil
	}
	return Token{Kind: Text, Text: Expand(raw), Offset: start, Depth: s.depth}, true, nil
}

// beforeEntity shortens a piece of text that ends inside an entity reference.
func (s *Scanner) beforeEntity(length int) int {
	tail := max(0, length-maxEntity)
	piece := s.buf[s.pos : s.pos+length]
	if i := bytes.LastIndexByte(piece[tail:], '&'); i >= 0 && bytes.IndexByte(piece[tail+i:], ';') < 0 {
		return tail + i
	}
	return length
}
