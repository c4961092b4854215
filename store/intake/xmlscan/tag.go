package xmlscan

import (
	"bytes"
	"errors"
	"io"
)

// errShort tells that the window ends inside the tag: read more, scan again.
var errShort = errors.New("xmlscan: the tag goes on behind the window")

// opening scans "<name attr="value" ...>". The tag is scanned anew when the
// window had to be moved; a tag is small beside the window, so that is rare.
func (s *Scanner) opening() (Token, bool, error) {
	for {
		token, length, empty, err := s.scanPlainTag(s.buf[s.pos:])
		if err != nil {
			token, length, empty, err = s.scanTag(s.buf[s.pos:])
		}
		switch {
		case err == nil:
			s.pos += length
			return s.opened(token, empty)
		case err != errShort:
			return Token{}, false, s.skipTag(err.Error())
		case len(s.buf)-s.pos > MaxTag:
			return Token{}, false, s.skipTag("a tag is longer than 1 MiB")
		}
		if err := s.need(len(s.buf) - s.pos + 1); err != nil {
			return Token{}, false, s.cut(err)
		}
	}
}

// opened does the bookkeeping of an opening tag.
func (s *Scanner) opened(token Token, empty bool) (Token, bool, error) {
	if s.depth == 0 && s.rooted {
		return Token{}, false, s.fatal("the file holds more than one root element")
	}
	if s.depth++; s.depth > MaxDepth {
		return Token{}, false, s.fatal("elements are nested more than 256 deep")
	}
	s.rooted = true
	token.Depth = s.depth
	if empty {
		s.pending = token.Name
	}
	return token, true, nil
}

// errNotPlain tells that a tag is written in a way that scanTag must read.
var errNotPlain = errors.New("xmlscan: not a plain tag")

// scanPlainTag scans a tag written as programs write it: one space before each
// attribute, no space around "=", double quotes. It is scanTag in one loop,
// because calls are dear in wasm (a third of the time of a health export).
func (s *Scanner) scanPlainTag(tag []byte) (token Token, length int, empty bool, err error) {
	i := nameEnd(tag, 1)
	if i == 1 {
		return token, 0, false, errNotPlain
	}
	token = Token{Kind: Start, Name: tag[1:i], Offset: s.Offset()}
	s.attrs = s.attrs[:0]
	for i+2 < len(tag) && tag[i] == ' ' && len(s.attrs) < MaxAttrs {
		i++
		start := i
		for i < len(tag) && !endsName[tag[i]] {
			i++
		}
		if i == start || i+2 >= len(tag) || tag[i] != '=' || tag[i+1] != '"' {
			return token, 0, false, errNotPlain
		}
		value := i + 2
		end := bytes.IndexByte(tag[value:], '"')
		if end < 0 {
			return token, 0, false, errNotPlain
		}
		s.attrs = append(s.attrs, Attr{Name: tag[start:i], Raw: tag[value : value+end]})
		i = value + end + 1
	}
	token.Attrs = s.attrs
	switch {
	case i < len(tag) && tag[i] == '>':
		return token, i + 1, false, nil
	case i+1 < len(tag) && tag[i] == '/' && tag[i+1] == '>':
		return token, i + 2, true, nil
	}
	return token, 0, false, errNotPlain
}

// scanTag scans the opening tag at the start of tag; length is that of the tag.
func (s *Scanner) scanTag(tag []byte) (token Token, length int, empty bool, err error) {
	i := nameEnd(tag, 1)
	if i == len(tag) {
		return token, 0, false, errShort
	}
	if i == 1 {
		return token, 0, false, errors.New("a \"<\" that starts no tag")
	}
	token = Token{Kind: Start, Name: tag[1:i], Offset: s.Offset()}
	s.attrs = s.attrs[:0]
	defects := s.defects
	for {
		if i = spaceEnd(tag, i); i == len(tag) {
			break
		}
		switch tag[i] {
		case '>':
			token.Attrs = s.attrs
			return token, i + 1, false, nil
		case '/':
			if i+1 == len(tag) {
				s.defects = defects
				return token, 0, false, errShort
			}
			if tag[i+1] == '>' {
				token.Attrs = s.attrs
				return token, i + 2, true, nil
			}
			return token, 0, false, errors.New("a \"/\" inside a tag")
		}
		if i, err = s.scanAttr(tag, i); err != nil {
			s.defects = defects
			return token, 0, false, err
		}
	}
	s.defects = defects
	return token, 0, false, errShort
}

