package view

import (
	"slices"

	"github.com/keepwell-health/keepwell/fhir"
)

// What a View notes of what it could not read or must warn of.
const (
	noteUnread   = "A part of this record is broken, too deep or too long to be named; it is shown as it was received."
	noteModifier = "This record has an extension that may change what it means: see the technical details."
)

// technicalDetails is the label of what only a program needs.
const technicalDetails = "Technical details"

// Of says what the record raw holds; sum is its summary, of which the resource
// type and the release are used. It never fails: what the typed models can't
// read is said from the bytes.
func Of(raw []byte, sum fhir.Summary) View {
	root, whole := parse(raw)
	return tell(root, whole, sum)
}

// tell says a tree, and leaves every value of it marked as said.
func tell(root *node, whole bool, sum fhir.Summary) View {
	t := newTeller()
	note := noteNoModel
	switch {
	case !whole:
		note = noteUnread
	case root.string("resourceType") == sum.ResourceType || sum.ResourceType == "":
		note = model(root, sum.Release)
	}
	t.note(note)
	for _, contained := range root.each("contained") {
		model(contained, sum.Release)
		if id := contained.string("id"); id != "" {
			t.contained[id] = contained
		}
	}
	markEncoded(root)
	return View{Fields: t.record(root), Narrative: t.narrative, Typed: note == "", Notes: t.notes}
}

// teller says one record.
type teller struct {
	contained map[string]*node  // the contained resources, by id
	names     map[string]string // what these are called, once it has been asked
	narrative []Block
	notes     []string
}

func newTeller() *teller {
	return &teller{contained: map[string]*node{}, names: map[string]string{}}
}

// note notes something once.
func (t *teller) note(words string) {
	if words != "" && !slices.Contains(t.notes, words) {
		t.notes = append(t.notes, words)
	}
}

// record says the whole record: its elements in their order, the resources
// within it, and what only a program needs.
func (t *teller) record(root *node) []Field {
	if root.kind != object {
		root = &node{kind: object, items: []*node{{name: "unreadable", kind: array, items: []*node{root}}}}
	}
	resourceType := root.string("resourceType")
	fields := t.fields(root, resourceType)
	for _, contained := range root.each("contained") {
		if contained.kind == object {
			fields = append(fields, t.resource(contained, " (within this record)"))
		}
	}
	if technical := t.technical(root, resourceType); len(technical) > 0 {
		fields = append(fields, Field{Label: technicalDetails, Fields: technical})
	}
	return fields
}

// markEncoded marks what is base64 data by its element, which never stands in
// a field (base64Binary, FHIR R4 section 2.24.0.1).
func markEncoded(n *node) {
	for _, member := range n.items {
		markEncoded(member)
	}
	if n.kind != object {
		return
	}
	names := encodedMembers[n.string("resourceType")]
	switch typeName := typeOf(n); {
	case typeName == "Signature" || n.name == "signature":
		names = []string{"data", "blob"}
	case typeName == "Attachment":
		names = []string{"data"}
	}
	for _, name := range names {
		if data := n.get(name); data != nil {
			data.encoded = true
		}
	}
}

// encodedMembers are the members of resources that are base64 data: Binary has
// "content" before R4.
var encodedMembers = map[string][]string{"Binary": {"data", "content"}}
