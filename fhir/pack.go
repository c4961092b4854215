package fhir

import "unsafe"

// reset empties a Summary but keeps the memory of its slices.
func (s *Summary) reset() {
	*s = Summary{
		Codes:       s.Codes[:0],
		Categories:  s.Categories[:0],
		Components:  s.Components[:0],
		Attachments: s.Attachments[:0],
	}
}

// pack moves all strings of a Summary into one block of memory of their own, so
// that a Summary costs one allocation and keeps no file alive.
func (s *Summary) pack() {
	size := 0
	s.eachString(func(text *string) { size += len(*text) })
	block := make([]byte, 0, size)
	s.eachString(func(text *string) {
		if *text == "" {
			return
		}
		start := len(block)
		block = append(block, *text...)
		*text = unsafe.String(&block[start], len(*text))
	})
}

// eachString visits the strings that may share memory with the resource.
func (s *Summary) eachString(visit func(*string)) {
	for _, text := range [...]*string{
		&s.ResourceType, &s.ID, &s.Start.Text, &s.End.Text, &s.Display, &s.Status, &s.Subject, &s.CodeReference,
		&s.ReferenceRange, &s.Interpretation,
	} {
		visit(text)
	}
	eachCoding(s.Codes, visit)
	eachCoding(s.Categories, visit)
	s.Value.eachString(visit)
	for i := range s.Components {
		c := &s.Components[i]
		eachCoding(c.Codes, visit)
		visit(&c.Display)
		c.Value.eachString(visit)
		visit(&c.Interpretation)
		visit(&c.ReferenceRange)
	}
	for i := range s.Attachments {
		a := &s.Attachments[i]
		visit(&a.ContentType)
		visit(&a.Title)
		visit(&a.URL)
		visit(&a.Pointer)
	}
}

func eachCoding(codings []Coding, visit func(*string)) {
	for i := range codings {
		visit(&codings[i].System)
		visit(&codings[i].Code)
		visit(&codings[i].Display)
	}
}

func (v *Value) eachString(visit func(*string)) {
	visit(&v.Number)
	visit(&v.Comparator)
	visit(&v.Unit)
	visit(&v.UnitCode)
	visit(&v.Text)
}