// scanAttr scans one attribute at tag[i:] and returns the index behind it.
func (s *Scanner) scanAttr(tag []byte, i int) (int, error) {
	start := i
	i = nameEnd(tag, i)
	name := tag[start:i]
	i = spaceEnd(tag, i)
	if i == len(tag) {
		return i, errShort
	}
	if len(name) == 0 || tag[i] != '=' {
		return i, errors.New("an attribute without a value")
	}
	i = spaceEnd(tag, i+1)
	if i == len(tag) {
		return i, errShort
	}
	quote := tag[i]
	if quote != '"' && quote != '\'' {
		return i, errors.New("an attribute value without quotes")
	}
	value, end, err := s.quoted(tag, i+1, quote)
	if err != nil {
		return i, err
	}
	if len(s.attrs) == MaxAttrs {
		return i, errors.New("a tag has more than 256 attributes")
	}
	s.attrs = append(s.attrs, Attr{Name: name, Raw: value})
	return end, nil
}

// quoted finds the end of an attribute value. A quote ends the value when a
// tag could go on behind it; another one belongs to the value, as real exports
// write the names of devices without escaping them.
func (s *Scanner) quoted(tag []byte, start int, quote byte) (value []byte, end int, err error) {
	for i := start; ; i++ {
		next := bytes.IndexByte(tag[i:], quote)
		if next < 0 {
			return nil, 0, errShort
		}
		i += next
		closes, known := endsValue(tag[i+1:])
		if !known {
			return nil, 0, errShort
		}
		if closes {
			return tag[start:i], i + 1, nil
		}
		s.defects++
	}
}

// endsValue reports whether a quote before rest closes an attribute value:
// what follows is the tag's end or a further attribute. known is false when
// rest is too short to tell.
func endsValue(rest []byte) (closes, known bool) {
	i := spaceEnd(rest, 0)
	if i == len(rest) {
		return false, false
	}
	switch rest[i] {
	case '>':
		return true, true
	case '/', '?':
		if i+1 == len(rest) {
			return false, false
		}
		return rest[i+1] == '>', true
	}
	if i == 0 { // XML asks for white space between attributes
		return false, true
	}
	end := nameEnd(rest, i)
	after := spaceEnd(rest, end)
	if after == len(rest) {
		return false, false
	}
	return end > i && rest[after] == '=', true
}

// skipTag passes over a tag that can't be read: up to the first ">" that a "<",
// perhaps after white space, follows. It takes no memory, however long the tag.
func (s *Scanner) skipTag(rule string) error {
	fault := &Error{Offset: s.Offset(), Rule: rule}
	s.pos++
	for {
		i := bytes.IndexByte(s.buf[s.pos:], '>')
		if i < 0 {
			s.pos = len(s.buf)
			if err := s.need(1); err != nil {
				return s.endOfSkipped(fault, err)
			}
			continue
		}
		s.pos += i + 1
		for {
			if err := s.need(1); err != nil {
				return s.endOfSkipped(fault, err)
			}
			if !isSpace(s.buf[s.pos]) {
				break
			}
			s.pos++
		}
		if s.buf[s.pos] == '<' {
			return fault
		}
	}
}

// endOfSkipped reports the skipped tag first; the next call meets the end.
func (s *Scanner) endOfSkipped(fault *Error, err error) error {
	if err == io.EOF {
		return fault
	}
	return err
}

// nameEnd returns the index behind the name that starts at tag[i].
func nameEnd(tag []byte, i int) int {
	for i < len(tag) && !endsName[tag[i]] {
		i++
	}
	return i
}

func spaceEnd(tag []byte, i int) int {
	for i < len(tag) && isSpace(tag[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// endsName marks the bytes that can't stand in a name.
var endsName = func() (ends [256]bool) {
	for _, c := range []byte(" \t\r\n=/>\"'<") {
		ends[c] = true
	}
	return ends
}()
