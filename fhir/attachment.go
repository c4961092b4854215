package fhir

import "strconv"

// fillAttachments reads the Attachments (FHIR R4 section 2.24.0.16) that an
// element holds. Where arrays lie on the way, it goes into each of their
// elements.
func (s *summarizer) fillAttachments(p *path) {
	value, ok := s.top.find(p)
	if !ok {
		return
	}
	s.lex.pos = value
	s.attachmentsAt(p.rest, "/"+p.name)
}

// attachmentsAt reads the Attachments below the position: those under rest, or
// what is at the position when rest is nil.
func (s *summarizer) attachmentsAt(rest *path, pointer string) {
	l := &s.lex
	if l.next() != '[' {
		s.attachmentIn(rest, pointer)
		return
	}
	index := 0
	l.eachElement(func() {
		s.attachmentIn(rest, pointer+"/"+strconv.Itoa(index))
		index++
	})
}

// attachmentIn reads the element at the position, which is no array of wanted
// elements itself.
func (s *summarizer) attachmentIn(rest *path, pointer string) {
	if rest == nil {
		s.attachment(pointer)
		return
	}
	found := false
	s.lex.eachMember(func(key []byte) {
		if found || string(key) != rest.name {
			s.lex.skipValue()
			return
		}
		found = true
		s.attachmentsAt(rest.rest, pointer+"/"+rest.name)
	})
}

// attachment reads one Attachment. What has neither data nor an address is
// none; DSTU1 and Binary (R3 and earlier) call the data content.
func (s *summarizer) attachment(pointer string) {
	a := Attachment{Pointer: pointer}
	s.lex.eachMember(func(key []byte) {
		switch string(key) {
		case "contentType":
			keep(&a.ContentType, s.text())
		case "title":
			keep(&a.Title, s.text())
		case "url":
			keep(&a.URL, s.text())
		case "data", "content":
			if s.lex.next() != '"' {
				s.lex.skipValue()
				return
			}
			start := s.lex.pos
			s.lex.passString()
			a.DataLength = max(a.DataLength, s.lex.pos-start-len(`""`))
		default:
			s.lex.skipValue()
		}
	})
	if a.URL != "" || a.DataLength > 0 {
		s.sum.Attachments = append(s.sum.Attachments, a)
	}
}
