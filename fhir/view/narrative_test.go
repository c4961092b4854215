package view

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNarrate(t *testing.T) {
	cases := []struct{ name, div, want string }{
		{"nothing", "", ""},
		{"text without an element", "Well", "p(Well)"},
		{"white space counts as one space", "<div>\n  <p> a\n b </p>\t</div>", "p(a b)"},
		{"paragraphs, also of bare text", "<div>a<p>b</p>c<div>d</div></div>", "p(a) p(b) p(c) p(d)"},
		{"headings", "<h1>a</h1><h6>b</h6>", "h1(a) h6(b)"},
		{"styles", "<p>a <b>b</b> <i>c</i><strong><em>d</em></strong></p>", "p(a *b* /c/*/d/*)"},
		{"what styles mean", "<p>10<sup>9</sup> H<sub>2</sub>O <del>x</del></p>", "p(10^9^ H_2_O ~x~)"},
		{"line breaks", "<p><br/>a<br/>b<br></p>", "p(a|b)"},
		{"white space of preformatted text", "<pre>a\n  b</pre>", "pre(a|  b)"},
		{"lists", "<ul><li>a</li><li><p>b</p><ol><li>c</li></ol></li></ul>", "ul(li(p(a)) li(p(b) ol(li(p(c)))))"},
		{"list items that are not closed", "<ul><li>a<li>b</ul>", "ul(li(p(a)) li(p(b)))"},
		{"an item without a list", "<li>a</li>", "ul(li(p(a)))"},
		{"text in a list", "<ul>a<li>b</li></ul>", "ul(li(p(a)) li(p(b)))"},
		{"a table", "<table><caption>t</caption><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td><td/></tr></tbody></table>",
			"table[t](tr(th(p(a))) tr(td(p(b)) td()))"},
		{"cells that span", `<table><tr><td colspan="2" rowspan="3">a</td><td colspan="x">b</td><td colspan="1000">c</td></tr></table>`,
			"table(tr(td2x3(p(a)) td(p(b)) td(p(c))))"},
		{"a table within a cell", "<table><tr><td><table><tr><td>a</td></tr></table></td></tr></table>",
			"table(tr(td(table(tr(td(p(a)))))))"},
		{"cells and rows that are not closed", "<table><tr><td>a<td>b<tr><td>c</table>", "table(tr(td(p(a)) td(p(b))) tr(td(p(c))))"},
		{"text in a table", "<table>a<tr>b</tr></table>", "table(tr(td(p(a))) tr(td(p(b))))"},
		{"a cell without a table", "<td>a</td>", "table(tr(td(p(a))))"},
		{"quote and rule", "<blockquote>a</blockquote><hr/>b", "quote(p(a)) hr p(b)"},
		{"entities", "<p>&lt;b&gt; &eacute; &#233; &nbsp;5 &mu;g</p>", "p(<b> é é \u00a05 μg)"},
		{"CDATA is text", "<p><![CDATA[a <b> c]]></p>", "p(a <b> c)"},
		{"comments and instructions", "<p>a<!-- b --><?c d?>e</p>", "p(ae)"},
		{"namespace prefixes", `<n:div xmlns:n="http://www.w3.org/1999/xhtml"><n:h2>a</n:h2><n:script>b</n:script></n:div>`, "h2(a)"},
		{"unknown elements leave their text", "<blink>a</blink><p><font color='red'>b</font></p>", "p(a) p(b)"},

		{"a link is its text", `<a href="https://tracker.example/?id=1">a</a>`, "p(a)"},
		{"an image is what stands for it", `<p>a<img src="https://tracker.example/p.png" alt="a chart" onerror="x()"/></p>`, "p(a [a chart])"},
		{"an image without words", `<p><img src="x"/></p>`, ""},
		{"scripts", "a<script>alert(1)</script>b", "p(ab)"},
		{"scripts that end at once", "<script src='x'/><p>a</p>", "p(a)"},
		{"scripts within scripts", "<script><script>a</script>b", "p(b)"},
		{"scripts in capitals", "<SCRIPT>x</SCRIPT>a", "p(a)"},
		{"a script that never ends", "a<script>b<p>c</p>", "p(a)"},
		{"styles and their elements", `<style>p{background:url(x)}</style><p style="x" class="y" id="z">a</p>`, "p(a)"},
		{"event handlers", `<p onclick="x()" onmouseover=x()>a</p>`, "p(a)"},
		{"frames, objects, drawings", `<iframe srcdoc="x">b</iframe><object data="x">c</object><svg><script>d</script></svg><math>e</math>a`, "p(a)"},
		{"drawings within drawings", "<svg><svg>a</svg>b</svg>c", "p(c)"},
		{"what hides tags in HTML", "<textarea><p>a</p></textarea><noscript><p>b</p></noscript><xmp>c</xmp><plaintext><p>d</p>", "p(a) p(b) p(c) p(d)"},
		{"a page in a narrative", "<html><head><title>a</title><meta http-equiv='refresh' content='0;url=x'></head><body>b</body></html>", "p(b)"},
		{"form fields", `<form action="x"><input value="a"><select><option>b</option></select>c</form>`, "p(c)"},
		{"end tags that close nothing", "</p></table></div>a</b>", "p(a)"},
		{"tags across each other", "<p><b>a<i>b</b>c</i></p>", "p(*a**/b/*/c/)"},
		{"a tag that never ends", "a<p title='", "p(a)"},
		{"nothing but angle brackets", "<<<>>>", "p(<<<>>>)"},
		{"null characters", "a\x00b", "p(a\x00b)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			blocks, whole := narrate(c.div)
			if got := sketch(blocks); got != c.want || !whole {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestNarrateBounds(t *testing.T) {
	cases := []struct {
		name, div string
		whole     bool
	}{
		{"nested tables", strings.Repeat("<table><tr><td>", 10_000) + "deep", true},
		{"nested lists", strings.Repeat("<ul><li>", 10_000) + "deep", true},
		{"nested styles", strings.Repeat("<b>", 100_000) + "deep", true},
		{"many paragraphs", strings.Repeat("<p>deep</p>", 30_000), false},
		{"many spans", strings.Repeat("<b>deep</b><i>b</i>", 30_000), false},
		{"many pieces of one text", strings.Repeat("deep <x>", 100_000), true},
		{"many attributes", "<p " + strings.Repeat("a=b ", 200_000) + ">deep", true},
		{"many end tags", "deep" + strings.Repeat("</p></td></x>", 50_000), true},
		{"many angle brackets", "deep" + strings.Repeat("<", 500_000), true},
		{"a long text", strings.Repeat("deep ", 1<<20), false},
		{"a long text of é", strings.Repeat("é", 1<<20), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			blocks, whole := narrate(c.div)
			if whole != c.whole {
				t.Errorf("whole is %v", whole)
			}
			if depth := depthOf(blocks); depth > maxNarrativeDepth+2 {
				t.Errorf("%d levels", depth)
			}
			if text := textOf(blocks); !strings.Contains(text, "deep") && !strings.Contains(text, "éé") {
				t.Error("no text is left")
			}
		})
	}
}

// TestSharedHostileNarratives reads the hostile narratives of the shared sample
// records: what runs in a browser is not in the blocks, what is read is.
func TestSharedHostileNarratives(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "data", "fhir-edge-cases")
	want := map[string]string{
		"list-xhtml-attribute.json":   "p(This is some narrative)",
		"list-xhtml-correct2.json":    "p(This is some narrative)",
		"list-xhtml-syntax.json":      "p(This is some narrative)",
		"list-xhtml-wrongns2.json":    "p(This is some narrative)",
		"pat-security-bad-xhtml.json": "p(some text in no particular language)",
		"pat-security-good2.json":     "p(some text in no particular language)",
	}
	for name, want := range want {
		raw, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Skip("the shared sample records are not here")
		}
		var resource struct{ Text struct{ Div string } }
		if err := json.Unmarshal(raw, &resource); err != nil {
			t.Fatal(err)
		}
		blocks, _ := narrate(resource.Text.Div)
		if got := sketch(blocks); got != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

func FuzzNarrative(f *testing.F) {
	for _, seed := range []string{
		"<div><p>a <b>b</b></p><ul><li>c</ul><table><caption>d</caption><tr><th colspan=2>e<td>f</table></div>",
		"<script/><svg><style></svg><![CDATA[<p>]]>&amp;&#x41;<n:pre>\n a</n:pre><img alt='x'><br><hr>",
		"<table><ul><td><tr><li><h1><blockquote></table></caption>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, div string) {
		blocks, _ := narrate(div)
		check(t, blocks, "")
		if depth := depthOf(blocks); depth > maxNarrativeDepth+4 {
			t.Errorf("%d levels", depth)
		}
	})
}

// check holds blocks to what Block promises.
func check(t *testing.T, blocks []Block, parent BlockKind) {
	t.Helper()
	for _, block := range blocks {
		switch block.Kind {
		case Paragraph, Heading, Preformatted:
			if len(block.Text) == 0 || len(block.Blocks) > 0 {
				t.Errorf("%s without text, or with blocks", block.Kind)
			}
		case ListItem:
			if parent != List && parent != OrderedList {
				t.Errorf("an item in %s", parent)
			}
		case TableRow:
			if parent != Table {
				t.Errorf("a row in %s", parent)
			}
		case TableCell, TableHeader:
			if parent != TableRow {
				t.Errorf("a cell in %s", parent)
			}
		case List, OrderedList, Table, Quote, Rule:
		default:
			t.Errorf("unknown kind %q", block.Kind)
		}
		isCell := block.Kind == TableCell || block.Kind == TableHeader
		if (parent == List || parent == OrderedList) && block.Kind != ListItem || parent == Table && block.Kind != TableRow ||
			parent == TableRow && !isCell {
			t.Errorf("%s in %s", block.Kind, parent)
		}
		check(t, block.Blocks, block.Kind)
	}
}

// sketch writes blocks in short: "ul(li(p(a *bold*)))".
func sketch(blocks []Block) string {
	short := map[BlockKind]string{Paragraph: "p", Preformatted: "pre", List: "ul", OrderedList: "ol", ListItem: "li", Table: "table",
		TableRow: "tr", TableCell: "td", TableHeader: "th", Quote: "quote"}
	var parts []string
	for _, block := range blocks {
		name := short[block.Kind]
		switch {
		case block.Kind == Rule:
			parts = append(parts, "hr")
			continue
		case block.Kind == Heading:
			name = fmt.Sprintf("h%d", block.Level)
		case block.Kind == Table && len(block.Text) > 0:
			name += "[" + sketchText(block.Text) + "]"
			block.Text = nil
		case block.Columns > 0:
			name += fmt.Sprintf("%dx%d", block.Columns, block.Rows)
		}
		parts = append(parts, name+"("+sketchText(block.Text)+sketch(block.Blocks)+")")
	}
	return strings.Join(parts, " ")
}

func sketchText(spans []Span) string {
	var b strings.Builder
	for _, span := range spans {
		text := strings.ReplaceAll(span.Text, "\n", "|")
		for _, style := range []struct {
			on   bool
			mark string
		}{{span.Italic, "/"}, {span.Superscript, "^"}, {span.Subscript, "_"}, {span.Struck, "~"}, {span.Bold, "*"}} {
			if style.on {
				text = style.mark + text + style.mark
			}
		}
		b.WriteString(text)
	}
	return b.String()
}

func depthOf(blocks []Block) int {
	depth := 0
	for _, block := range blocks {
		depth = max(depth, 1+depthOf(block.Blocks))
	}
	return depth
}

func textOf(blocks []Block) string {
	var b strings.Builder
	for _, block := range blocks {
		for _, span := range block.Text {
			b.WriteString(span.Text)
		}
		b.WriteString(textOf(block.Blocks))
	}
	return b.String()
}
