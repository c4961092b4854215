package view

import (
	"strings"
	"unicode"
)

// words says a value: a primitive, a data type, or an array of these. It is ""
// for what has no words of its own, such as a backbone element.
func (t *teller) words(n *node) string {
	switch {
	case n == nil || n.kind == null:
		return ""
	case n.kind == array:
		return t.join(n.items)
	case n.kind != object:
		return t.primitive(n)
	}
	say := dataTypes[typeOf(n)]
	if say == nil {
		return ""
	}
	n.taken = true
	return say(t, n)
}

// join says several values in a row.
func (t *teller) join(items []*node) string {
	var parts []string
	for _, item := range items {
		parts = append(parts, t.words(item))
	}
	return list(parts...)
}

// list joins what is not empty by commas.
func list(parts ...string) string { return joined(", ", parts...) }

// phrase joins what is not empty by spaces.
func phrase(parts ...string) string { return joined(" ", parts...) }

func joined(separator string, parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, separator)
}

// aside puts words after others in parentheses: "Hives (severe)".
func aside(words, remark string) string {
	if words == "" || remark == "" {
		return words + remark
	}
	return words + " (" + remark + ")"
}

// primitive says a value that is no object and no array.
func (t *teller) primitive(n *node) string {
	switch {
	case n.kind == boolean:
		n.progress = said
		if n.text == "true" {
			return "Yes"
		}
		return "No"
	case n.display != "":
		return n.tell(capital(n.display))
	case codeNames[n.name]:
		return n.tell(codeWords(n.text))
	case isDate(n):
		n.progress = said
		words, _ := dateWords(n.text)
		return words
	}
	return t.asWritten(n)
}

// tell notes that words say the value, and returns them. The value counts as
// said only when it stands in them; else it is told, and "Technical details"
// give it as written.
func (n *node) tell(words string) string {
	n.progress = told
	if words != "" && contains(words, n.text) {
		n.progress = said
	}
	return words
}

// contains tells whether the words of text stand in words, whatever their case
// and punctuation: "Entered in error" contains "entered-in-error".
func contains(words, text string) bool {
	return strings.Contains(" "+plain(words)+" ", " "+plain(text)+" ")
}

// plain keeps letters and digits in lower case, with one space between words.
// A text that has none of them stays as it is.
func plain(text string) string {
	fields := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	if len(fields) == 0 {
		return text
	}
	return strings.Join(fields, " ")
}

// codeNames are the elements that hold a code in some release, so that it can
// be put in words where no typed model knows it.
var codeNames = map[string]bool{
	"category": true, "certainty": true, "class": true, "clinicalStatus": true, "criticality": true, "docStatus": true, "gender": true,
	"intent": true, "kind": true, "lifecycleStatus": true, "mode": true, "outcome": true, "priority": true,
	"relationship": true, "severity": true, "status": true, "type": true, "use": true, "verificationStatus": true,
}

// codeWords puts a code in words: "entered-in-error" becomes "Entered in
// error". A code that is no word, such as "CRITH", stays as it is.
func codeWords(code string) string {
	for _, r := range code {
		if r != '-' && !unicode.IsLower(r) {
			return code
		}
	}
	return capital(strings.ReplaceAll(code, "-", " "))
}
