package view

// BlockKind tells what a Block of a narrative is.
type BlockKind string

// The kinds of block. Nothing in a narrative loads, links or runs.
const (
	Paragraph    BlockKind = "paragraph"    // Text
	Heading      BlockKind = "heading"      // Text, at Level 1 to 6
	Preformatted BlockKind = "preformatted" // Text, whose line breaks and spaces count
	List         BlockKind = "list"         // Blocks: ListItem
	OrderedList  BlockKind = "orderedList"  // Blocks: ListItem
	ListItem     BlockKind = "listItem"     // Blocks
	Table        BlockKind = "table"        // Blocks: TableRow; Text is its caption
	TableRow     BlockKind = "tableRow"     // Blocks: TableCell, TableHeader
	TableCell    BlockKind = "tableCell"    // Blocks
	TableHeader  BlockKind = "tableHeader"  // Blocks
	Quote        BlockKind = "quote"        // Blocks
	Rule         BlockKind = "rule"         // a line across, nothing in it
)

// Block is one block of a narrative: it holds text or other blocks.
type Block struct {
	Kind    BlockKind `json:"kind"`
	Level   int       `json:"level,omitempty"`   // of a Heading, 1 to 6
	Columns int       `json:"columns,omitempty"` // that a cell spans, when more than 1
	Rows    int       `json:"rows,omitempty"`    // that a cell spans, when more than 1
	Text    []Span    `json:"text,omitempty"`
	Blocks  []Block   `json:"blocks,omitempty"`
}

// Span is a run of text in one style. A "\n" in Text breaks the line. The
// styles are those that change what a text means: 10 with a Superscript 9 is
// not 109.
type Span struct {
	Text        string `json:"text"`
	Bold        bool   `json:"bold,omitempty"`
	Italic      bool   `json:"italic,omitempty"`
	Superscript bool   `json:"superscript,omitempty"`
	Subscript   bool   `json:"subscript,omitempty"`
	Struck      bool   `json:"struck,omitempty"` // struck through: no longer holds
}
