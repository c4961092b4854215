package main

import (
	"strings"
	"unicode"
)

// goName joins the parts of a path into the name of a Go type:
// "AllergyIntolerance.reaction" becomes AllergyIntoleranceReaction.
func goName(path string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(path, ".") {
		b.WriteString(exported(part))
	}
	return b.String()
}

// exported makes the first letter a capital.
func exported(name string) string {
	return strings.ToUpper(name[:1]) + name[1:]
}

// codeName turns a code into the tail of a Go name: "entered-in-error" becomes
// EnteredInError, "<=" LessOrEqual.
func codeName(code string) string {
	switch code {
	case "<":
		return "LessThan"
	case "<=":
		return "LessOrEqual"
	case ">=":
		return "GreaterOrEqual"
	case ">":
		return "GreaterThan"
	}
	words := strings.FieldsFunc(code, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, word := range words {
		words[i] = exported(word)
	}
	return strings.Join(words, "")
}

// firstSentence shortens a definition to what fits a comment.
func firstSentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if end := strings.Index(text, ". "); end >= 0 {
		text = text[:end+1]
	}
	return text
}
