package fhir

import (
	"sync"
	"unsafe"
)

// Summarize reads one resource once and returns what it says. hint is the
// release that its surroundings tell (the bundle, HealthKit's fhirVersion, the
// server), "" when nothing does; only what the resource states itself goes
// before it. Where neither says, the shape of the resource tells the release,
// and R4 is taken where the shape fits several.
//
// Elements are found under their names of all releases, as arrays or as single
// values; an element of an unexpected shape is passed over. Where a key occurs
// twice the first one counts. Contained resources are counted, and looked into
// only for the medication that the resource refers to.
//
// The error is an *Error, with its offset in raw, when raw is not one resource
// in valid JSON, and an *UnsupportedVersionError when the resource states a
// FHIR version that is not supported.
func Summarize(raw []byte, hint Release) (Summary, error) {
	var sum Summary
	err := SummarizeInto(&sum, raw, hint)
	return sum, err
}

// SummarizeInto is Summarize into sum, whose slices it uses again. Nothing in
// sum refers to raw afterwards.
func SummarizeInto(sum *Summary, raw []byte, hint Release) error {
	s := summarizers.Get().(*summarizer)
	err := s.summarize(sum, raw, hint)
	s.lex.buf, s.sum = nil, nil
	clear(s.top)
	summarizers.Put(s)
	return err
}

// summarizers keeps summarizers between calls, for their memory.
var summarizers = sync.Pool{New: func() any { return new(summarizer) }}

// summarizer fills a Summary from one resource. It passes over the resource
// once, noting where each member begins, and then reads the few that count.
//
// Until pack, strings of the Summary may share the memory of the resource.
type summarizer struct {
	lex lexer
	top members
	sum *Summary

	scratch []Coding // codings that no one keeps
}

// ruleTrailing is the one rule that only a text of several values breaks.
const ruleTrailing = "something follows the resource"

func (s *summarizer) summarize(sum *Summary, raw []byte, hint Release) error {
	s.sum = sum
	sum.reset()
	l := &s.lex
	*l = lexer{window: window{buf: raw, mark: -1}, nest: l.nest[:0]}
	if rule := s.index(); rule != "" {
		return &Error{Offset: int64(l.pos), Rule: rule}
	}
	if l.fault.rule != "" {
		return &Error{Offset: l.fault.offset, Rule: l.fault.rule}
	}
	if err := s.release(hint); err != nil {
		sum.pack()
		return err
	}
	s.fill(recipeFor(sum.ResourceType))
	sum.pack()
	return nil
}

// index notes where the members of the resource begin. It returns the rule that
// the text breaks as a whole.
func (s *summarizer) index() string {
	l := &s.lex
	s.top = s.top[:0]
	if l.next() != '{' {
		return ruleNotObject
	}
	l.pos++
	for first := true; ; first = false {
		key, ok := l.member(first)
		if !ok {
			break
		}
		s.top = append(s.top, member{tag: tagOf(key), key: key, value: l.pos})
		if !l.skipValue() {
			break
		}
	}
	if l.failed {
		return ""
	}
	if l.next(); !l.atEnd() {
		return ruleTrailing
	}
	value, ok := s.top.get("resourceType")
	if !ok {
		l.pos = 0
		return ruleNoType
	}
	if l.pos = value; l.next() != '"' {
		return ruleTypeString
	}
	s.sum.ResourceType = s.text()
	return ""
}

// fill reads the elements that the recipe names.
func (s *summarizer) fill(r *recipe) {
	sum := s.sum
	if value, ok := s.top.get("id"); ok {
		s.lex.pos = value
		sum.ID = s.text()
	}
	s.fillCode(r)
	for _, p := range r.category {
		if s.seek(p) {
			sum.Categories = s.concept(sum.Categories, 0).codes
			break
		}
	}
	sum.Status = s.status(r)
	for _, p := range r.subject {
		if sum.Subject = s.referenceAt(p); sum.Subject != "" {
			break
		}
	}
	s.fillDates(r)
	s.fillValues()
	for _, p := range r.attachments {
		s.fillAttachments(p)
	}
	if sum.ResourceType == "Binary" {
		s.lex.pos = 0
		s.attachment("")
	}
	s.countContained()
}

// countContained counts the contained resources.
func (s *summarizer) countContained() {
	value, ok := s.top.get("contained")
	if !ok {
		return
	}
	s.lex.pos = value
	s.lex.eachElement(func() {
		s.sum.Contained++
		s.lex.skipValue()
	})
}

// negations are the elements by which DSTU2 and STU3 say that something did not
// happen, with the status that R4 gives such a resource.
var negations = [...]struct {
	path   *path
	status string
}{
	{parsePath("wasNotGiven"), "not-done"},
	{parsePath("notGiven"), "not-done"},
	{parsePath("notPerformed"), "not-done"},
	{parsePath("notDone"), "not-done"},
	{parsePath("wasNotTaken"), "not-taken"},
}

// status returns the status of the resource, as written: of a code or of the
// first code of a CodeableConcept.
func (s *summarizer) status(r *recipe) string {
	for i := range negations {
		if s.seek(negations[i].path) && s.text() == "true" {
			return negations[i].status
		}
	}
	for _, p := range r.status {
		if !s.seek(p) {
			continue
		}
		said := s.concept(s.scratch[:0], 0)
		s.scratch = said.codes[:0]
		if len(said.codes) > 0 && said.codes[0].Code != "" {
			return said.codes[0].Code
		}
		if said.text != "" {
			return said.text
		}
	}
	return ""
}

// text reads the string at the position, or a number or boolean as it is
// written; it passes any other value and returns "". The string may share the
// memory of the resource.
func (s *summarizer) text() string {
	l := &s.lex
	switch c := l.next(); {
	case c == '"':
		text, _ := l.text()
		return unsafe.String(unsafe.SliceData(text), len(text))
	case c == '{' || c == '[':
		l.skipValue()
		return ""
	}
	start := l.pos
	if !l.passScalar() || string(l.buf[start:l.pos]) == "null" {
		return ""
	}
	return unsafe.String(&l.buf[start], l.pos-start)
}

// referenceAt returns the Reference.reference of an element, or "".
func (s *summarizer) referenceAt(p *path) string {
	if !s.seek(p) {
		return ""
	}
	said := s.concept(s.scratch[:0], 0)
	s.scratch = said.codes[:0]
	return said.reference
}
