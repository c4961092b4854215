package view

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxText bounds the text of one field, in bytes.
const maxText = 4000

// minEncoded is the length, in bytes, from which a text without a space is
// looked at for being encoded data.
const minEncoded = 512

// What a View notes of long values.
const (
	noteShortened = "A long text is cut short here; the record itself holds it whole."
	noteEncoded   = "Encoded data, such as the content of a document, is not shown here; the record itself holds it."
)

// asWritten says a text as it was received, cut short when it is long. Encoded
// data is not text: only its size is said.
func (t *teller) asWritten(n *node) string {
	n.progress = said
	if isEncoded(n) {
		t.note(noteEncoded)
		return fmt.Sprintf("%d bytes of encoded data", len(n.text))
	}
	if len(n.text) > maxText {
		t.note(noteShortened)
		return shorten(n.text, maxText) + "…"
	}
	return n.text
}

// shorten cuts a text to at most limit bytes, between two characters.
func shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// isEncoded tells whether a text is base64 data, a token or a data URL, by its
// element or, when it is long, by its letters (RFC 4648 sections 4 and 5).
func isEncoded(n *node) bool {
	if n.kind != text {
		return false
	}
	if n.encoded || n.name == "valueBase64Binary" {
		return true
	}
	if len(n.text) < minEncoded {
		return false
	}
	return strings.HasPrefix(n.text, "data:") || strings.Trim(n.text, encodedLetters) == ""
}

// encodedLetters are those of base64 and base64url, and what stands between
// the parts of a token and the lines of a certificate.
const encodedLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=.\r\n"
