package app

import (
	"strings"
	"testing"

	"github.com/keepwell-health/keepwell/web/protocol"
)

func TestDocumentOf(t *testing.T) {
	for _, test := range []struct {
		name              string
		contentType, data string
		ok                bool
		want              document
		file              string
	}{
		{"plain text", "text/plain; charset=utf-8", "SGVsbG8=", true, document{Type: "text/plain", Text: "Hello"}, "keepwell-document.txt"},
		{"without padding", "text/plain", "SGVsbG8", true, document{Type: "text/plain", Text: "Hello"}, "keepwell-document.txt"},
		{"in lines", "text/plain", "SGVs\r\n bG8=\n", true, document{Type: "text/plain", Text: "Hello"}, "keepwell-document.txt"},
		{"upper case", "TEXT/PLAIN", "SGVsbG8=", true, document{Type: "text/plain", Text: "Hello"}, "keepwell-document.txt"},
		{"text of another encoding", "text/plain", "5A==", true, document{Type: "text/plain"}, "keepwell-document.txt"},
		{"a web page is not shown", "text/html", "PGI+", true, document{Type: "text/html"}, "keepwell-document.html"},
		{"a picture", "image/png", "AAAA", true, document{Type: "image/png", IsPicture: true}, "keepwell-document.png"},
		{"a picture with scripts is not shown", "image/svg+xml", "AAAA", true, document{Type: "image/svg+xml"}, "keepwell-document.bin"},
		{"no type", "", "AAAA", true, document{}, "keepwell-document.bin"},
		{"a type that is none", "../../x", "AAAA", true, document{}, "keepwell-document.bin"},
		{"nothing", "text/plain", "", true, document{Type: "text/plain"}, "keepwell-document.txt"},
		{"no base64", "text/plain", "<&>", false, document{}, ""},
		{"cut short", "text/plain", "SGVsb", false, document{}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, ok := documentOf(protocol.Attachment{ContentType: test.contentType}, test.data)
			if ok != test.ok {
				t.Fatalf("ok = %v", ok)
			}
			if !ok {
				return
			}
			if d.Type != test.want.Type || d.Text != test.want.Text || d.IsPicture != test.want.IsPicture || d.Title != "Document" {
				t.Errorf("document %+v, want %+v", d, test.want)
			}
			if d.FileName() != test.file {
				t.Errorf("its download is called %q, want %q", d.FileName(), test.file)
			}
		})
	}
}

func TestLongDocumentIsCut(t *testing.T) {
	d, ok := documentOf(protocol.Attachment{ContentType: "text/plain", Title: "Letter"}, strings.Repeat("YWFh", maxShown/3+10))
	if !ok || !d.Cut || len(d.Text) != maxShown || len(d.Data) != maxShown/3*3+30 || d.Title != "Letter" {
		t.Errorf("cut %v, %d of %d bytes shown", d.Cut, len(d.Text), len(d.Data))
	}
}
