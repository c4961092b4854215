package xmlscan

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/keepwell-health/keepwell/store/intake/intaketest"
)

// render scans a document and writes its tokens on one line.
func render(src io.Reader) (string, *Scanner, error) {
	s := New(src)
	var out strings.Builder
	for {
		token, err := s.Next()
		if err == io.EOF {
			return out.String(), s, nil
		}
		var fault *Error
		if errors.As(err, &fault) && !fault.Fatal {
			fmt.Fprintf(&out, "!%d:%s!", fault.Offset, fault.Rule)
			continue
		}
		if err != nil {
			return out.String(), s, err
		}
		switch token.Kind {
		case Start:
			fmt.Fprintf(&out, "<%s", token.Name)
			for _, a := range token.Attrs {
				fmt.Fprintf(&out, " %s=%q", a.Name, a.Value())
			}
			out.WriteString(">")
		case End:
			fmt.Fprintf(&out, "</%s>", token.Name)
		case Text:
			out.Write(token.Text)
		}
	}
}

var documents = []struct{ name, in, want string }{
	{"empty element", `<a/>`, `<a></a>`},
	{"attributes", `<a b="1" c='2'/>`, `<a b="1" c="2"></a>`},
	{"text", `<a>x<b>y</b>z</a>`, `<a>x<b>y</b>z</a>`},
	{"byte order mark", "\xef\xbb\xbf<a/>", `<a></a>`},
	{"declaration and comments", "<?xml version=\"1.0\"?><!-- > --><a/><!-- x -->", `<a></a>`},
	{"CDATA", `<a><![CDATA[<b>&amp;]]></a>`, `<a><b>&amp;</a>`},
	{"entities", `<a b="&lt;&gt;&amp;&quot;&apos;&#65;&#x42;">&amp;</a>`, `<a b="<>&\"'AB">&</a>`},
	{"unknown entity kept", `<a>&secret;&#0;&#xD800;&</a>`, `<a>&secret;&#0;&#xD800;&</a>`},
	{"DOCTYPE with a subset", "<!DOCTYPE a [<!ELEMENT a (#PCDATA)><!-- \"]> --><!ENTITY e \"x>y\">]><a>&e;</a>", `<a>&e;</a>`},
	{"external DOCTYPE", `<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>`, `<a></a>`},
	{"line breaks in a value", "<a b=\"1\r\n2\"/>", `<a b="1\r\n2"></a>`},
	{"markup in a value", `<a b="<<Device: 0x1>, name:x>" c="d"/>`, `<a b="<<Device: 0x1>, name:x>" c="d"></a>`},
	{"quotes in a value", `<a b="my "big" phone" c="x"y"/>`, `<a b="my \"big\" phone" c="x\"y"></a>`},
	{"white space around", "<a\n b = \"1\"\n/>", `<a b="1"></a>`},
	{"white space in a closing tag", "<a></a \n>", `<a></a>`},
	{"value without quotes", `<r><a b=1><c/></r>`, `<r>!3:an attribute value without quotes!<c></c></r>`},
	{"attribute without value", `<r><a b><c/></r>`, `<r>!3:an attribute without a value!<c></c></r>`},
	{"stray <", `<r>1 < 2<c/></r>`, `<r>1 !5:a "<" that starts no tag!</r>`},
	{"prefixes", `<x:a x:b="1"></x:a>`, `<x:a x:b="1"></x:a>`},
	{"stray closing tag", `</b><a/>`, `!0:a closing tag without its opening tag!<a></a>`},
}

func TestDocuments(t *testing.T) {
	for _, c := range documents {
		t.Run(c.name, func(t *testing.T) {
			for how, src := range map[string]io.Reader{
				"at once":      strings.NewReader(c.in),
				"byte by byte": iotest.OneByteReader(strings.NewReader(c.in)),
			} {
				got, _, err := render(src)
				if err != nil {
					t.Fatalf("%s: %v", how, err)
				}
				if got != c.want {
					t.Errorf("%s:\n got %s\nwant %s", how, got, c.want)
				}
			}
		})
	}
}

