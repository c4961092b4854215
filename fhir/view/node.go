package view

import (
	"bytes"
	"encoding/json"
)

// The bounds of what is read into a tree. What lies beyond them is kept as the
// text of its JSON: real resources stay far below.
const (
	maxDepth = 64     // levels of nesting; the stack of a wasm instance ends at some thousands
	maxNodes = 50_000 // values in one record
)

// kind tells what a node of the tree is.
type kind uint8

const (
	null kind = iota
	object
	array
	text
	number
	boolean
	unread // beyond the bounds, or broken: node.text holds its JSON as written
)

// progress tells how far a primitive value has been said.
type progress uint8

const (
	untouched progress = iota
	told               // in other words: "twice a day" for a frequency of 2
	said               // as written, or as a date, or as yes or no
)

// node is one value of a record's JSON, in the order of the bytes.
type node struct {
	name  string // of the member, also on the items of an array; "" at the root
	kind  kind
	text  string  // text: the string's value; number, boolean, unread: as written
	items []*node // object: members, a repeated name twice; array: items
	raw   []byte  // object: its bytes

	typeName string   // its data type: "HumanName"; see typeOf
	settled  bool     // typeName is final: not only what the typed model says
	display  string   // what the typed model displays for its code
	progress progress // primitives
	encoded  bool     // text: base64 data by its element
	taken    bool     // objects: their words have been said
}

// parse reads raw into a tree. Whole is false when something was left unread,
// since it is broken or beyond the bounds.
func parse(raw []byte) (root *node, whole bool) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	p := &parser{raw: raw, tokens: json.NewDecoder(bytes.NewReader(raw)), whole: true}
	p.tokens.UseNumber()
	root = p.value("", 0)
	if p.skipSpace() < len(raw) {
		p.broken = true
		root = withUnread(root, &node{name: "unreadable", kind: unread, text: string(raw[p.skipSpace():])})
	}
	return root, p.whole && !p.broken
}

// withUnread adds what can't be read to what can.
func withUnread(root, rest *node) *node {
	if root.kind == object {
		root.items = append(root.items, rest)
		return root
	}
	return &node{kind: object, items: []*node{root, rest}}
}

// parser builds nodes from tokens. A token at a time keeps the standard
// library from recursing as deep as the record nests.
type parser struct {
	raw    []byte
	tokens *json.Decoder
	nodes  int
	broken bool
	whole  bool
}

func (p *parser) offset() int { return int(p.tokens.InputOffset()) }

// skipSpace tells where the next token begins.
func (p *parser) skipSpace() int {
	at := p.offset()
	for at < len(p.raw) && bytes.IndexByte([]byte(" \t\r\n,:"), p.raw[at]) >= 0 {
		at++
	}
	return at
}

// value reads one value; the JSON of what is broken or too much stays text.
func (p *parser) value(name string, depth int) *node {
	start := p.skipSpace()
	n := &node{name: name}
	token, err := p.tokens.Token()
	if err != nil {
		p.broken = true
		return n
	}
	p.nodes++
	switch token := token.(type) {
	case json.Delim:
		p.container(n, token, start, depth)
	case string:
		n.kind, n.text = text, token
	case json.Number:
		n.kind, n.text = number, token.String()
	case bool:
		n.kind, n.text = boolean, "false"
		if token {
			n.text = "true"
		}
	}
	return n
}

// container reads the members or items up to the closing bracket.
func (p *parser) container(n *node, open json.Delim, start, depth int) {
	n.kind = array
	if open == '{' {
		n.kind = object
	}
	if depth >= maxDepth || p.nodes >= maxNodes {
		p.pass()
		n.kind, n.text, p.whole = unread, string(p.raw[start:p.offset()]), false
		return
	}
	for !p.broken && p.tokens.More() {
		if p.nodes >= maxNodes {
			p.tooMuch(n)
			return
		}
		name := n.name
		if n.kind == object {
			token, err := p.tokens.Token()
			key, isKey := token.(string)
			if err != nil || !isKey {
				p.broken = true
				break
			}
			name = key
		}
		if item := p.value(name, depth+1); !p.broken {
			n.items = append(n.items, item)
		}
	}
	if !p.broken {
		_, err := p.tokens.Token() // the closing bracket
		p.broken = err != nil
	}
	n.raw = p.raw[start:p.offset()]
}

// tooMuch keeps the rest of a container as its JSON.
func (p *parser) tooMuch(n *node) {
	start := p.skipSpace()
	p.pass()
	end := max(start, p.offset()-1)
	n.items = append(n.items, &node{name: "unreadable", kind: unread, text: string(p.raw[start:end])})
	n.raw, p.whole = nil, false
}

// pass goes to the end of the container whose opening bracket was just read.
func (p *parser) pass() {
	for open := 1; open > 0; {
		token, err := p.tokens.Token()
		if err != nil {
			p.broken = true
			return
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			open++
		case json.Delim('}'), json.Delim(']'):
			open--
		}
	}
}

// get is the first member of that name that is not null, or nil.
func (n *node) get(name string) *node {
	if n == nil || n.kind != object {
		return nil
	}
	for _, member := range n.items {
		if member.name == name && member.kind != null {
			return member
		}
	}
	return nil
}

// choice is the member of a choice of types: choice("value") finds
// "valueQuantity" (FHIR R4 section 2.6.2), or "value" where there is no choice.
func (n *node) choice(base string) *node {
	if n == nil || n.kind != object {
		return nil
	}
	for _, member := range n.items {
		if member.kind != null && (member.name == base || baseName(member.name) == base) {
			return member
		}
	}
	return nil
}

// each lists a member's values: the items of an array, or the one value that
// stands where the release has an array.
func (n *node) each(name string) []*node {
	member := n.get(name)
	switch {
	case member == nil:
		return nil
	case member.kind == array:
		return member.items
	}
	return []*node{member}
}

// string is the text of a primitive member, without saying it.
func (n *node) string(name string) string {
	if member := n.get(name); member != nil && member.isPrimitive() {
		return member.text
	}
	return ""
}

// isPrimitive tells whether the node is a leaf that holds something.
func (n *node) isPrimitive() bool {
	return n.kind == text || n.kind == number || n.kind == boolean || n.kind == unread
}

// clone copies the tree, so that its words can be had without saying them.
func (n *node) clone() *node {
	if n == nil {
		return nil
	}
	c := *n
	c.items = make([]*node, len(n.items))
	for i, item := range n.items {
		c.items[i] = item.clone()
	}
	return &c
}
