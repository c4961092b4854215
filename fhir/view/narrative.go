package view

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// The bounds of a narrative: what lies beyond them is left out, with a note.
const (
	maxNarrative      = 1 << 20 // bytes of XHTML
	maxNarrativeParts = 20_000  // blocks and spans
	maxNarrativeDepth = 24      // containers within each other
	maxCellSpan       = 100     // columns or rows that a cell says it spans
)

// noteNarrative is what a View notes when a narrative goes beyond the bounds.
const noteNarrative = "The record's own text is longer than is shown here."

// narrate reads the XHTML of a Narrative (FHIR R4 section 2.4.0) into blocks.
// What loads, links, styles or runs is not taken over, only text and its
// structure are; broken XHTML gives what text it has. Whole is false when the
// narrative goes beyond the bounds.
//
// Only the tokenizer of the library is used: it never fails, takes linear time,
// and costs the wasm module half of what the parser does.
func narrate(div string) (blocks []Block, whole bool) {
	whole = len(div) <= maxNarrative
	if !whole {
		div = shorten(div, maxNarrative)
	}
	n := &narrator{open: []*container{{}}}
	tokens := html.NewTokenizer(strings.NewReader(div))
	tokens.AllowCDATA(true)
	for n.parts < maxNarrativeParts && tokens.Next() != html.ErrorToken {
		n.token(tokens)
	}
	whole = whole && n.parts < maxNarrativeParts
	for len(n.open) > 1 {
		n.closeTop()
	}
	n.flush()
	return n.open[0].block.Blocks, whole
}

// narrator builds blocks from tokens.
type narrator struct {
	open    []*container // the containers that are open, the whole narrative first
	spans   []Span       // the text that has not become a block yet
	last    []byte       // the text of the last of these
	kind    BlockKind    // of the block that spans will be: "" is a Paragraph
	level   int          // of a Heading
	styles  map[string]int
	dropped string // the element whose content is left out, "" for none
	nested  int    // how often dropped is open within itself
	parts   int
}

// container is a block that holds blocks, and the element that opened it.
type container struct {
	tag   string
	block Block
}

// token takes the tokenizer's current token.
func (n *narrator) token(tokens *html.Tokenizer) {
	token := tokens.Token()
	// An element may have a namespace prefix (XML Namespaces section 4).
	tag := token.Data[strings.LastIndexByte(token.Data, ':')+1:]
	switch token.Type {
	case html.TextToken:
		if n.dropped == "" {
			n.text(token.Data)
		}
	case html.StartTagToken:
		if !isRaw(tag) {
			tokens.NextIsNotRawText() // <textarea> and the like hide no tags
		}
		n.start(tag, token.Attr)
	case html.SelfClosingTagToken:
		tokens.NextIsNotRawText() // <script/> ends at once in XHTML
		n.start(tag, token.Attr)
		n.end(tag)
	case html.EndTagToken:
		n.end(tag)
	}
}

// isRaw tells whether the content of an element is no markup.
func isRaw(tag string) bool { return tag == "script" || tag == "style" }

// droppedTags are the elements whose content is nothing that a person reads.
var droppedTags = []string{
	"script", "style", "head", "title", "template", "iframe", "object", "embed", "applet", "svg", "math", "audio", "video", "canvas", "select",
}

// styleTags are the elements that style text, and the one that each is counted as.
var styleTags = map[string]string{
	"b": "b", "strong": "b", "th": "", "dt": "b", "i": "i", "em": "i", "cite": "i", "dfn": "i", "var": "i",
	"sup": "sup", "sub": "sub", "del": "del", "s": "del", "strike": "del",
}

// start opens an element.
func (n *narrator) start(tag string, attributes []html.Attribute) {
	if n.dropped != "" {
		if tag == n.dropped {
			n.nested++
		}
		return
	}
	if slices.Contains(droppedTags, tag) {
		n.dropped, n.nested = tag, 1
		return
	}
	n.style(styleTags[tag], +1)
	switch tag {
	case "br":
		n.add("\n")
	case "hr":
		n.flush()
		n.place(Block{Kind: Rule})
	case "img":
		if alt := attribute(attributes, "alt"); alt != "" {
			n.text(" [" + alt + "]")
		}
	case "h1", "h2", "h3", "h4", "h5", "h6":
		n.flush()
		n.kind, n.level = Heading, int(tag[1]-'0')
	case "pre":
		n.flush()
		n.kind = Preformatted
	default:
		n.startContainer(tag, attributes)
	}
}

// startContainer opens an element that holds blocks, or starts a paragraph.
func (n *narrator) startContainer(tag string, attributes []html.Attribute) {
	switch tag {
	case "ul":
		n.push(tag, Block{Kind: List})
	case "ol":
		n.push(tag, Block{Kind: OrderedList})
	case "li":
		n.closeOpen("li", "ul", "ol")
		n.push(tag, Block{Kind: ListItem})
	case "table":
		n.push(tag, Block{Kind: Table})
	case "tr":
		n.closeOpen("tr", "table")
		n.push(tag, Block{Kind: TableRow})
	case "td", "th":
		n.closeOpen("td", "tr", "table")
		n.closeOpen("th", "tr", "table")
		kind := TableCell
		if tag == "th" {
			kind = TableHeader
		}
		n.push(tag, Block{Kind: kind, Columns: cellSpan(attributes, "colspan"), Rows: cellSpan(attributes, "rowspan")})
	case "blockquote":
		n.push(tag, Block{Kind: Quote})
	default:
		if isBlock(tag) {
			n.flush()
		}
	}
}

