package fhir

import (
	"strings"
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
// sum refers to raw afterwards; its strings share blocks of memory with those
// of other Summaries.
func SummarizeInto(sum *Summary, raw []byte, hint Release) error {
	return (&Resource{Raw: raw, Release: hint}).SummarizeInto(sum)
}

// SummarizeInto is SummarizeInto of what a Reader yielded, with the release of its
// surroundings as the hint. The Reader has passed over the resource already: its
// bytes are not read again but for the members that count.
func (r *Resource) SummarizeInto(sum *Summary) error {
	s := summarizers.Get().(*summarizer)
	err := s.summarize(sum, r)
	s.putBack()
	return err
}

// putBack lets another use the summarizer, which forgets what it read.
func (s *summarizer) putBack() {
	s.lex.buf, s.sum = nil, nil
	s.top.reset()
	summarizers.Put(s)
}

// summarizers keeps summarizers between calls, for their memory.
var summarizers = sync.Pool{New: func() any { return new(summarizer) }}

// summarizer fills a Summary from one resource. It passes over the resource
// once, noting where each member begins, and then reads the few that count.
type summarizer struct {
	lex    lexer
	top    members
	recipe *recipe
	sum    *Summary

	block   []byte   // where strings are kept: blockSize bytes, then a new one
	scratch []Coding // codings that no one keeps
}

// ruleTrailing is the one rule that only a text of several values breaks.
const ruleTrailing = "something follows the resource"

func (s *summarizer) summarize(sum *Summary, r *Resource) error {
	sum.reset()
	if err := s.open(sum, r); err != nil {
		return err
	}
	if err := s.release(r.Release); err != nil {
		return err
	}
	s.fill()
	return nil
}

// reset empties a Summary but keeps the memory of its slices.
func (s *Summary) reset() {
	*s = Summary{
		Codes:       s.Codes[:0],
		Categories:  s.Categories[:0],
		Components:  s.Components[:0],
		Attachments: s.Attachments[:0],
	}
}

var (
	resourceTypePath = parsePath("resourceType")
	idPath           = parsePath("id")
	containedPath    = parsePath("contained")
)

// open notes where the resource's members begin, and reads its type. Afterwards it
// is known to be valid JSON: no reading of it can fail.
func (s *summarizer) open(sum *Summary, r *Resource) error {
	s.sum = sum
	s.top.reset()
	s.lex = lexer{window: window{buf: r.Raw, mark: -1}, nest: s.lex.nest[:0]}
	for _, at := range r.spots {
		s.top.add(r.Raw[at.key:at.keyEnd], int(at.value))
	}
	if r.spots == nil {
		if err := s.pass(); err != nil {
			return err
		}
	}
	return s.readType()
}

// pass passes over the resource and notes where its members begin.
func (s *summarizer) pass() error {
	l := &s.lex
	if l.next() != '{' {
		return &Error{Offset: l.offset(), Rule: ruleNotObject}
	}
	l.pos++
	for first := true; ; first = false {
		key, ok := l.member(first)
		if !ok {
			break
		}
		s.top.add(key, l.pos)
		if !l.skipValue() {
			break
		}
	}
	if l.next(); !l.failed && !l.atEnd() {
		l.fail(l.pos, ruleTrailing)
	}
	if l.fault.rule != "" {
		return &Error{Offset: l.fault.offset, Rule: l.fault.rule}
	}
	return nil
}

// readType reads the resource's type.
func (s *summarizer) readType() error {
	l, sum := &s.lex, s.sum
	if !s.seek(resourceTypePath) {
		return &Error{Rule: ruleNoType}
	}
	if l.next() != '"' {
		return &Error{Offset: l.offset(), Rule: ruleTypeString}
	}
	name, _ := l.text()
	s.recipe, sum.ResourceType = recipeOf(name)
	if s.recipe == nil {
		s.recipe, sum.ResourceType = defaultRecipe, s.keepText(name)
	}
	return nil
}

// fill reads the elements that the recipe names.
func (s *summarizer) fill() {
	sum, r := s.sum, s.recipe
	if s.seek(idPath) {
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
	switch sum.ResourceType {
	case "Observation":
		s.fillValues()
	case "Binary": // is an Attachment itself
		s.lex.pos = 0
		s.attachment("")
	}
	for _, p := range r.attachments {
		s.fillAttachments(p)
	}
	if s.seek(containedPath) {
		s.lex.eachElement(func() {
			if s.lex.next() == '{' {
				sum.Contained++
			}
			s.lex.skipValue()
		})
	}
}

// negation is an element by which DSTU2 and STU3 say that something did not
// happen, with the status that R4 gives such a resource.
type negation struct {
	path   *path
	status string
}

// negations holds them for the types that have them.
var negations = func() map[string][]negation {
	made := map[string][]negation{}
	for elements, types := range map[string]string{
		"wasNotGiven notGiven": "Immunization MedicationAdministration",
		"notPerformed notDone": "Procedure MedicationDispense Communication FamilyMemberHistory",
		"wasNotTaken":          "MedicationStatement",
	} {
		status := "not-done"
		if elements == "wasNotTaken" {
			status = "not-taken"
		}
		for name := range strings.FieldsSeq(types) {
			for element := range strings.FieldsSeq(elements) {
				made[name] = append(made[name], negation{parsePath(element), status})
			}
		}
	}
	return made
}()

// status returns the status of the resource, as written: of a code or of the
// first code of a CodeableConcept.
func (s *summarizer) status(r *recipe) string {
	for i := range r.negations {
		if s.seek(r.negations[i].path) && s.isTrue() {
			return r.negations[i].status
		}
	}
	for _, p := range r.status {
		if !s.seek(p) {
			continue
		}
		if s.lex.next() == '"' {
			return s.text()
		}
		said := s.concept(s.scratch[:0], 0)
		s.scratch = said.codes[:0]
		if code := firstCode(said.codes); code != "" {
			return code
		}
		if said.text != "" {
			return said.text
		}
	}
	return ""
}

// bytes reads the string at the position, or a number or boolean as it is
// written; it passes any other value and returns nothing. The bytes are valid
// as long as the resource.
func (s *summarizer) bytes() []byte {
	l := &s.lex
	switch c := l.next(); {
	case c == '"':
		text, _ := l.text()
		return text
	case c == '{' || c == '[':
		l.skipValue()
		return nil
	}
	start := l.pos
	if !l.passScalar() || string(l.buf[start:l.pos]) == "null" {
		return nil
	}
	return l.buf[start:l.pos]
}

// text is bytes as a string to keep.
func (s *summarizer) text() string { return s.keepText(s.bytes()) }

// isTrue tells whether the boolean at the position is true, be it written as a
// string.
func (s *summarizer) isTrue() bool { return string(s.bytes()) == "true" }

// blockSize is the size in bytes of the blocks that hold the strings of
// Summaries: some fifty of them a block.
const blockSize = 16 << 10

// keepText copies text into the block. A block is written once, so that its
// strings do not change; a long text gets memory of its own.
func (s *summarizer) keepText(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	if len(text) > blockSize/8 {
		return string(text)
	}
	if len(s.block)+len(text) > cap(s.block) {
		s.block = make([]byte, 0, blockSize)
	}
	start := len(s.block)
	s.block = append(s.block, text...)
	return unsafe.String(&s.block[start], len(text))
}

// system reads a code system. Those that most records use need no memory.
func (s *summarizer) system() string {
	system := s.bytes()
	switch string(system) {
	case "http://loinc.org":
		return "http://loinc.org"
	case "http://snomed.info/sct":
		return "http://snomed.info/sct"
	case "http://www.nlm.nih.gov/research/umls/rxnorm":
		return "http://www.nlm.nih.gov/research/umls/rxnorm"
	case "http://hl7.org/fhir/sid/cvx":
		return "http://hl7.org/fhir/sid/cvx"
	case "http://unitsofmeasure.org":
		return "http://unitsofmeasure.org"
	case "http://terminology.hl7.org/CodeSystem/observation-category":
		return "http://terminology.hl7.org/CodeSystem/observation-category"
	}
	return s.keepText(system)
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
