//go:build js && wasm

package app

import (
	"strconv"

	"github.com/keepwell-health/keepwell/fhir/view"
	"github.com/keepwell-health/keepwell/web/dom"
)

// narrativeTags gives the element of each kind of block.
var narrativeTags = map[view.BlockKind]string{
	view.Paragraph: "p", view.Preformatted: "pre", view.List: "ul", view.OrderedList: "ol", view.ListItem: "li",
	view.TableRow: "tr", view.TableCell: "td", view.TableHeader: "th", view.Quote: "blockquote", view.Rule: "hr",
}

// narrative shows a record's own text.
func narrative(blocks []view.Block) dom.Part {
	parts := make([]dom.Part, 0, len(blocks))
	for _, block := range blocks {
		parts = append(parts, narrativeBlock(block))
	}
	return dom.Parts(parts...)
}

func narrativeBlock(block view.Block) *dom.Element {
	switch block.Kind {
	case view.Table:
		return narrativeTable(block)
	case view.Heading:
		// Under the page's own two levels of headings.
		return dom.New("h"+strconv.Itoa(min(6, block.Level+2)), spans(block.Text))
	}
	tag, known := narrativeTags[block.Kind]
	if !known {
		tag = "div"
	}
	element := dom.New(tag, spans(block.Text), narrative(block.Blocks))
	if block.Columns > 1 {
		element.SetAttribute("colspan", strconv.Itoa(block.Columns))
	}
	if block.Rows > 1 {
		element.SetAttribute("rowspan", strconv.Itoa(block.Rows))
	}
	return element
}

// narrativeTable may be wider than the page: it scrolls by itself, by keyboard
// too.
func narrativeTable(block view.Block) *dom.Element {
	table := dom.Table()
	if len(block.Text) > 0 {
		table.Add(dom.Caption(spans(block.Text)))
	}
	table.Add(dom.TBody(narrative(block.Blocks)))
	return dom.Div(dom.Class("wide"), dom.TabIndex(0), dom.Role("group"), dom.Name("Table"), table)
}

func spans(text []view.Span) dom.Part {
	parts := make([]dom.Part, 0, len(text))
	for _, span := range text {
		parts = append(parts, styled(span))
	}
	return dom.Parts(parts...)
}

// styled nests the elements of a span's styles; line breaks are kept by the
// style sheet.
func styled(span view.Span) dom.Part {
	part := dom.Text(span.Text)
	for _, style := range []struct {
		on  bool
		tag string
	}{{span.Bold, "strong"}, {span.Italic, "em"}, {span.Superscript, "sup"}, {span.Subscript, "sub"}, {span.Struck, "s"}} {
		if style.on {
			part = dom.New(style.tag, part)
		}
	}
	return part
}
