package app

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/keepwell-health/keepwell/web/protocol"
)

// document is what an attachment of a record holds.
type document struct {
	Title     string
	Type      string // media type without parameters, lower case; "" when it is none
	Data      []byte
	Text      string // of plain text
	Cut       bool   // Text is only its beginning
	IsPicture bool
}

// extensions gives names to downloads by what they are. The names say nothing
// of the record: whoever lists the person's downloads sees them.
var extensions = map[string]string{
	"application/pdf": ".pdf", "text/plain": ".txt", "text/html": ".html", "text/rtf": ".rtf", "application/rtf": ".rtf",
	"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "image/tiff": ".tif",
	"application/xml": ".xml", "text/xml": ".xml", "application/dicom": ".dcm", "application/json": ".json",
}

// pictures are the types that every browser draws.
var pictures = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

// documentOf decodes an attachment (FHIR R4 section 2.24.0.16): its data is
// base64, which may be broken into lines. ok is false when it is not.
func documentOf(a protocol.Attachment, encoded string) (d document, ok bool) {
	encoded = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
			return -1
		}
		return r
	}, encoded)
	data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return document{}, false
	}
	d = document{Title: a.Title, Data: data}
	if d.Title == "" {
		d.Title = "Document"
	}
	d.Type = mediaType(a.ContentType)
	d.IsPicture = pictures[d.Type]
	if d.Type == "text/plain" && utf8.Valid(data) {
		d.Text = string(data)
	}
	if len(d.Text) > maxShown {
		d.Text, d.Cut = strings.ToValidUTF8(d.Text[:maxShown], ""), true
	}
	return d, true
}

// mediaType returns a content type without its parameters (RFC 9110 section 8.3.1),
// or "" for what is none.
func mediaType(contentType string) string {
	name, _, _ := strings.Cut(contentType, ";")
	name = strings.ToLower(strings.TrimSpace(name))
	kind, subtype, _ := strings.Cut(name, "/")
	if !isRestrictedName(kind) || !isRestrictedName(subtype) {
		return ""
	}
	return name
}

// isRestrictedName tells whether text may be one of the two parts of a media type,
// in small letters (RFC 6838 section 4.2).
func isRestrictedName(text string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	return text != "" && strings.ContainsRune(letters, rune(text[0])) && strings.Trim(text, letters+"!#$&-^_.+") == ""
}

// FileName is what a download of the document is called.
func (d document) FileName() string {
	extension, known := extensions[d.Type]
	if !known {
		extension = ".bin"
	}
	return "keepwell-document" + extension
}
