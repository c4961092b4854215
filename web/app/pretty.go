package app

import (
	"bytes"
	"encoding/json"
	"strings"
)

// maxShown bounds the JSON shown on the page, in bytes: a browser lays out more
// only slowly.
const maxShown = 200_000

// maxDepth bounds the nesting that is set in lines: each level indents every
// line below it, so that a hostile record would fill the memory with spaces.
const maxDepth = 100

// pretty sets JSON in lines, with every number and text exactly as written, and
// tells whether all of it is there.
func pretty(raw []byte) (text string, whole bool) {
	var out bytes.Buffer
	if depth(raw) > maxDepth || json.Indent(&out, raw, "", "  ") != nil {
		out.Reset()
		out.Write(raw)
	}
	if out.Len() <= maxShown {
		return out.String(), true
	}
	return strings.ToValidUTF8(string(out.Bytes()[:maxShown]), ""), false
}

// depth is how deep the arrays and objects of JSON nest.
func depth(raw []byte) int {
	deepest, level, quoted := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			level++
			deepest = max(deepest, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return deepest
}
