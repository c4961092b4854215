package intake

import (
	"bytes"
	"unicode/utf8"
)

const (
	reasonEmpty   = "the file is empty"
	reasonNothing = "the file is in order but holds no records"
	reasonXML     = "this is an XML file of a kind that Keepwell does not read"
	reasonUnknown = "this is not in a format that Keepwell can read; it reads FHIR in JSON and Apple Health exports, alone or in a zip archive"
)

// sign tells a format that has no decoder, so that a person learns what it is
// and what to do.
type sign struct {
	matches func(head []byte) bool
	reason  string
}

// signs are looked for before any decoder is asked.
var signs = []sign{
	{isUTF16, "the text is in UTF-16; FHIR JSON must be in UTF-8 (RFC 8259 section 8.1)"},
	{begins("PK\x03\x04"), "an archive inside an archive is not opened; unpack it and bring what it holds"},
	{isHTML, "this is a web page, not a record; the portal may have answered with its sign-in page"},
	{isCDA, "a clinical document (CDA) is recognised but can't be read yet"},
	{isFHIRXML, "FHIR in XML is recognised but can't be read; ask the portal for JSON"},
	{hasRoot("gpx"), "a workout route (GPX) is recognised but can't be read yet"},
	{isHealthCard, "a SMART Health Card is recognised but can't be read yet"},
	{contains("shlink:/"), "a SMART Health Link is recognised but can't be read yet"},
	{begins("HC1:"), "an EU Digital COVID Certificate is recognised but can't be read"},
	{begins("MSH|"), "an HL7 version 2 message is recognised but can't be read"},
	{begins("age-encryption.org/v1\n"), "this is an encrypted backup; restore it, or bring it alone"},
	{begins("%PDF-"), "this is a PDF document; ask the portal for the data in FHIR JSON"},
	{begins("\x89PNG", "\xff\xd8\xff", "GIF8"), "this is a picture, not a record"},
}

// readSigns returns why a file can't be read, or "" when no sign says so.
func readSigns(head []byte) string {
	if len(head) == 0 {
		return reasonEmpty
	}
	for _, sign := range signs {
		if sign.matches(head) {
			return sign.reason
		}
	}
	return ""
}

// text returns head from its first character on: without byte order mark and space.
func text(head []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
}

func begins(prefixes ...string) func([]byte) bool {
	return func(head []byte) bool {
		for _, prefix := range prefixes {
			if bytes.HasPrefix(text(head), []byte(prefix)) {
				return true
			}
		}
		return false
	}
}

func contains(part string) func([]byte) bool {
	return func(head []byte) bool {
		return bytes.Contains(head[:min(len(head), 1024)], []byte(part)) && !isJSON(head)
	}
}

// hasRoot tells an XML file that opens an element of this name near its top.
func hasRoot(name string) func([]byte) bool {
	return func(head []byte) bool {
		if !bytes.HasPrefix(text(head), []byte("<")) {
			return false
		}
		at := bytes.Index(head, []byte("<"+name))
		if at < 0 || at+1+len(name) >= len(head) {
			return false
		}
		next, _ := utf8.DecodeRune(head[at+1+len(name):])
		return next == ' ' || next == '>' || next == '\n' || next == '\r' || next == '\t'
	}
}

func isJSON(head []byte) bool { return begins("{", "[")(head) }

// isUTF16 tells UTF-16 by its byte order mark, or by the zero beside the first
// character of JSON or XML.
func isUTF16(head []byte) bool {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff", "{\x00", "\x00{", "[\x00", "\x00[", "<\x00", "\x00<"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return true
		}
	}
	return false
}

func isHTML(head []byte) bool {
	start := bytes.ToLower(text(head)[:min(len(text(head)), 64)])
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

func isCDA(head []byte) bool { return hasRoot("ClinicalDocument")(head) }

func isFHIRXML(head []byte) bool {
	return begins("<")(head) && bytes.Contains(head, []byte("http://hl7.org/fhir\""))
}

// isHealthCard tells a card's file, its JWS and its QR text (SMART Health Cards
// Framework 1.4.0, "Via File Download" and "Encoding Chunks as QR Codes").
func isHealthCard(head []byte) bool {
	if begins("shc:/")(head) {
		return true
	}
	if isJSON(head) {
		return bytes.Contains(head, []byte(`"verifiableCredential"`)) && !bytes.Contains(head, []byte(`"resourceType"`))
	}
	return begins("eyJ")(head) && bytes.Count(text(head), []byte(".")) >= 1
}
