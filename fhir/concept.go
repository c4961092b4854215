package fhir

import "strings"

// maxConceptDepth is how deep concepts are looked for in each other: a
// CodeableReference holds a CodeableConcept holds a Coding, each maybe in an array.
const maxConceptDepth = 6

// said is what an element of codes says: a CodeableConcept, a Coding, a code, a
// CodeableReference, a Reference, or an array of these.
type said struct {
	codes     []Coding
	text      string // CodeableConcept.text or Reference.display, the first of them
	chosen    string // display of the Coding that a user selected
	reference string // Reference.reference, the first of them
}

// words returns what the element reads: the text, else the display of the best
// coding. It is empty where there are only codes.
func (c *said) words() string {
	if c.text != "" {
		return c.text
	}
	if c.chosen != "" {
		return c.chosen
	}
	for i := range c.codes {
		if c.codes[i].Display != "" {
			return c.codes[i].Display
		}
	}
	return ""
}

// display returns the words, or the first code where there are none.
func (c *said) display() string {
	if words := c.words(); words != "" {
		return words
	}
	return firstCode(c.codes)
}

func firstCode(codes []Coding) string {
	for i := range codes {
		if codes[i].Code != "" {
			return codes[i].Code
		}
	}
	return ""
}

// concept reads the element at the position and appends its codings to codes.
func (s *summarizer) concept(codes []Coding, depth int) said {
	c := said{codes: codes}
	s.conceptInto(&c, depth)
	return c
}

func (s *summarizer) conceptInto(c *said, depth int) {
	l := &s.lex
	switch l.next() {
	case '[':
		if depth < maxConceptDepth {
			l.eachElement(func() { s.conceptInto(c, depth+1) })
			return
		}
		l.skipValue()
	case '{':
		s.conceptObject(c, depth)
	default:
		if code := s.text(); code != "" {
			c.codes = append(c.codes, Coding{Code: code})
		}
	}
}

// conceptObject reads the object at the position into c, whichever type it is.
func (s *summarizer) conceptObject(c *said, depth int) {
	var own Coding // when the object is a Coding
	var selected bool
	s.lex.eachMember(func(key []byte) {
		switch string(key) {
		case "coding", "concept":
			if depth < maxConceptDepth {
				s.conceptInto(c, depth+1)
			} else {
				s.lex.skipValue()
			}
		case "reference":
			s.reference(c, depth)
		case "text":
			keep(&c.text, strings.TrimSpace(s.text()))
		case "system":
			keep(&own.System, s.system())
		case "code":
			keep(&own.Code, s.text())
		case "display":
			keep(&own.Display, strings.TrimSpace(s.text()))
		case "userSelected":
			selected = s.isTrue()
		default:
			s.lex.skipValue()
		}
	})
	switch {
	case own.Code != "" || own.System != "":
		c.codes = append(c.codes, own)
		if selected {
			keep(&c.chosen, own.Display)
		}
	case depth > 0 && c.reference == "":
		if own.Display != "" {
			c.codes = append(c.codes, own)
		}
	default:
		keep(&c.text, own.Display)
	}
}

// reference reads what stands under the key "reference": a string in a
// Reference, a Reference in a CodeableReference.
func (s *summarizer) reference(c *said, depth int) {
	if s.lex.next() == '"' {
		keep(&c.reference, s.text())
		return
	}
	if depth < maxConceptDepth {
		s.conceptInto(c, depth+1)
		return
	}
	s.lex.skipValue()
}

// keep sets text to value unless it is set: the first of several counts.
func keep(text *string, value string) {
	if *text == "" {
		*text = value
	}
}

// fillCode reads what the resource is about into Codes and Display.
func (s *summarizer) fillCode(r *recipe) {
	sum := s.sum
	if r.textFirst {
		sum.Display = s.firstWords(r.text)
	}
	for _, p := range r.code {
		if !s.seek(p) {
			continue
		}
		found := s.concept(sum.Codes, 0)
		sum.Codes = found.codes
		keep(&sum.Display, found.words())
		if found.reference != "" && len(found.codes) == 0 {
			s.resolve(found.reference)
			keep(&sum.CodeReference, found.reference)
		}
		if len(sum.Codes) > 0 || sum.Display != "" {
			break
		}
	}
	if sum.Display == "" {
		sum.Display = s.firstWords(r.text)
	}
	keep(&sum.Display, firstCode(sum.Codes))
}

// resolve reads the code of the contained resource that reference names
// ("#med0301"), if it names one.
func (s *summarizer) resolve(reference string) {
	id, local := strings.CutPrefix(reference, "#")
	if !local || !s.seek(containedPath) {
		return
	}
	s.lex.eachElement(func() {
		code, found := -1, false
		s.lex.eachMember(func(key []byte) {
			switch string(key) {
			case "id":
				// Old servers write the number sign into the id, too.
				found = strings.TrimPrefix(s.text(), "#") == id
			case "code":
				code = s.lex.pos
				s.lex.skipValue()
			default:
				s.lex.skipValue()
			}
		})
		if !found || code < 0 {
			return
		}
		after := s.lex.pos
		s.lex.pos = code
		meant := s.concept(s.sum.Codes, 0)
		s.sum.Codes = meant.codes
		keep(&s.sum.Display, meant.words())
		s.lex.pos = after
	})
}

// firstWords returns the first text that one of the elements gives.
func (s *summarizer) firstWords(elements []*path) string {
	for _, p := range elements {
		if s.seek(p) {
			if words := s.words(); words != "" {
				return words
			}
		}
	}
	return ""
}

// words reads a string, a HumanName, a Reference or a concept as a person reads
// it; of an array the first that has words, but of names an official one.
func (s *summarizer) words() string {
	best, official := "", false
	s.lex.eachElement(func() {
		if s.lex.next() != '{' {
			keep(&best, strings.TrimSpace(s.text()))
			return
		}
		text, use := s.objectWords()
		if best == "" || use == "official" && !official {
			best, official = text, use == "official"
		}
	})
	return best
}

// objectWords reads a HumanName (text, or given and family), a Reference or
// Coding (display), or an Identifier (value). use is HumanName.use.
func (s *summarizer) objectWords() (words, use string) {
	var text, display, given, family, value string
	s.lex.eachMember(func(key []byte) {
		switch string(key) {
		case "text":
			text = s.text()
		case "display":
			display = s.text()
		case "value", "name":
			keep(&value, s.text())
		case "use":
			use = s.text()
		case "given":
			given = s.joined()
		case "family":
			family = s.joined()
		default:
			s.lex.skipValue()
		}
	})
	name := strings.TrimSpace(given + " " + family)
	for _, words := range [...]string{text, name, display, value} {
		if words = strings.TrimSpace(words); words != "" {
			return words, use
		}
	}
	return "", use
}

// joined reads a string or an array of strings as one, with spaces between.
func (s *summarizer) joined() string {
	joined := ""
	s.lex.eachElement(func() {
		part := s.text()
		switch {
		case joined == "":
			joined = part
		case part != "":
			joined += " " + part
		}
	})
	return joined
}
