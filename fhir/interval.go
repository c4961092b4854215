package fhir

import "strings"

// Interval is when a resource says that something was.
type Interval struct {
	Start, End DateTime // either may be zero
	IsPeriod   bool     // of a Period: the bound that it lacks is open (FHIR R4 section 2.24.0.9)
}

// IntervalOf reads the first of a resource's elements that holds a date, a Period or a
// Timing. Elements are paths joined by spaces, such as "onsetDateTime onsetPeriod";
// none are those that Summary.Start is of. ok is false where no such date is, and
// where raw is not one resource in valid JSON.
func IntervalOf(raw []byte, elements string) (found Interval, ok bool) {
	var sum Summary
	s := summarizers.Get().(*summarizer)
	if s.open(&sum, &Resource{Raw: raw}) == nil {
		found, ok = s.interval(elements)
	}
	s.putBack()
	return found, ok
}

func (s *summarizer) interval(elements string) (found Interval, ok bool) {
	looked := s.recipe.dates
	if elements != "" {
		looked = nil
		for text := range strings.FieldsSeq(elements) {
			looked = append(looked, parsePath(text))
		}
	}
	for _, p := range looked {
		if !s.seek(p) {
			continue
		}
		value := s.lex.pos
		found.Start, found.End = s.dates(0)
		if found.Start.IsZero() && found.End.IsZero() {
			continue
		}
		found.IsPeriod = s.hasMember(value, "start") || s.hasMember(value, "end")
		return found, true
	}
	return Interval{}, false
}

// hasMember tells whether the value there is an object with a member of that name.
func (s *summarizer) hasMember(value int, name string) bool {
	s.lex.pos = value
	return s.lex.next() == '{' && s.lex.descendObject(name)
}
