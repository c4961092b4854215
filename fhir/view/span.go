package view

import "strings"

// text adds text of the narrative; outside a preformatted block white space
// counts as one space (CSS 2.1 section 16.6.1).
func (n *narrator) text(data string) {
	if n.kind == Preformatted {
		n.add(data)
		return
	}
	n.add(collapse(data))
}

// collapse makes each run of white space one space.
func collapse(data string) string {
	const space = " \t\r\n\f"
	words := strings.Join(strings.FieldsFunc(data, func(r rune) bool { return strings.ContainsRune(space, r) }), " ")
	switch {
	case data == "":
		return ""
	case words == "":
		return " "
	}
	if strings.IndexByte(space, data[0]) >= 0 {
		words = " " + words
	}
	if strings.IndexByte(space, data[len(data)-1]) >= 0 {
		words += " "
	}
	return words
}

// add adds text in the styles that are open, to the last span when that has
// the same.
func (n *narrator) add(words string) {
	first := len(n.spans) == 0
	if n.kind != Preformatted && (first || endsInSpace(n.last)) {
		words = strings.TrimLeft(words, " ")
	}
	if words == "" {
		return
	}
	style := Span{Bold: n.styles["b"] > 0, Italic: n.styles["i"] > 0, Superscript: n.styles["sup"] > 0,
		Subscript: n.styles["sub"] > 0, Struck: n.styles["del"] > 0}
	if first || style != n.spans[len(n.spans)-1] {
		n.settle()
		n.parts++
		n.spans = append(n.spans, style)
	}
	n.last = append(n.last, words...)
}

// settle gives the last span its text, which grows in a slice of its own: to
// join strings would take quadratic time.
func (n *narrator) settle() {
	if len(n.spans) > 0 {
		n.spans[len(n.spans)-1].Text = string(n.last)
	}
	n.last = n.last[:0]
}

// take settles the spans and hands them over.
func (n *narrator) take() []Span {
	n.settle()
	spans := n.spans
	n.spans = nil
	return spans
}

func endsInSpace(text []byte) bool {
	return len(text) > 0 && (text[len(text)-1] == ' ' || text[len(text)-1] == '\n')
}

// trim takes white space off the end of a block's text, and breaks off both.
func trim(spans []Span) []Span {
	for len(spans) > 0 {
		if spans[0].Text = strings.TrimLeft(spans[0].Text, " \n"); spans[0].Text != "" {
			break
		}
		spans = spans[1:]
	}
	for len(spans) > 0 {
		last := &spans[len(spans)-1]
		if last.Text = strings.TrimRight(last.Text, " \n"); last.Text != "" {
			break
		}
		spans = spans[:len(spans)-1]
	}
	return spans
}