// blockTags are the other elements that start and end a paragraph.
var blockTags = []string{
	"p", "div", "section", "article", "header", "footer", "nav", "aside", "main", "dl", "dt", "dd", "caption", "thead", "tbody", "tfoot",
	"address", "center", "figure", "figcaption", "details", "summary", "form", "fieldset", "legend", "body", "html", "option",
}

func isBlock(tag string) bool { return slices.Contains(blockTags, tag) }

// end closes an element; one that is not open is passed over.
func (n *narrator) end(tag string) {
	if n.dropped != "" {
		if tag == n.dropped {
			if n.nested--; n.nested == 0 {
				n.dropped = ""
			}
		}
		return
	}
	switch tag {
	case "caption":
		n.caption()
	case "h1", "h2", "h3", "h4", "h5", "h6", "pre":
		n.flush()
	case "ul", "ol", "li", "table", "tr", "td", "th", "blockquote":
		n.closeOpen(tag)
	default:
		if isBlock(tag) {
			n.flush()
		}
	}
	n.style(styleTags[tag], -1)
}

// caption gives what text there is to the table that is open.
func (n *narrator) caption() {
	if top := n.top(); top.block.Kind == Table {
		top.block.Text = trim(n.take())
	}
	n.flush()
}

// attribute is the value of an attribute.
func attribute(attributes []html.Attribute, name string) string {
	for _, a := range attributes {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// cellSpan is how many columns or rows a cell spans, 0 for one.
func cellSpan(attributes []html.Attribute, name string) int {
	count, err := strconv.Atoi(attribute(attributes, name))
	if err != nil || count < 2 || count > maxCellSpan {
		return 0
	}
	return count
}

// style counts a style in or out.
func (n *narrator) style(style string, change int) {
	if style == "" {
		return
	}
	if n.styles == nil {
		n.styles = map[string]int{}
	}
	n.styles[style] = max(0, n.styles[style]+change)
}

func (n *narrator) top() *container { return n.open[len(n.open)-1] }

// push opens a container. One that is nested too deep is not opened, so that
// its content stands in the one around it.
func (n *narrator) push(tag string, block Block) {
	n.flush()
	if len(n.open) < maxNarrativeDepth {
		n.open = append(n.open, &container{tag, block})
	}
}

// closeOpen closes the innermost container of tag with all that is open in it,
// unless one of the barriers stands between.
func (n *narrator) closeOpen(tag string, barriers ...string) {
	n.flush()
	for i := len(n.open) - 1; i > 0; i-- {
		if n.open[i].tag == tag {
			for len(n.open) > i {
				n.closeTop()
			}
			return
		}
		if slices.Contains(barriers, n.open[i].tag) {
			return
		}
	}
}

// closeTop closes the innermost container. An empty one leaves nothing, but
// for a cell, whose place in its row counts.
func (n *narrator) closeTop() {
	n.flush()
	block := n.top().block
	n.open = n.open[:len(n.open)-1]
	if len(block.Blocks) > 0 || len(block.Text) > 0 || block.Kind == TableCell || block.Kind == TableHeader {
		n.place(block)
	}
}

// place puts a block into the innermost container.
func (n *narrator) place(block Block) {
	n.parts++
	parent := &n.top().block
	parent.Blocks = append(parent.Blocks, wrap(block, parent.Kind))
}

// wrap puts around a block what its parent needs it in: a list holds items, a
// table rows, a row cells, and none of these stands elsewhere.
func wrap(block Block, parent BlockKind) Block {
	inList := parent == List || parent == OrderedList
	isCell := block.Kind == TableCell || block.Kind == TableHeader
	around := func(kind BlockKind) Block { return Block{Kind: kind, Blocks: []Block{block}} }
	switch {
	case block.Kind == ListItem && !inList:
		return wrap(around(List), parent)
	case block.Kind == TableRow && parent != Table:
		return wrap(around(Table), parent)
	case isCell && parent != TableRow:
		return wrap(around(TableRow), parent)
	case inList && block.Kind != ListItem:
		return around(ListItem)
	case parent == Table && block.Kind != TableRow, parent == TableRow && !isCell:
		return wrap(around(TableCell), parent)
	}
	return block
}

// flush makes a block of the text so far.
func (n *narrator) flush() {
	block := Block{Kind: n.kind, Level: n.level, Text: n.take()}
	n.kind, n.level = "", 0
	if block.Kind == "" {
		block.Kind = Paragraph
	}
	if block.Kind != Preformatted {
		block.Text = trim(block.Text)
	}
	if slices.ContainsFunc(block.Text, func(s Span) bool { return strings.TrimSpace(s.Text) != "" }) {
		n.place(block)
	}
}