func TestFatal(t *testing.T) {
	deep := strings.Repeat("<a>", 10000)
	for _, c := range []struct{ name, in, rule string }{
		{"empty", "", "the file holds no XML element"},
		{"blank", " \n", "the file holds no XML element"},
		{"not XML", "hello", "the file holds no XML element"},
		{"cut in an element", "<a><b/>", "the file ends inside an element: it was cut short"},
		{"cut in a tag", "<a><b c=\"1", "the file ends inside a tag: it was cut short"},
		{"cut in a comment", "<a><!-- ", "the file ends inside a comment"},
		{"cut in CDATA", "<a><![CDATA[ ", "the file ends inside a tag: it was cut short"},
		{"cut in a DOCTYPE", "<!DOCTYPE a [", "the file ends inside a tag: it was cut short"},
		{"10,000 deep", deep, "elements are nested more than 256 deep"},
		{"two roots", "<a/><b/>", "the file holds more than one root element"},
		{"UTF-16", "\xff\xfe<\x00a\x00/\x00>\x00", "the file is UTF-16, not UTF-8"},
		{"UTF-16 without mark", "\x00<\x00a", "the file is UTF-16, not UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, s, err := render(strings.NewReader(c.in))
			var fault *Error
			if !errors.As(err, &fault) || !fault.Fatal || fault.Rule != c.rule {
				t.Fatalf("got %v, want %q", err, c.rule)
			}
			if _, again := s.Next(); again != err {
				t.Errorf("a fatal error does not stay: %v", again)
			}
		})
	}
}

// endless yields an attribute value of so many bytes.
func endless(size int64) io.Reader {
	return io.MultiReader(strings.NewReader(`<r><a b="`), io.LimitReader(fill('x'), size), strings.NewReader(`"/> <c/></r>`))
}

type fill byte

func (f fill) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(f)
	}
	return len(p), nil
}

func TestLongValueTakesNoMemory(t *testing.T) {
	got, s, err := render(endless(200 << 20))
	if err != nil {
		t.Fatal(err)
	}
	if want := `<r>!3:a tag is longer than 1 MiB! <c></c></r>`; strings.ReplaceAll(got, "> <", "><") != strings.ReplaceAll(want, "! <", "!<") {
		t.Errorf("got %s", got)
	}
	if cap(s.buf) > 4*MaxTag {
		t.Errorf("the window grew to %d bytes", cap(s.buf))
	}
}

func TestDefectsAreCounted(t *testing.T) {
	_, s, err := render(iotest.OneByteReader(strings.NewReader(`<a b="my "big" phone"></a>`)))
	if err != nil || s.Defects() != 2 {
		t.Errorf("got %d defects, %v; want 2", s.Defects(), err)
	}
}

func TestCapture(t *testing.T) {
	const element = `<b c="&lt;1"><d/> text <![CDATA[<]]></b >`
	for how, src := range map[string]io.Reader{
		"at once":      strings.NewReader("<a> " + element + " <e/></a>"),
		"byte by byte": iotest.OneByteReader(strings.NewReader("<a> " + element + " <e/></a>")),
	} {
		s := New(src)
		for {
			token, err := s.Next()
			if err != nil {
				t.Fatalf("%s: %v before the element ended", how, err)
			}
			if token.Kind == Start && string(token.Name) == "b" {
				s.Capture(token, 64<<20)
			}
			if token.Kind == End && string(token.Name) == "b" {
				break
			}
		}
		if raw, ok := s.Captured(); !ok || string(raw) != element {
			t.Errorf("%s: got %q, %v", how, raw, ok)
		}
	}
}

func FuzzScanner(f *testing.F) {
	for _, c := range documents {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		var whole string
		var errWhole error
		intaketest.Modest(t, len(in), func() { whole, _, errWhole = render(strings.NewReader(in)) })
		piece, _, errPiece := render(iotest.OneByteReader(strings.NewReader(in)))
		if whole != piece || fmt.Sprint(errWhole) != fmt.Sprint(errPiece) {
			t.Errorf("the pieces that a file arrives in change its tokens:\n%s %v\n%s %v", whole, errWhole, piece, errPiece)
		}
	})
}

func BenchmarkScanner(b *testing.B) {
	record := ` <Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" sourceVersion="10.2" device="&lt;&lt;HKDevice: 0x301&gt;, name:Apple Watch&gt;" unit="count/min" creationDate="2024-01-01 01:01:42 +0200" startDate="2024-01-01 01:01:36 +0200" endDate="2024-01-01 01:01:36 +0200" value="74"/>` + "\n"
	document := "<HealthData>" + strings.Repeat(record, 20000) + "</HealthData>"
	b.SetBytes(int64(len(document)))
	for b.Loop() {
		s := New(strings.NewReader(document))
		for {
			if _, err := s.Next(); err != nil {
				break
			}
		}
	}
}
