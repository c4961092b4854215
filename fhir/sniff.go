package fhir

import (
	"bytes"
	"unicode"
)

// sniffSize is how many bytes of a file are looked at to tell what it is.
const sniffSize = 4096

// The files that people take for FHIR JSON, in words for them.
const (
	ruleEmpty    = "the file is empty"
	ruleUTF16    = "the file is UTF-16 text; FHIR JSON is UTF-8 (FHIR R4 section 2.6.2)"
	ruleUTF32    = "the file is UTF-32 text; FHIR JSON is UTF-8 (FHIR R4 section 2.6.2)"
	ruleHTML     = "this is a web page, not FHIR JSON"
	ruleFHIRXML  = "this is FHIR in XML; only FHIR in JSON can be read"
	ruleCDA      = "this is a C-CDA document, not FHIR JSON"
	ruleXML      = "this is an XML file, not FHIR JSON"
	rulePDF      = "this is a PDF document, not FHIR JSON"
	ruleZIP      = "this is a ZIP archive, not FHIR JSON"
	ruleNotJSON  = "this is not JSON: a file of FHIR JSON begins with { or ["
	ruleGzipGzip = "the file is compressed twice"
)

// byteOrderMark is the UTF-8 form of U+FEFF. RFC 8259 section 8.1 lets a reader
// ignore it.
const byteOrderMark = "\xEF\xBB\xBF"

// sniff tells which rule the beginning of a file breaks, or "" when it may be
// FHIR JSON.
func sniff(head []byte) string {
	if rule := sniffEncoding(head); rule != "" {
		return rule
	}
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	head = bytes.TrimLeft(head, " \t\r\n")
	switch {
	case len(head) == 0:
		return ruleEmpty
	case head[0] == '{' || head[0] == '[':
		return ""
	case head[0] == '<':
		return sniffMarkup(head)
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return rulePDF
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return ruleZIP
	case bytes.HasPrefix(head, []byte(gzipMagic)):
		return ruleGzipGzip
	}
	return ruleNotJSON
}

// sniffEncoding finds encodings other than UTF-8 by a byte order mark or, as
// RFC 4627 section 3 does, by the zero bytes around the first characters.
func sniffEncoding(head []byte) string {
	if len(head) < 2 {
		return ""
	}
	word := append(head[:min(len(head), 4):min(len(head), 4)], 1, 1)[:4]
	zero := [4]bool{word[0] == 0, word[1] == 0, word[2] == 0, word[3] == 0}
	switch {
	case bytes.Equal(word, []byte("\xFF\xFE\x00\x00")), bytes.Equal(word, []byte("\x00\x00\xFE\xFF")):
		return ruleUTF32
	case zero == [4]bool{true, true, true, false}, zero == [4]bool{false, true, true, true}:
		return ruleUTF32
	case word[0] == 0xFF && word[1] == 0xFE, word[0] == 0xFE && word[1] == 0xFF:
		return ruleUTF16
	case zero[0] != zero[1]:
		return ruleUTF16
	}
	return ""
}

// sniffMarkup tells what a file is that begins with "<".
func sniffMarkup(head []byte) string {
	lower := bytes.ToLower(head)
	has := func(text string) bool { return bytes.Contains(lower, []byte(text)) }
	switch {
	case has("<!doctype html"), element(lower, "html"), element(lower, "head"), element(lower, "body"):
		return ruleHTML
	case has("http://hl7.org/fhir"):
		return ruleFHIRXML
	case element(lower, "clinicaldocument"):
		return ruleCDA
	}
	return ruleXML
}

// element tells whether markup holds an element of that name.
func element(markup []byte, name string) bool {
	_, after, found := bytes.Cut(markup, []byte("<"+name))
	return found && (len(after) == 0 || after[0] == '>' || after[0] == '/' || unicode.IsSpace(rune(after[0])))
}
